/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/unified.h"

#include "fake/archive.h"
#include "support.h"

static struct buf image;

static int start(void **state _unused_)
{
	buf_add(&image, "the initramfs");
	archive_unify(&image, "root=/dev/sda1 quiet");
	return 0;
}

static int stop(void **state _unused_)
{
	buf_done(&image);
	return 0;
}

static const unsigned char *bytes(void)
{
	return (const unsigned char *)image.text;
}

TEST(sections)
{
	struct unified_section section;

	assert_true(unified_find(bytes(), image.length, ".cmdline", &section));
	assert_int_equal(section.size, strlen("root=/dev/sda1 quiet"));
	assert_memory_equal(image.text + section.offset, "root=/dev/sda1 quiet", section.size);
	assert_true(unified_find(bytes(), image.length, ".initrd", &section));
	assert_memory_equal(image.text + section.offset, "the initramfs", section.size);
	assert_false(unified_find(bytes(), image.length, ".uname", &section));
	/* Names have at most eight bytes, and no end then. */
	assert_false(unified_find(bytes(), image.length, ".cmd", &section));
}

/* What lies in the file is padded, and what is longer in memory is not all in the file. */
TEST(the_smaller_size_counts)
{
	struct unified_section section;
	unsigned char *size = (unsigned char *)image.text + 64 + 24 + 8;

	memcpy(size, "\xff\xff\0\0", 4);
	assert_true(unified_find(bytes(), image.length, ".cmdline", &section));
	assert_int_equal(section.size, 512);
	memcpy(size, "\0\0\0\0", 4);
	assert_true(unified_find(bytes(), image.length, ".cmdline", &section));
	assert_int_equal(section.size, 512);
}

TEST(no_such_file)
{
	struct unified_section section;

	for (size_t n = 0; n < 64 + 24 + 2 * 40; n++)
		assert_false(unified_find(bytes(), n, ".initrd", &section));
	image.text[60] = '\xff';
	image.text[61] = '\xff';
	assert_false(unified_find(bytes(), image.length, ".cmdline", &section));
	image.text[0] = 'X';
	assert_false(unified_find(bytes(), image.length, ".cmdline", &section));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(sections, start, stop),
		cmocka_unit_test_setup_teardown(the_smaller_size_counts, start, stop),
		cmocka_unit_test_setup_teardown(no_such_file, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
