/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/network.h"

#include "support.h"

static void expect(void (*parse)(const char *, struct strv *), const char *text, const char *want)
{
	struct strv names = {}, wanted = {};

	parse(text, &names);
	strv_split(&wanted, want, " ");
	check_int(text, names.n, wanted.n);
	for (size_t i = 0; i < names.n; i++)
		check_text(text, names.items[i], wanted.items[i]);
	strv_done(&names);
	strv_done(&wanted);
}

#define HEAD "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"

TEST(routes)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{"", ""},
		{HEAD, ""},
		{HEAD "eth0\t00000000\t0202000A\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
		      "eth0\t0002000A\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n",
		 "eth0"},
		/* Two of them, one twice. */
		{HEAD "eth0\t00000000\t0202000A\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
		      "br0.5\t00000000\t00000000\t0001\t0\t0\t200\t00000000\t0\t0\t0\n"
		      "eth0\t00000000\t0302000A\t0003\t0\t0\t300\t00000000\t0\t0\t0\n",
		 "eth0 br0.5"},
		/* Half of all addresses is no default route; an unreachable or a dead one is none. */
		{"tun0\t00000000\t0202000A\t0003\t0\t0\t100\t00000080\t0\t0\t0\n", ""},
		{"*\t00000000\t00000000\t0200\t0\t0\t0\t00000000\t0\t0\t0\n", ""},
		{"eth0\t00000000\t00000000\t0201\t0\t0\t0\t00000000\t0\t0\t0\n", ""},
		{"eth0\t00000000\t00000000\t0002\t0\t0\t0\t00000000\t0\t0\t0\n", ""},
		{"eth0\t00000000\t00000000\tx\t0\t0\t0\t00000000\n", ""},
		{"eth0\t00000000\t00000000\t0003\n", ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect(routes_parse, rows[i].text, rows[i].want);
}

#define ANY "00000000000000000000000000000000"

TEST(routes6)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{"", ""},
		{"fe800000000000000000000000000000 40 " ANY " 00 " ANY
		 " 00000100 00000001 00000000 00000001     eth0\n" ANY " 00 " ANY
		 " 00 fe800000000000000000000000000002 00000400 00000001 00000000 00000003     eth1\n",
		 "eth1"},
		/* The kernel's own entry for what has no route. */
		{ANY " 00 " ANY " 00 " ANY " ffffffff 00000001 00000000 00200200       lo\n", ""},
		{ANY " 00 " ANY " 00 " ANY " ffffffff 00000001 00000000 00000001       lo\n", ""},
		{ANY " 00 " ANY " 00 " ANY " 00000400 00000001 00000000 00000201     eth0\n", ""},
		{ANY " 01 " ANY " 00 " ANY " 00000400 00000001 00000000 00000003     eth0\n", ""},
		{ANY " 00 " ANY " 00 " ANY " 00000400 00000001 00000000\n", ""},
		{ANY " 00 " ANY " 00 " ANY " 00000400 00000001 00000000 -1 eth0\n", ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect(routes6_parse, rows[i].text, rows[i].want);
}

TEST(interfaces_are_found_by_name)
{
	struct network network = {};

	assert_null(network_find(&network, "eth0"));
	vec_add(&network)->name = xstrdup("br0");
	vec_add(&network)->name = xstrdup("eth0");
	strv_add(&network.items[0].lower, "eth0");
	strv_add(&network.items[1].upper, "br0");
	*vec_add(&network.items[1].carriers) = address("01:00.0");
	assert_ptr_equal(network_find(&network, "eth0"), &network.items[1]);
	assert_null(network_find(&network, "eth"));
	network_done(&network);
	assert_int_equal(network.n, 0);
	network_done(NULL);
}

TEST(what_is_guarded)
{
	struct network network = {};

	guarded_parse(
		"# a heading\n0000:01:00.0 8086:10d3\n\n0000:02:00.0\n0000:03:00.0 x\n4 8086:1\n"
		"0001:04:05.6 15b3:1017 more\n10000:05:00.1 15b3:1017",
		&network.guarded);
	assert_int_equal(network.guarded.n, 2);
	assert_string_equal(PCI_ADDRESS_TEXT(&network.guarded.items[0].address), "0000:01:00.0");
	assert_string_equal(PCI_ADDRESS_TEXT(&network.guarded.items[1].address), "10000:05:00.1");
	assert_true(id_pattern_matches(&network.guarded.items[0].id, 0x8086, 0x10d3, 0x020000));
	assert_false(id_pattern_matches(&network.guarded.items[1].id, 0x15b3, 0x1018, 0x020000));
	network_done(&network);
	assert_int_equal(network.guarded.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(routes),
		cmocka_unit_test(routes6),
		cmocka_unit_test(interfaces_are_found_by_name),
		cmocka_unit_test(what_is_guarded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
