/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/buf.h"
#include "decide/planner.h"
#include "parse/kernel_args.h"
#include "parse/tables.h"
#include "storage.h"

static struct inventory inventory;

/* A host on which everything is there but nothing is bound yet. */
static int make_inventory(void **state _unused_)
{
	inventory.iommu = IOMMU_ON;
	inventory.has_iommu_backend = true;
	strv_split(&inventory.drivers, "e1000e pci-stub vfio-pci", " ");
	add_function(&inventory, "01:00.0", 0x10de, 0x1bb0, 0x030000, 10, NULL);
	add_function(&inventory, "01:00.1", 0x10de, 0x10f0, 0x040300, 10, "snd_hda_intel");
	add_function(&inventory, "03:00.0", 0x8086, 0x10d3, 0x020000, 12, "e1000e");
	add_function(&inventory, "04:00.0", 0x8086, 0x10d3, 0x020000, 13, "vfio-pci");
	add_function(&inventory, "05:00.0", 0x8086, 0x10d3, 0x020000, -1, "e1000e");
	/* Another display, so that the first is not the last one. */
	add_function(&inventory, "06:00.0", 0x1a03, 0x2000, 0x030000, 14, "ast");
	return 0;
}

/* An interface with the host's default route. */
static void add_default_route(const char *name, const char *place)
{
	struct interface *interface = vec_add(&inventory.network);

	interface->name = xstrdup(name);
	interface->default_route = true;
	*vec_add(&interface->carriers) = address(place);
}

static int free_inventory(void **state _unused_)
{
	inventory_done(&inventory);
	return 0;
}

static void make_in(enum phase phase, const char *text, struct profile *profile, struct plan *plan)
{
	struct match match;

	profile_from(text, profile);
	match_make(profile, &inventory, &match);
	plan_make(profile, phase, &match, plan);
	assert_int_equal(match.findings.n, 0);
	match_done(&match);
}

static void make(const char *text, struct profile *profile, struct plan *plan)
{
	make_in(PHASE_SYSTEM, text, profile, plan);
}

static void add_devices(struct buf *buf, const struct plan *plan)
{
	vec_foreach(device, plan)
		buf_addf(buf, "%s [%s] %s%s: %s (%s), was %s, group %d\n",
			 PCI_ADDRESS_TEXT(&device->address), device->section,
			 device_state_names[device->state], device->companion ? " companion" : "",
			 device->want, device->module, device->before ? device->before : "none",
			 device->iommu_group);
}

static void add_actions(struct buf *buf, const struct plan *plan)
{
	vec_foreach(action, &plan->actions) {
		buf_addf(buf, "%s", action_type_names[action->type]);
		if (action->device != SIZE_MAX)
			buf_addf(buf, " %zu", action->device);
		buf_addf(buf, " %s %s; %s\n", action->value, action->path, action->reason);
	}
}

static void expect(const char *text, const char *devices, const char *actions, const char *findings)
{
	struct buf got = {};
	struct profile profile;
	struct plan plan;

	make(text, &profile, &plan);
	add_devices(&got, &plan);
	check_text(text, buf_text(&got), devices);
	buf_done(&got);
	add_actions(&got, &plan);
	check_text(text, buf_text(&got), actions);
	buf_done(&got);
	check_findings(text, &plan.findings, findings);
	plan_done(&plan);
	profile_done(&profile);
}

#define DEVICES "/sys/bus/pci/devices/"
#define DRIVERS "/sys/bus/pci/drivers/"
#define PROBE "/sys/bus/pci/drivers_probe"

TEST(a_device_on_another_driver)
{
	expect("[device x]\naddress = 03:00.0\n",
	       "0000:03:00.0 [x] wrong-driver: vfio-pci (vfio_pci), was e1000e, group 12\n",
	       "set-override 0 vfio-pci " DEVICES "0000:03:00.0/driver_override; "
	       "only vfio-pci may take it from now on\n"
	       "unbind 0 0000:03:00.0 " DRIVERS "e1000e/unbind; e1000e holds it\n"
	       "probe 0 0000:03:00.0 " PROBE "; vfio-pci takes it\n",
	       "");
}

