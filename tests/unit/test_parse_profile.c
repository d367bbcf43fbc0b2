/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/text.h"
#include "parse/profile.h"
#include "support.h"

/* A file "f" with a section in line 1 and one key in line 2. */
static void put(struct ini *ini, const char *section, const char *key, const char *value)
{
	ini_set(ini, section, NULL, NULL, "f", 1);
	if (key)
		ini_set(ini, section, key, value, "f", 2);
}

/* A device section needs a selector; it stands in line 3. */
static void put_device(struct ini *ini, const char *key, const char *value)
{
	put(ini, "device gpu", key, value);
	ini_set(ini, "device gpu", "path", "00:01.0", "f", 3);
}

/* A profile whose section [device gpu] has one key besides its selector. */
static void device_with(const char *key, const char *value, struct profile *ret)
{
	struct findings findings = {};
	struct ini ini = {};

	put_device(&ini, key, value);
	check_int(key, profile_parse(&ini, ret, &findings), 0);
	check_findings(key, &findings, "");
	check_int(key, ret->sections.n, 1);
	ini_done(&ini);
}

TEST(empty_profile_has_defaults)
{
	struct findings findings = {};
	struct profile profile;
	struct ini ini = {};

	assert_int_equal(profile_parse(&ini, &profile, &findings), 0);
	assert_null(profile.description);
	assert_true(profile.iommu_required);
	assert_int_equal(profile.iommu_passthrough, PASSTHROUGH_AUTO);
	assert_false(profile.unsafe_interrupts);
	assert_int_equal(profile.device_timeout_s, 10);
	assert_int_equal(profile.timeout_s, 45);
	assert_null(profile.kernel_arguments);
	assert_int_equal(profile.bootloader, BOOTLOADER_AUTO);
	assert_string_equal(profile.blacklist_mode, "auto");
	assert_int_equal(profile.blacklist.n, 0);
	assert_int_equal(profile.sections.n, 0);
	assert_false(profile_asks(&profile) & ASKS_SERIALS);
	profile_done(&profile);
	profile_done(NULL);
}

TEST(device_section_has_defaults)
{
	struct profile profile;
	const struct device_section *section;

	device_with("path", "00:01.0", &profile);
	section = &profile.sections.items[0];
	assert_string_equal(section->label, "gpu");
	assert_string_equal(section->file, "f");
	assert_int_equal(section->line, 1);
	assert_string_equal(section->driver, "vfio-pci");
	assert_int_equal(section->group, GROUP_REQUIRE);
	assert_int_equal(section->reset, RESET_WARN);
	assert_false(section->has_count);
	assert_int_equal(section->allow | section->vfs, 0);
	assert_null(section->alias);
	profile_done(&profile);
}

TEST(keys_of_the_host)
{
	struct findings findings = {};
	struct profile profile;
	struct ini ini = {};

	put(&ini, "host", "description", "node with two cards");
	put(&ini, "iommu", "required", "no");
	put(&ini, "iommu", "passthrough", "off");
	put(&ini, "iommu", "backend", "iommufd");
	put(&ini, "iommu", "unsafe-interrupts", "1");
	put(&ini, "bind", "device-timeout", "1");
	put(&ini, "bind", "timeout", "55");
	put(&ini, "kernel", "arguments", "hugepages=64 quiet");
	put(&ini, "kernel", "bootloader", "kernel-install");
	put(&ini, "modules", "blacklist", "nouveau,  snd_hda_intel");
	assert_int_equal(profile_parse(&ini, &profile, &findings), 0);
	assert_string_equal(profile.description, "node with two cards");
	assert_false(profile.iommu_required);
	assert_int_equal(profile.iommu_passthrough, PASSTHROUGH_NO);
	assert_int_equal(profile.iommu_backend, BACKEND_IOMMUFD);
	assert_true(profile.unsafe_interrupts);
	assert_int_equal(profile.device_timeout_s, 1);
	assert_int_equal(profile.timeout_s, 55);
	assert_string_equal(profile.kernel_arguments, "hugepages=64 quiet");
	assert_int_equal(profile.bootloader, BOOTLOADER_KERNEL_INSTALL);
	assert_null(profile.blacklist_mode);
	assert_int_equal(profile.blacklist.n, 2);
	assert_string_equal(profile.blacklist.items[0], "nouveau");
	assert_string_equal(profile.blacklist.items[1], "snd_hda_intel");
	profile_done(&profile);
	ini_done(&ini);
}

