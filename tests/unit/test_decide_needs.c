/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/needs.h"

#include "model/boot_log.h"
#include "support.h"

/* What each run needs first; of an action on places it is a part of the functions. */
#define HOST (HOST_KERNEL | HOST_FUNCTIONS)
#define PLACES (HOST_KERNEL | HOST_PLACES)
/* What tells whether it can be missed. */
#define LOSSES (HOST_STORAGE | HOST_NETWORK | HOST_USERS)
#define CONDITION (FACT_DISPLAY | FACT_RESET | FACT_PHYSFN | FACT_PATH)
#define VERDICT (HOST_PLATFORM | HOST_PROCESSOR | HOST_BUILTIN)
#define FILES (HOST_BUILTIN | HOST_PROCESSOR | HOST_BOOTLOADER | HOST_OWN_FILES)
#define EVERY (FACT_DETAILS | FACT_NAME | FACT_MODULES | FACT_SERIAL | CONDITION)

static struct inventory inventory;

/* A graphics card, a network card that has a driver and one that has none, a disk, and one on vfio-pci. */
static int start(void **state _unused_)
{
	add_function(&inventory, "01:00.0", 0x10de, 0x1bb0, 0x030000, 10, NULL);
	add_function(&inventory, "03:00.0", 0x8086, 0x10d3, 0x020000, 12, "e1000e");
	add_function(&inventory, "04:00.0", 0x8086, 0x10d3, 0x020000, 13, NULL);
	add_function(&inventory, "05:00.0", 0x144d, 0xa808, 0x010802, 14, NULL);
	add_function(&inventory, "06:00.0", 0x8086, 0x1521, 0x020000, 15, "vfio-pci");
	return 0;
}

static int stop(void **state _unused_)
{
	inventory_done(&inventory);
	return 0;
}

/* A survey that reads whatever it is asked for, until nothing more is; returns how often it was asked. */
static unsigned ask(const struct purpose *purpose, const char *text)
{
	struct plan plan = {};
	struct profile profile;
	unsigned n = 0;
	bool planned = false, again;

	profile_from(text, &profile);
	inventory.known = 0;
	vec_foreach(function, &inventory)
		function->known = 0;
	do {
		struct needs needs;
		struct match match;

		match_make(&profile, &inventory, &match);
		again = needs_make(purpose, &profile, &inventory, &match, planned ? &plan : NULL,
				   &needs);
		check_int(text, needs_any(&needs, &inventory), again);
		inventory.known |= needs.host;
		for (size_t i = 0; i < inventory.n; i++)
			inventory.items[i].known |= needs.functions[i];
		n += again;
		if (!again && !planned && purpose_has_plan(purpose))
			planned = again = true;
		needs_done(&needs);
		match_done(&match);
		assert_true(n < 10);
	} while (again);
	profile_done(&profile);
	return n;
}

static unsigned known(const char *place)
{
	struct pci_address wanted = address(place);

	return inventory_find(&inventory, &wanted)->known;
}

static void check_mask(const char *what, unsigned got, unsigned want)
{
	_cleanup_free_ char *got_text = xasprintf("%#x", got), *want_text = xasprintf("%#x", want);

	check_text(what, got_text, want_text);
}

#define NIC "[device x]\naddress = 03:00.0\n"     /* on e1000e */
#define UNBOUND "[device x]\naddress = 04:00.0\n" /* on none */
#define DISK "[device x]\naddress = 05:00.0\n"
#define RIGHT "[device x]\naddress = 06:00.0\n" /* on vfio-pci */

