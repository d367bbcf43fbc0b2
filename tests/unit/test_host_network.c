/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/network.h"

#include "base/buf.h"
#include "parse/kernel_args.h"
#include "support.h"

static struct tree tree;
static struct network network;
static const struct kernel_args no_args = {};

static int start(void **state _unused_)
{
	tree_init(&tree);
	return 0;
}

static int stop(void **state _unused_)
{
	network_done(&network);
	tree_done(&tree);
	return 0;
}

/* path: its directory below sys/devices, whose last part is its name. */
static void put_interface(const char *path, const char *operstate)
{
	_cleanup_free_ char *link = xasprintf("sys/class/net/%s", strrchr(path, '/') + 1);
	_cleanup_free_ char *target = xasprintf("../../devices/%s", path);
	_cleanup_free_ char *state = xasprintf("sys/devices/%s/operstate", path);

	tree_file(&tree, state, operstate);
	tree_link(&tree, link, target);
}

static void put_link(const char *path, const char *name)
{
	_cleanup_free_ char *place = xasprintf("sys/devices/%s/%s", path, name);

	tree_link(&tree, place, "../x");
}

/* The interface that the host was started over, by the address in BOOTIF=; "": none. */
static void expect_boot(const char *cmdline, const char *want)
{
	struct kernel_args args;
	struct buf got = {};

	kernel_args_parse(cmdline, &args);
	scan_network(&tree.root, &args, false, &network);
	vec_foreach(interface, &network)
		if (interface->booted_over)
			buf_add(&got, interface->name);
	check_text(cmdline, buf_text(&got), want);
	buf_done(&got);
	network_done(&network);
	kernel_args_done(&args);
}

static void expect(const char *want)
{
	struct buf got = {};

	scan_network(&tree.root, &no_args, true, &network);
	vec_foreach(interface, &network) {
		buf_addf(&got, "%s", interface->name);
		vec_foreach(carrier, &interface->carriers)
			buf_addf(&got, " %s", PCI_ADDRESS_TEXT(carrier));
		for (size_t i = 0; i < interface->lower.n; i++)
			buf_addf(&got, " <%s", interface->lower.items[i]);
		for (size_t i = 0; i < interface->upper.n; i++)
			buf_addf(&got, " >%s", interface->upper.items[i]);
		buf_addf(&got, "%s%s%s\n", interface->up ? " up" : "",
			 interface->enabled ? " enabled" : "",
			 interface->default_route ? " default" : "");
	}
	check_text("network", buf_text(&got), want);
	buf_done(&got);
}

TEST(the_card_that_the_host_was_started_over)
{
	put_interface("pci0000:00/0000:02:00.0/net/eth0", "up\n");
	put_interface("pci0000:00/0000:03:00.0/net/eth1", "up\n");
	put_interface("virtual/net/br0", "up\n");
	tree_file(&tree, "sys/devices/pci0000:00/0000:02:00.0/net/eth0/address",
		  "52:54:00:ab:cd:ee\n");
	tree_file(&tree, "sys/devices/pci0000:00/0000:03:00.0/net/eth1/address",
		  "52:54:00:ab:cd:ef\n");
	tree_file(&tree, "sys/devices/virtual/net/br0/address", "52:54:00:ab:cd:ef\n");
	expect_boot("BOOTIF=01-52-54-00-AB-cd-ef", "eth1");
	expect_boot("BOOTIF=01-52-54-00-00-00-00", "");
	expect_boot("BOOTIF=52:54:00:ab:cd:ef", "");
	expect_boot("BOOTIF=", "");
	expect_boot("ip=dhcp", "");
}

TEST(no_network)
{
	expect("");
}

#define ETH0 "pci0000:00/0000:00:03.1/0000:01:00.0/net/eth0"
#define ETH1 "pci0000:00/0000:00:04.0/virtio1/net/eth1"

TEST(cards_bond_vlan_and_bridge)
{
	put_interface(ETH0, "up\n");
	put_interface(ETH1, "down\n");
	put_interface("virtual/net/bond0", "up\n");
	put_interface("virtual/net/bond0.5", "up\n");
	put_interface("virtual/net/br0", "up\n");
	put_interface("virtual/net/lo", "unknown\n");
	put_link(ETH0, "upper_bond0");
	put_link(ETH1, "upper_bond0");
	put_link("virtual/net/bond0", "lower_eth0");
	put_link("virtual/net/bond0", "lower_eth1");
	put_link("virtual/net/bond0", "upper_bond0.5");
	put_link("virtual/net/bond0.5", "lower_bond0");
	put_link("virtual/net/bond0.5", "upper_br0");
	put_link("virtual/net/br0", "lower_bond0.5");
	tree_file(&tree, "sys/class/net/bonding_masters", "bond0\n");
	tree_file(&tree, "proc/net/route",
		  "Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT\n"
		  "br0 00000000 0202000A 0003 0 0 100 00000000 0 0 0\n");
	tree_file(&tree, "proc/net/ipv6_route",
		  "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
		  "fe800000000000000000000000000002 00000400 00000001 00000000 00000003 eth1\n");
	expect("bond0 <eth0 <eth1 >bond0.5 up\n"
	       "bond0.5 <bond0 >br0 up\n"
	       "br0 <bond0.5 up default\n"
	       "eth0 0000:00:03.1 0000:01:00.0 >bond0 up\n"
	       "eth1 0000:00:04.0 >bond0 default\n"
	       "lo\n");
}