TEST(bootloaders_and_blacklist_modes)
{
	static const struct {
		const char *section, *key, *value;
		enum bootloader_kind bootloader;
	} rows[] = {
		{"kernel", "bootloader", "auto", BOOTLOADER_AUTO},
		{"kernel", "bootloader", "grub", BOOTLOADER_GRUB},
		{"kernel", "bootloader", "grubby", BOOTLOADER_GRUBBY},
		{"kernel", "bootloader", "kernel-install", BOOTLOADER_KERNEL_INSTALL},
		{"kernel", "bootloader", "ostree", BOOTLOADER_OSTREE},
		{"kernel", "bootloader", "none", BOOTLOADER_NONE},
		{"modules", "blacklist", "auto", 0},
		{"modules", "blacklist", "none", 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct findings findings = {};
		struct profile profile;
		struct ini ini = {};

		put(&ini, rows[i].section, rows[i].key, rows[i].value);
		check_int(rows[i].value, profile_parse(&ini, &profile, &findings), 0);
		if (rows[i].section[0] == 'k')
			check_int(rows[i].value, profile.bootloader, rows[i].bootloader);
		else
			check_text(rows[i].key, profile.blacklist_mode, rows[i].value);
		check_int(rows[i].value, profile.blacklist.n, 0);
		profile_done(&profile);
		ini_done(&ini);
	}
}

static const void *member(const struct device_section *section, size_t offset)
{
	return (const char *)section + offset;
}

TEST(words_of_a_device)
{
	struct profile profile;
	const struct device_section *section;
	static const struct {
		const char *key, *value;
		size_t offset;
		const char *text;
	} texts[] = {
		{"driver", "vfio_pci", offsetof(struct device_section, driver), "vfio-pci"},
		{"driver", "pci_stub", offsetof(struct device_section, driver), "pci-stub"},
		{"driver", "auto", offsetof(struct device_section, driver), "auto"},
		{"driver", "mlx5_vfio_pci", offsetof(struct device_section, driver),
		 "mlx5_vfio_pci"},
		{"alias", "card one", offsetof(struct device_section, alias), "card one"},
		{"numa", "0", offsetof(struct device_section, numa), "0"},
		{"resource-class", "PGPU", offsetof(struct device_section, resource_class), "PGPU"},
		{"physical-network", "net\xc3\xa9",
		 offsetof(struct device_section, physical_network), "net\xc3\xa9"},
		{"trusted", "true", offsetof(struct device_section, trusted), "true"},
		{"traits", "A, B", offsetof(struct device_section, traits), "A, B"},
		{"live-migratable", "yes", offsetof(struct device_section, live_migratable), "yes"},
		{"consumer", "nova", offsetof(struct device_section, consumer), "nova"},
	};
	static const struct {
		const char *key, *value;
		size_t offset;
		unsigned number;
	} numbers[] = {
		{"group", "require", offsetof(struct device_section, group), GROUP_REQUIRE},
		{"group", "expand", offsetof(struct device_section, group), GROUP_EXPAND},
		{"group", "ignore", offsetof(struct device_section, group), GROUP_IGNORE},
		{"reset", "require", offsetof(struct device_section, reset), RESET_REQUIRE},
		{"reset", "warn", offsetof(struct device_section, reset), RESET_WARN},
		{"reset", "ignore", offsetof(struct device_section, reset), RESET_IGNORE},
		{"count", "1", offsetof(struct device_section, count), 1},
		{"count", "4096", offsetof(struct device_section, count), 4096},
		{"vfs", "1", offsetof(struct device_section, vfs), 1},
		{"vfs", "65535", offsetof(struct device_section, vfs), 65535},
		{"allow", "display", offsetof(struct device_section, allow), ALLOW_DISPLAY},
		{"allow", "network, display", offsetof(struct device_section, allow),
		 ALLOW_DISPLAY | ALLOW_NETWORK},
		{"allow", "storage storage", offsetof(struct device_section, allow), ALLOW_STORAGE},
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		device_with(texts[i].key, texts[i].value, &profile);
		section = &profile.sections.items[0];
		check_text(texts[i].key, *(char *const *)member(section, texts[i].offset),
			   texts[i].text);
		profile_done(&profile);
	}
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		device_with(numbers[i].key, numbers[i].value, &profile);
		section = &profile.sections.items[0];
		check_int(numbers[i].value, *(const unsigned *)member(section, numbers[i].offset),
			  numbers[i].number);
		check_int(numbers[i].value, section->has_count,
			  strcmp(numbers[i].key, "count") == 0);
		profile_done(&profile);
	}
}

