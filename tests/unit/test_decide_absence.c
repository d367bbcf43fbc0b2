/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/absence.h"

#include "support.h"

static struct inventory inventory;

/* Two graphics cards of one kind, and a network card of two ports that can have virtual functions. */
static int start(void **state _unused_)
{
	add_function(&inventory, "01:00.0", 0x10de, 0x1bb0, 0x030000, 10, NULL);
	add_function(&inventory, "02:00.0", 0x10de, 0x1bb0, 0x030000, 11, NULL);
	for (size_t i = 0; i < 2; i++)
		add_function(&inventory, i ? "03:00.1" : "03:00.0", 0x8086, 0x1572, 0x020000,
			     12 + (int)i, "i40e")
			->total_vfs = 7;
	return 0;
}

static int stop(void **state _unused_)
{
	inventory_done(&inventory);
	return 0;
}

static void check_absent(const char *text, enum severity severity, const char *subject,
			 const char *detail, const char *remedy)
{
	struct profile profile;
	struct findings findings = {};
	struct absence_list absent = {};

	profile_from(text, &profile);
	absences_find(&inventory, &profile.sections.items[0], 0, &absent, &findings);
	assert_int_equal(findings.n, 1);
	check_int(text, findings.items[0].severity, severity);
	check_int(text, findings.items[0].type, FINDING_DEVICE_ABSENT);
	check_text(text, findings.items[0].subject, subject);
	check_part(text, findings.items[0].detail, detail);
	check_part(text, findings.items[0].remedy, remedy);
	free(absent.items);
	findings_done(&findings);
	profile_done(&profile);
}

TEST(where_it_is_now)
{
	check_absent("[device x]\naddress = 05:00.0\nid = 10de:1bb0\n", SEVERITY_ERROR,
		     "0000:05:00.0", "no device at it", "now at 0000:01:00.0 0000:02:00.0");
	/* What the section lists is not what is missing. */
	check_absent("[device x]\naddress = 01:00.0 05:00.0\nid = 10de:1bb0\n", SEVERITY_ERROR,
		     "0000:05:00.0", "no device at it", "now at 0000:02:00.0: correct");
	check_absent("[device x]\naddress = 05:00.0\nid = 1:1\n", SEVERITY_ERROR, "0000:05:00.0",
		     "no device at it", "optional = yes in section [device x]");
	check_absent("[device x]\nid = 1:1\n", SEVERITY_ERROR, "device x", "selects no device",
		     "optional = yes");
}

TEST(what_may_be_missing)
{
	check_absent("[device x]\noptional = yes\naddress = 05:00.0\n", SEVERITY_NOTE,
		     "0000:05:00.0", "no device at it", "nothing to do");
	check_absent("[device x]\noptional = yes\nid = 1:1\n", SEVERITY_NOTE, "device x",
		     "selects no device", "nothing to do");
	check_absent("[device x]\noptional = yes\npath = 00:01.0/00.0\n", SEVERITY_NOTE, "device x",
		     "lists path", "nothing to do");
}

TEST(virtual_functions_to_be)
{
	/* The nearest, where the kernel does not say how they are numbered. */
	check_absent("[device x]\naddress = 03:02.0\n", SEVERITY_ERROR, "0000:03:02.0",
		     "virtual function of 0000:03:00.1", "list 0000:03:00.1");
	for (size_t i = 2; i < 4; i++) {
		inventory.items[i].vf_offset = 16;
		inventory.items[i].vf_stride = 2;
	}
	check_absent("[device x]\naddress = 03:02.2\n", SEVERITY_ERROR, "0000:03:02.2",
		     "virtual function of 0000:03:00.0", "7 at most");
	check_absent("[device x]\naddress = 03:02.3\n", SEVERITY_ERROR, "0000:03:02.3",
		     "virtual function of 0000:03:00.1", "list 0000:03:00.1");
	check_absent("[device x]\naddress = 03:1f.0\n", SEVERITY_ERROR, "0000:03:1f.0",
		     "no device at it", "correct the address");
}

int main(void)
{
#define ABSENCE_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
		ABSENCE_TEST(where_it_is_now),
		ABSENCE_TEST(what_may_be_missing),
		ABSENCE_TEST(virtual_functions_to_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
