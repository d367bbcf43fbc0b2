/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks.h"

/* Nothing of VFIO is loaded: two modules have to be. */
static void unload(void)
{
	strv_done(&inventory.drivers);
	set_driver(0, NULL);
	set_override(0, NULL);
	inventory.has_iommu_backend = false;
}

#define NOT_THERE "wrong-driver 0000:01:00.0; iommu-backend host"

/* What is found first, before what follows from it. */
static void expect_first(const char *what, const char *found, enum severity severity,
			 const char *detail, const char *remedy)
{
	_cleanup_free_ char *all = xasprintf("%s; " NOT_THERE, found);

	begin(X);
	check_text(what, readiness_names[readiness], "not-ready");
	check_findings(what, &findings, all);
	check_int(what, findings.items[0].severity, severity);
	check_part(what, findings.items[0].detail, detail);
	check_part(what, findings.items[0].remedy, remedy);
	end();
}

TEST(modules_that_are_not_there)
{
	unload();
	expect("there", X, NOT_READY, NOT_THERE);
	strv_add(&inventory.platform.modules_missing, "vfio_pci");
	expect_first("missing", "module-missing vfio_pci", SEVERITY_ERROR, "6.1.0",
		     "linux-modules-extra-6.1.0");
	set_text(&inventory.platform.config_path, "/boot/config-6.1.0");
	inventory.platform.config[KERNEL_VFIO_PCI] = ANSWER_NO;
	expect_first("not built", "module-missing vfio_pci", SEVERITY_ERROR, "6.1.0",
		     "CONFIG_VFIO_PCI=m; /boot/config-6.1.0");
	strv_add(&inventory.platform.modules_missing, "vfio_iommu_type1");
	inventory.platform.config[KERNEL_VFIO_IOMMU_TYPE1] = ANSWER_NO;
	expect("both", X, NOT_READY,
	       "module-missing vfio_pci; module-missing vfio_iommu_type1; " NOT_THERE);
}

TEST(modules_that_may_be_there)
{
	unload();
	inventory.platform.modules_known = ANSWER_NO;
	expect_first("no tables", "module-unknown vfio_pci; module-unknown vfio_iommu_type1",
		     SEVERITY_ERROR, "cannot be read", "depmod 6.1.0");
	/* What is loaded needs no tables. */
	strv_add(&inventory.drivers, "vfio-pci");
	inventory.has_iommu_backend = true;
	set_driver(0, "vfio-pci");
	set_override(0, "vfio-pci");
	expect("loaded", X, READY, "");
}

TEST(modules_that_the_kernel_refuses)
{
	unload();
	set_arguments("module_blacklist=nouveau,vfio_pci");
	expect_first("blacklisted", "module-blacklisted vfio_pci", SEVERITY_ERROR,
		     "module_blacklist=nouveau,vfio_pci", "module_blacklist=nouveau,vfio_pci");
	set_arguments("module_blacklist=vfio_pci module_blacklist=nouveau");
	expect("the last counts", X, NOT_READY,
	       "blacklist-spelling module_blacklist=vfio_pci; " NOT_THERE);
	/* kmod's own is only for what nobody asks for by name. */
	set_arguments("modprobe.blacklist=vfio_pci");
	expect("modprobe's", X, NOT_READY, NOT_THERE);
}

TEST(no_modules_any_more)
{
	inventory.platform.modules_disabled = ANSWER_YES;
	expect("all there", X, READY, "");
	unload();
	expect_first("disabled", "modules-disabled host", SEVERITY_ERROR, "vfio_pci",
		     "/etc/modules-load.d");
}

TEST(signatures)
{
	set_text(&inventory.platform.lockdown, "integrity");
	expect("all there", X, READY, "");
	unload();
	expect_first("lockdown", "module-signature vfio_pci", SEVERITY_WARNING, "integrity",
		     "modinfo -F signer vfio_pci");
	set_text(&inventory.platform.lockdown, "none");
	expect("none", X, NOT_READY, NOT_THERE);
	inventory.platform.signatures_enforced = ANSWER_YES;
	expect_first("enforced", "module-signature vfio_pci", SEVERITY_WARNING,
		     "module.sig_enforce", "modinfo");
}

