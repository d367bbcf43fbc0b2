/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/storage.h"

#include "base/buf.h"
#include "parse/tables.h"
#include "render/snapshot.h"
#include "storage.h"

/* "SOURCE TARGET TYPE MAJOR:MINOR", each in '<>' as it may hold spaces; "?": optional, "@": network. */
static void expect(const char *what, void (*parse)(const char *, struct mount_list *),
		   const char *text, const char *want)
{
	struct storage storage = {};
	struct buf got = {};

	parse(text, &storage.mounts);
	vec_foreach(mount, &storage.mounts)
		buf_addf(&got, "<%s> <%s> <%s> %u:%u%s%s\n", mount->source, mount->target,
			 mount->type, mount->major, mount->minor, mount->optional ? "?" : "",
			 mount->network ? "@" : "");
	check_text(what, buf_text(&got), want);
	buf_done(&got);
	storage_done(&storage);
}

TEST(mountinfo)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{"", ""},
		{"36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n",
		 "</dev/root> </mnt2> <ext3> 98:0\n"},
		{"22 1 259:2 / / rw shared:1 - ext4 /dev/nvme0n1p2 rw\n"
		 "23 22 0:21 / /proc rw shared:5 - proc proc rw\n",
		 "</dev/nvme0n1p2> </> <ext4> 259:2\n<proc> </proc> <proc> 0:21\n"},
		/* No optional field, and all of them. */
		{"22 1 8:1 / / rw - ext4 /dev/sda1 rw", "</dev/sda1> </> <ext4> 8:1\n"},
		{"22 1 8:1 / / rw shared:1 master:2 propagate_from:3 unbindable - ext4 /dev/sda1 rw",
		 "</dev/sda1> </> <ext4> 8:1\n"},
		{"22 1 8:1 / /with\\040space\\134\\011 rw - vfat /dev/a\\012b rw",
		 "</dev/a\nb> </with space\\\t> <vfat> 8:1\n"},
		/* A dash among the first six is no separator. */
		{"22 1 8:1 - /x - - ext4 /dev/sda1 rw", "</dev/sda1> </x> <ext4> 8:1\n"},
		/* No entries. */
		{"22 1 8:1 / / rw shared:1 ext4 /dev/sda1 rw\n", ""},
		{"22 1 8:1 / / rw - ext4\n", ""},
		{"22 1 8 / / rw - ext4 /dev/sda1 rw\n", ""},
		{"22 1 8:x / / rw - ext4 /dev/sda1 rw\n", ""},
		{"22 1 :1 / / rw - ext4 /dev/sda1 rw\n", ""},
		{"22 1 4294967296:1 / / rw - ext4 /dev/sda1 rw\n", ""},
		{"22\n\n-\n", ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect(rows[i].text, mountinfo_parse, rows[i].text, rows[i].want);
}

TEST(fstab)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{"UUID=1-2 / ext4 errors=remount-ro 0 1\n", "<UUID=1-2> </> <ext4> 0:0\n"},
		{"# comment\n\n  # another\n\t/dev/sda1\t/boot  vfat\n",
		 "</dev/sda1> </boot> <vfat> 0:0\n"},
		{"LABEL=My\\040Disk /mnt ext4 defaults 0 0\n",
		 "<LABEL=My Disk> </mnt> <ext4> 0:0\n"},
		{"/dev/sdb1 /a ext4 noauto\n/dev/sdb2 /b ext4 rw,nofail,x-y\n"
		 "/dev/sdb3 /c ext4 nofailover,xnoauto\n/dev/sdb4 /d ext4 ,nofail\n",
		 "</dev/sdb1> </a> <ext4> 0:0?\n</dev/sdb2> </b> <ext4> 0:0?\n"
		 "</dev/sdb3> </c> <ext4> 0:0\n</dev/sdb4> </d> <ext4> 0:0?\n"},
		{"x /a y rw,_netdev,nofail\nx /b y _netdevice\n",
		 "<x> </a> <y> 0:0?@\n<x> </b> <y> 0:0\n"},
		{"/dev/sda1 /\n", ""},
		{"/dev/sda2 none swap sw 0 0 and more words than there are fields a b c d e f g h\n",
		 "</dev/sda2> <none> <swap> 0:0\n"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect(rows[i].text, fstab_parse, rows[i].text, rows[i].want);
}

TEST(crypttab)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{"root UUID=1-2 none luks\n", "<UUID=1-2> <root> <crypt> 0:0\n"},
		{"swap /dev/sda2 /dev/urandom swap,nofail\ndata\t/dev/sdb\n",
		 "</dev/sda2> <swap> <crypt> 0:0?\n</dev/sdb> <data> <crypt> 0:0\n"},
		/* What stands in the key's field is no option. */
		{"x /dev/sdc noauto\n", "</dev/sdc> <x> <crypt> 0:0\n"},
		{"x\n#y /dev/sdc\n", ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect(rows[i].text, crypttab_parse, rows[i].text, rows[i].want);
}

