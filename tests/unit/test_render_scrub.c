/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/scrub.h"

#include "parse/config_space.h"
#include "support.h"

static struct scrub scrub;

static int stop(void **state _unused_)
{
	scrub_done(&scrub);
	return 0;
}

static void expect(const char *text, const char *want)
{
	size_t length = 4711;
	_cleanup_free_ char *got = scrub_text(&scrub, text, strlen(text), &length);

	check_text(text, got, want);
	check_int(text, length, strlen(want));
}

#define UUID1 "8a9b1c2d-1111-2222-3333-444455556666"
#define UUID2 "8A9B1C2D-1111-2222-3333-444455556667"
#define NUMBER1 "00000000-0000-0000-0000-000000000001"
#define NUMBER2 "00000000-0000-0000-0000-000000000002"

TEST(uuids)
{
	expect("root=UUID=" UUID1 " quiet", "root=UUID=" NUMBER1 " quiet");
	expect("/dev/disk/by-uuid/" UUID2 "\n" UUID1, "/dev/disk/by-uuid/" NUMBER2 "\n" NUMBER1);
	/* Its case is another only to the eye. */
	expect("8A9B1C2D-1111-2222-3333-444455556666", NUMBER1);
	/* Not the middle of something longer, and nothing shorter. */
	expect("x" UUID1, "x" UUID1);
	expect(UUID1 "7", UUID1 "7");
	expect("8a9b1c2d-1111-2222-3333-44445555666", "8a9b1c2d-1111-2222-3333-44445555666");
	expect("8a9b1c2d-1111-2222-3333-44445555666g", "8a9b1c2d-1111-2222-3333-44445555666g");
	expect(UUID1 "-" UUID1, NUMBER1 "-" NUMBER1);
}

TEST(macs)
{
	expect("address 52:54:00:12:34:56\n", "address 00:00:00:00:00:01\n");
	/* One card is one card, however it is written. */
	expect("BOOTIF=01-52-54-00-12-34-57 ifname=lan:52:54:00:AB:cd:ef 52:54:00:12:34:57",
	       "BOOTIF=01-00-00-00-00-00-02 ifname=lan:00:00:00:00:00:03 00:00:00:00:00:02");
	/* Addresses of PCI functions and of IPv6 are none. */
	expect("0000:01:00.0 10000:e1:00.0 fe80::1:2", "0000:01:00.0 10000:e1:00.0 fe80::1:2");
}

TEST(serials)
{
	expect("serial = 00-11-22-ff-FF-33-44-55\n", "serial = 00-00-00-00-00-00-00-01\n");
	expect("00-11-22-ff-ff-33-44-56 00-11-22-FF-ff-33-44-55",
	       "00-00-00-00-00-00-00-02 00-00-00-00-00-00-00-01");
	expect("00-11-22-ff-ff-33-44", "00-11-22-ff-ff-33-44");
}