TEST(a_device_that_nobody_holds_is_not_unbound)
{
	free(TAKE_PTR(inventory.items[1].driver));
	expect("[device x]\naddress = 01:00.0\ndriver = pci-stub\n",
	       "0000:01:00.0 [x] wrong-driver: pci-stub (pci_stub), was none, group 10\n",
	       "set-override 0 pci-stub " DEVICES "0000:01:00.0/driver_override; "
	       "only pci-stub may take it from now on\n"
	       "probe 0 0000:01:00.0 " PROBE "; pci-stub takes it\n",
	       "");
}

TEST(what_is_right_already_has_no_action)
{
	expect("[device x]\naddress = 04:00.0\n",
	       "0000:04:00.0 [x] right: vfio-pci (vfio_pci), was vfio-pci, group 13\n", "", "");
}

TEST(nothing_wanted)
{
	expect("[host]\ndescription = x\n", "", "", "");
}

TEST(modules_come_first_and_once)
{
	strv_done(&inventory.drivers);
	inventory.has_iommu_backend = false;
	expect("[device x]\naddress = 01:00.0\ngroup = expand\n[device y]\naddress = 03:00.0\n"
	       "driver = pci-stub\n",
	       "0000:01:00.0 [x] wrong-driver: vfio-pci (vfio_pci), was none, group 10\n"
	       "0000:01:00.1 [x] wrong-driver companion: vfio-pci (vfio_pci), was snd_hda_intel, group 10\n"
	       "0000:03:00.0 [y] wrong-driver: pci-stub (pci_stub), was e1000e, group 12\n",
	       "load-module vfio_pci " DRIVERS "vfio-pci; driver vfio-pci is not loaded\n"
	       "load-module pci_stub " DRIVERS "pci-stub; driver pci-stub is not loaded\n"
	       "load-module vfio_iommu_type1 /sys/module/vfio_iommu_type1; "
	       "VFIO needs it; the kernel would ask for it only when a guest starts\n"
	       "set-override 0 vfio-pci " DEVICES "0000:01:00.0/driver_override; "
	       "only vfio-pci may take it from now on\n"
	       "probe 0 0000:01:00.0 " PROBE "; vfio-pci takes it\n"
	       "set-override 1 vfio-pci " DEVICES "0000:01:00.1/driver_override; "
	       "only vfio-pci may take it from now on\n"
	       "unbind 1 0000:01:00.1 " DRIVERS "snd_hda_intel/unbind; snd_hda_intel holds it\n"
	       "probe 1 0000:01:00.1 " PROBE "; vfio-pci takes it, for its group's sake\n"
	       "set-override 2 pci-stub " DEVICES "0000:03:00.0/driver_override; "
	       "only pci-stub may take it from now on\n"
	       "unbind 2 0000:03:00.0 " DRIVERS "e1000e/unbind; e1000e holds it\n"
	       "probe 2 0000:03:00.0 " PROBE "; pci-stub takes it\n",
	       "");
}

TEST(the_backend_is_for_vfio_alone_and_for_what_is_right_too)
{
	inventory.has_iommu_backend = false;
	expect("[device x]\naddress = 03:00.0\ndriver = pci-stub\n",
	       "0000:03:00.0 [x] wrong-driver: pci-stub (pci_stub), was e1000e, group 12\n",
	       "set-override 0 pci-stub " DEVICES "0000:03:00.0/driver_override; "
	       "only pci-stub may take it from now on\n"
	       "unbind 0 0000:03:00.0 " DRIVERS "e1000e/unbind; e1000e holds it\n"
	       "probe 0 0000:03:00.0 " PROBE "; pci-stub takes it\n",
	       "");
	expect("[device x]\naddress = 04:00.0\n",
	       "0000:04:00.0 [x] right: vfio-pci (vfio_pci), was vfio-pci, group 13\n",
	       "load-module vfio_iommu_type1 /sys/module/vfio_iommu_type1; "
	       "VFIO needs it; the kernel would ask for it only when a guest starts\n",
	       "");
	/* Not for what stays as it is. */
	expect("[device x]\naddress = 05:00.0 09:00.0\n",
	       "0000:05:00.0 [x] refused: vfio-pci (vfio_pci), was e1000e, group -1\n"
	       "0000:09:00.0 [x] absent: vfio-pci (vfio_pci), was none, group -1\n",
	       "", "device-absent 0000:09:00.0; no-iommu-group 0000:05:00.0");
}

