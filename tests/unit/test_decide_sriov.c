/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/buf.h"
#include "decide/planner.h"
#include "decide/sriov.h"
#include "support.h"

#define DEVICE "/sys/bus/pci/devices/0000:01:00.0/"

static struct inventory inventory;
static struct pci_function *pf, *vf1, *vf2;

/* A physical function with two virtual ones, on their drivers, and another one that can have none. */
static int make_inventory(void **state _unused_)
{
	inventory.iommu = IOMMU_ON;
	inventory.has_iommu_backend = true;
	strv_split(&inventory.drivers, "nvme pci-stub vfio-pci", " ");
	add_function(&inventory, "01:00.0", 0x1b36, 0x0010, 0x020000, 10, "nvme");
	add_function(&inventory, "01:00.1", 0x1b36, 0x0010, 0x020000, 11, "vfio-pci");
	add_function(&inventory, "01:00.2", 0x1b36, 0x0010, 0x020000, 12, "vfio-pci");
	add_function(&inventory, "02:00.0", 0x1b36, 0x0010, 0x020000, 13, "nvme");
	pf = &inventory.items[0];
	vf1 = &inventory.items[1];
	vf2 = &inventory.items[2];
	pf->total_vfs = 4;
	pf->num_vfs = 2;
	pf->vfs_autoprobe = 1;
	pf->modalias = xstrdup("pci:v00001B36");
	vf1->is_vf = vf2->is_vf = true;
	vf1->physfn = vf2->physfn = pf->address;
	return 0;
}

static int free_inventory(void **state _unused_)
{
	inventory_done(&inventory);
	return 0;
}

static void make(enum phase phase, const char *text, struct profile *profile, struct plan *plan)
{
	struct match match;

	profile_from(text, profile);
	match_make(profile, &inventory, &match);
	plan_make(profile, phase, &match, plan);
	match_done(&match);
}

/* Takes the virtual functions out of the inventory. */
static void without_virtual(void)
{
	free(vf1->driver);
	free(vf2->driver);
	inventory.items[1] = inventory.items[3];
	memset(&inventory.items[2], 0, 2 * sizeof(*inventory.items));
	inventory.n = 2;
	pf->num_vfs = 0;
}

/* "ADDRESS state want; " of each device, and "type value; " of each action. */
static void expect_in(enum phase phase, const char *vfs, const char *devices, const char *actions,
		      const char *findings)
{
	_cleanup_free_ char *text = xasprintf("[device x]\naddress = 01:00.0\n%s\n", vfs);
	struct buf got = {};
	struct profile profile;
	struct plan plan;

	make(phase, text, &profile, &plan);
	vec_foreach(device, &plan)
		buf_addf(&got, "%02x.%x %s %s; ", device->address.bus, device->address.function,
			 device_state_names[device->state], device->want);
	check_text(vfs, buf_text(&got), devices);
	buf_done(&got);
	vec_foreach(action, &plan.actions)
		buf_addf(&got, "%s %s; ", action_type_names[action->type], action->value);
	check_text(vfs, buf_text(&got), actions);
	buf_done(&got);
	check_findings(vfs, &plan.findings, findings);
	vec_foreach(finding, &plan.findings)
		check(vfs, *finding->detail && (*finding->remedy || phase != PHASE_SYSTEM));
	plan_done(&plan);
	profile_done(&profile);
}

static void expect(const char *vfs, const char *devices, const char *actions, const char *findings)
{
	expect_in(PHASE_SYSTEM, vfs, devices, actions, findings);
}

TEST(as_many_as_wanted_is_right)
{
	expect("vfs = 2", "01.0 right nvme; 01.1 right vfio-pci; 01.2 right vfio-pci; ", "", "");
	free(vf2->driver);
	vf2->driver = NULL;
	expect("vfs = 2", "01.0 right nvme; 01.1 right vfio-pci; 01.2 wrong-driver vfio-pci; ",
	       "set-override vfio-pci; probe 0000:01:00.2; ", "");
	expect("vfs = 2\nexcept = 01:00.2", "01.0 right nvme; 01.1 right vfio-pci; ", "", "");
}

TEST(another_number_gives_way)
{
	expect("vfs = 3", "01.0 vfs-missing nvme; ",
	       "set-vfs 0; set-autoprobe 0; set-vfs 3; set-autoprobe 1; ", "");
	/* Fewer of them are there than the number says. */
	vf2->is_vf = false;
	expect("vfs = 2", "01.0 vfs-missing nvme; ",
	       "set-vfs 0; set-autoprobe 0; set-vfs 2; set-autoprobe 1; ", "");
}

