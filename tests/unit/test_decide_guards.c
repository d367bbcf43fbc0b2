/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/guards.h"

#include <arpa/inet.h>

#include "base/buf.h"
#include "model/profile.h"
#include "parse/kernel_args.h"
#include "parse/tables.h"
#include "storage.h"

static struct inventory inventory;

static int stop(void **state _unused_)
{
	inventory_done(&inventory);
	return 0;
}

/* A host whose root is on the first of two NVMe disks; the other is empty. */
#define DISKS                                                     \
	"nvme0n1 259:0 @05:00.0 table\n"                          \
	"nvme0n1p2 259:2 @05:00.0 <nvme0n1 type=ext4 uuid=aa-1\n" \
	"nvme1n1 259:3 @06:00.0\n"

static void set_disks(const char *devices, const char *mounts, const char *cmdline)
{
	storage_done(&inventory.storage);
	kernel_args_done(&inventory.args);
	inventory.storage.known = true;
	storage_devices(&inventory.storage, devices);
	mountinfo_parse(mounts, &inventory.storage.mounts);
	kernel_args_parse(cmdline, &inventory.args);
}

static int start(void **state _unused_)
{
	add_function(&inventory, "02:00.0", 0x8086, 0x10d3, 0x020000, 2, "e1000e");
	add_function(&inventory, "03:00.0", 0x8086, 0x10d3, 0x020000, 3, "e1000e");
	add_function(&inventory, "05:00.0", 0x144d, 0xa808, 0x010802, 5, "nvme");
	add_function(&inventory, "06:00.0", 0x144d, 0xa808, 0x010802, 6, "nvme");
	set_disks(DISKS, "22 1 259:2 / / rw - ext4 /dev/nvme0n1p2 rw\n", "");
	return 0;
}

static struct interface *add_interface(const char *name, const char *place, bool up)
{
	struct interface *interface = vec_add(&inventory.network);

	interface->name = xstrdup(name);
	interface->up = up;
	if (place)
		*vec_add(&interface->carriers) = address(place);
	return interface;
}

/* Interface b stands on a. */
static void stack(const char *a, const char *b)
{
	strv_add(&network_find(&inventory.network, a)->upper, b);
	strv_add(&network_find(&inventory.network, b)->lower, a);
}

/* "ADDRESS guard: detail" in each line. */
static void expect_in(enum phase phase, const char *what, const char *want)
{
	struct guards guards;
	struct buf got = {};

	guards_make(&inventory, phase, &guards);
	assert_int_equal(guards.n, inventory.n);
	for (size_t i = 0; i < inventory.n; i++)
		vec_foreach(guard, &guards.functions[i])
			buf_addf(&got, "%s %s: %s\n", PCI_ADDRESS_TEXT(&inventory.items[i].address),
				 finding_name(guard->type), guard->detail);
	check_text(what, buf_text(&got), want);
	buf_done(&got);
	guards_done(&guards);
}

static void expect(const char *what, const char *want)
{
	expect_in(PHASE_SYSTEM, what, want);
}

#define ON_ROOT "0000:05:00.0 host-disk: the host uses a disk of the device: / (nvme0n1p2)\n"

TEST(what_opens_them)
{
	static const unsigned openers[N_FINDING_TYPES] = {
		[FINDING_STORAGE] = ALLOW_STORAGE,
		[FINDING_NETWORK] = ALLOW_NETWORK,
		[FINDING_DISPLAY] = ALLOW_DISPLAY,
	};

	for (enum finding_type type = 0; type < N_FINDING_TYPES; type++)
		check_int(finding_name(type), guard_opened_by(type), openers[type]);
	guards_done(NULL);
}

TEST(the_hosts_disk_and_a_spare_one_of_its_model)
{
	expect("spare", ON_ROOT);
}