/* Which are switched on is of interest where there is a device behind it. */
TEST(switched_on)
{
	static const struct {
		const char *name, *flags;
		bool virtual, enabled;
	} rows[] = {
		{"eth0", "0x1003\n", false, true},   {"eth1", "0x1002\n", false, false},
		{"eth2", "1003\n", false, false},    {"eth3", "0xx\n", false, false},
		{"dummy0", "0x1003\n", true, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *path = xasprintf("%s/net/%s",
						      rows[i].virtual ? "virtual"
								      : "pci0000:00/0000:00:02.0",
						      rows[i].name);
		_cleanup_free_ char *flags = xasprintf("sys/devices/%s/flags", path);

		put_interface(path, "down\n");
		tree_file(&tree, flags, rows[i].flags);
	}
	for (int asked = 1; asked >= 0; asked--) {
		scan_network(&tree.root, &no_args, asked, &network);
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
			check_int(rows[i].name, network_find(&network, rows[i].name)->enabled,
				  asked && rows[i].enabled);
		network_done(&network);
		network = (struct network){};
	}
}

TEST(an_interface_that_says_nothing)
{
	tree_link(&tree, "sys/class/net/eth0", "../../devices/" ETH0);
	expect("eth0 0000:00:03.1 0000:01:00.0\n");
}

/* An empty table is no routes, and one that is missing says nothing of a card with an interface; one that is longer than anything that is read can have any. */
TEST(routes_that_cannot_be_read)
{
	static const char *const tables[] = {"proc/net/route", "proc/net/ipv6_route"};

	for (int card = 0; card < 2; card++) {
		put_interface(card ? ETH0 : "virtual/net/br0", "up\n");
		root_heed(&tree.root);
		scan_network(&tree.root, &no_args, true, &network);
		check_text("no table", tree.root.unread,
			   card ? "/proc/net/route cannot be read: No such file or directory"
				: NULL);
		network_done(&network);
	}
	tree_remove(&tree, "sys/class/net/eth0");
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		_cleanup_free_ char *path = tree_place(&tree, tables[i]);

		tree_file(&tree, tables[i], "");
		root_heed(&tree.root);
		scan_network(&tree.root, &no_args, true, &network);
		check_text(tables[i], tree.root.unread, NULL);
		assert_int_equal(truncate(path, 16 * 1024 * 1024 + 1), 0);
		scan_network(&tree.root, &no_args, true, &network);
		check_part(tables[i], tree.root.unread, "cannot be read: File too large");
		network_done(&network);
		tree_remove(&tree, tables[i]);
	}
	root_heed(&tree.root);
}

/* A tree has what was captured of them; a kernel has the directory, and flags each interface. */
TEST(interfaces_that_cannot_be_read)
{
	tree_file(&tree, "proc/net/route", "");
	for (int live = 0; live < 2; live++) {
		tree_link(&tree, "sys/class/net/eth0", "../../devices/" ETH0);
		tree.root.live = live;
		root_heed(&tree.root);
		scan_network(&tree.root, &no_args, true, &network);
		check_text(
			"flags", tree.root.unread,
			live ? "/sys/class/net/eth0/flags cannot be read: No such file or directory"
			     : NULL);
		network_done(&network);
		tree_remove(&tree, "sys/class/net/eth0");
		tree_remove(&tree, "sys/class/net");
		root_heed(&tree.root);
		scan_network(&tree.root, &no_args, true, &network);
		check_text("directory", tree.root.unread,
			   live ? "/sys/class/net cannot be read: No such file or directory"
				: NULL);
		network_done(&network);
	}
	tree.root.live = false;
	root_heed(&tree.root);
}

TEST(what_apply_found_guarded)
{
	struct guarded_list list = {};

	scan_guarded(&tree.root, &list);
	assert_int_equal(list.n, 0);
	tree_file(&tree, "etc/vfio-prepare/guarded", "# by whom\n0000:01:00.0 8086:10d3\n");
	scan_guarded(&tree.root, &list);
	assert_int_equal(list.n, 1);
	assert_string_equal(PCI_ADDRESS_TEXT(&list.items[0].address), "0000:01:00.0");
	guarded_list_done(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(no_network, start, stop),
		cmocka_unit_test_setup_teardown(cards_bond_vlan_and_bridge, start, stop),
		cmocka_unit_test_setup_teardown(switched_on, start, stop),
		cmocka_unit_test_setup_teardown(the_card_that_the_host_was_started_over, start,
						stop),
		cmocka_unit_test_setup_teardown(an_interface_that_says_nothing, start, stop),
		cmocka_unit_test_setup_teardown(routes_that_cannot_be_read, start, stop),
		cmocka_unit_test_setup_teardown(interfaces_that_cannot_be_read, start, stop),
		cmocka_unit_test_setup_teardown(what_apply_found_guarded, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