TEST(what_is_in_use_does_not_give_way)
{
	struct interface *interface = vec_add(&inventory.network);

	vf1->user = xstrdup("qemu (7)");
	expect("vfs = 3", "01.0 refused nvme; 01.1 right vfio-pci; 01.2 right vfio-pci; ", "",
	       "vfs-in-use 0000:01:00.0");
	free(TAKE_PTR(vf1->user));
	interface->name = xstrdup("eth1");
	*vec_add(&interface->carriers) = vf2->address;
	expect("vfs = 3", "01.0 vfs-missing nvme; ",
	       "set-vfs 0; set-autoprobe 0; set-vfs 3; set-autoprobe 1; ", "");
	interface->up = true;
	expect("vfs = 3", "01.0 refused nvme; 01.1 right vfio-pci; 01.2 right vfio-pci; ", "",
	       "vfs-in-use 0000:01:00.0");
	/* What is in use is not unbound either. */
	free(vf2->driver);
	vf2->driver = xstrdup("nvme");
	expect("vfs = 3", "01.0 refused nvme; 01.1 right vfio-pci; 01.2 refused vfio-pci; ", "",
	       "vfs-in-use 0000:01:00.0");
	free(vf2->driver);
	vf2->driver = xstrdup("vfio-pci");
	/* As many as wanted need not give way. */
	expect("vfs = 2", "01.0 right nvme; 01.1 right vfio-pci; 01.2 right vfio-pci; ", "", "");
}

TEST(autoprobe_is_left_as_it_was)
{
	without_virtual();
	expect("vfs = 4", "01.0 vfs-missing nvme; ",
	       "set-autoprobe 0; set-vfs 4; set-autoprobe 1; ", "");
	pf->vfs_autoprobe = 0;
	expect("vfs = 4", "01.0 vfs-missing nvme; ", "set-vfs 4; ", "");
	/* Kernels before 4.12 */
	pf->vfs_autoprobe = -1;
	expect("vfs = 4", "01.0 vfs-missing nvme; ", "set-vfs 4; ", "");
}

TEST(its_own_driver_is_loaded_first)
{
	without_virtual();
	free(TAKE_PTR(pf->driver));
	strv_add(&pf->modules, "nvme");
	expect("vfs = 1", "01.0 vfs-missing nvme; ",
	       "load-module pci:v00001B36; probe 0000:01:00.0; set-autoprobe 0; set-vfs 1; "
	       "set-autoprobe 1; ",
	       "");
	strv_done(&pf->modules);
	expect("vfs = 1", "01.0 refused native; ", "", "vfs-driver 0000:01:00.0");
}

TEST(what_cannot_have_them_is_refused)
{
	without_virtual();
	expect("vfs = 5", "01.0 refused nvme; ", "", "vfs-too-many 0000:01:00.0");
	pf->total_vfs = 0;
	expect("vfs = 1", "01.0 refused nvme; ", "", "vfs-unsupported 0000:01:00.0");
	pf->total_vfs = -1;
	expect("vfs = 1", "01.0 refused nvme; ", "", "vfs-unsupported 0000:01:00.0");
	pf->unknown = FUNCTION_VFS;
	expect("vfs = 1", "01.0 refused nvme; ", "", "vfs-unknown 0000:01:00.0");
	pf->unknown = 0;
	pf->total_vfs = 4;
	free(pf->driver);
	pf->driver = xstrdup("vfio-pci");
	expect("vfs = 1", "01.0 refused vfio-pci; ", "", "vfs-driver 0000:01:00.0");
	free(pf->driver);
	pf->driver = xstrdup("nvme");
	pf->iommu_group = -1;
	expect("vfs = 1", "01.0 refused nvme; ", "", "no-iommu-group 0000:01:00.0");
	expect("vfs = 1\ndriver = pci-stub", "01.0 vfs-missing nvme; ",
	       "set-autoprobe 0; set-vfs 1; set-autoprobe 1; ", "");
}

TEST(they_wait_for_the_system_phase)
{
	without_virtual();
	expect_in(PHASE_EARLY, "vfs = 4", "01.0 waiting nvme; ", "", "vfs-waits 0000:01:00.0");
	expect_in(PHASE_PREMOUNT, "vfs = 9", "01.0 waiting nvme; ", "", "vfs-waits 0000:01:00.0");
}