TEST(swaps)
{
	expect("head alone", swaps_parse, "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n", "");
	expect("both kinds", swaps_parse,
	       "Filename Type Size Used Priority\n"
	       "/dev/dm-1                               partition\t999420\t0\t-2\n"
	       "/swap\\040file                           file\t\t1024\t0\t-3\n",
	       "</dev/dm-1> <swap> <partition> 0:0\n</swap file> <swap> <file> 0:0\n");
}

TEST(escapes_that_are_none_stay)
{
	expect("escapes", fstab_parse, "\\04 \\400\\8 \\\n\\000 a\\1234 x\n",
	       "<\\04> <\\400\\8> <\\> 0:0\n<> <aS4> <x> 0:0\n");
}

/* libblkid never says so, but a snapshot from elsewhere may: its line has all fields all the same. */
TEST(empty_contents_are_none)
{
	struct storage storage = {};
	_cleanup_free_ char *text = NULL;

	storage_devices(&storage, "sda 8:0 unread\n");
	contents_parse("sda 0 \\000 - x - -\n", &storage);
	text = render_contents(&storage);
	assert_string_equal(text, "sda 0 - - x - -\n");
	storage_done(&storage);
}

TEST(contents_that_are_no_line_of_ours)
{
	struct storage storage = {};

	storage_devices(&storage, "sda 8:0 unread\n");
	contents_parse("", &storage);
	contents_parse("sdz 0 ext4 - - - -\nsda 0 ext4 - - -\nsda 0 ext4 - - - - -\n", &storage);
	assert_false(storage.devices.items[0].probed);
	/* The first line for a device counts. */
	contents_parse("sda 1 ext4 - - - -\nsda 0 xfs - - - -\n", &storage);
	assert_true(storage.devices.items[0].has_partitions);
	assert_string_equal(storage.devices.items[0].type, "ext4");
	storage_done(&storage);
}

static void expect_default(void (*parse)(const char *, struct network *), const char *text,
			   const char *want)
{
	struct network network = {};
	struct strv names = {}, wanted = {};

	parse(text, &network);
	vec_foreach(route, &network.routes)
		if (!route->prefix_length)
			strv_add_new(&names, route->interface);
	strv_split(&wanted, want, " ");
	check_int(text, names.n, wanted.n);
	for (size_t i = 0; i < names.n; i++)
		check_text(text, names.items[i], wanted.items[i]);
	network_done(&network);
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
		expect_default(routes_parse, rows[i].text, rows[i].want);
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
		expect_default(routes6_parse, rows[i].text, rows[i].want);
}

/* Where a route leads, as far as it is no default route. */
TEST(destinations)
{
	static const uint8_t subnet[] = {10, 0, 2, 0}, subnet6[] = {0xfd, 0, 0x12};
	struct network network = {};
	const struct route *routes;

	/* The kernel prints the number that the processor has in memory: this is a little-endian one's. */
	if (*(const uint8_t *)&(uint32_t){1})
		routes_parse(HEAD "eth0\t0002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n",
			     &network);
	else
		routes_parse(HEAD "eth0\t0A000200\t00000000\t0001\t0\t0\t0\tFFFFFF00\t0\t0\t0\n",
			     &network);
	routes6_parse("fd001200000000000000000000000000 40 " ANY " 00 " ANY " 0 1 0 1 eth1\n"
		      "fdx01200000000000000000000000000 40 " ANY " 00 " ANY " 0 1 0 1 eth1\n"
		      "fd 40 " ANY " 00 " ANY " 0 1 0 1 eth1\n",
		      &network);
	routes = network.routes.items;
	assert_int_equal(network.routes.n, 2);
	assert_memory_equal(routes[0].destination, subnet, sizeof(subnet));
	assert_int_equal(routes[0].prefix_length, 24);
	assert_false(routes[0].ipv6);
	assert_memory_equal(routes[1].destination, subnet6, sizeof(subnet6));
	assert_int_equal(routes[1].prefix_length, 64);
	assert_true(routes[1].ipv6);
	network_done(&network);
}