TEST(selectors_of_a_device)
{
	struct profile profile;
	const struct device_section *section;

	device_with("address", "0000:83:00.0,84:00.*\t10000:e1:00.0", &profile);
	section = &profile.sections.items[0];
	assert_int_equal(section->addresses.n, 3);
	assert_true(section->addresses.items[1].any_function);
	assert_int_equal(section->addresses.items[1].address.bus, 0x84);
	assert_int_equal(section->addresses.items[2].address.domain, 0x10000);
	profile_done(&profile);

	device_with("except", "83:00.1", &profile);
	section = &profile.sections.items[0];
	assert_int_equal(section->addresses.n, 0);
	assert_int_equal(section->except.n, 1);
	assert_int_equal(section->except.items[0].address.function, 1);
	profile_done(&profile);

	device_with("id", "10de:1bb0 10de:", &profile);
	section = &profile.sections.items[0];
	assert_int_equal(section->ids.n, 2);
	assert_int_equal(section->ids.items[0].device, 0x1bb0);
	assert_int_equal(section->ids.items[1].device, -1);
	profile_done(&profile);

	device_with("class", "0300 0302", &profile);
	section = &profile.sections.items[0];
	assert_int_equal(section->classes.n, 2);
	assert_int_equal(section->classes.items[1].class, 0x030200);
	assert_int_equal(section->classes.items[1].class_mask, 0xffff00);
	profile_done(&profile);

	device_with("subsystem", "1028:11b2", &profile);
	section = &profile.sections.items[0];
	assert_int_equal(section->subsystems.n, 1);
	assert_int_equal(section->subsystems.items[0].vendor, 0x1028);
	profile_done(&profile);

	device_with("serial", "00-11-22-ff-ff-33-44-55 FF-ff-ff-ff-ff-ff-ff-ff", &profile);
	section = &profile.sections.items[0];
	assert_int_equal(section->serials.n, 2);
	assert_true(section->serials.items[0] == 0x001122ffff334455);
	assert_true(section->serials.items[1] == UINT64_MAX);
	assert_true(profile_asks(&profile) & ASKS_SERIALS);
	profile_done(&profile);
}

