/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/config_space.h"
#include "support.h"

#define SERIAL 0x0011223344556677ULL

static uint8_t config[PCI_CONFIG_BYTES];

static void put32(size_t offset, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		config[offset + i] = (uint8_t)(value >> 8 * i);
}

static void put_capability(size_t offset, unsigned id, unsigned next)
{
	put32(offset, id | 1U << 16 | next << 20);
}

static void put_serial(size_t offset, unsigned next)
{
	put_capability(offset, 0x0003, next);
	put32(offset + 4, 0x44556677);
	put32(offset + 8, 0x00112233);
}

static int reset(void **state _unused_)
{
	memset(config, 0, sizeof(config));
	return 0;
}

static void expect_serial(size_t length)
{
	size_t offset = 0;
	uint64_t serial = 0;

	assert_true(config_space_serial(config, length, &serial, &offset));
	assert_true(serial == SERIAL);
	/* Where it stands, for whoever takes it out: its lower half comes first. */
	assert_int_equal(config[offset], SERIAL & 0xff);
	assert_int_equal(config[offset + 7], SERIAL >> 56);
}

static void expect_none(size_t length)
{
	uint64_t serial = 4711;

	assert_false(config_space_serial(config, length, &serial, NULL));
	assert_true(serial == 4711);
}

TEST(first_capability)
{
	put_serial(0x100, 0);
	expect_serial(sizeof(config));
}

TEST(behind_others)
{
	put_capability(0x100, 0x0001, 0x148);
	put_capability(0x148, 0x0010, 0xff4);
	put_serial(0xff4, 0x100);
	expect_serial(sizeof(config));
}

TEST(low_bits_of_the_pointer_are_reserved)
{
	put_capability(0x100, 0x0001, 0x143);
	put_serial(0x140, 0);
	expect_serial(sizeof(config));
}

TEST(capability_with_another_version_counts)
{
	put_serial(0x100, 0);
	config[0x102] = 0x02;
	expect_serial(sizeof(config));
}

TEST(none)
{
	expect_none(sizeof(config));
	put_capability(0x100, 0x0001, 0x140);
	put_capability(0x140, 0x000e, 0);
	expect_none(sizeof(config));
}

TEST(device_that_is_gone_reads_all_ones)
{
	memset(config, 0xff, sizeof(config));
	expect_none(sizeof(config));
}

TEST(pointer_into_the_old_space_ends_the_list)
{
	put_capability(0x100, 0x0001, 0x040);
	put_serial(0x040, 0);
	expect_none(sizeof(config));
}

TEST(loops_end)
{
	put_capability(0x100, 0x0001, 0x100);
	expect_none(sizeof(config));
	put_capability(0x100, 0x0001, 0x200);
	put_capability(0x200, 0x0002, 0x100);
	expect_none(sizeof(config));
}

TEST(as_many_capabilities_as_fit)
{
	const unsigned last = 0x1000 - 16;

	for (unsigned offset = 0x100; offset < last; offset += 8)
		put_capability(offset, 0x0001, offset + 8);
	put_serial(last, 0);
	expect_serial(sizeof(config));
}

TEST(truncated)
{
	put_capability(0x100, 0x0001, 0x200);
	put_serial(0x200, 0);
	expect_serial(0x20c);
	for (size_t length = 0x20b; length > 0; length -= length > 16 ? 13 : 1)
		expect_none(length);
	expect_none(0);
}

/* In a block of its own size, so that valgrind and ASan see a read past its end. */
TEST(reads_nothing_past_its_length)
{
	static const size_t lengths[] = {0, 1, 64, 0x100, 0x103, 0x104, 0x10b, 0x10c};

	put_serial(0x100, 0);
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		uint8_t *block = malloc(lengths[i]);
		uint64_t serial;

		if (lengths[i])
			memcpy(block, config, lengths[i]);
		assert_int_equal(config_space_serial(block, lengths[i], &serial, NULL),
				 lengths[i] >= 0x10c);
		free(block);
	}
}

TEST(as_the_profile_has_it)
{
	_cleanup_free_ char *text = serial_text(0x001122ffff334455), *none = serial_text(0);

	assert_string_equal(text, "00-11-22-ff-ff-33-44-55");
	assert_string_equal(none, "00-00-00-00-00-00-00-00");
}

TEST(silence_is_ones_all_over)
{
	uint8_t header[PCI_CONFIG_HEADER_BYTES];

	memset(header, 0xff, sizeof(header));
	assert_true(config_space_is_silent(header, sizeof(header)));
	assert_false(config_space_is_silent(header, sizeof(header) - 1));
	/* A virtual function has no ids there, and a header type. */
	header[0x0e] = 0;
	assert_false(config_space_is_silent(header, sizeof(header)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(first_capability, reset),
		cmocka_unit_test_setup(behind_others, reset),
		cmocka_unit_test_setup(low_bits_of_the_pointer_are_reserved, reset),
		cmocka_unit_test_setup(capability_with_another_version_counts, reset),
		cmocka_unit_test_setup(none, reset),
		cmocka_unit_test_setup(device_that_is_gone_reads_all_ones, reset),
		cmocka_unit_test_setup(pointer_into_the_old_space_ends_the_list, reset),
		cmocka_unit_test_setup(loops_end, reset),
		cmocka_unit_test_setup(as_many_capabilities_as_fit, reset),
		cmocka_unit_test_setup(truncated, reset),
		cmocka_unit_test_setup(reads_nothing_past_its_length, reset),
		cmocka_unit_test(as_the_profile_has_it),
		cmocka_unit_test(silence_is_ones_all_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