TEST(blacklists_that_do_nothing)
{
	static const struct {
		const char *cmdline, *subject, *detail, *remedy;
	} rows[] = {
		{"modprobe.blacklist=nouveau,snd-hda-intel",
		 "modprobe.blacklist=nouveau,snd-hda-intel", "\"snd-hda-intel\"",
		 "write snd_hda_intel"},
		{"module_blacklist=snd-hda-intel", "module_blacklist=snd-hda-intel",
		 "\"snd-hda-intel\"", "write snd_hda_intel"},
		{"modprobe.blacklist=\"nouveau\"", "modprobe.blacklist=\"nouveau\"", "quotes",
		 "quotes"},
		{"\"modprobe.blacklist=nouveau\"", "\"modprobe.blacklist=nouveau\"", "quotes",
		 "quotes"},
		{"module_blacklist=a module_blacklist=b", "module_blacklist=a",
		 "module_blacklist=b", "commas"},
	};
	static const char *const silent[] = {
		"modprobe.blacklist=a,b_c modprobe.blacklist=d",
		"module_blacklist=\"a\"",
		"modprobe.blacklist",
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *finding = xasprintf("blacklist-spelling %s", rows[i].subject);

		set_arguments(rows[i].cmdline);
		expect_one(rows[i].cmdline, X, READY, SEVERITY_WARNING, finding, rows[i].detail,
			   rows[i].remedy);
	}
	for (size_t i = 0; i < ARRAY_SIZE(silent); i++) {
		set_arguments(silent[i]);
		expect(silent[i], X, READY, "");
	}
}

static struct foreign_setting *add_setting(enum foreign_source source, enum foreign_effect effect,
					   const char *text, const char *name, const char *value)
{
	struct foreign_setting *setting = foreign_add(&inventory.foreign, source, effect, "/etc/x",
						      7, text, name);

	strv_add(&setting->values, value);
	return setting;
}

TEST(native_modules_that_are_loaded_by_name)
{
	struct foreign_setting *setting = add_setting(FOREIGN_MODULES_LOAD, FOREIGN_LOAD,
						      "snd-hda-intel", NULL, "snd-hda-intel");

	expect("of no device", X, READY, "");
	strv_add(&inventory.items[0].modules, "snd_hda_intel");
	expect_one("of the listed one", X, READY, SEVERITY_NOTE, "native-module /etc/x:7",
		   "0000:01:00.0", "snd_hda_intel");
	setting->effect = FOREIGN_SOFTDEP;
	expect("by another", X, READY, "native-module /etc/x:7");
	setting->ours = true;
	expect("ours", X, READY, "");
	setting->ours = false;
	strv_add(&inventory.items[1].modules, "snd_hda_intel");
	expect("needed", X, READY, "");
}

TEST(options_that_nobody_reads)
{
	struct foreign_setting *setting = add_setting(FOREIGN_MODPROBE, FOREIGN_IDS,
						      "options vfio-pci ids=1:2", "vfio-pci",
						      "1:2");
	char built_in[] = "options-ignored /etc/x:7; foreign-ids /etc/x:7";

	expect("a module", X, READY, "foreign-ids /etc/x:7");
	strv_add(&inventory.builtin_modules, "vfio_pci");
	expect("built in", X, READY, built_in);
	begin(X);
	assert_int_equal(findings.items[0].severity, SEVERITY_WARNING);
	check_part("detail", findings.items[0].detail, "\"options vfio-pci ids=1:2\"");
	end();
	setting->source = FOREIGN_ARGUMENT;
	expect("an argument", X, READY, "foreign-argument /etc/x:7");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CHECKS_TEST(modules_that_are_not_there),
		CHECKS_TEST(modules_that_may_be_there),
		CHECKS_TEST(modules_that_the_kernel_refuses),
		CHECKS_TEST(no_modules_any_more),
		CHECKS_TEST(signatures),
		CHECKS_TEST(blacklists_that_do_nothing),
		CHECKS_TEST(native_modules_that_are_loaded_by_name),
		CHECKS_TEST(options_that_nobody_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
