/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verbs.h"

static int import(void)
{
	return run_verb(&import_verb, &(struct options){});
}

/* The card is on vfio-pci, as the host's own profile has it. */
static void write_profile(void)
{
	tree_file(&tree, "etc/vfio-prepare/profile.conf", "[device x]\naddress = 01:00.0\n");
}

TEST(nothing_is_configured_by_hand)
{
	write_profile();
	assert_int_equal(import(), STATUS_DONE);
	check("profile", strstr(out.text, "# No device is configured by hand.\n"));
	check("no section", !strchr(out.text, '['));
	check("error", strstr(err.text, "no device is configured by hand"));
}

/* The text, but for the lines at its top. */
static const char *sections(void)
{
	const char *first = strstr(out.text, "\n\n");

	assert_non_null(first);
	return first + 2;
}

/* Neither is a profile that cannot be read. */
TEST(what_nothing_explains)
{
	tree_file(&tree, "etc/vfio-prepare/profile.conf", "[device\n");
	assert_int_equal(import(), STATUS_DONE);
	check_text("error", err.text, "");
	check("why", strstr(out.text, "looked at explains its driver"));
	check("section", strstr(out.text, "\naddress = 0000:01:00.0\nid      = 10de:1bb0\n"));
}

TEST(an_address)
{
	write_profile();
	tree_file(&tree, "usr/sbin/driverctl", "");
	tree_file(&tree, "etc/driverctl.d/pci-0000:02:00.0", "pci-stub\n");
	assert_int_equal(import(), STATUS_DONE);
	check_text("error", err.text, "");
	check_part("origin", sections(),
		   "# 0000:02:00.0 8086:10d3 Intel 82574L\n"
		   "#   configured by hand; IOMMU group 1; driver e1000e\n"
		   "# From /etc/driverctl.d/pci-0000:02:00.0: pci-stub\n"
		   "#   loses: driverctl ");
	check_part(
		"section", sections(),
		"\n[device nic]\naddress = 0000:02:00.0\nid      = 8086:10d3\ndriver  = pci-stub\n");
}

TEST(ids_with_and_without_a_device)
{
	tree_file(&tree, "proc/cmdline", "quiet vfio-pci.ids=10de:1bb0,1:2:3:4\n");
	assert_int_equal(import(), STATUS_DONE);
	check_text("error", err.text, "");
	check("by its id", strstr(out.text, "only its id is configured"));
	check("section", strstr(out.text, "\naddress = 0000:01:00.0\nid      = 10de:1bb0\n"));
	check("of no device",
	      strstr(out.text, "# no device of this host has this id now\n"
			       "# From kernel arguments: vfio-pci.ids=10de:1bb0,1:2:3:4\n"));
	check("is a comment", strstr(out.text, "\n# [device device]\n# id      = 0001:0002\n"
					       "# subsystem = 0003:0004\n"));
}

TEST(what_cannot_be_imported_is_told_twice)
{
	tree_file(&tree, "etc/rc.local", ". /etc/own\nfor d in $D; do vfiobind $d; done\n");
	tree_file(&tree, "etc/modules", "vfio\n");
	tree_file(&tree, "etc/modprobe.d/a.conf",
		  "options vfio_iommu_type1 allow_unsafe_interrupts=1\n");
	assert_int_equal(import(), STATUS_DONE);
	check("comment", strstr(out.text, "#\n# Not imported:\n#   /etc/rc.local:2: "));
	check("error", strstr(err.text, "/etc/rc.local:2: "));
	check("done with", strstr(out.text, "#\n# Not needed any more:\n#   /etc/modules:1: "));
	check("not an error", !strstr(err.text, "/etc/modules"));
	check("interrupts", strstr(out.text, "\n[iommu]\nunsafe-interrupts = yes\n"));
}

TEST(text_alone)
{
	assert_int_equal(run_verb(&import_verb, &(struct options){.format = FORMAT_JSON}),
			 STATUS_USAGE);
	check_text("report", out.text, "");
	check("error", strstr(err.text, "no other format"));
}

TEST(a_host_that_cannot_be_read)
{
	tree_done(&tree);
	tree_init(&tree);
	tree_file(&tree, "sys/bus/pci/devices", "");
	assert_int_equal(import(), STATUS_FAILED);
	check("error", strstr(err.text, "cannot be read"));
}

int main(void)
{
#define VERB_TEST(name) cmocka_unit_test_setup_teardown(name, verb_start, verb_stop)
	const struct CMUnitTest tests[] = {
		VERB_TEST(nothing_is_configured_by_hand),
		VERB_TEST(what_nothing_explains),
		VERB_TEST(an_address),
		VERB_TEST(ids_with_and_without_a_device),
		VERB_TEST(what_cannot_be_imported_is_told_twice),
		VERB_TEST(text_alone),
		VERB_TEST(a_host_that_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