TEST(auto_takes_the_variant_where_there_is_one)
{
	inventory.items[2].variant = xstrdup("e1000e_vfio_pci");
	expect("[device x]\naddress = 03:00.0 04:00.0 09:00.0\ndriver = auto\n",
	       "0000:03:00.0 [x] wrong-driver: e1000e_vfio_pci (e1000e_vfio_pci), was e1000e, group 12\n"
	       "0000:04:00.0 [x] right: vfio-pci (vfio_pci), was vfio-pci, group 13\n"
	       "0000:09:00.0 [x] absent: vfio-pci (vfio_pci), was none, group -1\n",
	       "load-module e1000e_vfio_pci " DRIVERS "e1000e_vfio_pci; "
	       "driver e1000e_vfio_pci is not loaded\n"
	       "set-override 0 e1000e_vfio_pci " DEVICES "0000:03:00.0/driver_override; "
	       "only e1000e_vfio_pci may take it from now on\n"
	       "unbind 0 0000:03:00.0 " DRIVERS "e1000e/unbind; e1000e holds it\n"
	       "probe 0 0000:03:00.0 " PROBE "; e1000e_vfio_pci takes it\n",
	       "device-absent 0000:09:00.0");
}

TEST(vfio_needs_a_group_and_others_do_not)
{
	struct profile profile;
	struct plan plan;

	expect("[device x]\naddress = 05:00.0\ndriver = pci-stub\n",
	       "0000:05:00.0 [x] wrong-driver: pci-stub (pci_stub), was e1000e, group -1\n",
	       "set-override 0 pci-stub " DEVICES "0000:05:00.0/driver_override; "
	       "only pci-stub may take it from now on\n"
	       "unbind 0 0000:05:00.0 " DRIVERS "e1000e/unbind; e1000e holds it\n"
	       "probe 0 0000:05:00.0 " PROBE "; pci-stub takes it\n",
	       "");
	make("[device x]\naddress = 05:00.0\n", &profile, &plan);
	assert_int_equal(plan.findings.items[0].severity, SEVERITY_ERROR);
	check_part("detail", plan.findings.items[0].detail, "vfio-pci");
	plan_done(&plan);
	profile_done(&profile);
	make("[iommu]\nrequired = no\n[device x]\naddress = 05:00.0\n", &profile, &plan);
	assert_int_equal(plan.findings.items[0].severity, SEVERITY_WARNING);
	assert_int_equal(plan.items[0].state, DEVICE_REFUSED);
	plan_done(&plan);
	profile_done(&profile);
}

static void expect_remedy(const char *remedy)
{
	struct profile profile;
	struct plan plan;

	make("[device x]\naddress = 00:02.0\n", &profile, &plan);
	check_findings(remedy, &plan.findings, "no-iommu-group 0000:00:02.0");
	check_part("remedy", plan.findings.items[0].remedy, remedy);
	plan_done(&plan);
	profile_done(&profile);
}

TEST(a_device_that_the_iommu_leaves_out)
{
	add_function(&inventory, "00:02.0", 0x8086, 0x3e92, 0x038000, -1, NULL);
	inventory_sort(&inventory);
	inventory.iommu = IOMMU_UNKNOWN;
	expect_remedy("vfio-prepare validate");
	inventory.iommu = IOMMU_ON;
	expect_remedy("another slot");
	kernel_args_parse("intel_iommu=on,igfx_off", &inventory.args);
	expect_remedy("intel_iommu=igfx_off");
	inventory.items[0].vendor = 0x1002;
	expect_remedy("another slot");
}

TEST(group_0_is_a_group)
{
	inventory.items[4].iommu_group = 0;
	free(TAKE_PTR(inventory.items[4].driver));
	expect("[device x]\naddress = 05:00.0\n",
	       "0000:05:00.0 [x] wrong-driver: vfio-pci (vfio_pci), was none, group 0\n",
	       "set-override 0 vfio-pci " DEVICES "0000:05:00.0/driver_override; "
	       "only vfio-pci may take it from now on\n"
	       "probe 0 0000:05:00.0 " PROBE "; vfio-pci takes it\n",
	       "");
}

TEST(refused_devices_have_no_action_and_others_go_on)
{
	expect("[device x]\naddress = 01:00.0 03:00.0\n",
	       "0000:01:00.0 [x] refused: vfio-pci (vfio_pci), was none, group 10\n"
	       "0000:03:00.0 [x] wrong-driver: vfio-pci (vfio_pci), was e1000e, group 12\n",
	       "set-override 1 vfio-pci " DEVICES "0000:03:00.0/driver_override; "
	       "only vfio-pci may take it from now on\n"
	       "unbind 1 0000:03:00.0 " DRIVERS "e1000e/unbind; e1000e holds it\n"
	       "probe 1 0000:03:00.0 " PROBE "; vfio-pci takes it\n",
	       "group-incomplete group 10");
}

