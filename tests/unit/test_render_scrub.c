/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/scrub.h"

#include "model/policy.h"
#include "parse/config_space.h"
#include "support.h"

#define UUID "8a9b1c2d-1111-2222-3333-444455556666"
#define UUID1 "00000000-0000-0000-0000-000000000001"

/* What one row of the table leaves of a text; it is what it leaves of that again. */
static void expect(const char *path, const char *text, const char *want)
{
	for (int pass = 0; pass < 2; pass++, text = want) {
		_cleanup_(scrub_done) struct scrub scrub = {.reserving = true};
		size_t length = 4711;
		char *got = scrub_file(&scrub, path, text, strlen(text), &length);

		free(got);
		scrub_start(&scrub);
		got = scrub_file(&scrub, path, text, strlen(text), &length);
		check_text(path, got, want);
		check_int(path, length, strlen(want));
		free(got);
	}
}

TEST(kinds_of_files)
{
	static const char *const rows[][3] = {
		/* What no row names. */
		{"etc/fstab", "# Zoe's disk\nUUID=" UUID " /zoe ext4 noatime,zoe=1 0 2\n",
		 "#\nUUID=" UUID1 " /word1 ext4 noatime,word1=1 0 2\n"},
		{"proc/cmdline", "root=PARTUUID=1a2b3c4d-02 ro acme.zoe=x9Zq iommu=pt",
		 "root=PARTUUID=00000000-01 ro word1.word2=word3 iommu=pt"},
		{"opt/zoe.sh", "#!/bin/sh\n  # of Zoe\necho vfio-pci >/sys/zoe ;; \n\t; Zoe",
		 "#!/bin/sh\n  #\necho vfio-pci >/sys/word1 ;; \n\t;"},
		{"etc/modprobe.d/vfio-prepare.conf", FILE_HEADER "# options of Zoe\n",
		 FILE_HEADER "# options of word1\n"},
		{"sys/devices/pci0000:00/0000:00:01.0/wwid", "naa.5000c500a1b2c3d4\n",
		 "word1.0000000000000001\n"},
		{"sys/devices/pci0000:00/0000:00:01.0/resource",
		 "0x00000000fe000000 0x00000000fe01ffff zoe\n",
		 "0x00000000fe000000 0x00000000fe01ffff word1\n"},
		{"proc/iomem", "fe000000-fe01ffff : 0000:01:00.0\n",
		 "fe000000-fe01ffff : 0000:01:00.0\n"},
		{"proc/interrupts", "120: 123456789 IR-PCI enx525400abcdef\n",
		 "120: 123456789 IR-PCI enx000000000001\n"},
		{"proc/net/route",
		 "eth0\t0014A8C0\t0114A8C0\t0003\t00FFFFFF\neth0\t00000000\t0114A8C0\n",
		 "eth0\t000000C1\t010000C1\t0003\t00FFFFFF\neth0\t00000000\t010000C1\n"},
		{"proc/net/ipv6_route",
		 "20010db8000000000000000000000001 80 00000000000000000000000000000000 80200001 eth0\n",
		 "21000000000000000000000000000000 80 00000000000000000000000000000000 80200001 eth0\n"},
		{"lib/modules/6.1.0/modules.dep", "zoe.ko: " UUID "\n", "zoe.ko: " UUID "\n"},
		{"lib/modules/6.1.0/zoe", "zoe " UUID "\n", "word1 " UUID1 "\n"},
		{"usr/share/misc/pci.ids", "# Zoe\n8086  Zoe\n", "# Zoe\n8086  Zoe\n"},
		{"boot/config-6.1.0",
		 "CONFIG_A=y\nCONFIG_B=m\n# CONFIG_C is not set\nCONFIG_D=\"zoe\"\n# Zoe\nCONFIG_E=12\n",
		 "CONFIG_A=y\nCONFIG_B=m\n# CONFIG_C is not set\n"},
		{"proc/config.gz", "CONFIG_A=y\nCONFIG_D=\"zoe\"", "CONFIG_A=y\n"},
		{"run/vfio-prepare/boot.json", "{\"elapsed_ms\":1234567,\"detail\":\"a\\nZoe\"}",
		 "{\"elapsed_ms\":1234567,\"detail\":\"a\\nword1\"}"},
		{"etc/binary", "zoe\001\002", ""},
		{"etc/empty", "", ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect(rows[i][0], rows[i][1], rows[i][2]);
}

/* The variables of EFI have UTF-16 behind their attributes. */
TEST(variables)
{
	static const char bytes[] = "\6\0\0\0z\0o\0e\0-\0006\0.\0001\0.\0c\0o\0n\0f\0\0\0";
	static const char want[] = "\6\0\0\0w\0o\0r\0d\0001\0-\0006\0.\0001\0.\0c\0o\0n\0f\0\0\0";
	static const char path[] =
		"sys/firmware/efi/efivars/LoaderEntrySelected-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f";
	_cleanup_(scrub_done) struct scrub scrub = {};
	_cleanup_free_ char *same = scrub_path(&scrub, path), *got = NULL;
	size_t length;

	check_text("path", same, path);
	got = scrub_file(&scrub, path, bytes, sizeof(bytes) - 1, &length);
	assert_int_equal(length, sizeof(want) - 1);
	assert_memory_equal(got, want, length);
}

/* A serial number in a configuration space is the one of a profile; vendors' capabilities can have it, too. */
TEST(config_spaces)
{
	static const unsigned char capability[] = {0x03, 0x00, 0x01, 0x00, 0x55, 0x44,
						   0x33, 0xff, 0xff, 0x22, 0x11, 0x00};
	static const char path[] = "sys/devices/pci0000:00/0000:00:01.0/config";
	static const char text[] = "00-11-22-FF-ff-33-44-54 00-11-22-ff-ff-33-44-55";
	_cleanup_(scrub_done) struct scrub scrub = {};
	unsigned char config[512], zeros[512] = {};
	uint64_t serial;
	size_t length;
	char *got;

	memset(config, 0xa5, sizeof(config));
	memcpy(config + 0x100, capability, sizeof(capability));
	free(scrub_file(&scrub, "etc/x", text, strlen(text), &length));
	got = scrub_file(&scrub, path, (char *)config, sizeof(config), &length);
	assert_int_equal(length, sizeof(config));
	assert_true(config_space_serial((uint8_t *)got, length, &serial, NULL));
	assert_true(serial == 2);
	assert_memory_equal(got, config, 64);
	assert_memory_equal(got + 64, zeros, 256 - 64);
	assert_memory_equal(got + 256 + 12, zeros, 512 - 256 - 12);
	free(got);
	/* Without it, and where nothing answers. */
	got = scrub_file(&scrub, path, (char *)config, 256, &length);
	assert_int_equal(length, 256);
	assert_false(config_space_serial((uint8_t *)got, length, &serial, NULL));
	assert_memory_equal(got + 64, zeros, 256 - 64);
	free(got);
	memset(config, 0xff, sizeof(config));
	got = scrub_file(&scrub, path, (char *)config, sizeof(config), &length);
	assert_memory_equal(got, config, sizeof(config));
	free(got);
	free(scrub_file(&scrub, path, "", 0, &length));
	assert_int_equal(length, 0);
}

/* Secrets go from texts, and nothing from what is none. */
TEST(secrets_of_each_kind)
{
	static const char text[] = "a.password=zoe";
	static const char *const rows[][2] = {
		{"etc/fstab", "a.password=hidden"},
		{"boot/config-6.1.0", "a.password=hidden"},
		{"proc/net/route", "a.password=hidden"},
		{"lib/modules/6.1.0/modules.dep", text},
		{"sys/devices/pci0000:00/0000:00:01.0/config", text},
		{"sys/firmware/efi/efivars/x", text},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t length;
		_cleanup_free_ char *got = scrub_secrets(rows[i][0], text, strlen(text), &length);

		check_text(rows[i][0], got, rows[i][1]);
		check_int(rows[i][0], length, strlen(rows[i][1]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_of_files),
		cmocka_unit_test(variables),
		cmocka_unit_test(config_spaces),
		cmocka_unit_test(secrets_of_each_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