TEST(disks_with_data)
{
	static const struct {
		const char *device, *want;
	} rows[] = {
		{"nvme1n1 259:3 @06:00.0 type=xfs\n",
		 "0000:06:00.0 storage: nvme1n1 contains data (xfs)\n"},
		{"nvme1n1 259:3 @06:00.0 table\n",
		 "0000:06:00.0 storage: nvme1n1 has a partition table\n"},
		{"nvme1n1 259:3 @06:00.0\nnvme1n1p1 259:4 @06:00.0 <nvme1n1 type=LVM2_member\n",
		 "0000:06:00.0 storage: nvme1n1p1 contains data (LVM2_member)\n"},
		{"nvme1n1 259:3 @06:00.0 unread\n",
		 "0000:06:00.0 storage: nvme1n1 cannot be read, so whether it contains data is not known\n"},
		/* An optical drive is not asked, and holds nothing of the host's. */
		{"sr0 11:0 @06:00.0 unread\n", ""},
		{"nvme1n1 259:3 @06:00.0\n", ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *devices =
			xasprintf("nvme0n1 259:0 @05:00.0 table\n"
				  "nvme0n1p2 259:2 @05:00.0 <nvme0n1 type=ext4\n%s",
				  rows[i].device);
		_cleanup_free_ char *want = xasprintf(ON_ROOT "%s", rows[i].want);

		set_disks(devices, "22 1 259:2 / / rw - ext4 /dev/nvme0n1p2 rw\n", "");
		expect(rows[i].device, want);
	}
}

/* What the host stands on cannot be followed to its end: whatever may carry disks is refused. */
TEST(the_guard_fails_closed)
{
	add_function(&inventory, "07:00.0", 1, 1, 0x0c0330, 7, "xhci_hcd");
	add_function(&inventory, "08:00.0", 1, 1, 0x0c0400, 8, NULL);
	add_function(&inventory, "09:00.0", 1, 1, 0x080501, 9, NULL);
	add_function(&inventory, "0a:00.0", 1, 1, 0x0c0010, 10, NULL);
	add_function(&inventory, "0b:00.0", 1, 1, 0x040300, 11, NULL);
	set_disks(DISKS, "", "root=UUID=none");
#define LOST                                                                                                     \
	" host-disk-unknown: the host may use a disk of the device, as not all disks of the host can be found: " \
	"root UUID=none: no readable disk has it\n"
	expect("root is not found",
	       "0000:05:00.0" LOST "0000:05:00.0 storage: nvme0n1 has a partition table\n"
	       "0000:06:00.0" LOST "0000:07:00.0" LOST "0000:08:00.0" LOST "0000:09:00.0" LOST
	       "0000:0a:00.0" LOST);
#undef LOST
	inventory.storage.known = false;
	storage_done(&inventory.storage);
#define LOST                                                                                                     \
	" host-disk-unknown: the host may use a disk of the device, as not all disks of the host can be found: " \
	"the host's disks and mounts cannot be read\n"
	expect("not looked at", "0000:05:00.0" LOST "0000:06:00.0" LOST "0000:07:00.0" LOST
				"0000:08:00.0" LOST "0000:09:00.0" LOST "0000:0a:00.0" LOST);
#undef LOST
}

/* Whatever class says, disks that hang on a function are disks. */
TEST(disks_on_what_is_no_storage_controller)
{
	add_function(&inventory, "07:00.0", 1, 0x1042, 0x00ff00, 7, "virtio-pci");
	set_disks(DISKS "vda 254:0 @07:00.0\n", "", "root=UUID=none");
	struct guards guards;

	guards_make(&inventory, PHASE_SYSTEM, &guards);
	assert_int_equal(guards.functions[4].n, 1);
	assert_int_equal(guards.functions[4].items[0].type, FINDING_HOST_DISK_UNKNOWN);
	guards_done(&guards);
}

TEST(what_is_missing_and_optional_may_be_on_what_shows_no_disk)
{
	static const char mounts[] = "22 1 259:2 / / rw - ext4 /dev/nvme0n1p2 rw\n";

	/* The spare shows its disk, which is not it; a controller that shows none may have it. */
	set_disks(DISKS, mounts, "resume=UUID=none");
	expect("all disks show", ON_ROOT);
	set_disks("nvme0n1 259:0 @05:00.0\nnvme0n1p2 259:2 @05:00.0 <nvme0n1 type=ext4\n", mounts,
		  "resume=UUID=none");
	expect("a controller without driver", ON_ROOT
	       "0000:06:00.0 host-disk-unknown: the disks of the device are not known, "
	       "and the host may need one of them: resume UUID=none: no readable disk has it\n");
}

/* The USB port of a graphics card goes with the card; with a disk plugged in, it stays. */
TEST(usb_port_of_a_graphics_card)
{
	add_function(&inventory, "07:00.0", 0x10de, 1, 0x030000, 7, NULL);
	add_function(&inventory, "07:00.2", 0x10de, 2, 0x0c0330, 7, "xhci_hcd");
	set_disks(DISKS, "", "root=UUID=none");
	struct guards guards;

	guards_make(&inventory, PHASE_SYSTEM, &guards);
	assert_int_equal(guards.functions[5].n, 0);
	guards_done(&guards);
	set_disks(DISKS "sda 8:0 @07:00.2 type=ext4\n", "22 1 8:0 / / rw - ext4 /dev/sda rw\n", "");
	expect("root on a stick in it",
	       "0000:05:00.0 storage: nvme0n1 has a partition table\n"
	       "0000:07:00.0 display: the device is the only display of the host\n"
	       "0000:07:00.2 host-disk: the host uses a disk of the device: / (sda)\n");
	set_disks(DISKS "sda 8:0 @07:00.2 type=ext4\n", "", "root=UUID=none");
	guards_make(&inventory, PHASE_SYSTEM, &guards);
	assert_int_equal(guards.functions[5].n, 2);
	assert_int_equal(guards.functions[5].items[0].type, FINDING_HOST_DISK_UNKNOWN);
	assert_int_equal(guards.functions[5].items[1].type, FINDING_STORAGE);
	guards_done(&guards);
}

TEST(network_cards)
{
	add_interface("eth0", "02:00.0", true)->default_route = true;
	add_interface("eth1", "03:00.0", true);
	add_interface("lo", NULL, false);
	expect("default route", "0000:02:00.0 network: eth0 has a default route\n" ON_ROOT);
	inventory.network.items[0].default_route = false;
	expect("two links", ON_ROOT);
	inventory.network.items[1].up = false;
	expect("the only link",
	       "0000:02:00.0 network: eth0 has the only link that is up\n" ON_ROOT);
	inventory.network.items[0].up = false;
	expect("no link", ON_ROOT);
}

/* What could not be read may be what a guard is about. */
TEST(what_could_not_be_read)
{
	static const struct {
		unsigned fact, function_fact;
		const char *want;
	} rows[] = {
		{HOST_STORAGE, 0,
		 "0000:05:00.0 host-disk: the host uses a disk of the device: / (nvme0n1p2)\n"
		 "0000:05:00.0 host-disk-unknown: the host may use a disk of the device: why\n"
		 "0000:06:00.0 host-disk-unknown: the host may use a disk of the device: why\n"},
		{HOST_NETWORK, 0,
		 "0000:02:00.0 network: the host may be reached through the device: why\n"
		 "0000:03:00.0 network: the host may be reached through the device: why\n" ON_ROOT},
		{HOST_GUARDED, 0,
		 "0000:02:00.0 network: the host may be reached through the device: why\n"
		 "0000:03:00.0 network: the host may be reached through the device: why\n"
		 "0000:05:00.0 host-disk: the host uses a disk of the device: / (nvme0n1p2)\n"
		 "0000:05:00.0 host-disk-unknown: the host may use a disk of the device: why\n"
		 "0000:06:00.0 host-disk-unknown: the host may use a disk of the device: why\n"},
		{HOST_USERS, 0,
		 "0000:02:00.0 in-use: a process may have the device open: why\n"
		 "0000:03:00.0 in-use: a process may have the device open: why\n"
		 "0000:05:00.0 host-disk: the host uses a disk of the device: / (nvme0n1p2)\n"
		 "0000:05:00.0 in-use: a process may have the device open: why\n"
		 "0000:06:00.0 in-use: a process may have the device open: why\n"},
		{HOST_IMAGES, 0, ON_ROOT},
		{0, FACT_DISPLAY,
		 ON_ROOT "0000:07:00.0 display: the device may be the display of the host: why\n"
			 "0000:07:00.0 live-vfs: the device may have virtual functions: why\n"},
		{0, FACT_PATH, ON_ROOT},
	};
	struct pci_function *display;

	add_function(&inventory, "07:00.0", 0x10de, 1, 0x030000, 7, "nouveau");
	/* It is not the only one. */
	add_function(&inventory, "08:00.0", 0x1a03, 1, 0x030000, 8, NULL);
	display = &inventory.items[inventory.n - 2];
	display->unread_why = xstrdup("why");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char **unread = rows[i].fact ? &inventory.unread[__builtin_ctz(rows[i].fact)]
					     : NULL;

		/* A display has a driver, too: what processes hold is another row's. */
		if (rows[i].fact == HOST_USERS)
			free(TAKE_PTR(display->driver));
		if (unread)
			*unread = xstrdup("why");
		display->unread = rows[i].function_fact;
		if (rows[i].function_fact)
			display->driver = display->driver ? display->driver : xstrdup("nouveau");
		expect(rows[i].want, rows[i].want);
		if (unread)
			free(TAKE_PTR(*unread));
	}
}

