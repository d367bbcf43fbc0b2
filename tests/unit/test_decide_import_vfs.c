/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/import_vfs.h"

#include "base/buf.h"
#include "decide/foreign.h"
#include "foreign_host.h"

/* Two ports of a card with an interface each; the second has two virtual functions. */
static int start(void **state _unused_)
{
	for (int i = 0; i < 4; i++) {
		char place[] = "0000:04:00.0";
		struct pci_function *function;

		place[11] = (char)('0' + i);
		function = add_function(&inventory, place, 0x8086, i < 2 ? 0x1572 : 0x154c,
					0x020000, i, i < 2 ? "i40e" : "vfio-pci");
		function->is_vf = i >= 2;
		function->total_vfs = i < 2 ? 8 : -1;
		if (i >= 2) {
			function->physfn = inventory.items[1].address;
		} else {
			struct interface *interface = vec_add(&inventory.network);

			interface->name = xasprintf("eth%d", i);
			*vec_add(&interface->carriers) = function->address;
		}
	}
	return 0;
}

static int stop(void **state _unused_)
{
	inventory_done(&inventory);
	return 0;
}

/* "0000:04:00.1 vfio-pci vfs=2 except=0000:04:00.3 /a", and "lost" remarks. Empties the settings. */
static void expect(const char *what, const char *want)
{
	struct import import;
	struct buf got = {};

	import_make(&inventory, NULL, &import);
	vec_foreach(device, &import) {
		buf_addf(&got, "%s %s", PCI_ADDRESS_TEXT(&device->address), device->driver);
		if (device->vfs)
			buf_addf(&got, " vfs=%u", device->vfs);
		vec_foreach(kept, &device->kept)
			buf_addf(&got, " except=%s", PCI_ADDRESS_TEXT(kept));
		vec_foreach(source, &device->sources)
			buf_addf(&got, " %s", (*source)->file);
		buf_add(&got, "\n");
	}
	vec_foreach(remark, &import.remarks)
		buf_addf(&got, "%s %s\n", remark->lost ? "lost" : "done", remark->text);
	check_text(what, buf_text(&got), want);
	buf_done(&got);
	import_done(&import);
	foreign_done(&inventory.foreign);
}

