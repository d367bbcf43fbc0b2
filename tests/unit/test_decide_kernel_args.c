/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/kernel_args.h"

#include "parse/kernel_args.h"
#include "support.h"

static const struct row {
	const char *what;
	const char *profile;
	enum bootloader_kind kind;
	const char *running, *next, *others, *old; /* next, others: NULL: not known */
	const char *iommu; /* "intel off", "intel on", "amd on", "arm on", "none" */
	const char *ours, *kept, *findings;
	bool older, wrong; /* wrong: there is an error */
} rows[] = {
	{"no device section", "[host]\ndescription = x\n", BOOTLOADER_GRUB, "", "", "", "",
	 "intel off", "", "", "", false, false},
	{"nothing is there", "[device x]\nid = 1:1\n", BOOTLOADER_GRUB, "ro", "ro", "", "",
	 "intel off", "intel_iommu=on iommu=pt", "",
	 "argument-missing intel_iommu=on; argument-missing iommu=pt", false, true},
	{"the IOMMU is on by itself", "[device x]\nid = 1:1\n", BOOTLOADER_GRUB, "ro", "ro", "", "",
	 "intel on", "iommu=pt", "", "argument-missing iommu=pt", false, false},
	{"the IOMMU is on by the argument, and stays so", "[device x]\nid = 1:1\n", BOOTLOADER_GRUB,
	 "intel_iommu=on iommu=pt", "intel_iommu=on iommu=pt", "", "intel_iommu=on iommu=pt",
	 "intel on", "intel_iommu=on iommu=pt", "", "", false, false},
	{"others have it", "[device x]\nid = 1:1\n", BOOTLOADER_GRUB,
	 "intel_iommu=on,sm_on iommu=pt", "intel_iommu=on,sm_on iommu=pt",
	 "intel_iommu=on,sm_on iommu=pt", "", "intel on", "", "", "", false, false},
	{"configured, and not running", "[device x]\nid = 1:1\n", BOOTLOADER_GRUB, "",
	 "intel_iommu=on iommu=pt", "", "intel_iommu=on iommu=pt", "intel off",
	 "intel_iommu=on iommu=pt", "", "reboot intel_iommu=on; reboot iommu=pt", false, false},
	{"configured before the boot, and not running", "[device x]\nid = 1:1\n", BOOTLOADER_GRUB,
	 "", "intel_iommu=on iommu=pt", "", "intel_iommu=on iommu=pt", "intel off",
	 "intel_iommu=on iommu=pt", "",
	 "argument-dropped intel_iommu=on; argument-dropped iommu=pt", true, true},
	{"running, and not for the next boot", "[device x]\nid = 1:1\n", BOOTLOADER_GRUB,
	 "iommu=pt", "ro", "", "", "amd on", "iommu=pt", "", "argument-once iommu=pt", false,
	 false},
	{"an IOMMU of Arm", "[device x]\nid = 1:1\n", BOOTLOADER_GRUB, "", "", "", "", "arm on",
	 "iommu.passthrough=1", "", "argument-missing iommu.passthrough=1", false, false},
	{"what only x86 reads", "[device x]\nid = 1:1\n", BOOTLOADER_GRUB, "iommu=pt", "iommu=pt",
	 "iommu=pt", "", "arm on", "iommu.passthrough=1", "",
	 "argument-missing iommu.passthrough=1", false, false},
	{"nor does it undo what Arm reads", "[device x]\nid = 1:1\n", BOOTLOADER_GRUB,
	 "iommu.passthrough=1 iommu=nopt", "iommu.passthrough=1 iommu=nopt",
	 "iommu.passthrough=1 iommu=nopt", "", "arm on", "", "", "", false, false},
	{"the other spelling", "[device x]\nid = 1:1\n", BOOTLOADER_GRUB, "iommu.passthrough=y",
	 "iommu.passthrough=y", "iommu.passthrough=y", "", "amd on", "", "", "", false, false},
	{"the last of the two wins", "[iommu]\npassthrough = yes\n[device x]\nid = 1:1\n",
	 BOOTLOADER_GRUB, "iommu=pt iommu.passthrough=0", "", "iommu=pt iommu.passthrough=0", "",
	 "amd on", "", "", "argument-conflict iommu=pt", false, false},
	{"it ends the list", "[device x]\nid = 1:1\n", BOOTLOADER_NONE, "iommu=usedac,pt", NULL,
	 NULL, "", "amd on", "iommu=pt", "", "argument-missing iommu=pt", false, false},
	{"no passthrough wanted", "[iommu]\npassthrough = no\n[device x]\nid = 1:1\n",
	 BOOTLOADER_GRUB, "", "", "", "", "amd on", "", "", "", false, false},
	{"others turned it off", "[device x]\nid = 1:1\n", BOOTLOADER_GRUB, "intel_iommu=off",
	 "intel_iommu=off", "intel_iommu=off", "", "intel off", "iommu=pt", "",
	 "argument-conflict intel_iommu=on; argument-missing iommu=pt", false, true},
	{"off wins over on", "[device x]\nid = 1:1\n", BOOTLOADER_GRUB, "intel_iommu=on iommu=off",
	 "", "intel_iommu=on iommu=off", "", "intel off", "iommu=pt", "",
	 "argument-conflict intel_iommu=on; argument-missing iommu=pt", false, true},
	{"off for the next boot only", "[device x]\nid = 1:1\n", BOOTLOADER_GRUB, "iommu=pt",
	 "iommu=pt amd_iommu=off", "iommu=pt amd_iommu=off", "", "amd on", "", "",
	 "argument-conflict amd_iommu=off", false, true},
	{"off, and not required",
	 "[iommu]\nrequired = no\npassthrough = no\n[device x]\nid = 1:1\n", BOOTLOADER_GRUB,
	 "intel_iommu=off", "", "intel_iommu=off", "", "intel off", "", "",
	 "argument-conflict intel_iommu=on", false, false},
	{"the profile's own", "[kernel]\narguments = a=1 quiet\n", BOOTLOADER_GRUB, "quiet",
	 "quiet", "quiet", "", "amd on", "a=1", "", "argument-missing a=1", false, true},
	{"another value", "[kernel]\narguments = a=1\n", BOOTLOADER_GRUB, "a=2", "a=2", "a=2", "",
	 "amd on", "", "", "argument-conflict a=1", false, true},
	{"dashes are underscores", "[kernel]\narguments = a-b=1\n", BOOTLOADER_GRUB, "a_b=1",
	 "a_b=1", "a_b=1", "", "amd on", "", "", "", false, false},
	{"another console", "[kernel]\narguments = console=tty0\n", BOOTLOADER_GRUB,
	 "console=ttyS0", "console=ttyS0", "console=ttyS0", "", "amd on", "console=tty0", "",
	 "argument-missing console=tty0", false, true},
	{"huge pages go in pairs",
	 "[kernel]\narguments = hugepagesz=1G hugepages=4 hugepagesz=2M hugepages=8\n",
	 BOOTLOADER_GRUB, "hugepagesz=1G hugepages=4 hugepages=8", "", "hugepagesz=1G hugepages=4",
	 "", "amd on", "hugepagesz=2M hugepages=8", "",
	 "argument-once hugepagesz=1G hugepages=4; argument-missing hugepagesz=2M hugepages=8",
	 false, true},
	{"the profile has the last word",
	 "[kernel]\narguments = iommu=nopt intel_iommu=off\n[device x]\nid = 1:1\n",
	 BOOTLOADER_GRUB, "", "", "", "", "intel off", "iommu=nopt intel_iommu=off", "",
	 "argument-missing iommu=nopt; argument-missing intel_iommu=off", false, true},
	{"of a list a part is there",
	 "[kernel]\narguments = intel_iommu=on,sm_on iommu=pt,nomerge\n[device x]\nid = 1:1\n",
	 BOOTLOADER_GRUB, "intel_iommu=on iommu=pt", "intel_iommu=on iommu=pt",
	 "intel_iommu=on iommu=pt", "", "intel on", "intel_iommu=on,sm_on iommu=pt,nomerge", "",
	 "argument-missing intel_iommu=on,sm_on; argument-missing iommu=pt,nomerge", false, true},
	{"and the rest is ours",
	 "[kernel]\narguments = intel_iommu=on,sm_on iommu=pt,nomerge\n[device x]\nid = 1:1\n",
	 BOOTLOADER_GRUB, "intel_iommu=on iommu=pt intel_iommu=on,sm_on iommu=pt,nomerge",
	 "intel_iommu=on iommu=pt intel_iommu=on,sm_on iommu=pt,nomerge", "intel_iommu=on iommu=pt",
	 "intel_iommu=on,sm_on iommu=pt,nomerge", "intel on",
	 "intel_iommu=on,sm_on iommu=pt,nomerge", "", "", false, false},
	{"its items are in several, in another order",
	 "[kernel]\narguments = intel_iommu=on,sm_on iommu=pt,nomerge amd_iommu=pgtbl_v2\n",
	 BOOTLOADER_GRUB,
	 "iommu=nomerge intel_iommu=strict,sm_on iommu.passthrough=1 intel_iommu=on "
	 "amd_iommu=force_enable,pgtbl_v2",
	 "iommu=nomerge intel_iommu=strict,sm_on iommu.passthrough=1 intel_iommu=on "
	 "amd_iommu=force_enable,pgtbl_v2",
	 "iommu=nomerge intel_iommu=strict,sm_on iommu.passthrough=1 intel_iommu=on "
	 "amd_iommu=force_enable,pgtbl_v2",
	 "", "intel on", "", "", "", false, false},
	{"another item is no contrary",
	 "[kernel]\narguments = intel_iommu=sm_on amd_iommu=pgtbl_v2 iommu=nomerge\n",
	 BOOTLOADER_GRUB, "intel_iommu=on amd_iommu=force_enable iommu=pt",
	 "intel_iommu=on amd_iommu=force_enable iommu=pt",
	 "intel_iommu=on amd_iommu=force_enable iommu=pt", "", "intel on",
	 "intel_iommu=sm_on amd_iommu=pgtbl_v2 iommu=nomerge", "",
	 "argument-missing intel_iommu=sm_on; argument-missing amd_iommu=pgtbl_v2; "
	 "argument-missing iommu=nomerge",
	 false, true},
	{"its opposite is",
	 "[kernel]\narguments = intel_iommu=sm_on amd_iommu=force_enable iommu=nomerge,pt\n",
	 BOOTLOADER_GRUB, "", "", "intel_iommu=sm_on,sm_off amd_iommu=off,force_enable iommu=nopt",
	 "", "intel off", "", "",
	 "argument-conflict intel_iommu=sm_on; argument-conflict amd_iommu=force_enable; "
	 "argument-conflict iommu=nomerge,pt",
	 false, true},
	{"items that undo each other, and such as are not read",
	 "[kernel]\narguments = intel_iommu=on,off iommu=usedac,pt\n", BOOTLOADER_GRUB,
	 "intel_iommu=on,off iommu=usedac,pt", "intel_iommu=on,off iommu=usedac,pt",
	 "intel_iommu=on,off iommu=usedac,pt", "", "intel off", "", "", "", false, false},
	{"lists of nothing", "[kernel]\narguments = iommu= intel_iommu\n", BOOTLOADER_GRUB,
	 "iommu= intel_iommu", "iommu=pt intel_iommu", "", "", "amd on", "iommu= intel_iommu", "",
	 "argument-once iommu=", false, false},
	{"what no file can hold", "[kernel]\narguments = a=$x b=c&d e=\"f g\"\n", BOOTLOADER_GRUB,
	 "", "", "", "", "amd on", "", "",
	 "argument-unwritable a=$x; argument-unwritable b=c&d; argument-unwritable e=\"f g\"",
	 false, true},
	{"unwritable, and there", "[kernel]\narguments = a=$x\n", BOOTLOADER_GRUB, "a=$x", "a=$x",
	 "a=$x", "", "amd on", "", "", "", false, false},
	{"grubby and a console", "[kernel]\narguments = console=tty0\n", BOOTLOADER_GRUBBY,
	 "console=ttyS0", "console=ttyS0", "console=ttyS0", "", "amd on", "", "",
	 "argument-unwritable console=tty0", false, true},
	{"grubby and two of a name", "[kernel]\narguments = rd.driver.pre=a rd.driver.pre=b\n",
	 BOOTLOADER_GRUBBY, "", "", "", "", "amd on", "", "",
	 "argument-unwritable rd.driver.pre=a; argument-unwritable rd.driver.pre=b", false, true},
	{"what is not wanted any more", "[host]\ndescription = x\n", BOOTLOADER_GRUBBY,
	 "iommu=pt a ro", "iommu=pt a ro", "ro", "iommu=pt a b", "amd on", "", "iommu=pt a", "",
	 false, false},
	{"no boot loader that is known", "[device x]\nid = 1:1\n", BOOTLOADER_NONE, "ro", NULL,
	 NULL, "", "amd on", "iommu=pt", "", "argument-missing iommu=pt", false, false},
	{"no boot loader, and it runs", "[device x]\nid = 1:1\n", BOOTLOADER_NONE, "iommu=pt", NULL,
	 NULL, "", "amd on", "iommu=pt", "", "", false, false},
	{"no line that could be changed", "[device x]\nid = 1:1\n", BOOTLOADER_KERNEL_INSTALL, "ro",
	 NULL, NULL, "", "amd on", "", "", "argument-unwritable iommu=pt", false, false},
	{"no IOMMU at all", "[device x]\nid = 1:1\n", BOOTLOADER_GRUB, "iommu=pt", "iommu=pt",
	 "iommu=pt", "", "none", "", "", "", false, false},
};