TEST(others_come_first)
{
	struct profile profile;
	struct plan plan;

	without_virtual();
	make(PHASE_SYSTEM,
	     "[device x]\naddress = 01:00.0\nvfs = 1\n[device y]\naddress = 02:00.0\n", &profile,
	     &plan);
	assert_int_equal(plan.actions.n, 6);
	assert_int_equal(plan.actions.items[2].type, ACTION_PROBE);
	assert_int_equal(plan.actions.items[2].device, 1);
	check_text("path", plan.actions.items[3].path, DEVICE "sriov_drivers_autoprobe");
	check_text("path", plan.actions.items[4].path, DEVICE "sriov_numvfs");
	assert_int_equal(plan.actions.items[4].device, 0);
	assert_int_equal(plan.items[0].vfs, 1);
	assert_int_equal(plan.items[1].vfs, 0);
	/* What the host keeps is given to no guest. */
	assert_false(device_is_given(&plan.items[0]));
	assert_true(device_is_given(&plan.items[1]));
	plan_done(&plan);
	profile_done(&profile);
}

static bool is_virtual(void *userdata, const struct planned_device *device)
{
	assert_ptr_equal(userdata, &inventory);
	return device->address.bus == 1 && device->address.function > 0;
}

/* The second look finds what the first has done, or has not. */
TEST(only_what_is_new_is_done_after_the_second_look)
{
	static const char text[] = "[device x]\naddress = 01:00.0\nvfs = 2\nexcept = 01:00.2\n"
				   "[device y]\naddress = 02:00.0\ndriver = pci-stub\n"
				   "[device z]\naddress = 01:00.2\n";
	struct profile profile, again_profile;
	struct plan plan, again;

	strv_done(&inventory.drivers);
	inventory.has_iommu_backend = false;
	inventory.n = 1;
	pf->num_vfs = 0;
	make(PHASE_SYSTEM, text, &profile, &plan);
	check_findings("first", &plan.findings,
		       "device-absent 0000:02:00.0; device-absent 0000:01:00.2");
	assert_int_equal(plan.n, 3);
	inventory.n = 4;
	pf->num_vfs = 2;
	free(TAKE_PTR(vf1->driver));
	make(PHASE_SYSTEM, text, &again_profile, &again);
	assert_int_equal(again.n, 4);

	plan_keep(&again, is_virtual, &inventory);
	assert_int_equal(again.n, 2);
	assert_int_equal(again.items[0].address.function, 1);
	assert_int_equal(again.actions.n, 4);
	check_text("module", again.actions.items[0].value, "vfio_pci");
	check_text("backend", again.actions.items[1].value, "vfio_iommu_type1");
	assert_int_equal(again.actions.items[2].type, ACTION_SET_OVERRIDE);
	assert_int_equal(again.actions.items[2].device, 0);

	finding_add(&again.findings, SEVERITY_NOTE, FINDING_REBOOT, "host", "%s", "detail");
	finding_add(&again.findings, SEVERITY_NOTE, FINDING_DEVICE_ABSENT, "0000:02:00.0", "%s",
		    "known");
	plan_merge(&plan, &again);
	/* What has been made is absent no more. */
	assert_int_equal(plan.n, 4);
	assert_int_equal(again.n, 0);
	assert_int_equal(plan.items[2].state, DEVICE_RIGHT);
	for (size_t i = 1; i < plan.n; i++)
		assert_true(pci_address_compare(&plan.items[i - 1].address,
						&plan.items[i].address) < 0);
	check_findings("merged", &plan.findings, "device-absent 0000:02:00.0; reboot host");
	plan_done(&again);
	plan_done(&plan);
	profile_done(&again_profile);
	profile_done(&profile);
}

TEST(what_nobody_waits_for_is_not_loaded)
{
	struct profile profile;
	struct plan plan;

	strv_done(&inventory.drivers);
	inventory.has_iommu_backend = false;
	make(PHASE_SYSTEM, "[device y]\naddress = 02:00.0\n", &profile, &plan);
	assert_int_equal(plan.actions.n, 5);
	plan_keep(&plan, is_virtual, &inventory);
	assert_int_equal(plan.n, 0);
	assert_int_equal(plan.actions.n, 0);
	plan_done(&plan);
	profile_done(&profile);
}

#define VFS_TEST(name) cmocka_unit_test_setup_teardown(name, make_inventory, free_inventory)

int main(void)
{
	const struct CMUnitTest tests[] = {
		VFS_TEST(as_many_as_wanted_is_right),
		VFS_TEST(another_number_gives_way),
		VFS_TEST(what_is_in_use_does_not_give_way),
		VFS_TEST(autoprobe_is_left_as_it_was),
		VFS_TEST(its_own_driver_is_loaded_first),
		VFS_TEST(what_cannot_have_them_is_refused),
		VFS_TEST(they_wait_for_the_system_phase),
		VFS_TEST(others_come_first),
		VFS_TEST(only_what_is_new_is_done_after_the_second_look),
		VFS_TEST(what_nobody_waits_for_is_not_loaded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
