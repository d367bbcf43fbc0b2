/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/modules.h"

#include "base/buf.h"
#include "decide/planner.h"
#include "parse/kernel_args.h"
#include "support.h"

static struct inventory inventory;

static void add(const char *place, uint16_t vendor, uint16_t device, uint32_t class, int group,
		const char *driver, const char *modules)
{
	struct pci_function *function = add_function(&inventory, place, vendor, device, class,
						     group, driver);

	strv_split(&function->modules, modules, " ");
}

/* A GPU with audio, the host's own display and audio, two alike network cards. */
static int start(void **state _unused_)
{
	inventory.has_iommu_backend = true;
	strv_split(&inventory.drivers, "vfio-pci", " ");
	inventory.storage.known = true;
	kernel_args_parse("root=/dev/ram0", &inventory.args);
	add("00:02.0", 0x8086, 0x3e92, 0x030000, 2, "i915", "i915");
	add("00:1f.3", 0x8086, 0xa348, 0x040300, 3, "snd_hda_intel", "snd_hda_intel snd_soc_skl");
	add("01:00.0", 0x10de, 0x1bb0, 0x030000, 10, NULL, "nouveau nvidia nvidia_drm");
	add("01:00.1", 0x10de, 0x10f0, 0x040300, 10, NULL, "snd_hda_intel");
	add("03:00.0", 0x8086, 0x10d3, 0x020000, 12, NULL, "e1000e");
	add("04:00.0", 0x8086, 0x10d3, 0x020000, 13, NULL, "e1000e");
	return 0;
}

static int stop(void **state _unused_)
{
	inventory_done(&inventory);
	return 0;
}

static void add_list(struct buf *buf, const char *name, const struct strv *list)
{
	if (list->n)
		buf_addf(buf, "%s", name);
	for (size_t i = 0; i < list->n; i++)
		buf_addf(buf, " %s", list->items[i]);
	buf_add(buf, list->n ? "\n" : "");
}

static void make(const char *text, struct module_policy *policy, struct findings *findings)
{
	struct profile profile;
	struct match match;
	struct plan plan;

	profile_from(text, &profile);
	match_make(&profile, &inventory, &match);
	plan_make(&profile, PHASE_SYSTEM, &match, &plan);
	module_policy_make(&profile, &inventory, &plan, policy);
	*findings = plan.findings;
	plan.findings = (struct findings){};
	plan_done(&plan);
	match_done(&match);
	profile_done(&profile);
}

static void expect(const char *text, const char *want, const char *want_findings)
{
	struct module_policy policy;
	struct findings findings;
	struct buf got = {};

	make(text, &policy, &findings);
	add_list(&got, "ids", &policy.ids);
	add_list(&got, "blacklist", &policy.blacklist);
	add_list(&got, "softdep", &policy.softdeps);
	add_list(&got, "load", &policy.load);
	add_list(&got, "arguments", &policy.arguments);
	buf_add(&got, policy.unsafe_interrupts ? "unsafe\n" : "");
	check_text(text, buf_text(&got), want);
	check_findings(text, &findings, want_findings);
	buf_done(&got);
	findings_done(&findings);
	module_policy_done(&policy);
}

#define GPU "[device gpu]\naddress = 01:00.*\n"
#define NIC "[device nic]\naddress = 03:00.0\n"
#define LOAD "load vfio_iommu_type1 vfio_pci\n"

TEST(what_only_listed_devices_use_is_kept_out)
{
	expect(GPU,
	       "ids 10de:10f0 10de:1bb0\nblacklist nouveau nvidia nvidia_drm\n"
	       "softdep snd_hda_intel\n" LOAD,
	       "");
}

TEST(a_sibling_keeps_its_driver_and_its_id)
{
	expect(NIC, "softdep e1000e\n" LOAD, "ids-left-out 8086:10d3");
	expect("[device nic]\nid = 8086:10d3\n", "ids 8086:10d3\nblacklist e1000e\n" LOAD, "");
	expect("[device nic]\nid = 8086:10d3\nexcept = 04:00.0\n", "softdep e1000e\n" LOAD,
	       "ids-left-out 8086:10d3");
}