TEST(devices_are_in_order_with_the_absent_among_them)
{
	struct profile profile;
	struct plan plan;

	make("[device x]\naddress = 04:00.0 02:00.0 00:00.0 10000:00:00.0 03:00.0\n", &profile,
	     &plan);
	assert_int_equal(plan.n, 5);
	for (size_t i = 1; i < plan.n; i++)
		assert_true(pci_address_compare(&plan.items[i - 1].address,
						&plan.items[i].address) < 0);
	/* Actions follow their device to its place. */
	assert_int_equal(plan.actions.items[0].device, 2);
	assert_int_equal(plan.items[2].address.bus, 3);
	plan_done(&plan);
	profile_done(&profile);
}

TEST(same_input_same_plan)
{
	static const char text[] = "[device x]\naddress = 03:00.0 01:00.0 07:00.0\ngroup = expand\n"
				   "[device y]\nid = 8086:10d3\nexcept = 03:00.0\ncount = 7\n";
	struct buf first = {};

	for (int i = 0; i < 3; i++) {
		struct profile profile;
		struct buf again = {};
		struct plan plan;

		make(text, &profile, &plan);
		add_devices(&again, &plan);
		add_actions(&again, &plan);
		if (i == 0)
			first = again;
		else {
			assert_string_equal(buf_text(&again), buf_text(&first));
			buf_done(&again);
		}
		plan_done(&plan);
		profile_done(&profile);
	}
	buf_done(&first);
}

TEST(modules_that_an_initramfs_needs)
{
	static const struct {
		const char *profile, *modules;
	} rows[] = {
		{"[host]\ndescription = x\n", ""},
		{"[device x]\nid = 1:1\n", "vfio_iommu_type1 vfio_pci"},
		{"[device x]\nid = 1:1\n[device y]\nid = 2:2\n", "vfio_iommu_type1 vfio_pci"},
		{"[device x]\nid = 1:1\ndriver = pci-stub\n", "pci_stub"},
		{"[device x]\nid = 1:1\ndriver = uio_pci_generic\n[device y]\nid = 2:2\ndriver = auto\n",
		 "uio_pci_generic vfio_iommu_type1 vfio_pci"},
		/* What this host has a variant of comes on top. */
		{"[device x]\naddress = 03:00.0\ndriver = auto\n",
		 "e1000e_vfio_pci vfio_iommu_type1 vfio_pci"},
	};

	inventory.items[2].variant = xstrdup("e1000e_vfio_pci");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct strv modules = {}, wanted = {};
		struct profile profile;
		struct plan plan;

		make(rows[i].profile, &profile, &plan);
		plan_modules(&plan, &profile, &inventory, &modules);
		strv_split(&wanted, rows[i].modules, " ");
		check_int(rows[i].profile, modules.n, wanted.n);
		for (size_t j = 0; j < modules.n; j++)
			check_text(rows[i].profile, modules.items[j], wanted.items[j]);
		strv_done(&modules);
		strv_done(&wanted);
		plan_done(&plan);
		profile_done(&profile);
	}
}

/* --- guards --- */

/* The states of the planned devices, "ADDRESS state" each, and the findings. */
static void expect_states(enum phase phase, const char *text, const char *states,
			  const char *findings)
{
	struct buf got = {};
	struct profile profile;
	struct plan plan;

	make_in(phase, text, &profile, &plan);
	vec_foreach(device, &plan)
		buf_addf(&got, "%s%s %s", got.length ? "; " : "",
			 PCI_ADDRESS_TEXT(&device->address), device_state_names[device->state]);
	check_text(text, buf_text(&got), states);
	check_findings(text, &plan.findings, findings);
	vec_foreach(action, &plan.actions)
		check(text, action->device == SIZE_MAX ||
				    plan.items[action->device].state == DEVICE_BIND);
	buf_done(&got);
	plan_done(&plan);
	profile_done(&profile);
}

