/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verbs.h"

/* A card of two functions, in groups of their own, behind those that every test of a verb has. */
static int start(void **state)
{
	verb_start(state);
	tree_file(&tree, "sys/bus/pci/devices/0000:04:00.0/uevent",
		  "PCI_CLASS=30000\nPCI_ID=10DE:1BB0\nPCI_SUBSYS_ID=0:0\n");
	tree_file(&tree, "sys/bus/pci/devices/0000:04:00.0/boot_vga", "1\n");
	tree_file(&tree, "sys/bus/pci/devices/0000:04:00.1/uevent",
		  "PCI_CLASS=40300\nPCI_ID=10DE:10F0\nPCI_SUBSYS_ID=0:0\n");
	tree_file(&tree, "sys/bus/pci/devices/0000:05:00.0/uevent",
		  "PCI_CLASS=60400\nPCI_ID=8086:1901\nPCI_SUBSYS_ID=0:0\n");
	return 0;
}

static int init(const char *filter, const char *place, const char *name)
{
	return run_verb(&init_verb,
			&(struct options){.filter = filter, .address = place, .name = name});
}

static void expect(const char *want)
{
	const char *first = strstr(out.text, "\n\n");

	check_text("error", err.text, "");
	assert_non_null(first);
	check_text("profile", first + 2, want);
}

#define NIC(place, group, label)                                                \
	"# " place " 8086:10d3 Intel 82574L\n#   asked for; IOMMU group " group \
	"; driver e1000e\n[device " label "]\naddress = " place "\nid      = 8086:10d3\n"

TEST(what_was_asked_for)
{
	assert_int_equal(init(NULL, "02:00.0", NULL), STATUS_DONE);
	expect(NIC("0000:02:00.0", "1", "nic"));
	assert_int_equal(init("8086:10d3", NULL, NULL), STATUS_DONE);
	expect(NIC("0000:02:00.0", "1", "nic") "\n" NIC("0000:03:00.0", "2", "nic2"));
	assert_int_equal(init("8086:10d3", "03:00.*", "82574"), STATUS_DONE);
	expect(NIC("0000:03:00.0", "2", "nic"));
}

TEST(what_has_to_go_with_it_and_what_guards_it)
{
	assert_int_equal(init(NULL, "04:00.0", NULL), STATUS_DONE);
	expect("# 0000:04:00.0 10de:1bb0 NVIDIA\n"
	       "#   asked for; IOMMU group none: it cannot be given to a guest until the IOMMU is "
	       "on; driver none\n"
	       "#   guarded, display: the firmware chose the device as the display of the host\n"
	       "# 0000:04:00.1 10de:10f0 NVIDIA\n"
	       "#   has to go with it; IOMMU group none: it cannot be given to a guest until the "
	       "IOMMU is on; driver none\n"
	       "[device gpu]\n"
	       "address = 0000:04:00.0 0000:04:00.1\n"
	       "id      = 10de:1bb0 10de:10f0\n"
	       "# allow = display   ; only if the host can do without it\n");
}

TEST(it_can_be_used_as_it_is)
{
	struct profile read;

	assert_int_equal(init("8086:10d3", NULL, NULL), STATUS_DONE);
	profile_from(out.text, &read);
	assert_int_equal(read.sections.n, 2);
	profile_done(&read);
	profile(out.text);
	assert_int_equal(run_verb(&plan_verb, &(struct options){}), STATUS_DONE);
	assert_non_null(strstr(out.text, "0000:02:00.0 [nic] e1000e -> vfio-pci\n"));
	assert_non_null(strstr(out.text, "0000:03:00.0 [nic2] e1000e -> vfio-pci\n"));
}

TEST(nothing_selected)
{
	assert_int_equal(init(NULL, NULL, NULL), STATUS_USAGE);
	assert_string_equal(
		err.text,
		"vfio-prepare: init needs at least one of --filter, --address and --name\n");
	assert_int_equal(init(NULL, "09:00.0", NULL), STATUS_REFUSED);
	assert_string_equal(err.text, "vfio-prepare: no device of this host is selected\n");
	/* Bridges are never meant. */
	assert_int_equal(init(NULL, "05:00.0", NULL), STATUS_REFUSED);
	assert_int_equal(init("x", NULL, NULL), STATUS_USAGE);
	assert_string_equal(out.text, "");
}

TEST(a_host_that_cannot_be_read)
{
	expect_unreadable_host(&init_verb);
}

int main(void)
{
#define INIT_TEST(name) cmocka_unit_test_setup_teardown(name, start, verb_stop)
	const struct CMUnitTest tests[] = {
		INIT_TEST(what_was_asked_for),
		INIT_TEST(what_has_to_go_with_it_and_what_guards_it),
		INIT_TEST(it_can_be_used_as_it_is),
		INIT_TEST(nothing_selected),
		INIT_TEST(a_host_that_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
