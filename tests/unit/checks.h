/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A host that is ready for [device x] at 01:00.0, and what validate finds once a test changed it. */
#pragma once

#include "decide/checks.h"
#include "decide/planner.h"
#include "parse/kernel_args.h"
#include "support.h"

static struct inventory inventory;
static struct profile profile;
static struct bindings bindings; /* of this boot */
static struct findings findings;
static enum readiness readiness;

#define X "[device x]\naddress = 01:00.0\n"
#define NOT_REQUIRED "[iommu]\nrequired = no\n"
#define UNSAFE "[iommu]\nunsafe-interrupts = yes\n"

static inline void set_arguments(const char *cmdline)
{
	kernel_args_done(&inventory.args);
	kernel_args_parse(cmdline, &inventory.args);
	free(inventory.cmdline);
	inventory.cmdline = xstrdup(cmdline);
}

static inline void set_driver(size_t i, const char *driver)
{
	free(inventory.items[i].driver);
	inventory.items[i].driver = xstrdup_null(driver);
}

static inline void set_override(size_t i, const char *driver)
{
	free(inventory.items[i].driver_override);
	inventory.items[i].driver_override = xstrdup_null(driver);
}

static inline void set_text(char **text, const char *value)
{
	free(*text);
	*text = xstrdup_null(value);
}

static inline struct iommu_group *add_group(int number)
{
	struct iommu_group *group = vec_add(&inventory.platform.groups);

	*group = (struct iommu_group){.number = number, .direct = ANSWER_NO};
	return group;
}

static inline int make_inventory(void **state _unused_)
{
	inventory.iommu = IOMMU_ON;
	inventory.iommu_kind = IOMMU_KIND_INTEL;
	inventory.has_iommu_backend = true;
	inventory.firmware_known = true;
	inventory.kernel = xstrdup("6.1.0");
	inventory.platform.cpu = CPU_INTEL;
	inventory.platform.interrupt_remapping = ANSWER_YES;
	inventory.platform.modules_known = ANSWER_YES;
	strv_add(&inventory.firmware_tables, "DMAR");
	strv_add(&inventory.drivers, "vfio-pci");
	add_function(&inventory, "01:00.0", 0x10de, 0x1bb0, 0x120000, 10, "vfio-pci");
	add_function(&inventory, "02:00.0", 0x8086, 0x10d3, 0x020000, 11, "e1000e");
	set_override(0, "vfio-pci");
	add_group(10);
	add_group(11);
	return 0;
}

static inline int free_inventory(void **state _unused_)
{
	inventory_done(&inventory);
	return 0;
}

static inline void begin(const char *text)
{
	struct match match;
	struct plan plan;

	profile_from(text, &profile);
	match_make(&profile, &inventory, &match);
	plan_make(&profile, PHASE_SYSTEM, &match, &plan);
	checks_make(&profile, &inventory, &bindings, &plan, &findings);
	readiness = readiness_of(&findings, &plan);
	assert_int_equal(plan.findings.n, 0);
	plan_done(&plan);
	match_done(&match);
}

static inline void end(void)
{
	findings_done(&findings);
	profile_done(&profile);
}

static inline void expect(const char *what, const char *text, enum readiness verdict,
			  const char *found)
{
	begin(text);
	check_text(what, readiness_names[readiness], readiness_names[verdict]);
	check_findings(what, &findings, found);
	end();
}

/* There is one finding: a part of what it says, and a part of its remedy. */
static inline void expect_one(const char *what, const char *text, enum readiness verdict,
			      enum severity severity, const char *check_and_subject,
			      const char *detail, const char *remedy)
{
	begin(text);
	check_text(what, readiness_names[readiness], readiness_names[verdict]);
	check_findings(what, &findings, check_and_subject);
	check_int(what, findings.items[0].severity, severity);
	check_part(what, findings.items[0].detail, detail);
	check_part(what, findings.items[0].remedy, remedy);
	end();
}

#define CHECKS_TEST(name) cmocka_unit_test_setup_teardown(name, make_inventory, free_inventory)