TEST(the_finding_names_the_siblings)
{
	struct module_policy policy;
	struct findings findings;

	make(NIC, &policy, &findings);
	check_part("detail", findings.items[0].detail, "0000:04:00.0");
	assert_int_equal(findings.items[0].severity, SEVERITY_NOTE);
	findings_done(&findings);
	module_policy_done(&policy);
}

TEST(a_refused_device_is_the_hosts)
{
	/* Its group is incomplete. */
	expect("[device gpu]\naddress = 01:00.0\n", "",
	       "group-incomplete group 10");
	expect("[device nic]\naddress = 03:00.0 04:00.0\nid = 8086:10d3\ncount = 1\n", "",
	       "count device nic");
	/* Absent ones give nothing away. */
	expect("[device nic]\naddress = 09:00.0\n", "", "device-absent 0000:09:00.0");
	expect("[host]\ndescription = x\n[iommu]\nunsafe-interrupts = yes\n[modules]\n"
	       "blacklist = nouveau\n",
	       "", "");
}

TEST(a_module_that_may_be_anybodys)
{
	inventory.items[5].unknown = FUNCTION_MODULES;
	strv_done(&inventory.items[5].modules);
	expect(GPU,
	       "ids 10de:10f0 10de:1bb0\nsoftdep nouveau nvidia nvidia_drm snd_hda_intel\n" LOAD,
	       "");
}

/* '-' and '_' are alike, and a driver that is bound counts though the tables do not offer it. */
TEST(names_as_the_kernel_compares_them)
{
	inventory.items[5].driver = xstrdup("nvidia-drm");
	expect(GPU,
	       "ids 10de:10f0 10de:1bb0\nblacklist nouveau nvidia\n"
	       "softdep nvidia_drm snd_hda_intel\n" LOAD,
	       "");
}

TEST(vfio_modules_are_not_native)
{
	strv_split(&inventory.items[2].modules, "mlx5_vfio_pci vfio_pci pci_stub", " ");
	expect(GPU,
	       "ids 10de:10f0 10de:1bb0\nblacklist nouveau nvidia nvidia_drm\n"
	       "softdep snd_hda_intel\n" LOAD,
	       "");
}

TEST(built_in_modules_are_told)
{
	strv_split(&inventory.builtin_modules, "nouveau snd_hda_intel", " ");
	expect(GPU, "ids 10de:10f0 10de:1bb0\nblacklist nvidia nvidia_drm\n" LOAD,
	       "module-built-in nouveau; module-built-in snd_hda_intel");
}

/* It reads no modprobe.d, and is there before any module that could come first. */
TEST(built_in_vfio_pci_has_no_options_and_no_softdeps)
{
	strv_add(&inventory.builtin_modules, "vfio_pci");
	expect(GPU,
	       "blacklist nouveau nvidia nvidia_drm\n" LOAD
	       "arguments vfio-pci.ids=10de:10f0,10de:1bb0\n",
	       "module-built-in vfio_pci");
}

TEST(built_in_backend_reads_the_arguments)
{
	strv_add(&inventory.builtin_modules, "vfio_iommu_type1");
	expect(GPU "[iommu]\nunsafe-interrupts = yes\n",
	       "ids 10de:10f0 10de:1bb0\nblacklist nouveau nvidia nvidia_drm\nsoftdep snd_hda_intel\n" LOAD
	       "arguments vfio_iommu_type1.allow_unsafe_interrupts=1\n",
	       "");
	expect(GPU,
	       "ids 10de:10f0 10de:1bb0\nblacklist nouveau nvidia nvidia_drm\nsoftdep snd_hda_intel\n" LOAD,
	       "");
}

TEST(blacklist_of_the_profile)
{
	expect(GPU "[modules]\nblacklist = nouveau nvidia-drm nvidia_drm\n",
	       "ids 10de:10f0 10de:1bb0\nblacklist nouveau nvidia-drm\n" LOAD, "");
	expect(GPU "[modules]\nblacklist = none\n", "ids 10de:10f0 10de:1bb0\n" LOAD, "");
}