TEST(what_is_known_is_told_instead_of_what_may_be)
{
	inventory.unread[__builtin_ctz(HOST_NETWORK)] = xstrdup("why");
	add_interface("eth0", "02:00.0", true);
	expect("only link",
	       "0000:02:00.0 network: eth0 has the only link that is up\n"
	       "0000:03:00.0 network: the host may be reached through the device: why\n" ON_ROOT);
}

TEST(links_without_a_card_are_no_other_link)
{
	add_interface("eth0", "02:00.0", true);
	add_interface("docker0", NULL, true);
	expect("only link", "0000:02:00.0 network: eth0 has the only link that is up\n" ON_ROOT);
}

TEST(bond_vlan_and_bridge)
{
	add_interface("bond0", NULL, true);
	add_interface("bond0.5", NULL, true);
	add_interface("br0", NULL, true)->default_route = true;
	add_interface("eth0", "02:00.0", true);
	add_interface("eth1", "03:00.0", true);
	stack("eth0", "bond0");
	stack("eth1", "bond0");
	stack("bond0", "bond0.5");
	stack("bond0.5", "br0");
	expect("default route above all",
	       "0000:02:00.0 network: eth0 carries bond0, which is part of bond0.5\n"
	       "0000:03:00.0 network: eth1 carries bond0, which is part of bond0.5\n" ON_ROOT);
	/* Without routes the parts are told all the same. */
	inventory.network.items[2].default_route = false;
	strv_done(&inventory.network.items[0].upper);
	strv_done(&inventory.network.items[1].upper);
	expect("part of a bond", "0000:02:00.0 network: eth0 is part of bond0\n"
				 "0000:03:00.0 network: eth1 is part of bond0\n" ON_ROOT);
}