/* Each guard that gives way, and those that never do, against each word of allow. */
TEST(allow_opens_only_what_it_names)
{
	static const struct {
		const char *guard, *opener;
	} rows[] = {
		{"display", "display"},      {"network", "network"}, {"storage", "storage"},
		{"live-vfs", NULL},          {"in-use", NULL},       {"host-disk", NULL},
		{"host-disk-unknown", NULL},
	};
	static const char *const words[] = {"display", "network", "storage"};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		for (size_t j = 0; j < ARRAY_SIZE(words); j++) {
			_cleanup_free_ char *text =
				xasprintf("# %s\n[device x]\naddress = 07:00.0\nallow = %s\n",
					  rows[i].guard, words[j]);
			_cleanup_free_ char *finding = xasprintf("%s 0000:07:00.0", rows[i].guard);
			bool opened = rows[i].opener && strcmp(rows[i].opener, words[j]) == 0;
			struct pci_function *function;

			inventory.storage.known = true;
			kernel_args_parse("root=/dev/ram0", &inventory.args);
			function = add_function(&inventory, "07:00.0", 1, 1, 0x010802, 17, "x");
			function->live_vfs = i == 3;
			function->user = i == 4 ? xstrdup("qemu (1)") : NULL;
			if (i == 0) {
				function->class = 0x030000;
				function->boot_vga = true;
			} else if (i == 1) {
				function->class = 0x020000;
				add_default_route("eth0", "07:00.0");
			} else if (i == 2) {
				storage_devices(&inventory.storage, "sda 8:0 @07:00.0 type=xfs\n");
			} else if (i == 5) {
				storage_devices(&inventory.storage, "sda 8:0 @07:00.0 type=xfs\n");
				mountinfo_parse("2 1 8:0 / / rw - xfs /dev/sda rw\n",
						&inventory.storage.mounts);
			} else if (i == 6) {
				inventory.storage.known = false;
			}
			expect_states(PHASE_SYSTEM, text,
				      opened ? "0000:07:00.0 wrong-driver" : "0000:07:00.0 refused",
				      opened ? "" : finding);
			free_inventory(NULL);
			make_inventory(NULL);
		}
}

TEST(what_is_right_is_not_guarded)
{
	inventory.items[3].user = xstrdup("qemu-system-x86 (812)");
	expect_states(PHASE_SYSTEM, "[device x]\naddress = 04:00.0\n", "0000:04:00.0 right", "");
}

/* A host that lies in memory. */
static void set_root(void)
{
	inventory.storage.known = true;
	mountinfo_parse("22 1 0:1 / / rw - tmpfs tmpfs rw\n", &inventory.storage.mounts);
}

/* A disk is needed after the next boot, too, whatever uses it now. */
TEST(in_use_for_good)
{
	struct block_device *disk = vec_add(&inventory.storage.devices);
	struct profile profile;
	struct plan plan;

	set_root();
	disk->name = xstrdup("nvme9n1");
	disk->probed = disk->claimed = true;
	*vec_add(&disk->carriers) = address("03:00.0");
	make_in(PHASE_APPLY, "[device x]\naddress = 03:00.0\n", &profile, &plan);
	assert_int_equal(plan.items->state, DEVICE_REFUSED);
	assert_false(plan.items->next_boot);
	check_findings("claimed", &plan.findings, "in-use 0000:03:00.0");
	plan_done(&plan);
	profile_done(&profile);
	expect_states(PHASE_SYSTEM, "[device x]\naddress = 03:00.0\n", "0000:03:00.0 wrong-driver",
		      "");
}

/* Said before the guest has written anything, of storage and of what a disk may be plugged into. */
TEST(data_to_come)
{
	static const struct {
		const char *keys;
		enum phase phase;
		const char *want;
	} rows[] = {
		{"", PHASE_SYSTEM, ""},
		{"", PHASE_APPLY, "storage-later device x; storage-later device x"},
		{"", PHASE_MANUAL, "storage-later device x; storage-later device x"},
		{"allow = storage\n", PHASE_APPLY, ""},
		{"allow = network\n", PHASE_APPLY,
		 "storage-later device x; storage-later device x"},
	};

	set_root();
	add_function(&inventory, "08:00.0", 0x144d, 0xa808, 0x010802, 20, NULL);
	add_function(&inventory, "09:00.0", 0x1912, 0x0014, 0x0c0330, 21, "vfio-pci");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *text = xasprintf(
			"[device x]\naddress = 08:00.0 09:00.0\n%s[device y]\naddress = 03:00.0\n",
			rows[i].keys);
		struct profile profile;
		struct plan plan;

		make_in(rows[i].phase, text, &profile, &plan);
		check_findings(text, &plan.findings, rows[i].want);
		plan_done(&plan);
		profile_done(&profile);
	}
}