/* A router's table is cut off, its default route is not. */
TEST(more_routes_than_are_kept)
{
	struct network network = {};
	struct buf text = {};

	for (unsigned i = 0; i < ROUTES_KEPT + 10; i++)
		buf_addf(&text, "eth0 %08X 0 0001 0 0 0 FFFFFFFF\n", i + 1);
	buf_add(&text, "eth1 00000000 0202000A 0003 0 0 0 00000000\n");
	routes_parse(buf_text(&text), &network);
	assert_int_equal(network.routes.n, ROUTES_KEPT + 1);
	assert_string_equal(network.routes.items[ROUTES_KEPT].interface, "eth1");
	buf_done(&text);
	network_done(&network);
}

TEST(servers_of_mounts)
{
	static const struct {
		const char *options, *server;
	} rows[] = {
		{"rw,vers=4.2,addr=192.168.20.5", "192.168.20.5"},
		{"addr=fd00::5,rw,addr=1.2.3.4", "fd00::5"},
		{"rw,clientaddr=1.2.3.4", NULL},
		{"rw,addr=", NULL},
		{"rw,,", NULL},
		{"", NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *text = xasprintf("36 35 0:45 / /srv rw - nfs4 nas:/x %s\n",
						      rows[i].options);
		struct storage storage = {};

		mountinfo_parse(text, &storage.mounts);
		check_int(rows[i].options, storage.mounts.n, 1);
		check_text(rows[i].options, storage.mounts.items->server, rows[i].server);
		storage_done(&storage);
	}
	/* More optional fields than are read. */
	expect("long", mountinfo_parse,
	       "36 35 0:45 / /s rw a b c d e f g - nfs4 nas:/x addr=1.2.3.4\n",
	       "<nas:/x> </s> <nfs4> 0:45\n");
}

TEST(what_is_guarded)
{
	struct guarded_list list = {};

	guarded_parse(
		"# a heading\n0000:01:00.0 8086:10d3\n\n0000:02:00.0\n0000:03:00.0 x\n4 8086:1\n"
		"0001:04:05.6 15b3:1017 more\n10000:05:00.1 15b3:1017 network\n"
		"0000:06:00.0 144d:a808 host-disk path=00:1d.0/00.0 serial=00-11-22-ff-ff-33-44-55 "
		"contents=aa-1,bb\n0000:07:00.0 144d:a808 storage serial=1 later=x\n",
		&list);
	assert_int_equal(list.n, 4);
	assert_string_equal(PCI_ADDRESS_TEXT(&list.items[0].address), "0000:01:00.0");
	assert_int_equal(list.items[0].type, FINDING_NETWORK);
	assert_string_equal(PCI_ADDRESS_TEXT(&list.items[1].address), "10000:05:00.1");
	assert_true(id_pattern_matches(&list.items[0].id, 0x8086, 0x10d3, 0x020000));
	assert_false(id_pattern_matches(&list.items[1].id, 0x15b3, 0x1018, 0x020000));
	assert_int_equal(list.items[2].type, FINDING_HOST_DISK);
	assert_string_equal(list.items[2].path, "00:1d.0/00.0");
	assert_true(list.items[2].has_serial);
	assert_true(list.items[2].serial == 0x001122ffff334455);
	assert_int_equal(list.items[2].contents.n, 2);
	assert_string_equal(list.items[2].contents.items[1], "bb");
	assert_int_equal(list.items[3].type, FINDING_STORAGE);
	assert_false(list.items[3].has_serial);
	guarded_list_done(&list);
	assert_int_equal(list.n, 0);
}

TEST(users)
{
	struct inventory inventory = {};

	add_function(&inventory, "0000:01:00.0", 0x10de, 0x1bb0, 0x030000, 1, NULL);
	add_function(&inventory, "0000:02:00.0", 0x8086, 0x10d3, 0x020000, 2, NULL);
	users_parse("0000:01:00.0 a  name (1)\n0000:01:00.0 second (2)\n0000:02:00.0\n"
		    "x y (3)\n0000:03:00.0 none (4)\n",
		    &inventory);
	assert_string_equal(inventory.items[0].user, "a  name (1)");
	assert_null(inventory.items[1].user);
	users_parse("0000:02:00.0 last (5)", &inventory);
	assert_string_equal(inventory.items[1].user, "last (5)");
	inventory_done(&inventory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mountinfo),
		cmocka_unit_test(fstab),
		cmocka_unit_test(crypttab),
		cmocka_unit_test(swaps),
		cmocka_unit_test(escapes_that_are_none_stay),
		cmocka_unit_test(empty_contents_are_none),
		cmocka_unit_test(contents_that_are_no_line_of_ours),
		cmocka_unit_test(routes),
		cmocka_unit_test(routes6),
		cmocka_unit_test(destinations),
		cmocka_unit_test(more_routes_than_are_kept),
		cmocka_unit_test(servers_of_mounts),
		cmocka_unit_test(what_is_guarded),
		cmocka_unit_test(users),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