static void set_iommu(struct inventory *inventory, const char *text)
{
	inventory->iommu = strstr(text, "on") && *text != 'n' ? IOMMU_ON : IOMMU_OFF;
	inventory->firmware_known = true;
	if (*text == 'i')
		strv_add(&inventory->firmware_tables, "DMAR");
	if (inventory->iommu == IOMMU_ON)
		inventory->iommu_kind = *text == 'i'                  ? IOMMU_KIND_INTEL
					: strncmp(text, "am", 2) == 0 ? IOMMU_KIND_AMD
								      : IOMMU_KIND_ARM;
}

static char *joined(const struct strv *list)
{
	char *text = xstrdup("");

	for (size_t i = 0; i < list->n; i++) {
		char *longer = xasprintf("%s%s%s", text, *text ? " " : "", list->items[i]);

		free(text);
		text = longer;
	}
	return text;
}

/* What is not read may have them still, and is not written. */
TEST(a_line_that_cannot_be_read)
{
	struct bootloader bootloader = {.kind = BOOTLOADER_KERNEL_INSTALL,
					.cmdline_unreadable = xstrdup("x cannot be read: y")};
	struct inventory inventory = {};
	struct module_policy policy = {};
	struct argument_plan arguments;
	struct profile profile;

	profile_from("[kernel]\narguments = a=1\n", &profile);
	strv_add(&bootloader.ours, "b=2");
	arguments_decide(&profile, &inventory, &policy, &bootloader, &arguments);
	assert_int_equal(arguments.ours.n, 0);
	assert_int_equal(arguments.kept.n, 1);
	assert_string_equal(arguments.kept.items[0], "b=2");
	assert_int_equal(arguments.findings.n, 1);
	assert_int_equal(arguments.findings.items[0].type, FINDING_ARGUMENT_UNWRITABLE);
	assert_non_null(strstr(arguments.findings.items[0].detail, "x cannot be read: y"));
	argument_plan_done(&arguments);
	bootloader_done(&bootloader);
	profile_done(&profile);
}

