/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: root_open */
#include "survey.h"

int __real_root_open(struct root *root, const char *path, int flags);
int __wrap_root_open(struct root *root, const char *path, int flags);

static unsigned n_opened;

int __wrap_root_open(struct root *root, const char *path, int flags)
{
	n_opened++;
	return __real_root_open(root, path, flags);
}

static int start(void **state _unused_)
{
	tree_init(&tree);
	tree_file(&tree, "proc/sys/kernel/osrelease", "6.1.0\n");
	put_function(PORT "0000:01:00.0");
	put_attribute(PORT "0000:01:00.0", "revision", "0x0a\n");
	put_function(PORT "0000:02:00.0");
	put_attribute(PORT "0000:02:00.0", "revision", "0x0b\n");
	return 0;
}

static int stop(void **state _unused_)
{
	inventory_done(&inventory);
	tree_done(&tree);
	return 0;
}

static bool is_second(const struct pci_function *candidate)
{
	return candidate->address.bus == 2;
}

/* Each fact of the host has a reader, which leaves nothing of it unread or unknown. */
TEST(each_fact_is_known_once_it_was_read)
{
	for (unsigned fact = 1; fact < HOST_ALL; fact <<= 1) {
		_cleanup_free_ char *what = xasprintf("fact %#x", fact);

		check_int(what, look(fact, 0, NULL), 0);
		check(what, inventory.known & fact);
	}
	for (unsigned fact = 1; fact < FACT_ALL; fact <<= 1) {
		_cleanup_free_ char *what = xasprintf("fact %#x", fact);

		check_int(what, look(0, fact, NULL), 0);
		check(what, function("01:00.0")->known & function("02:00.0")->known & fact);
	}
	assert_int_equal(inventory.known, HOST_ALL);
}

TEST(what_is_known_is_not_read_again)
{
	assert_int_equal(look(HOST_ALL & ~HOST_PLACES, FACT_ALL, NULL), 0);
	n_opened = 0;
	assert_int_equal(look(HOST_ALL & ~HOST_PLACES, FACT_ALL, NULL), 0);
	assert_int_equal(n_opened, 0);
}

TEST(only_what_is_needed_is_read)
{
	assert_int_equal(look(0, FACT_DETAILS, is_second), 0);
	assert_int_equal(function("01:00.0")->revision, -1);
	assert_int_equal(function("02:00.0")->revision, 0x0b);
	assert_int_equal(function("01:00.0")->known, 0);
	assert_int_equal(inventory.known, HOST_KERNEL | HOST_FUNCTIONS);
	assert_int_equal(inventory.iommu, IOMMU_UNKNOWN);
	/* What was not needed at first may be so later. */
	assert_int_equal(look(0, FACT_DETAILS, NULL), 0);
	assert_int_equal(function("01:00.0")->revision, 0x0a);
}

/* Those that were not asked for at first have nothing that is known of the others. */
TEST(the_rest_comes_to_a_part)
{
	struct needs needs = {.host = HOST_KERNEL | HOST_PLACES};

	*vec_add(&needs.places) = (struct address_pattern){.address = address("02:00.0")};
	assert_int_equal(survey(&tree.root, &needs, &inventory), 0);
	assert_int_equal(inventory.n, 1);
	needs_done(&needs);
	assert_int_equal(look(0, FACT_DETAILS, NULL), 0);
	assert_int_equal(inventory.n, 2);
	assert_int_equal(function("01:00.0")->revision, 0x0a);
	assert_int_equal(function("02:00.0")->revision, 0x0b);
}

TEST(what_was_written_is_read_anew)
{
	tree_file(&tree, "etc/modprobe.d/vfio-prepare.conf", "old\n");
	tree.root.remembers = true;
	assert_int_equal(look(HOST_OWN_FILES | HOST_BOOTLOADER, 0, NULL), 0);
	check_text("before", inventory.own_files[FILE_MODPROBE].text, "old\n");
	assert_int_equal(inventory.own_files[FILE_GRUB].error, -ENOENT);
	tree_file(&tree, "etc/modprobe.d/vfio-prepare.conf", "new\n");
	survey_forget(&tree.root, HOST_OWN_FILES, &inventory);
	assert_null(inventory.own_files[FILE_MODPROBE].text);
	assert_true(inventory.known & HOST_BOOTLOADER);
	assert_int_equal(look(HOST_OWN_FILES, 0, NULL), 0);
	check_text("after", inventory.own_files[FILE_MODPROBE].text, "new\n");
}

int main(void)
{
#define SURVEY_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
		SURVEY_TEST(each_fact_is_known_once_it_was_read),
		SURVEY_TEST(what_is_known_is_not_read_again),
		SURVEY_TEST(only_what_is_needed_is_read),
		SURVEY_TEST(the_rest_comes_to_a_part),
		SURVEY_TEST(what_was_written_is_read_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