TEST(a_guard_of_one_leaves_the_others)
{
	inventory.items[2].user = xstrdup("dhclient (5)");
	expect_states(PHASE_SYSTEM, "[device x]\naddress = 03:00.0 04:00.0 01:00.*\n",
		      "0000:01:00.0 wrong-driver; 0000:01:00.1 wrong-driver; 0000:03:00.0 refused; "
		      "0000:04:00.0 right",
		      "in-use 0000:03:00.0");
}

/* What is over at the next boot is given then; by force what is in use goes now. */
TEST(in_use_now)
{
	static const struct {
		enum phase phase;
		bool guest, vfs;
		const char *state, *finding;
		bool next_boot;
	} rows[] = {
		{PHASE_SYSTEM, false, false, "refused", "in-use", true},
		{PHASE_MANUAL, false, false, "refused", "in-use", true},
		{PHASE_FORCED, false, false, "wrong-driver", NULL, false},
		{PHASE_MANUAL, true, false, "refused", "vfio-in-use", true},
		{PHASE_FORCED, true, false, "refused", "vfio-in-use", true},
		{PHASE_FORCED, false, true, "refused", "live-vfs", true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *row = xasprintf("row %zu", i);
		_cleanup_free_ char *finding = rows[i].finding ? xasprintf("%s 0000:03:00.0",
									   rows[i].finding)
							       : xstrdup("");
		struct pci_function *function = &inventory.items[2];
		struct profile profile;
		struct plan plan;

		function->user = xstrdup("dhclient (5)");
		function->live_vfs = rows[i].vfs;
		if (rows[i].guest) {
			free(function->driver);
			function->driver = xstrdup("vfio-pci");
		}
		make_in(rows[i].phase, "[device x]\naddress = 03:00.0\ndriver = pci-stub\n",
			&profile, &plan);
		check_text(row, device_state_names[plan.items[0].state], rows[i].state);
		check_int(row, plan.items[0].next_boot, rows[i].next_boot);
		check_findings(row, &plan.findings, finding);
		plan_done(&plan);
		profile_done(&profile);
		free_inventory(NULL);
		make_inventory(NULL);
	}
}

/* What would go on without it all the same need not be told to stop. */
TEST(in_use_and_refused_for_good)
{
	inventory.items[2].user = xstrdup("dhclient (5)");
	add_default_route("eth0", "03:00.0");
	expect_states(PHASE_SYSTEM, "[device x]\naddress = 03:00.0\n", "0000:03:00.0 refused",
		      "in-use 0000:03:00.0; network 0000:03:00.0");
	inventory.items[2].user = (free(inventory.items[2].user), NULL);
	inventory.network.items[0].enabled = true;
	expect_states(PHASE_MANUAL, "[device x]\naddress = 03:00.0\n", "0000:03:00.0 refused",
		      "network 0000:03:00.0");
}

TEST(what_hangs_is_left_alone)
{
	inventory.items[2].hangs = xstrdup("in phase early unbinding did not return within 10 s");
	expect_states(PHASE_SYSTEM, "[device x]\naddress = 03:00.0 01:00.*\n",
		      "0000:01:00.0 wrong-driver; 0000:01:00.1 wrong-driver; 0000:03:00.0 refused",
		      "device-hangs 0000:03:00.0");
	inventory.items[3].hangs = xstrdup("in phase early probing did not return within 10 s");
	expect_states(PHASE_SYSTEM, "[device x]\naddress = 04:00.0\n", "0000:04:00.0 right", "");
}

TEST(remedies_name_the_word)
{
	struct profile profile;
	struct plan plan;

	inventory.items[0].boot_vga = true;
	make("[device x]\naddress = 01:00.0\ngroup = ignore\n", &profile, &plan);
	assert_int_equal(plan.findings.items[0].type, FINDING_DISPLAY);
	assert_int_equal(plan.findings.items[0].severity, SEVERITY_ERROR);
	check_part("detail", plan.findings.items[0].detail, "the firmware");
	check_part("remedy", plan.findings.items[0].remedy, "allow = display");
	plan_done(&plan);
	profile_done(&profile);
}

/* Early in a boot nothing of the host's disks is known: what could carry them waits, and that is no error. */
TEST(disks_wait_early)
{
	struct profile profile;
	struct plan plan;

	add_function(&inventory, "07:00.0", 1, 1, 0x010802, 17, NULL);
	add_function(&inventory, "08:00.0", 1, 1, 0x010802, 18, "vfio-pci");
	expect_states(PHASE_EARLY, "[device x]\naddress = 03:00.0 07:00.0 08:00.0\n",
		      "0000:03:00.0 wrong-driver; 0000:07:00.0 waiting; 0000:08:00.0 right",
		      "disk-waits 0000:07:00.0");
	make_in(PHASE_EARLY, "[device x]\naddress = 07:00.0\n", &profile, &plan);
	assert_int_equal(plan.findings.items[0].severity, SEVERITY_NOTE);
	assert_int_equal(plan.actions.n, 0);
	plan_done(&plan);
	profile_done(&profile);
	/* Later it is one. */
	expect_states(PHASE_SYSTEM, "[device x]\naddress = 07:00.0\n", "0000:07:00.0 refused",
		      "host-disk-unknown 0000:07:00.0");
	/* What stands in its group waits with it, if a driver may come for the disk. */
	strv_add(&inventory.items[6].modules, "nvme");
	inventory.items[2].iommu_group = 17;
	expect_states(PHASE_EARLY, "[device x]\naddress = 03:00.0 07:00.0\n",
		      "0000:03:00.0 waiting; 0000:07:00.0 waiting", "disk-waits 0000:07:00.0");
	/* The USB port of a graphics card does not wait: it is the card's. */
	add_function(&inventory, "09:00.0", 1, 1, 0x030000, 19, NULL);
	add_function(&inventory, "09:00.2", 1, 1, 0x0c0330, 20, NULL);
	expect_states(PHASE_EARLY, "[device x]\naddress = 09:00.*\n",
		      "0000:09:00.0 wrong-driver; 0000:09:00.2 wrong-driver", "");
}

/* A host that boots over the network does so by any card, until one is up. */
TEST(network_cards_wait_early)
{
	static const struct {
		const char *profile, *states, *findings;
		enum phase phase;
	} rows[] = {
		{"[device x]\naddress = 01:00.1 03:00.0\n",
		 "0000:01:00.1 wrong-driver; 0000:03:00.0 waiting", "network-waits 0000:03:00.0",
		 PHASE_EARLY},
		{"[device x]\naddress = 03:00.0\nallow = network\n", "0000:03:00.0 wrong-driver",
		 "", PHASE_EARLY},
		{"[device x]\naddress = 03:00.0\n", "0000:03:00.0 refused", "network 0000:03:00.0",
		 PHASE_SYSTEM},
	};

	kernel_args_parse("root=/dev/nfs ip=dhcp", &inventory.args);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_states(rows[i].phase, rows[i].profile, rows[i].states, rows[i].findings);
	*vec_add(&inventory.network) = (struct interface){.name = xstrdup("eth0"), .up = true};
	*vec_add(&inventory.network.items[0].carriers) = address("05:00.0");
	expect_states(PHASE_EARLY, rows[0].profile,
		      "0000:01:00.1 wrong-driver; 0000:03:00.0 wrong-driver", "");
}

/* The last display does not go for the sake of its audio function either. */
TEST(the_last_display_does_not_join)
{
	static const char audio[] = "[device x]\naddress = 01:00.1\ngroup = expand\n";

	inventory.items[0].driver = xstrdup("nouveau");
	inventory.items[0].iommu_group = 9;
	expect_states(PHASE_SYSTEM, audio, "0000:01:00.0 wrong-driver; 0000:01:00.1 wrong-driver",
		      "");
	inventory.items[5].class = 0x030200;
	expect_states(PHASE_SYSTEM, audio, "0000:01:00.1 wrong-driver",
		      "card-incomplete 0000:01:00.1");
	/* Where it is allowed, it goes. */
	expect_states(PHASE_SYSTEM,
		      "[device x]\naddress = 01:00.1\ngroup = expand\nallow = display\n",
		      "0000:01:00.0 wrong-driver; 0000:01:00.1 wrong-driver", "");
	/* Of two displays the other stays. */
	add_function(&inventory, "00:02.0", 0x8086, 1, 0x030000, 20, "i915");
	inventory_sort(&inventory);
	expect_states(PHASE_SYSTEM, audio, "0000:01:00.0 wrong-driver; 0000:01:00.1 wrong-driver",
		      "");
}

TEST(the_last_display_stays)
{
	static const char both[] = "[device x]\naddress = 01:00.* 06:00.0\n";

	strv_add(&inventory.items[0].modules, "nouveau");
	expect_states(PHASE_SYSTEM, both,
		      "0000:01:00.0 refused; 0000:01:00.1 refused; 0000:06:00.0 wrong-driver",
		      "display 0000:01:00.0; group-incomplete group 10");
	expect_states(PHASE_SYSTEM, "[device x]\naddress = 06:00.0\n", "0000:06:00.0 wrong-driver",
		      "");
	/* Where one is allowed to go, the host was told that it can do without. */
	expect_states(
		PHASE_SYSTEM,
		"[device x]\naddress = 01:00.*\nallow = display\n[device y]\naddress = 06:00.0\n",
		"0000:01:00.0 wrong-driver; 0000:01:00.1 wrong-driver; "
		"0000:06:00.0 wrong-driver",
		"");
	/* One that is refused for another reason stays, and so the other may go. */
	inventory.items[5].user = xstrdup("Xorg (3)");
	expect_states(PHASE_SYSTEM, both,
		      "0000:01:00.0 wrong-driver; 0000:01:00.1 wrong-driver; 0000:06:00.0 refused",
		      "in-use 0000:06:00.0");
	free(TAKE_PTR(inventory.items[5].user));
	/* One is away already: the other is the last. */
	inventory.items[0].driver = xstrdup("vfio-pci");
	expect_states(PHASE_SYSTEM, both,
		      "0000:01:00.0 right; 0000:01:00.1 wrong-driver; 0000:06:00.0 refused",
		      "display 0000:06:00.0");
	/* A 3D controller shows nothing. */
	inventory.items[5].class = 0x030200;
	expect_states(PHASE_SYSTEM, both,
		      "0000:01:00.0 right; 0000:01:00.1 wrong-driver; 0000:06:00.0 wrong-driver",
		      "");
}

/* What does not answer is neither bound nor, where it is bound, right; the others go on. */
TEST(what_does_not_answer_is_refused)
{
	inventory.items[0].answers_nothing = true;
	inventory.items[3].iommu_group = 13;
	expect_states(PHASE_SYSTEM, "[device x]\naddress = 01:00.0\nallow = display\n",
		      "0000:01:00.0 refused", "device-silent 0000:01:00.0");
	free(inventory.items[0].driver);
	inventory.items[0].driver = xstrdup("vfio-pci");
	expect_states(PHASE_SYSTEM, "[device x]\naddress = 01:00.0\nallow = display\n",
		      "0000:01:00.0 refused", "device-silent 0000:01:00.0");
}

int main(void)
{
#define PLAN_TEST(name) cmocka_unit_test_setup_teardown(name, make_inventory, free_inventory)
	const struct CMUnitTest tests[] = {
		PLAN_TEST(a_device_on_another_driver),
		PLAN_TEST(a_device_that_nobody_holds_is_not_unbound),
		PLAN_TEST(what_is_right_already_has_no_action),
		PLAN_TEST(nothing_wanted),
		PLAN_TEST(modules_come_first_and_once),
		PLAN_TEST(the_backend_is_for_vfio_alone_and_for_what_is_right_too),
		PLAN_TEST(auto_takes_the_variant_where_there_is_one),
		PLAN_TEST(vfio_needs_a_group_and_others_do_not),
		PLAN_TEST(a_device_that_the_iommu_leaves_out),
		PLAN_TEST(group_0_is_a_group),
		PLAN_TEST(refused_devices_have_no_action_and_others_go_on),
		PLAN_TEST(devices_are_in_order_with_the_absent_among_them),
		PLAN_TEST(same_input_same_plan),
		PLAN_TEST(modules_that_an_initramfs_needs),
		PLAN_TEST(allow_opens_only_what_it_names),
		PLAN_TEST(what_is_right_is_not_guarded),
		PLAN_TEST(in_use_for_good),
		PLAN_TEST(data_to_come),
		PLAN_TEST(a_guard_of_one_leaves_the_others),
		PLAN_TEST(in_use_now),
		PLAN_TEST(in_use_and_refused_for_good),
		PLAN_TEST(what_hangs_is_left_alone),
		PLAN_TEST(remedies_name_the_word),
		PLAN_TEST(disks_wait_early),
		PLAN_TEST(network_cards_wait_early),
		PLAN_TEST(the_last_display_does_not_join),
		PLAN_TEST(the_last_display_stays),
		PLAN_TEST(what_does_not_answer_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