TEST(a_default_route_is_followed_down)
{
	add_interface("br0", NULL, true)->default_route = true;
	add_interface("eth0", "02:00.0", false);
	strv_add(&inventory.network.items[0].lower, "eth0");
	strv_add(&inventory.network.items[0].lower, "gone");
	expect("bridge",
	       "0000:02:00.0 network: eth0 carries br0, which has a default route\n" ON_ROOT);
}

/* No kernel lets them; a broken tree must not hang the host's boot. */
TEST(interfaces_that_stand_on_each_other)
{
	static const char *const names[] = {"a", "b", "c", "d"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		add_interface(names[i], i == 3 ? "02:00.0" : NULL, false);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		for (size_t j = 0; j < ARRAY_SIZE(names); j++)
			stack(names[i], names[j]);
	inventory.network.items[0].default_route = true;
	expect("loop",
	       "0000:02:00.0 network: d carries c, which carries b, which carries a, which has a "
	       "default route\n" ON_ROOT);
}

TEST(hosts_that_boot_over_the_network)
{
	static const struct {
		const char *cmdline, *why;
	} rows[] = {
		{"ip=dhcp", "may be the interface that kernel argument ip= means"},
		{"ip=off", NULL},
		{"ip=none", NULL},
		{"ip=", NULL},
		{"BOOTIF=01-52-54-00-12-34-56",
		 "may be the interface that kernel argument BOOTIF= means"},
		{"nfsroot=10.0.0.1:/x", "may be the interface that kernel argument nfsroot= means"},
		{"netroot=iscsi:x",
		 "may connect the host to a file system on the network: netroot="},
		{"root=nfs:10.0.0.1:/x",
		 "may connect the host to a file system on the network: root nfs:10.0.0.1:/x "
		 "(nfs:10.0.0.1:/x)"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *early =
			rows[i].why ? xasprintf("0000:02:00.0 network: the device %s\n"
						"0000:03:00.0 network: the device %s\n" ON_ROOT,
						rows[i].why, rows[i].why)
				    : xstrdup(ON_ROOT);
		_cleanup_free_ char *later =
			rows[i].why ? xasprintf("0000:02:00.0 network: eth0 %s\n"
						"0000:03:00.0 network: eth1 %s\n" ON_ROOT,
						rows[i].why, rows[i].why)
				    : xstrdup(ON_ROOT);

		set_disks(DISKS, "22 1 259:2 / / rw - ext4 /dev/nvme0n1p2 rw\n", rows[i].cmdline);
		expect(rows[i].cmdline, early);
		/* Where links are up, it is over one of them. */
		add_interface("eth0", "02:00.0", true);
		add_interface("eth1", "03:00.0", true);
		expect(rows[i].cmdline, later);
		network_done(&inventory.network);
	}
}

/* The address in BOOTIF= tells the card from others that have a link, unless a file system lies on the network. */
TEST(the_card_that_the_host_was_started_over)
{
	static const char root[] = "22 1 259:2 / / rw - ext4 /dev/nvme0n1p2 rw\n";

	set_disks(DISKS, root, "ip=::::node:BOOTIF BOOTIF=01-52-54-00-12-34-56");
	add_interface("eth0", "02:00.0", true);
	add_interface("eth1", "03:00.0", true)->booted_over = true;
	expect("by its address",
	       "0000:03:00.0 network: eth1 may be the interface that kernel argument BOOTIF= "
	       "means\n" ON_ROOT);
	set_disks(DISKS, root, "root=nfs:10.0.0.1:/x BOOTIF=01-52-54-00-12-34-56");
	expect("and a root on the network",
	       "0000:02:00.0 network: eth0 may connect the host to a file system on the network: "
	       "root nfs:10.0.0.1:/x (nfs:10.0.0.1:/x)\n"
	       "0000:03:00.0 network: eth1 may connect the host to a file system on the network: "
	       "root nfs:10.0.0.1:/x (nfs:10.0.0.1:/x)\n" ON_ROOT);
	network_done(&inventory.network);
}

TEST(displays)
{
	add_function(&inventory, "07:00.0", 0x10de, 1, 0x030000, 7, NULL)->boot_vga = true;
	add_function(&inventory, "08:00.0", 0x10de, 1, 0x030000, 8, NULL)->boot_framebuffer = true;
	add_function(&inventory, "09:00.0", 0x10de, 1, 0x030000, 9, NULL);
	expect("displays", ON_ROOT
	       "0000:07:00.0 display: the firmware chose the device as the display of the host\n"
	       "0000:08:00.0 display: the boot framebuffer is in the device's memory\n");
	/* One reason is enough. */
	inventory.items[4].boot_framebuffer = true;
	inventory.items[5].boot_framebuffer = false;
	expect("both", ON_ROOT
	       "0000:07:00.0 display: the firmware chose the device as the display of the host\n");
}

TEST(live_vfs_and_users)
{
	inventory.items[0].live_vfs = true;
	inventory.items[1].user = xstrdup("qemu-system-x86 (812)");
	expect("both",
	       "0000:02:00.0 live-vfs: the device has virtual functions, which would be removed with it\n"
	       "0000:03:00.0 in-use: qemu-system-x86 (812) has the device open\n" ON_ROOT);
}

TEST(what_is_put_off_and_what_is_not)
{
	static const struct {
		enum finding_type type;
		bool early, premount, system;
	} rows[] = {
		{FINDING_HOST_DISK, false, false, false},
		{FINDING_HOST_DISK_UNKNOWN, true, true, false},
		{FINDING_STORAGE, false, true, false},
		{FINDING_NETWORK, true, true, false},
		{FINDING_DISPLAY, false, false, false},
		{FINDING_LIVE_VFS, false, false, false},
		{FINDING_IN_USE, false, true, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *name = finding_name(rows[i].type);

		check_int(name, guard_waits(rows[i].type, PHASE_EARLY), rows[i].early);
		check_int(name, guard_waits(rows[i].type, PHASE_PREMOUNT), rows[i].premount);
		check_int(name, guard_waits(rows[i].type, PHASE_SYSTEM), rows[i].system);
	}
}

TEST(what_a_section_may_pass)
{
	assert_true(guard_passes(FINDING_STORAGE, PHASE_SYSTEM, ALLOW_STORAGE));
	assert_false(guard_passes(FINDING_STORAGE, PHASE_SYSTEM, ALLOW_NETWORK));
	/* fstab of the root may need it. */
	assert_false(guard_passes(FINDING_STORAGE, PHASE_PREMOUNT, ALLOW_STORAGE));
	assert_true(guard_passes(FINDING_NETWORK, PHASE_PREMOUNT, ALLOW_NETWORK));
	assert_false(guard_passes(FINDING_HOST_DISK, PHASE_SYSTEM, ~0U));
}

TEST(what_force_passes)
{
	unsigned n = 0;

	for (enum finding_type type = 0; type < N_FINDING_TYPES; type++) {
		const char *name = finding_name(type);

		if (!finding_is(type, KIND_GUARD))
			continue;
		check_int(name, guard_passes(type, PHASE_MANUAL, 0), false);
		check_int(name, guard_passes(type, PHASE_FORCED, 0), type == FINDING_IN_USE);
		check_int(name, guard_waits(type, PHASE_MANUAL), false);
		check_int(name, guard_waits(type, PHASE_FORCED), false);
		n++;
	}
	assert_int_equal(n, 8);
}

/* A guest has it, which is worse than any other process. */
TEST(open_through_vfio)
{
	free(inventory.items[0].driver);
	inventory.items[0].driver = xstrdup("mlx5_vfio_pci");
	inventory.items[0].user = xstrdup("qemu (7)");
	expect("vfio", "0000:02:00.0 vfio-in-use: qemu (7) has the device open through VFIO, and "
		       "an unbind would not return\n" ON_ROOT);
}

/* At boot these are no reasons. */
TEST(in_use_by_hand)
{
	set_disks(DISKS "dm-0 253:0 <nvme1n1\n", "22 1 259:2 / / rw - ext4 /dev/nvme0n1p2 rw\n",
		  "");
	add_interface("eth0", "02:00.0", false)->enabled = true;
	add_interface("eth1", "03:00.0", false);
	expect("system", ON_ROOT);
	expect_in(PHASE_APPLY, "at the next boot",
		  ON_ROOT "0000:06:00.0 in-use: dm-0 uses nvme1n1\n");
	expect_in(PHASE_MANUAL, "holder and interface",
		  "0000:02:00.0 in-use: interface eth0 of the device is switched on\n" ON_ROOT
		  "0000:06:00.0 in-use: dm-0 uses nvme1n1\n");
	storage_find(&inventory.storage, "dm-0")->dm_name = xstrdup("data-old");
	expect_in(PHASE_FORCED, "by name",
		  "0000:02:00.0 in-use: interface eth0 of the device is switched on\n" ON_ROOT
		  "0000:06:00.0 in-use: data-old uses nvme1n1\n");
	set_disks(DISKS, "22 1 259:2 / / rw - ext4 /dev/nvme0n1p2 rw\n", "");
	storage_find(&inventory.storage, "nvme1n1")->claimed = true;
	inventory.network.items[0].enabled = false;
	expect_in(PHASE_MANUAL, "claimed",
		  ON_ROOT
		  "0000:06:00.0 in-use: the kernel or a process has nvme1n1 open exclusively\n");
}

/* A controller that shows no disk yet, before the root is mounted and after. */
TEST(disks_that_are_not_seen)
{
	struct guards guards;

	add_function(&inventory, "07:00.0", 0x8086, 0xa352, 0x010601, 7, "ahci");
	guards_make(&inventory, PHASE_PREMOUNT, &guards);
	assert_int_equal(guards.functions[4].n, 1);
	assert_int_equal(guards.functions[4].items[0].type, FINDING_HOST_DISK_UNKNOWN);
	assert_string_equal(
		guards.functions[4].items[0].detail,
		"the disks of the device are not known, and the host may need one of them: "
		"fstab of the root file system has not been read yet");
	assert_int_equal(guards.functions[3].n, 0);
	guards_done(&guards);
	guards_make(&inventory, PHASE_SYSTEM, &guards);
	assert_int_equal(guards.functions[4].n, 0);
	guards_done(&guards);
}

TEST(disks_that_are_left)
{
	static const enum finding_type types[] = {FINDING_HOST_DISK, FINDING_HOST_DISK_UNKNOWN,
						  FINDING_STORAGE, FINDING_IN_USE};

	for (enum finding_type type = 0; type < N_FINDING_TYPES; type++) {
		struct guard_list list = {};
		bool held = false;

		check("none", guards_leave_disks(&list));
		*vec_add(&list) = (struct guard){.type = type};
		for (size_t i = 0; i < ARRAY_SIZE(types); i++)
			held = held || types[i] == type;
		check_int(finding_name(type), guards_leave_disks(&list), !held);
		free(list.items);
	}
}

TEST(nothing_to_guard)
{
	struct inventory nothing = {};
	struct guards guards;

	guards_make(&nothing, PHASE_SYSTEM, &guards);
	assert_int_equal(guards.n, 0);
	guards_done(&guards);
}

/* In a boot the network is not up yet, and apply has left word of it. */
TEST(what_apply_found_the_host_to_be_reached_by)
{
	struct guarded_list *guarded = &inventory.guarded;
	const struct pci_function *card = &inventory.items[0];
	_cleanup_free_ char *want = xasprintf(
		"%s network: guard network held the device when vfio-prepare apply ran last\n",
		PCI_ADDRESS_TEXT(&card->address));

	set_disks("", "", "root=/dev/ram0");
	*vec_add(
		guarded) = (struct guarded){.type = FINDING_NETWORK,
					    .address = card->address,
					    .id = {.vendor = card->vendor, .device = card->device}};
	*vec_add(guarded) = (struct guarded){.type = FINDING_NETWORK,
					     .address = inventory.items[1].address,
					     .id = {.vendor = 1, .device = 1}};
	*vec_add(guarded) = (struct guarded){.type = FINDING_NETWORK,
					     .address = address("ff:1f.7"),
					     .id = {.vendor = -1, .device = -1}};
	expect_in(PHASE_EARLY, "early", want);
}

/* Before the system phase, which has the file of the root, there is no last word about disks. */
TEST(what_apply_found_on_disks)
{
	static const enum finding_type types[] = {FINDING_HOST_DISK, FINDING_STORAGE};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		struct guards guards;

		guarded_list_done(&inventory.guarded);
		*vec_add(&inventory.guarded) = (struct guarded){.type = types[i],
								.address = address("06:00.0"),
								.id = {.vendor = 0x144d,
								       .device = 0xa808}};
		for (enum phase phase = PHASE_EARLY; phase <= PHASE_SYSTEM; phase++) {
			guards_make(&inventory, phase, &guards);
			assert_int_equal(guards.functions[3].n, 1);
			assert_int_equal(guards.functions[3].items->type,
					 phase < PHASE_SYSTEM ? FINDING_HOST_DISK_UNKNOWN
							      : types[i]);
			assert_true(guards.functions[3].items->kept);
			guards_done(&guards);
		}
	}
}

static void add_route(const char *name, const char *destination, unsigned prefix_length)
{
	struct route *route = vec_add(&inventory.network.routes);

	*route = (struct route){.interface = xstrdup(name), .prefix_length = prefix_length};
	assert_int_equal(inet_pton(AF_INET, destination, route->destination), 1);
}

/* One server: the interface on the way there. Several, or none that is known: each that leads anywhere. */
TEST(file_systems_of_servers)
{
	static const struct {
		const char *mount, *first, *second;
	} rows[] = {
		{"0:45 / /i rw - nfs4 10.0.2.5:/i rw", "",
		 "eth1 connects the host to /i (10.0.2.5:/i)"},
		{"0:45 / /i rw - nfs nas:/i rw,addr=10.0.2.5", "",
		 "eth1 connects the host to /i (nas:/i)"},
		{"0:45 / /i rw - cifs //10.0.1.5/i rw",
		 "eth0 connects the host to /i (//10.0.1.5/i)", ""},
		{"0:45 / /i rw - nfs4 nas:/i rw", "eth0 may connect the host to /i (nas:/i)",
		 "eth1 may connect the host to /i (nas:/i)"},
		{"0:45 / /i rw - ceph 10.0.2.5:6789:/ rw",
		 "eth0 may connect the host to /i (10.0.2.5:6789:/)",
		 "eth1 may connect the host to /i (10.0.2.5:6789:/)"},
		{"0:45 / /i rw - tmpfs x rw", "", ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *mounts = xasprintf(
			"22 1 259:2 / / rw - ext4 /dev/nvme0n1p2 rw\n36 22 %s\n", rows[i].mount);
		struct buf want = {};

		stop(NULL);
		inventory = (struct inventory){};
		start(NULL);
		set_disks(DISKS, mounts, "");
		add_interface("eth0", "02:00.0", true);
		add_interface("eth1", "03:00.0", true);
		/* Switched on, and leads nowhere. */
		add_interface("eth2", "06:00.0", true);
		add_route("eth0", "10.0.1.0", 24);
		add_route("eth1", "10.0.2.0", 24);
		if (*rows[i].first)
			buf_addf(&want, "0000:02:00.0 network: %s\n", rows[i].first);
		if (*rows[i].second)
			buf_addf(&want, "0000:03:00.0 network: %s\n", rows[i].second);
		buf_add(&want, ON_ROOT);
		expect(rows[i].mount, buf_text(&want));
		buf_done(&want);
	}
}

int main(void)
{
#define GUARD_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_opens_them),
		GUARD_TEST(the_hosts_disk_and_a_spare_one_of_its_model),
		GUARD_TEST(disks_with_data),
		GUARD_TEST(the_guard_fails_closed),
		GUARD_TEST(disks_on_what_is_no_storage_controller),
		GUARD_TEST(what_is_missing_and_optional_may_be_on_what_shows_no_disk),
		GUARD_TEST(usb_port_of_a_graphics_card),
		GUARD_TEST(network_cards),
		GUARD_TEST(what_could_not_be_read),
		GUARD_TEST(what_is_known_is_told_instead_of_what_may_be),
		GUARD_TEST(links_without_a_card_are_no_other_link),
		GUARD_TEST(bond_vlan_and_bridge),
		GUARD_TEST(a_default_route_is_followed_down),
		GUARD_TEST(interfaces_that_stand_on_each_other),
		GUARD_TEST(hosts_that_boot_over_the_network),
		GUARD_TEST(the_card_that_the_host_was_started_over),
		GUARD_TEST(what_apply_found_the_host_to_be_reached_by),
		GUARD_TEST(what_apply_found_on_disks),
		GUARD_TEST(file_systems_of_servers),
		GUARD_TEST(displays),
		GUARD_TEST(live_vfs_and_users),
		cmocka_unit_test(what_is_put_off_and_what_is_not),
		cmocka_unit_test(what_a_section_may_pass),
		cmocka_unit_test(what_force_passes),
		GUARD_TEST(open_through_vfio),
		GUARD_TEST(in_use_by_hand),
		GUARD_TEST(disks_that_are_not_seen),
		cmocka_unit_test(disks_that_are_left),
		cmocka_unit_test(nothing_to_guard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