TEST(paths_are_kept_in_one_form)
{
	static const struct {
		const char *value, *path;
	} rows[] = {
		{"00:03.1", "00:03.1"},
		{"0:3.1/0.0", "00:03.1/00.0"},
		{"0000:00:03.1/1f.7/0.0", "00:03.1/1f.7/00.0"},
		{"10000:E0:06.0/00.0", "10000:e0:06.0/00.0"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct findings findings = {};
		struct profile profile;
		struct ini ini = {};

		put(&ini, "device gpu", "path", rows[i].value);
		check_int(rows[i].value, profile_parse(&ini, &profile, &findings), 0);
		check_int(rows[i].value, profile.sections.items[0].paths.n, 1);
		check_text(rows[i].value, profile.sections.items[0].paths.items[0], rows[i].path);
		profile_done(&profile);
		ini_done(&ini);
	}
}

#define EXPECTED_ADDRESS "expected addresses such as 0000:83:00.0, 83:00.0 or 0000:83:00.*"
#define EXPECTED_ID "expected vendor:device[:class] in hex, such as 10de:1bb0, 10de: or ::0300"
#define EXPECTED_CLASS "expected 2 to 6 hex digits of a class, such as 0300"
#define EXPECTED_SUBSYSTEM "expected vendor:device in hex, such as 10de:11b2"
#define EXPECTED_PATH "expected a root-port path such as 00:03.1/00.0"
#define EXPECTED_SERIAL "expected a device serial number such as 00-11-22-ff-ff-33-44-55"
#define EXPECTED_DRIVER "expected vfio-pci, pci-stub, auto or a module's name"
#define EXPECTED_QUOTES \
	"expected a second \" for each \"; ' around the whole value where it has # or ;"
#define EXPECTED_BLACKLIST "expected auto, none or names of modules"
#define EXPECTED_ALLOW "expected any of display, network, storage"
#define LONG_NAME "m234567890123456789012345678901234567890123456789012345678901234"

TEST(every_bad_value_is_refused_with_what_was_expected)
{
	static const struct {
		const char *section, *key, *value, *seen, *remedy;
	} rows[] = {
		{"host", "description", "a\tb", "a\tb", "expected text without control characters"},
		{"host", "description", "a\x7f", "a\x7f",
		 "expected text without control characters"},
		{"iommu", "required", "maybe", "maybe", "expected yes or no"},
		{"iommu", "passthrough", "", "", "expected auto, yes or no"},
		{"iommu", "unsafe-interrupts", "2", "2", "expected yes or no"},
		{"bind", "device-timeout", "0", "0", "expected seconds, from 1 to 55"},
		{"bind", "timeout", "56", "56", "expected seconds, from 1 to 55"},
		{"bind", "timeout", "1m", "1m", "expected seconds, from 1 to 55"},
		{"kernel", "bootloader", "lilo", "lilo", "expected " BOOTLOADER_NAMES},
		{"kernel", "arguments", "a\x01", "a\x01",
		 "expected text without control characters"},
		{"kernel", "arguments", "a=\"b c", "a=\"b c", EXPECTED_QUOTES},
		{"kernel", "arguments", "\"a\" b=\"", "\"a\" b=\"", EXPECTED_QUOTES},
		{"modules", "blacklist", "", "", EXPECTED_BLACKLIST},
		{"modules", "blacklist", " , ", " , ", EXPECTED_BLACKLIST},
		{"modules", "blacklist", "a.ko", "a.ko", EXPECTED_BLACKLIST},
		{"modules", "blacklist", "nouveau ../x", "nouveau ../x", EXPECTED_BLACKLIST},
		{"modules", "blacklist", LONG_NAME, LONG_NAME, EXPECTED_BLACKLIST},
		{"device gpu", "address", "", "", EXPECTED_ADDRESS},
		{"device gpu", "address", "83:00.0 83:00.8", "83:00.8", EXPECTED_ADDRESS},
		{"device gpu", "except", "83", "83", EXPECTED_ADDRESS},
		{"device gpu", "id", "10de", "10de", EXPECTED_ID},
		{"device gpu", "id", "10de:1bb0:3", "10de:1bb0:3", EXPECTED_ID},
		{"device gpu", "class", "3", "3", EXPECTED_CLASS},
		{"device gpu", "class", "0300000", "0300000", EXPECTED_CLASS},
		{"device gpu", "subsystem", "10de:11b2:0300", "10de:11b2:0300", EXPECTED_SUBSYSTEM},
		{"device gpu", "subsystem", "10de", "10de", EXPECTED_SUBSYSTEM},
		{"device gpu", "path", "03.1", "03.1", EXPECTED_PATH},
		{"device gpu", "path", "00:03.1/", "00:03.1/", EXPECTED_PATH},
		{"device gpu", "path", "00:03.1/00.8", "00:03.1/00.8", EXPECTED_PATH},
		{"device gpu", "path", "00:03.1//00.0", "00:03.1//00.0", EXPECTED_PATH},
		{"device gpu", "path", "00:03.*", "00:03.*", EXPECTED_PATH},
		{"device gpu", "path", "00:03.1/1:00.0", "00:03.1/1:00.0", EXPECTED_PATH},
		{"device gpu", "serial", "00-11-22-ff-ff-33-44", "00-11-22-ff-ff-33-44",
		 EXPECTED_SERIAL},
		{"device gpu", "serial", "00-11-22-ff-ff-33-44-55-66", "00-11-22-ff-ff-33-44-55-66",
		 EXPECTED_SERIAL},
		{"device gpu", "serial", "00:11:22:ff:ff:33:44:55", "00:11:22:ff:ff:33:44:55",
		 EXPECTED_SERIAL},
		{"device gpu", "serial", "00-11-22-ff-ff-33-44-5g", "00-11-22-ff-ff-33-44-5g",
		 EXPECTED_SERIAL},
		{"device gpu", "driver", "", "", EXPECTED_DRIVER},
		{"device gpu", "driver", "../vfio", "../vfio", EXPECTED_DRIVER},
		{"device gpu", "driver", "vfio pci", "vfio pci", EXPECTED_DRIVER},
		{"device gpu", "driver", LONG_NAME, LONG_NAME, EXPECTED_DRIVER},
		{"device gpu", "group", "Expand", "Expand", "expected require, expand or ignore"},
		{"device gpu", "reset", "no", "no", "expected require, warn or ignore"},
		{"device gpu", "count", "0", "0", "expected a number from 1 to 4096"},
		{"device gpu", "count", "4097", "4097", "expected a number from 1 to 4096"},
		{"device gpu", "count", "two", "two", "expected a number from 1 to 4096"},
		{"device gpu", "vfs", "65536", "65536", "expected a number from 1 to 65535"},
		{"device gpu", "vfs", "0", "0", "expected a number from 1 to 65535"},
		{"device gpu", "allow", "display disk", "disk", EXPECTED_ALLOW},
		{"device gpu", "allow", "", "", EXPECTED_ALLOW},
		{"device gpu", "alias", "a\nb", "a\nb", "expected text without control characters"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *seen = text_visible(rows[i].seen, "\t");
		_cleanup_free_ char *detail =
			xasprintf("section [%s], key \"%s\": \"%s\" is not valid", rows[i].section,
				  rows[i].key, seen);
		struct findings findings = {};
		struct profile profile;
		struct ini ini = {};

		if (strcmp(rows[i].section, "device gpu") == 0)
			put_device(&ini, rows[i].key, rows[i].value);
		else
			put(&ini, rows[i].section, rows[i].key, rows[i].value);
		/* The selector came last, over the value that is in question. */
		if (strcmp(rows[i].key, "path") == 0)
			put(&ini, rows[i].section, rows[i].key, rows[i].value);
		check_int(detail, profile_parse(&ini, &profile, &findings), -EINVAL);
		check(detail, findings.n >= 1);
		check_int(detail, findings.items[0].type, FINDING_PROFILE);
		check_int(detail, findings.items[0].severity, SEVERITY_ERROR);
		check_text(detail, findings.items[0].subject, "f:2");
		check_text(detail, findings.items[0].detail, detail);
		check_text(detail, findings.items[0].remedy, rows[i].remedy);
		findings_done(&findings);
		ini_done(&ini);
	}
}

TEST(sections_and_keys_that_are_not_known)
{
	static const struct {
		const char *section, *key, *detail, *remedy;
	} rows[] = {
		{"hots", NULL, "unknown section [hots]", "did you mean [host]?"},
		{"device", NULL, "section [device]",
		 "write [device LABEL], where LABEL is up to 63 letters, digits, '.', '_' or '-'"},
		{"device  ", NULL, "section [device  ]",
		 "write [device LABEL], where LABEL is up to 63 letters, digits, '.', '_' or '-'"},
		/* Two blanks would make it another section than [device gpu] of another file. */
		{"device  gpu", NULL, "section [device  gpu]",
		 "write [device LABEL], where LABEL is up to 63 letters, digits, '.', '_' or '-'"},
		{"device\tgpu", NULL, "unknown section [device\tgpu]",
		 "sections are [host], [iommu], [kernel], [modules], [bind] and [device LABEL]"},
		{"device two words", NULL, "section [device two words]",
		 "write [device LABEL], where LABEL is up to 63 letters, digits, '.', '_' or '-'"},
		{"device " LONG_NAME, NULL, "section [device " LONG_NAME "]",
		 "write [device LABEL], where LABEL is up to 63 letters, digits, '.', '_' or '-'"},
		{"host name", NULL, "section [host name]",
		 "write the section's name alone, as in [host]"},
		{"devices gpu", NULL, "unknown section [devices gpu]",
		 "did you mean [device LABEL]?"},
		{"Host", NULL, "unknown section [Host]", "did you mean [host]?"},
		{"network", NULL, "unknown section [network]",
		 "sections are [host], [iommu], [kernel], [modules], [bind] and [device LABEL]"},
		{LONG_NAME, NULL, "unknown section [" LONG_NAME "]",
		 "sections are [host], [iommu], [kernel], [modules], [bind] and [device LABEL]"},
		{"", "address", "a key precedes the first section",
		 "move it below a line such as [host]"},
		{"host", "descripton", "unknown key \"descripton\" in section [host]",
		 "did you mean \"description\"?"},
		{"iommu", "unsafe_interrupts",
		 "unknown key \"unsafe_interrupts\" in section [iommu]",
		 "did you mean \"unsafe-interrupts\"?"},
		{"kernel", "argument", "unknown key \"argument\" in section [kernel]",
		 "did you mean \"arguments\"?"},
		{"modules", "zzz", "unknown key \"zzz\" in section [modules]",
		 "the keys of [modules]"},
		{"device gpu", "adress", "unknown key \"adress\" in section [device gpu]",
		 "did you mean \"address\"?"},
		{"device gpu", "ids", "unknown key \"ids\" in section [device gpu]",
		 "did you mean \"id\"?"},
		{"device gpu", "required", "unknown key \"required\" in section [device gpu]",
		 "the keys of [device]"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct findings findings = {};
		struct profile profile;
		struct ini ini = {};

		if (strcmp(rows[i].section, "device gpu") == 0)
			put_device(&ini, rows[i].key, "1");
		else if (*rows[i].section)
			put(&ini, rows[i].section, rows[i].key, "1");
		else
			ini_set(&ini, "", rows[i].key, "1", "f", 1);
		check_int(rows[i].detail, profile_parse(&ini, &profile, &findings), -EINVAL);
		check_int(rows[i].detail, findings.n, 1);
		check_part(rows[i].detail, findings.items[0].detail, rows[i].detail);
		check_part(rows[i].detail, findings.items[0].remedy, rows[i].remedy);
		findings_done(&findings);
		ini_done(&ini);
	}
}

TEST(an_unknown_section_is_told_once_and_not_for_its_keys)
{
	struct findings findings = {};
	struct profile profile;
	struct ini ini = {};

	put(&ini, "gpu", "address", "nonsense");
	put(&ini, "gpu", "driver", "vfio-pci");
	assert_int_equal(profile_parse(&ini, &profile, &findings), -EINVAL);
	check_findings("once", &findings, "profile f:1");
	findings_done(&findings);
	ini_done(&ini);
}

TEST(all_mistakes_are_told)
{
	struct findings findings = {};
	struct profile profile = {.bootloader = BOOTLOADER_GRUB, .iommu_required = false};
	struct ini ini = {};

	ini_set(&ini, "iommu", NULL, NULL, "a", 1);
	ini_set(&ini, "iommu", "required", "si", "a", 2);
	ini_set(&ini, "device x", NULL, NULL, "a", 4);
	ini_set(&ini, "device x", "count", "-1", "a", 5);
	ini_set(&ini, "foo", NULL, NULL, "b", 1);
	ini_set(&ini, "device y", NULL, NULL, "b", 7);
	ini_set(&ini, "device y", "address", "1", "b", 8);
	ini_set(&ini, "device y", "vfs", "1", "b", 9);
	ini_set(&ini, "device y", "speed", "1", "b", 10);
	assert_int_equal(profile_parse(&ini, &profile, &findings), -EINVAL);
	check_findings("all", &findings,
		       "profile a:2; profile a:5; profile b:1; profile b:8; profile b:10");
	/* What was given to fill in stays as it was. */
	assert_int_equal(profile.bootloader, BOOTLOADER_GRUB);
	assert_false(profile.iommu_required);
	findings_done(&findings);
	ini_done(&ini);
}

TEST(earlier_findings_are_no_mistake_of_this_profile)
{
	struct findings findings = {};
	struct profile profile;
	struct ini ini = {};

	finding_add(&findings, SEVERITY_ERROR, FINDING_OFF_SWITCH, "x", "y");
	assert_int_equal(profile_parse(&ini, &profile, &findings), 0);
	assert_int_equal(findings.n, 1);
	profile_done(&profile);
	findings_done(&findings);
}

TEST(section_without_selector)
{
	struct findings findings = {};
	struct profile profile;
	struct ini ini = {};

	put(&ini, "device gpu", "except", "83:00.1");
	assert_int_equal(profile_parse(&ini, &profile, &findings), -EINVAL);
	check_findings("no selector", &findings, "profile f:1");
	assert_string_equal(findings.items[0].detail, "section [device gpu] selects no device");
	assert_string_equal(findings.items[0].remedy,
			    "give it at least one of address, id, class, subsystem, path, serial");
	findings_done(&findings);
	/* Each of them is told. */
	put(&ini, "device disk", "group", "expand");
	assert_int_equal(profile_parse(&ini, &profile, &findings), -EINVAL);
	check_findings("no selectors", &findings, "profile f:1; profile f:1");
	findings_done(&findings);
	ini_done(&ini);
}

TEST(later_file_overrides_keys_one_by_one)
{
	struct findings findings = {};
	struct profile profile;
	const struct device_section *section;
	struct ini ini = {};

	ini_set(&ini, "device gpu", NULL, NULL, "a", 1);
	ini_set(&ini, "device gpu", "address", "01:00.0 02:00.0", "a", 2);
	ini_set(&ini, "device gpu", "group", "expand", "a", 3);
	ini_set(&ini, "device gpu", NULL, NULL, "b", 1);
	ini_set(&ini, "device gpu", "address", "03:00.0", "b", 2);
	ini_set(&ini, "device nic", NULL, NULL, "b", 4);
	ini_set(&ini, "device nic", "id", "8086:10d3", "b", 5);
	assert_int_equal(profile_parse(&ini, &profile, &findings), 0);
	assert_int_equal(profile.sections.n, 2);
	section = &profile.sections.items[0];
	assert_string_equal(section->label, "gpu");
	assert_int_equal(section->addresses.n, 1);
	assert_int_equal(section->addresses.items[0].address.bus, 3);
	assert_int_equal(section->group, GROUP_EXPAND);
	profile_done(&profile);
	ini_done(&ini);
}

/* n times the same word, then last. */
static char *repeated(const char *word, size_t n, const char *last)
{
	size_t length = strlen(word);
	char *text = xcalloc(n * length + strlen(last) + 1, 1);

	for (size_t i = 0; i < n; i++)
		memcpy(text + i * length, word, length);
	strcpy(text + n * length, last);
	return text;
}

TEST(lists_have_a_limit)
{
	_cleanup_free_ char *most = repeated("1:0.0 ", PROFILE_MAX_LIST - 1, "1:0.0"),
			    *more = repeated("1:0.0 ", PROFILE_MAX_LIST, "1:0.0");
	struct findings findings = {};
	struct profile profile;
	struct ini ini = {};

	device_with("address", most, &profile);
	assert_int_equal(profile.sections.items[0].addresses.n, PROFILE_MAX_LIST);
	profile_done(&profile);

	put_device(&ini, "address", more);
	assert_int_equal(profile_parse(&ini, &profile, &findings), -EINVAL);
	assert_string_equal(
		findings.items[0].detail,
		"section [device gpu], key \"address\": \"a longer list\" is not valid");
	assert_string_equal(findings.items[0].remedy, "expected at most 512 items in one key");
	findings_done(&findings);
	ini_done(&ini);
}

TEST(kernel_arguments_have_a_limit)
{
	_cleanup_free_ char *most = repeated("a", 2047, ""), *more = repeated("a", 2048, "");
	struct findings findings = {};
	struct profile profile;
	struct ini ini = {};

	put(&ini, "kernel", "arguments", most);
	assert_int_equal(profile_parse(&ini, &profile, &findings), 0);
	assert_int_equal(strlen(profile.kernel_arguments), 2047);
	profile_done(&profile);

	put(&ini, "kernel", "arguments", more);
	assert_int_equal(profile_parse(&ini, &profile, &findings), -EINVAL);
	assert_string_equal(findings.items[0].remedy, "expected at most 2047 characters");
	/* Of an overlong value only the beginning is shown. */
	assert_int_equal(strlen(findings.items[0].detail),
			 strlen("section [kernel], key \"arguments\": \"\" is not valid") + 79);
	findings_done(&findings);
	ini_done(&ini);
}

TEST(sections_have_a_limit)
{
	struct findings findings = {};
	struct profile profile;
	struct ini ini = {};

	for (int i = 0; i < PROFILE_MAX_SECTIONS; i++) {
		_cleanup_free_ char *section = xasprintf("device d%d", i);

		ini_set(&ini, section, NULL, NULL, "f", 1);
		ini_set(&ini, section, "address", "01:00.0", "f", 2);
	}
	assert_int_equal(profile_parse(&ini, &profile, &findings), 0);
	assert_int_equal(profile.sections.n, PROFILE_MAX_SECTIONS);
	profile_done(&profile);

	ini_set(&ini, "device one-more", NULL, NULL, "f", 3);
	ini_set(&ini, "device one-more", "address", "01:00.0", "f", 4);
	ini_set(&ini, "device and-more", NULL, NULL, "f", 5);
	assert_int_equal(profile_parse(&ini, &profile, &findings), -EINVAL);
	check_findings("once", &findings, "profile f:3");
	assert_string_equal(findings.items[0].detail,
			    "the profile has more than 512 device sections");
	findings_done(&findings);
	ini_done(&ini);
}

TEST(what_a_profile_asks_of_the_host)
{
	static const struct {
		const char *text;
		bool serials, paths, resets;
		size_t n_places; /* SIZE_MAX: it selects by other means too */
	} rows[] = {
		{"[host]\ndescription = x\n", false, false, false, 0},
		{"[device x]\naddress = 02:00.0 01:00.*\n[device y]\naddress = 00:1f.0\nid = 1:1\n",
		 false, false, false, 3},
		{"[device x]\naddress = 02:00.0\n[device y]\nid = 1:1\n", false, false, false,
		 SIZE_MAX},
		{"[device x]\naddress = 02:00.0\nserial = 00-00-00-00-00-00-00-01\n", true, false,
		 false, 1},
		{"[device x]\npath = 00:01.0/00.0\n", false, true, false, SIZE_MAX},
		{"[device x]\naddress = 02:00.0\nreset = require\n", false, false, true, 1},
		{"[device x]\naddress = 02:00.0\nreset = warn\n", false, false, false, 1},
		/* Virtual functions may be on other buses. */
		{"[device x]\naddress = 02:00.0\nvfs = 1\n", false, false, false, SIZE_MAX},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct address_list places = {};
		struct profile profile;
		bool by_place;

		profile_from(rows[i].text, &profile);
		check_int(rows[i].text, (profile_asks(&profile) & ASKS_SERIALS) != 0,
			  rows[i].serials);
		check_int(rows[i].text, (profile_asks(&profile) & ASKS_PATHS) != 0, rows[i].paths);
		check_int(rows[i].text, (profile_asks(&profile) & ASKS_RESETS) != 0,
			  rows[i].resets);
		check_int(rows[i].text, (profile_asks(&profile) & ASKS_VFS) != 0,
			  strstr(rows[i].text, "vfs") != NULL);
		check(rows[i].text,
		      !profile_section(&profile, "z") &&
			      (!profile_section(&profile, "x") ||
			       profile_section(&profile, "x") == profile.sections.items));
		by_place = profile_places(&profile, &places);
		check_int(rows[i].text, by_place, rows[i].n_places != SIZE_MAX);
		if (by_place)
			check_int(rows[i].text, places.n, rows[i].n_places);
		for (size_t j = 1; by_place && j < places.n; j++)
			check(rows[i].text, pci_address_compare(&places.items[j - 1].address,
								&places.items[j].address) <= 0);
		free(places.items);
		profile_done(&profile);
	}
}

TEST(test_module_of_driver)
{
	static const char *const rows[][2] = {{"vfio-pci", "vfio_pci"},
					      {"xhci_hcd", "xhci_hcd"},
					      {"a-b-c", "a_b_c"},
					      {"", ""}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *module = module_of_driver(rows[i][0]);

		check_text(rows[i][0], module, rows[i][1]);
	}
}

TEST(drivers_of_vfio)
{
	static const struct {
		const char *name;
		bool is;
	} rows[] = {
		{"vfio-pci", true},  {"vfio_pci", true}, {"mlx5_vfio_pci", true},
		{"pci-stub", false}, {"e1000e", false},  {"", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_int(rows[i].name, driver_is_vfio(rows[i].name), rows[i].is);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(drivers_of_vfio),
		cmocka_unit_test(test_module_of_driver),
		cmocka_unit_test(empty_profile_has_defaults),
		cmocka_unit_test(device_section_has_defaults),
		cmocka_unit_test(keys_of_the_host),
		cmocka_unit_test(bootloaders_and_blacklist_modes),
		cmocka_unit_test(words_of_a_device),
		cmocka_unit_test(selectors_of_a_device),
		cmocka_unit_test(paths_are_kept_in_one_form),
		cmocka_unit_test(every_bad_value_is_refused_with_what_was_expected),
		cmocka_unit_test(sections_and_keys_that_are_not_known),
		cmocka_unit_test(an_unknown_section_is_told_once_and_not_for_its_keys),
		cmocka_unit_test(all_mistakes_are_told),
		cmocka_unit_test(earlier_findings_are_no_mistake_of_this_profile),
		cmocka_unit_test(section_without_selector),
		cmocka_unit_test(later_file_overrides_keys_one_by_one),
		cmocka_unit_test(lists_have_a_limit),
		cmocka_unit_test(kernel_arguments_have_a_limit),
		cmocka_unit_test(sections_have_a_limit),
		cmocka_unit_test(what_a_profile_asks_of_the_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