/* What names one machine or lets somebody in is hidden by where it stands or what it is like, known or not. */
TEST(ids_of_a_shape)
{
	static const char *const rows[][2] = {
		{"root=PARTUUID=1a2b3c4d-02", "root=PARTUUID=00000000-01"},
		{"md=3f2b1c4d:5e6f7a8b:9c0d1e2f:3a4b5c6d",
		 "md=00000000:00000000:00000000:00000001"},
		{"0123456789abcdef0123456789abcdef", "00000000000000000000000000000001"},
		{"00000000000000000000000000000000 00000100",
		 "00000000000000000000000000000000 00000100"},
		{"by-path/wwn-0x5000c500a1b2c3d4-part1", "by-path/wwn-0x0000000000000001-part1"},
		{"0x00000000fe000000 e0000000-efffffff", "0x00000000fe000000 e0000000-efffffff"},
		{"enx525400abcdef", "enx000000000001"},
		{"U: Uniq=SN4082938475\n", "U: Uniq=hidden\n"},
		{"username=al,password=topsecret 0", "username=al,password=hidden 0"},
		{"iscsi:bob:s3cret@10.0.0.1", "iscsi:hidden@10.0.0.1"},
		{"iscsi:10.0.0.1::::iqn", "iscsi:10.0.0.1::::iqn"},
		{"0000:01:00.0 8086:10d3 6.1.0-56-amd64", "0000:01:00.0 8086:10d3 6.1.0-56-amd64"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		scrub_done(&scrub);
		scrub = (struct scrub){};
		expect(rows[i][0], rows[i][1]);
	}
}

TEST(ids_without_a_shape_are_hidden_once_they_are_known)
{
	expect("1234-ABCD", "0000-0001");
	scrub_learn(&scrub, "1234-ABCD");
	scrub_learn(&scrub, "1234-ABCD");
	scrub_learn(&scrub, "dead-beef");
	scrub_learn(&scrub, UUID1);
	scrub_learn(&scrub, "1234");
	scrub_learn(&scrub, "");
	assert_int_equal(scrub.ids.n, 2);
	expect("UUID=1234-ABCD UUID=DEAD-BEEF 2000-20991",
	       "UUID=0000-0001 UUID=0000-0002 2000-20991");
	expect("1234-ABCDE 01234-ABCD", "1234-ABCDE 01234-ABCD");
	/* LVM, NTFS, ZFS */
	scrub_learn(&scrub, "kXFZ1l-1ab2-9Qrs-TUVw-xyz1-2345-6789Zq");
	scrub_learn(&scrub, "0A1B2C3D4E5F6071");
	scrub_learn(&scrub, "15231412341234123412");
	expect("sda1 0 LVM2_member kXFZ1l-1ab2-9Qrs-TUVw-xyz1-2345-6789Zq - -",
	       "sda1 0 LVM2_member 000000-0000-0000-0000-0000-0000-000003 - -");
	expect("UUID=0a1b2c3d4e5f6071 x0A1B2C3D4E5F6071",
	       "UUID=0000000000000004 x0A1B2C3D4E5F6071");
	expect("15231412341234123412", "00000000000000000005");
}

TEST(names_by_id)
{
	expect("/dev/disk/by-id/nvme-Samsung_S123-part2 /dev/disk/by-id/x\n",
	       "/dev/disk/by-id/device-1 /dev/disk/by-id/device-2\n");
	expect("/dev/disk/by-id/nvme-Samsung_S123-part2/x", "/dev/disk/by-id/device-1/x");
	expect("/dev/disk/by-id/", "/dev/disk/by-id/");
	expect("by-id/x", "by-id/x");
}

TEST(bytes_that_are_no_text_stay)
{
	static const char bytes[] = "\0" UUID1 "\0\xff-";
	size_t length;
	_cleanup_free_ char *got = scrub_text(&scrub, bytes, sizeof(bytes) - 1, &length);

	assert_int_equal(length, sizeof(bytes) - 1);
	assert_memory_equal(got, "\0" NUMBER1 "\0\xff-", length);
}

TEST(nothing_stays_nothing)
{
	expect("", "");
}

/* A serial number in a configuration space is the same as one in a profile. */
TEST(config_spaces)
{
	static const unsigned char capability[] = {0x03, 0x00, 0x01, 0x00, 0x55, 0x44,
						   0x33, 0xff, 0xff, 0x22, 0x11, 0x00};
	unsigned char config[512], before[512];
	uint64_t serial;

	memset(config, 0xa5, sizeof(config));
	memcpy(config + 0x100, capability, sizeof(capability));
	memcpy(before, config, sizeof(config));
	expect("00-11-22-ff-ff-33-44-54", "00-00-00-00-00-00-00-01");
	scrub_config_space(&scrub, config, sizeof(config));
	assert_true(config_space_serial(config, sizeof(config), &serial, NULL));
	assert_true(serial == 2);
	expect("00-11-22-ff-ff-33-44-55", "00-00-00-00-00-00-00-02");
	/* Nothing else is touched, and nothing where there is none. */
	memset(before + 0x104, 0, 8);
	before[0x104] = 2;
	assert_memory_equal(config, before, sizeof(config));
	scrub_config_space(&scrub, config, 256);
	scrub_config_space(&scrub, config, 0);
	assert_memory_equal(config, before, sizeof(config));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(uuids, stop),
		cmocka_unit_test_teardown(macs, stop),
		cmocka_unit_test_teardown(serials, stop),
		cmocka_unit_test_teardown(ids_of_a_shape, stop),
		cmocka_unit_test_teardown(ids_without_a_shape_are_hidden_once_they_are_known, stop),
		cmocka_unit_test_teardown(names_by_id, stop),
		cmocka_unit_test_teardown(bytes_that_are_no_text_stay, stop),
		cmocka_unit_test_teardown(nothing_stays_nothing, stop),
		cmocka_unit_test_teardown(config_spaces, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
