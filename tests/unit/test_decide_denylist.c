/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/denylist.h"

#include "parse/kernel_args.h"
#include "support.h"

static struct inventory inventory;

/* A QAT card, whose virtual functions have an id of their own, and one that nothing is held against. */
static int start(void **state _unused_)
{
	struct pci_function *qat = add_function(&inventory, "01:00.0", 0x8086, 0x37c8, 0x0b4000, 10,
						"c6xx");

	qat->total_vfs = 16;
	qat->vf_device = 0x37c9;
	add_function(&inventory, "02:00.0", 0x8086, 0x10d3, 0x020000, 11, "e1000e")->vf_device = -1;
	return 0;
}

static int stop(void **state _unused_)
{
	inventory_done(&inventory);
	return 0;
}

static void check_refused(const char *text, enum phase phase, bool refused)
{
	struct profile profile;
	struct match match;
	bool any = false;

	profile_from(text, &profile);
	match_make(&profile, &inventory, &match);
	denylist_decide(phase, &match);
	vec_foreach(finding, &match.findings)
		any = any || finding->type == FINDING_DENYLISTED;
	check_int(text, any, refused);
	check_int(text, match.items[0].refused || match.items[1].refused, refused);
	match_done(&match);
	profile_done(&profile);
}

TEST(what_vfio_pci_refuses)
{
	inventory.platform.denylist_off = ANSWER_NO;
	check_refused("[device x]\naddress = 01:00.0\n", PHASE_EARLY, true);
	check_refused("[device x]\naddress = 01:00.0\nvfs = 4\n", PHASE_SYSTEM, true);
	check_refused("[device x]\naddress = 01:00.0\ndriver = auto\n", PHASE_MANUAL, true);
	check_refused("[device x]\naddress = 01:00.0\ndriver = pci-stub\n", PHASE_MANUAL, false);
	check_refused("[device x]\naddress = 02:00.0\n", PHASE_MANUAL, false);
	inventory.items[0].variant = xstrdup("qat_vfio_pci");
	check_refused("[device x]\naddress = 01:00.0\ndriver = auto\n", PHASE_MANUAL, false);
}

TEST(where_vfio_pci_does_not)
{
	static const char profile[] = "[device x]\naddress = 01:00.0\n";

	inventory.platform.denylist_off = ANSWER_YES;
	check_refused(profile, PHASE_MANUAL, false);
	/* Not loaded yet: modprobe.d may say so when it is. */
	inventory.platform.denylist_off = ANSWER_UNKNOWN;
	check_refused(profile, PHASE_SYSTEM, false);
	check_refused(profile, PHASE_MANUAL, true);
	foreign_add_value(foreign_add(&inventory.foreign, FOREIGN_MODPROBE, FOREIGN_OPTION, "/x", 1,
				      "", "vfio_pci.disable_denylist"),
			  "1");
	check_refused(profile, PHASE_MANUAL, false);
	inventory.platform.denylist_off = ANSWER_NO;
	check_refused(profile, PHASE_MANUAL, true);
	kernel_args_parse("vfio-pci.disable_denylist=1", &inventory.args);
	check_refused(profile, PHASE_MANUAL, false);
}

int main(void)
{
#define DENYLIST_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
		DENYLIST_TEST(what_vfio_pci_refuses),
		DENYLIST_TEST(where_vfio_pci_does_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