TEST(test_who_makes_them)
{
	static const struct setting_row rows[] = {
		ROW("nobody", "0000:04:00.1 vfio-pci vfs=2\n"),
		ROW("nobody, and drivers that are explained",
		    "0000:04:00.2 vfio-pci /d\n0000:04:00.3 vfio-pci\n",
		    PUT(DRIVERCTL, ADDRESSES, "/d", 1, "vfio-pci", "0000:04:00.2")),
		ROW("by its address", "0000:04:00.1 vfio-pci vfs=2 /r\n",
		    PUT(RC_LOCAL, VFS, "/r", 1, "0000:04:00.1", "2")),
		ROW("by its interface, so many as there are", "0000:04:00.1 vfio-pci vfs=2 /r /d\n",
		    PUT(NETWORK, VFS, "/r", 1, "eth1", ""),
		    PUT(DRIVERCTL, ADDRESSES, "/d", 1, "vfio-pci", "0000:04:00.2")),
		ROW("by a pattern; the other port has none that go to guests",
		    "0000:04:00.1 vfio-pci vfs=2 /r\n"
		    "lost /r:1: \"TEXT\": 0000:04:00.0 has these virtual functions, and none of "
		    "them goes to a guest's driver: vfs = in a section gives all of them\n",
		    PUT(NETWORK, VFS, "/r", 1, "eth*", "2")),
		ROW("a number for each port", "0000:04:00.1 vfio-pci vfs=2 /m\n",
		    PUT(MODPROBE, VFS, "/m", 1, "module i40e", "0 2")),
		ROW("ours", "0000:04:00.1 vfio-pci vfs=2\n",
		    PUT(RC_LOCAL, VFS, "/r", 1, "eth1", "2", .ours = true)),
		ROW("ours, and then another's", "0000:04:00.1 vfio-pci vfs=2 /s\n",
		    PUT(RC_LOCAL, VFS, "/r", 1, "eth1", "2", .ours = true),
		    PUT(RC_LOCAL, VFS, "/s", 1, "eth1", "2")),
		ROW("behind a device of another card",
		    "0000:01:00.0 vfio-pci /d\n0000:04:00.1 vfio-pci vfs=2\n",
		    PUT(DRIVERCTL, ADDRESSES, "/d", 1, "vfio-pci", "0000:01:00.0")),
		ROW("of no device that is here",
		    "0000:04:00.1 vfio-pci vfs=2\n"
		    "lost /r:1: \"TEXT\": which physical function is to have virtual functions by "
		    "it cannot be told: list it by hand, with vfs =\n"
		    "lost /s:1: \"TEXT\": no device of this host is eth7, which is to have virtual "
		    "functions by it\n",
		    PUT(UDEV_RULE, VFS, "/r", 1, "", "2"), PUT(RC_LOCAL, VFS, "/s", 1, "eth7", "2"),
		    PUT(MODPROBE, VFS, "/m", 1, "module igb", "7")),
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

TEST(test_what_the_host_keeps)
{
	static const struct setting_row rows[] = {
		ROW("one is on its native driver",
		    "0000:04:00.1 vfio-pci vfs=2 except=0000:04:00.3 /r\n",
		    PUT(RC_LOCAL, VFS, "/r", 1, "eth1", "2")),
		ROW("it goes to a guest by the next boot", "0000:04:00.1 vfio-pci vfs=2 /r /i\n",
		    PUT(RC_LOCAL, VFS, "/r", 1, "eth1", "2"),
		    PUT(RC_LOCAL, IDS, "/i", 1, "vfio-pci", "8086:154c")),
	};

	free(inventory.items[3].driver);
	inventory.items[3].driver = xstrdup("iavf");
	expect_rows(rows, ARRAY_SIZE(rows));
}

TEST(test_numbers)
{
	static const struct {
		const char *name, *values;
		int port; /* that it makes some of; -1: none */
		unsigned n;
	} rows[] = {
		{"0000:04:00.1", "3", 1, 3},  {"eth0", "", 0, 0},
		{"module i40e", "1 2", 1, 2}, {"module i40e", "5", 1, 5},
		{"module ice", "1", -1, 0},   {"module i40e", "0 0", -1, 0},
		{"module i40e", "4 0", 0, 4}, {"eth9", "1", -1, 0},
	};
	unsigned sum = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		unsigned n = 99;
		int port = rows[i].port < 0 ? 0 : rows[i].port;

		put_setting(
			&(struct setting)PUT(RC_LOCAL, VFS, "/r", 1, rows[i].name, rows[i].values));
		check_int(rows[i].name,
			  foreign_makes_vfs(&inventory, inventory.foreign.items,
					    &inventory.items[port], &n),
			  rows[i].port >= 0);
		check_int(rows[i].values, n, rows[i].port >= 0 ? rows[i].n : 99);
		assert_false(foreign_makes_vfs(&inventory, inventory.foreign.items,
					       &inventory.items[2], NULL));
		foreign_done(&inventory.foreign);
	}
	/* One function of mlx4_core has both ports. */
	free(inventory.items[0].driver);
	inventory.items[0].driver = xstrdup("mlx4_core");
	put(MODPROBE, VFS, "/m", 1, "module mlx4_core", "4 4 2");
	assert_true(
		foreign_makes_vfs(&inventory, inventory.foreign.items, &inventory.items[0], &sum));
	assert_int_equal(sum, 10);
	foreign_done(&inventory.foreign);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_who_makes_them, start, stop),
		cmocka_unit_test_setup_teardown(test_what_the_host_keeps, start, stop),
		cmocka_unit_test_setup_teardown(test_numbers, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