/* purpose and profile; what it needs of the host, of the functions that the profile lists, and of others */
TEST(what_each_purpose_needs)
{
	static const struct {
		const char *what;
		struct purpose purpose;
		const char *profile, *listed;
		unsigned host, of_listed, of_others;
	} rows[] = {
		/* An action reads no more than what it acts on. */
		{"bind, early",
		 {.goal = GOAL_BIND, .phase = PHASE_EARLY, .at_boot = true},
		 NIC,
		 "03:00.0",
		 PLACES | HOST_GUARDED,
		 FACT_DISPLAY,
		 0},
		{"bind, premount",
		 {.goal = GOAL_BIND, .phase = PHASE_PREMOUNT, .at_boot = true},
		 NIC,
		 "03:00.0",
		 PLACES | HOST_GUARDED | LOSSES,
		 FACT_DISPLAY,
		 0},
		{"bind, system",
		 {.goal = GOAL_BIND, .phase = PHASE_SYSTEM, .at_boot = true},
		 NIC,
		 "03:00.0",
		 PLACES | HOST_GUARDED | LOSSES,
		 FACT_DISPLAY,
		 0},
		{"bind by hand",
		 {.goal = GOAL_BIND, .phase = PHASE_MANUAL},
		 NIC,
		 "03:00.0",
		 PLACES | LOSSES | HOST_LINKS,
		 FACT_DISPLAY | FACT_DISKS | FACT_HEADER,
		 0},
		{"bind, forced",
		 {.goal = GOAL_BIND, .phase = PHASE_FORCED},
		 NIC,
		 "03:00.0",
		 PLACES | LOSSES | HOST_LINKS,
		 FACT_DISPLAY | FACT_DISKS | FACT_HEADER,
		 0},
		{"bind of what no driver has",
		 {.goal = GOAL_BIND, .phase = PHASE_SYSTEM},
		 UNBOUND,
		 "04:00.0",
		 PLACES,
		 FACT_DISPLAY,
		 0},
		{"bind of a disk to come",
		 {.goal = GOAL_BIND, .phase = PHASE_SYSTEM},
		 DISK,
		 "05:00.0",
		 PLACES | HOST_STORAGE | HOST_CONTENTS | HOST_NETWORK,
		 FACT_DISPLAY,
		 0},
		{"bind of what is right",
		 {.goal = GOAL_BIND, .phase = PHASE_SYSTEM},
		 RIGHT,
		 "06:00.0",
		 PLACES,
		 FACT_DISPLAY,
		 0},
		/* The others are displays, too, or where the identity is now. */
		{"bind of a display",
		 {.goal = GOAL_BIND, .phase = PHASE_EARLY},
		 "[device x]\naddress = 01:00.0\n",
		 "01:00.0",
		 PLACES | HOST_FUNCTIONS,
		 FACT_DISPLAY | FACT_PHYSFN,
		 0},
		{"bind of another identity",
		 {.goal = GOAL_BIND, .phase = PHASE_EARLY},
		 "[device x]\naddress = 04:00.0\nid = 10de:1bb0\n",
		 "04:00.0",
		 PLACES | HOST_FUNCTIONS,
		 FACT_DISPLAY,
		 0},
		{"bind by id",
		 {.goal = GOAL_BIND, .phase = PHASE_EARLY},
		 "[device x]\nid = 8086:1521\n",
		 "06:00.0",
		 HOST,
		 FACT_DISPLAY,
		 0},
		{"bind by path",
		 {.goal = GOAL_BIND, .phase = PHASE_EARLY},
		 "[device x]\naddress = 06:00.0\npath = 00:03.1/00.0\n",
		 "06:00.0",
		 PLACES | HOST_FUNCTIONS,
		 FACT_DISPLAY | FACT_PATH,
		 FACT_PATH},
		{"bind by serial number",
		 {.goal = GOAL_BIND, .phase = PHASE_EARLY},
		 "[device x]\naddress = 06:00.0\nserial = 00-11-22-ff-ff-33-44-55\n",
		 "06:00.0",
		 PLACES | HOST_FUNCTIONS,
		 FACT_DISPLAY | FACT_SERIAL,
		 FACT_SERIAL},
		{"bind with resets",
		 {.goal = GOAL_BIND, .phase = PHASE_EARLY},
		 RIGHT "reset = require\n",
		 "06:00.0",
		 PLACES,
		 CONDITION,
		 0},
		{"bind to a variant",
		 {.goal = GOAL_BIND, .phase = PHASE_EARLY},
		 UNBOUND "driver = auto\n",
		 "04:00.0",
		 PLACES,
		 FACT_DISPLAY | FACT_MODULES,
		 0},
		{"bind that makes functions",
		 {.goal = GOAL_BIND, .phase = PHASE_SYSTEM},
		 "[device x]\naddress = 04:00.0\nvfs = 2\n",
		 "04:00.0",
		 HOST,
		 FACT_DISPLAY | FACT_MODULES | FACT_VFS | FACT_PHYSFN,
		 FACT_PHYSFN},
		{"early nothing is made",
		 {.goal = GOAL_BIND, .phase = PHASE_EARLY},
		 "[device x]\naddress = 04:00.0\nvfs = 2\n",
		 "04:00.0",
		 HOST,
		 FACT_DISPLAY | FACT_MODULES | FACT_PHYSFN,
		 FACT_PHYSFN},

		/* The plan rests on what bind's rests on, and on resets, of which it tells. */
		{"plan",
		 {.goal = GOAL_PLAN, .phase = PHASE_MANUAL},
		 RIGHT,
		 "06:00.0",
		 HOST | HOST_IOMMU | FILES,
		 CONDITION | FACT_MODULES | FACT_HEADER,
		 FACT_MODULES},
		{"plan of what is bound",
		 {.goal = GOAL_PLAN, .phase = PHASE_MANUAL},
		 NIC,
		 "03:00.0",
		 HOST | HOST_IOMMU | FILES | LOSSES | HOST_LINKS,
		 CONDITION | FACT_MODULES | FACT_DISKS | FACT_SERIAL | FACT_HEADER,
		 FACT_MODULES},
		{"plan --modules",
		 {.goal = GOAL_MODULES, .phase = PHASE_MANUAL},
		 RIGHT,
		 "06:00.0",
		 HOST | HOST_IOMMU,
		 CONDITION | FACT_HEADER,
		 0},
		{"apply",
		 {.goal = GOAL_APPLY, .phase = PHASE_SYSTEM},
		 RIGHT,
		 "06:00.0",
		 HOST | HOST_IOMMU | FILES | HOST_REBUILD,
		 CONDITION | FACT_MODULES | FACT_HEADER,
		 FACT_MODULES},
		{"validate",
		 {.goal = GOAL_VALIDATE, .phase = PHASE_MANUAL},
		 RIGHT,
		 "06:00.0",
		 HOST | HOST_IOMMU | VERDICT | HOST_NETWORK | HOST_BOOTLOADER | HOST_OWN_FILES |
			 HOST_FOREIGN | HOST_IMAGES | HOST_RESTART,
		 CONDITION | FACT_MODULES | FACT_OVERRIDE | FACT_HEADER,
		 FACT_MODULES},
		{"validate --profile",
		 {.goal = GOAL_VALIDATE, .phase = PHASE_MANUAL, .other_profile = true},
		 RIGHT,
		 "06:00.0",
		 HOST | HOST_IOMMU | VERDICT | HOST_NETWORK | HOST_BOOTLOADER | HOST_FOREIGN |
			 HOST_RESTART,
		 CONDITION | FACT_MODULES | FACT_OVERRIDE | FACT_HEADER,
		 FACT_MODULES},
		{"validate --devices",
		 {.goal = GOAL_VALIDATE_DEVICES, .phase = PHASE_MANUAL},
		 RIGHT,
		 "06:00.0",
		 HOST | HOST_IOMMU | VERDICT,
		 CONDITION | FACT_MODULES | FACT_OVERRIDE | FACT_HEADER,
		 0},

		{"validate --fit",
		 {.goal = GOAL_VALIDATE_FIT, .phase = PHASE_MANUAL},
		 RIGHT,
		 "06:00.0",
		 HOST | HOST_IOMMU | HOST_PLATFORM | HOST_PROCESSOR,
		 CONDITION | FACT_HEADER,
		 0},

		{"export",
		 {.goal = GOAL_EXPORT, .phase = PHASE_APPLY},
		 RIGHT,
		 "06:00.0",
		 HOST | HOST_IOMMU | HOST_PLATFORM | HOST_PROCESSOR | HOST_BUILTIN |
			 HOST_BOOTLOADER | HOST_NODE,
		 CONDITION | FACT_HEADER | FACT_DETAILS | FACT_NAME | FACT_MODULES,
		 FACT_DETAILS | FACT_NAME | FACT_PATH | FACT_PHYSFN | FACT_MODULES},
		{"export --from-profile", {.goal = GOAL_EXPORT_PROFILE}, RIGHT, "06:00.0", 0, 0, 0},

		/* These look at the whole host, whatever the profile. */
		{"list",
		 {.goal = GOAL_LIST},
		 RIGHT,
		 "06:00.0",
		 HOST | HOST_IOMMU | HOST_CONTENTS | LOSSES,
		 FACT_NAME | FACT_DISPLAY,
		 FACT_NAME | FACT_DISPLAY},
		{"list --tree",
		 {.goal = GOAL_LIST, .hierarchy = true},
		 RIGHT,
		 "06:00.0",
		 HOST | HOST_IOMMU | HOST_CONTENTS | LOSSES,
		 FACT_DETAILS | FACT_NAME | FACT_PATH | FACT_PHYSFN | FACT_DISPLAY,
		 FACT_DETAILS | FACT_NAME | FACT_PATH | FACT_PHYSFN | FACT_DISPLAY},
		{"list --assignable",
		 {.goal = GOAL_LIST_ASSIGNABLE},
		 RIGHT,
		 "06:00.0",
		 HOST | HOST_IOMMU | HOST_CONTENTS | LOSSES | HOST_LINKS | HOST_PLATFORM |
			 HOST_PROCESSOR | HOST_DENYLIST,
		 FACT_DETAILS | FACT_NAME | FACT_MODULES | FACT_HEADER | FACT_BARS | CONDITION,
		 FACT_DETAILS | FACT_NAME | FACT_MODULES | FACT_HEADER | FACT_BARS | CONDITION},
		{"list, all of it",
		 {.goal = GOAL_LIST, .all_details = true},
		 RIGHT,
		 "06:00.0",
		 HOST | HOST_IOMMU | HOST_CONTENTS | LOSSES,
		 FACT_DETAILS | FACT_NAME | FACT_OVERRIDE | FACT_MODULES | CONDITION,
		 FACT_DETAILS | FACT_NAME | FACT_OVERRIDE | FACT_MODULES | CONDITION},
		{"init",
		 {.goal = GOAL_INIT},
		 RIGHT,
		 "06:00.0",
		 HOST | HOST_CONTENTS | LOSSES | HOST_DENYLIST,
		 EVERY,
		 EVERY},
		{"import",
		 {.goal = GOAL_IMPORT},
		 RIGHT,
		 "06:00.0",
		 HOST | HOST_CONTENTS | LOSSES | HOST_BOOTLOADER | HOST_FOREIGN,
		 EVERY,
		 EVERY},
		{"snapshot",
		 {.goal = GOAL_SNAPSHOT},
		 RIGHT,
		 "06:00.0",
		 HOST_ALL & ~(HOST_PLACES | HOST_OWN_MODPROBE),
		 FACT_ALL,
		 FACT_ALL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		ask(&rows[i].purpose, rows[i].profile);
		check_mask(rows[i].what, inventory.known, rows[i].host);
		check_mask(rows[i].what, known(rows[i].listed), rows[i].of_listed);
		/* Of the graphics card more may be needed, as it is one. */
		check_mask(rows[i].what,
			   known(strcmp(rows[i].listed, "03:00.0") == 0 ? "04:00.0" : "03:00.0"),
			   rows[i].of_others);
	}
}

/* What modprobe.d tells a module that is not loaded, or that says nothing of what is wanted. */
TEST(whose_options_are_read)
{
	static const unsigned both = HOST_BOOTLOADER | HOST_FOREIGN;
	struct purpose init = {.goal = GOAL_INIT}, plan = {.goal = GOAL_PLAN};
	struct pci_function *last = &inventory.items[inventory.n - 1];
	unsigned vendor = last->vendor, device = last->device;

	ask(&init, NIC);
	check_mask("no device of the denylist", inventory.known & both, 0);
	last->vendor = 0x8086;
	last->device = 0x37c8;
	ask(&init, NIC);
	check_mask("one", inventory.known & both, both);
	inventory.platform.denylist_off = ANSWER_NO;
	ask(&init, NIC);
	check_mask("the module is loaded", inventory.known & both, 0);
	last->vendor = vendor;
	last->device = device;
	ask(&plan, NIC);
	check_mask("no SNP", inventory.known & HOST_FOREIGN, 0);
	inventory.platform.snp_capable = true;
	ask(&plan, NIC);
	check_mask("SNP is possible", inventory.known & HOST_FOREIGN, HOST_FOREIGN);
	inventory.platform.snp = ANSWER_YES;
	ask(&plan, NIC);
	check_mask("SNP is on", inventory.known & HOST_FOREIGN, 0);
}

/* The operands tell what is concerned: their functions, and who shares a group with them. */
TEST(what_a_release_needs)
{
	struct release release = {};
	struct bindings bindings = {};
	struct purpose purpose = {.goal = GOAL_RELEASE, .release = &release, .bindings = &bindings};

	*vec_add(&release.addresses) = (struct address_pattern){.address = address("06:00.0")};
	inventory.items[2].iommu_group = 15;
	ask(&purpose, NIC);
	check_mask("host", inventory.known,
		   HOST | HOST_LOADED | HOST_BUILTIN | HOST_USERS | HOST_OWN_FILES);
	check_mask("asked for", known("06:00.0"),
		   FACT_PATH | FACT_OVERRIDE | FACT_DISPLAY | FACT_MODULES);
	check_mask("in its group", known("04:00.0"),
		   FACT_PATH | FACT_OVERRIDE | FACT_DISPLAY | FACT_MODULES);
	check_mask("other", known("03:00.0"), FACT_PATH);
	free(release.addresses.items);
}

TEST(which_boot_loader)
{
	static const struct {
		enum goal goal;
		enum bootloader_kind kind;
		bool each;
	} rows[] = {{GOAL_VALIDATE, BOOTLOADER_GRUBBY, false},
		    {GOAL_IMPORT, BOOTLOADER_AUTO, false},
		    {GOAL_SNAPSHOT, BOOTLOADER_AUTO, true}};
	struct profile profile;

	profile_from("[kernel]\nbootloader = grubby\n", &profile);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct purpose purpose = {.goal = rows[i].goal};
		struct needs needs;
		struct match match;

		match_make(&profile, &inventory, &match);
		needs_make(&purpose, &profile, &inventory, &match, NULL, &needs);
		check_int("kind", needs.bootloader, rows[i].kind);
		check_int("each", needs.each_bootloader, rows[i].each);
		needs_done(&needs);
		match_done(&match);
	}
	profile_done(&profile);
}

/* Only what can change what is needed next is read in a turn of its own. */
TEST(how_often_the_host_is_looked_at)
{
	assert_int_equal(ask(&(struct purpose){.goal = GOAL_BIND, .phase = PHASE_EARLY}, NIC), 2);
	assert_int_equal(ask(&(struct purpose){.goal = GOAL_BIND, .phase = PHASE_MANUAL}, NIC), 3);
	assert_int_equal(ask(&(struct purpose){.goal = GOAL_BIND, .phase = PHASE_EARLY},
			     "[host]\ndescription = x\n"),
			 1);
	assert_int_equal(ask(&(struct purpose){.goal = GOAL_VALIDATE, .phase = PHASE_MANUAL}, NIC),
			 4);
}

int main(void)
{
#define NEEDS_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
		NEEDS_TEST(what_each_purpose_needs),
		NEEDS_TEST(whose_options_are_read),
		NEEDS_TEST(what_a_release_needs),
		NEEDS_TEST(which_boot_loader),
		NEEDS_TEST(how_often_the_host_is_looked_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