TEST(decisions)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];
		struct module_policy policy = {};
		struct inventory inventory = {.cmdline = xstrdup(row->running)};
		struct bootloader bootloader = {.kind = row->kind,
						.next_is_older = row->older,
						.others_known = row->others != NULL};
		struct argument_plan plan;
		struct profile profile;

		profile_from(row->profile, &profile);
		kernel_args_parse(row->running, &inventory.args);
		set_iommu(&inventory, row->iommu);
		if (row->next) {
			bootloader.next_path = xstrdup("/boot/x");
			kernel_args_parse(row->next, &bootloader.next);
		}
		if (row->others)
			kernel_args_parse(row->others, &bootloader.others);
		strv_split(&bootloader.ours, row->old, " ");
		arguments_decide(&profile, &inventory, &policy, &bootloader, &plan);

		_cleanup_free_ char *ours = joined(&plan.ours), *kept = joined(&plan.kept);

		check_text(row->what, ours, row->ours);
		check_text(row->what, kept, row->kept);
		check_findings(row->what, &plan.findings, row->findings);
		check_int(row->what, findings_have(&plan.findings, SEVERITY_ERROR), row->wrong);
		argument_plan_done(&plan);
		bootloader_done(&bootloader);
		inventory_done(&inventory);
		profile_done(&profile);
	}
}