TEST(other_drivers)
{
	/* ids= is vfio-pci's. */
	expect(GPU "driver = pci-stub\n",
	       "blacklist nouveau nvidia nvidia_drm\nsoftdep snd_hda_intel\nload pci_stub\n", "");
	/* A native driver comes as it always does. */
	expect(GPU NIC "driver = e1000e\n",
	       "ids 10de:10f0 10de:1bb0\nblacklist nouveau nvidia nvidia_drm\n"
	       "softdep snd_hda_intel\n" LOAD,
	       "");
	inventory.items[4].variant = xstrdup("e1000e_vfio_pci");
	expect("[device nic]\nid = 8086:10d3\ndriver = auto\n",
	       "blacklist e1000e\nload e1000e_vfio_pci vfio_iommu_type1 vfio_pci\n",
	       "ids-left-out 8086:10d3");
}

/* The same before there are virtual functions, and when there are. */
TEST(virtual_functions_need_no_configuration_but_a_driver)
{
	static const char text[] = "[device sriov]\naddress = 03:00.0\nvfs = 1\n";
	struct pci_function *function = &inventory.items[4];

	function->driver = xstrdup("e1000e");
	function->total_vfs = 1;
	function->num_vfs = 0;
	expect(text, LOAD, "");
	function->num_vfs = 1;
	add("03:00.1", 0x8086, 0x10ed, 0x020000, 14, NULL, "igbvf");
	function = &inventory.items[4];
	function[2].is_vf = true;
	function[2].physfn = function->address;
	function[2].iommu_group = 14;
	inventory_sort(&inventory);
	expect(text, LOAD, "");
	/* The physical function's module is the host's, whoever else has it. */
	expect("[device sriov]\naddress = 03:00.0\nvfs = 1\n[device nic]\naddress = 04:00.0\n",
	       "softdep e1000e\n" LOAD, "ids-left-out 8086:10d3");
}

TEST(unsafe_interrupts)
{
	expect(NIC "[iommu]\nunsafe-interrupts = yes\n", "softdep e1000e\n" LOAD "unsafe\n",
	       "ids-left-out 8086:10d3");
}

/* vfio-pci does not load with a parameter of more than 1023 characters: 102 ids of 10 fit. */
TEST(as_many_ids_as_vfio_pci_takes)
{
	for (unsigned n = 102; n <= 103; n++) {
		struct module_policy policy;
		struct findings findings;

		stop(NULL);
		inventory.has_iommu_backend = true;
		for (unsigned i = 0; i < n; i++) {
			_cleanup_free_ char *place = xasprintf("%02x:%02x.0", 1 + i / 32, i % 32);

			add_function(&inventory, place, 0x1234, (uint16_t)i, 0x020000, (int)i,
				     NULL);
		}
		make("[device x]\nid = 1234:\n", &policy, &findings);
		check_int("ids", policy.ids.n, n == 102 ? 102 : 0);
		check_findings("ids", &findings, n == 102 ? "" : "ids-too-long host");
		findings_done(&findings);
		module_policy_done(&policy);
	}
}

int main(void)
{
#define MODULES_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
		MODULES_TEST(what_only_listed_devices_use_is_kept_out),
		MODULES_TEST(a_sibling_keeps_its_driver_and_its_id),
		MODULES_TEST(the_finding_names_the_siblings),
		MODULES_TEST(a_refused_device_is_the_hosts),
		MODULES_TEST(a_module_that_may_be_anybodys),
		MODULES_TEST(names_as_the_kernel_compares_them),
		MODULES_TEST(vfio_modules_are_not_native),
		MODULES_TEST(built_in_modules_are_told),
		MODULES_TEST(built_in_vfio_pci_has_no_options_and_no_softdeps),
		MODULES_TEST(built_in_backend_reads_the_arguments),
		MODULES_TEST(blacklist_of_the_profile),
		MODULES_TEST(other_drivers),
		MODULES_TEST(virtual_functions_need_no_configuration_but_a_driver),
		MODULES_TEST(unsafe_interrupts),
		MODULES_TEST(as_many_ids_as_vfio_pci_takes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