/* What the kernel was built with, and how that counts. */
TEST(intel)
{
	static const struct {
		const char *what, *running;
		enum answer built, on_by_default;
		enum iommu_state iommu;
		bool wanted;
	} cases[] = {
		{"off, and not known why", "", ANSWER_UNKNOWN, ANSWER_UNKNOWN, IOMMU_OFF, true},
		{"off, and off by default", "", ANSWER_YES, ANSWER_NO, IOMMU_OFF, true},
		{"off, and on by default", "", ANSWER_YES, ANSWER_YES, IOMMU_OFF, false},
		{"not built in", "", ANSWER_NO, ANSWER_NO, IOMMU_OFF, false},
		{"on by the argument", "intel_iommu=on", ANSWER_YES, ANSWER_NO, IOMMU_ON, true},
		{"on by something else", "", ANSWER_YES, ANSWER_NO, IOMMU_ON, false},
		{"on by default", "intel_iommu=on", ANSWER_YES, ANSWER_YES, IOMMU_ON, false},
		{"not known", "", ANSWER_YES, ANSWER_NO, IOMMU_UNKNOWN, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct module_policy policy = {};
		struct inventory inventory = {.iommu = cases[i].iommu,
					      .iommu_kind = IOMMU_KIND_INTEL};
		struct bootloader bootloader = {.kind = BOOTLOADER_GRUB, .others_known = true};
		struct argument_plan plan;
		struct profile profile;

		inventory.platform.config[KERNEL_INTEL_IOMMU] = cases[i].built;
		inventory.platform.config[KERNEL_INTEL_IOMMU_DEFAULT_ON] = cases[i].on_by_default;
		kernel_args_parse(cases[i].running, &inventory.args);
		profile_from("[iommu]\npassthrough = no\n[device x]\nid = 1:1\n", &profile);
		arguments_decide(&profile, &inventory, &policy, &bootloader, &plan);
		check_int(cases[i].what, plan.ours.n, cases[i].wanted);
		argument_plan_done(&plan);
		inventory_done(&inventory);
		profile_done(&profile);
	}
}

TEST(built_in_modules)
{
	struct module_policy policy = {};
	struct inventory inventory = {.cmdline = xstrdup("")};
	struct bootloader bootloader = {.kind = BOOTLOADER_GRUB, .others_known = true};
	struct argument_plan plan;
	struct profile profile;

	profile_from("[iommu]\npassthrough = no\n[device x]\nid = 1:1\n", &profile);
	strv_add(&policy.arguments, "vfio-pci.ids=1:1");
	arguments_decide(&profile, &inventory, &policy, &bootloader, &plan);
	assert_int_equal(plan.ours.n, 1);
	assert_string_equal(plan.ours.items[0], "vfio-pci.ids=1:1");
	check_findings("missing", &plan.findings, "argument-missing vfio-pci.ids=1:1");
	argument_plan_done(&plan);

	/* Not where others say something else, or the profile does. */
	kernel_args_parse("vfio_pci.ids=2:2", &bootloader.others);
	arguments_decide(&profile, &inventory, &policy, &bootloader, &plan);
	check_findings("others", &plan.findings, "argument-conflict vfio-pci.ids=1:1");
	argument_plan_done(&plan);
	module_policy_done(&policy);
	bootloader_done(&bootloader);
	inventory_done(&inventory);
	profile_done(&profile);
}

TEST(what_apply_takes_care_of)
{
	struct bootloader bootloader = {.kind = BOOTLOADER_NONE};
	struct argument_plan plan = {};

	finding_add(&plan.findings, SEVERITY_ERROR, FINDING_ARGUMENT_MISSING, "a", "b");
	finding_add(&plan.findings, SEVERITY_WARNING, FINDING_ARGUMENT_ONCE, "c", "d");
	finding_add(&plan.findings, SEVERITY_WARNING, FINDING_ARGUMENT_CONFLICT, "e", "f");
	arguments_forget_due(&plan, &bootloader);
	assert_int_equal(plan.findings.n, 3);
	bootloader.kind = BOOTLOADER_GRUB;
	arguments_forget_due(&plan, &bootloader);
	check_findings("rest", &plan.findings, "argument-conflict e");
	finding_add(&plan.findings, SEVERITY_ERROR, FINDING_ARGUMENT_DROPPED, "g", "h");
	arguments_forget_due(&plan, &bootloader);
	argument_plan_done(&plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decisions),
		cmocka_unit_test(intel),
		cmocka_unit_test(built_in_modules),
		cmocka_unit_test(what_apply_takes_care_of),
		cmocka_unit_test(a_line_that_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
