/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/platform.h"
#include "support.h"

static struct platform platform;

static int forget(void **state _unused_)
{
	platform_done(&platform);
	return 0;
}

TEST(processors)
{
	static const struct {
		const char *text;
		enum cpu_vendor cpu;
		bool snp;
	} rows[] = {
		{"processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\n", CPU_INTEL, false},
		{"processor\t: 0\nvendor_id\t: AuthenticAMD\n", CPU_AMD, false},
		{"vendor_id\t: AuthenticAMD\nmodel\t: 1\nflags\t\t: sev sev_es sev_snp debug_swap\n",
		 CPU_AMD, true},
		{"vendor_id\t: AuthenticAMD\nflags\t\t: sev_snp_like\n\nprocessor\t: 1\n", CPU_AMD,
		 false},
		{"vendor_id\t: HygonGenuine", CPU_AMD, false},
		{"vendor_id\t: CentaurHauls\nvendor_id\t: GenuineIntel\n", CPU_OTHER, false},
		{"processor\t: 0\nBogoMIPS\t: 50.00\nCPU implementer\t: 0x41\n", CPU_ARM, false},
		{"vendor_id       : IBM/S390\n# processors    : 4\n", CPU_S390, false},
		{"processor\t: 0\ncpu\t\t: POWER9, altivec supported\n", CPU_POWER, false},
		{"processor\t: 0\nhart\t\t: 2\nisa\t\t: rv64imafdc\n", CPU_NOT_X86, false},
		{"processor\t: 0\nCPU Family\t\t: Loongson-64bit\n", CPU_NOT_X86, false},
		{"vendor_id\t:   Shanghai  \n", CPU_OTHER, false},
		{"cpu MHz\t\t: POWER\n", CPU_UNKNOWN, false},
		{"processor\t: 0\n", CPU_UNKNOWN, false},
		{"", CPU_UNKNOWN, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		platform = (struct platform){};
		cpuinfo_parse(rows[i].text, &platform);
		check_int(rows[i].text, platform.cpu, rows[i].cpu);
		check_int(rows[i].text, platform.snp_capable, rows[i].snp);
	}
}

/* A table of so many nodes, of which types has the types. */
static void check_iort(const char *label, const char *types, size_t n, size_t cut,
		       enum answer expected)
{
	unsigned char table[48 + 8 * 16] = "IORT";
	size_t length = 48;

	table[36] = (unsigned char)n;
	table[40] = 48;
	for (const char *type = types; *type; type++, length += 16) {
		table[length] = (unsigned char)(*type - '0');
		table[length + 1] = 16;
	}
	platform.iort_smmu = ANSWER_UNKNOWN;
	iort_parse(table, length - cut, &platform);
	check_int(label, platform.iort_smmu, expected);
}

TEST(iort_tables)
{
	check_iort("interrupts alone", "02", 2, 0, ANSWER_NO);
	check_iort("SMMU", "023", 3, 0, ANSWER_YES);
	check_iort("SMMUv3", "42", 2, 0, ANSWER_YES);
	check_iort("counters are none", "0255", 4, 0, ANSWER_NO);
	check_iort("no node", "", 0, 0, ANSWER_NO);
	check_iort("cut", "02", 2, 4, ANSWER_UNKNOWN);
	check_iort("more than there are", "02", 200, 0, ANSWER_UNKNOWN);
	check_iort("head alone", "", 1, 10, ANSWER_UNKNOWN);
	iort_parse((const unsigned char *)"IORT", 4, &platform);
	assert_int_equal(platform.iort_smmu, ANSWER_UNKNOWN);
}

TEST(machines)
{
	assert_string_equal(machine_of(CPU_POWER)->backend, "vfio_iommu_spapr_tce");
	assert_null(machine_of(CPU_S390)->passthrough);
	assert_true(machine_of(CPU_AMD)->x86);
	assert_true(module_is_backend("vfio_iommu_type1"));
	assert_true(module_is_backend("vfio_iommu_spapr_tce"));
	assert_false(module_is_backend("iommufd"));
}

TEST(configurations)
{
	kernel_config_parse("#\n# Automatically generated file\n#\nCONFIG_INTEL_IOMMU=y\n"
			    "# CONFIG_INTEL_IOMMU_DEFAULT_ON is not set\nCONFIG_VFIO_PCI=m\n"
			    "CONFIG_AMD_IOMMU_V2=m\nCONFIG_LOCALVERSION=\"\"\nCONFIG_ARM_SMMU=n\n",
			    &platform);
	check_int("y", platform.config[KERNEL_INTEL_IOMMU], ANSWER_YES);
	check_int("m", platform.config[KERNEL_VFIO_PCI], ANSWER_YES);
	check_int("not set", platform.config[KERNEL_INTEL_IOMMU_DEFAULT_ON], ANSWER_NO);
	check_int("not there", platform.config[KERNEL_IRQ_REMAP], ANSWER_NO);
	check_int("longer name", platform.config[KERNEL_AMD_IOMMU], ANSWER_NO);
	check_int("n", platform.config[KERNEL_ARM_SMMU], ANSWER_NO);
	platform_done(&platform);

	/* Debian's own option is on, too. */
	kernel_config_parse("CONFIG_INTEL_IOMMU_DEFAULT_ON_INTGPU_OFF=y", &platform);
	check_int("Debian", platform.config[KERNEL_INTEL_IOMMU_DEFAULT_ON], ANSWER_YES);
	platform_done(&platform);

	kernel_config_parse("", &platform);
	check_int("empty", platform.config[KERNEL_INTEL_IOMMU], ANSWER_UNKNOWN);
	kernel_config_parse("hello\nCONFIG_\nCONFIG_X=\n", &platform);
	check_int("no configuration", platform.config[KERNEL_INTEL_IOMMU], ANSWER_UNKNOWN);

	for (int option = 0; option < N_KERNEL_OPTIONS; option++)
		check("name",
		      strncmp(kernel_option_name((enum kernel_option)option), "CONFIG_", 7) == 0);
	assert_string_equal(kernel_option_name(KERNEL_INTEL_IOMMU_DEFAULT_ON),
			    "CONFIG_INTEL_IOMMU_DEFAULT_ON");
}

TEST(interrupts)
{
	static const struct {
		const char *text;
		enum answer remapping;
	} rows[] = {
		{"   1:  9  IR-IO-APIC    1-edge  i8042\n", ANSWER_YES},
		{"   1:  9  IO-APIC    1-edge  i8042\n", ANSWER_NO},
		{"   0:  2  IO-APIC  2-edge timer\n   1:  9  IR-IO-APIC  1-edge\n", ANSWER_YES},
		/* The IOMMU's own is not remapped, a device's is: neither tells. */
		{"  24:  0  PCI-MSI 0-edge AMD-Vi\n", ANSWER_UNKNOWN},
		{" 24:  0  IR-PCI-MSI 0-edge\n", ANSWER_UNKNOWN},
		{"IO-APIC", ANSWER_NO},
		{"", ANSWER_UNKNOWN},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		platform.interrupt_remapping = ANSWER_UNKNOWN;
		interrupts_parse(rows[i].text, &platform);
		check_int(rows[i].text, platform.interrupt_remapping, rows[i].remapping);
	}
}

TEST(lockdowns)
{
	lockdown_parse("none [integrity] confidentiality", &platform);
	assert_string_equal(platform.lockdown, "integrity");
	lockdown_parse("[none] integrity confidentiality", &platform);
	assert_string_equal(platform.lockdown, "none");
	platform_done(&platform);
	lockdown_parse("none []", &platform);
	lockdown_parse("]none[", &platform);
	lockdown_parse("", &platform);
	assert_null(platform.lockdown);
}

#define LINE(bytes, flags) "0x0000000000000000 0x00000000" bytes " 0x0000000000" flags "\n"
#define NO_BAR LINE("00000000", "000000")

TEST(bars)
{
	static const char gpu[] = LINE("00ffffff", "040200") LINE("0fffffff", "14220c")
		NO_BAR LINE("01ffffff", "14220c") NO_BAR LINE("0000007f", "040101")
			LINE("0007ffff", "046200") NO_BAR,
			  *const wrong[] = {"",
					    "0x0",
					    "\n",
					    "0x0 0x1\n",
					    "0x1 0x2 x3\n",
					    LINE("00000fff", "040200") "garbage\n"};
	struct pci_bar found[N_BARS];

	assert_true(bars_parse(gpu, found));
	assert_int_equal(found[0].bytes, 16 << 20);
	assert_false(found[0].wide || found[0].prefetchable || found[0].io);
	assert_int_equal(found[1].bytes, 256 << 20);
	assert_true(found[1].wide && found[1].prefetchable && !found[1].io);
	assert_int_equal(found[2].bytes, 0);
	assert_int_equal(found[3].bytes, 32 << 20);
	assert_int_equal(found[5].bytes, 128);
	assert_true(found[5].io && !found[5].wide);
	/* The last line without its end, as it is read; an end before the start is no region. */
	assert_true(bars_parse(NO_BAR NO_BAR NO_BAR NO_BAR NO_BAR "0x2 0x1 0x200", found));
	for (size_t i = 0; i < N_BARS; i++)
		assert_int_equal(found[i].bytes, 0);
	found[0].bytes = 7;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		check(wrong[i], !bars_parse(wrong[i], found));
	assert_int_equal(found[0].bytes, 7);
}

TEST(reserved_regions)
{
	struct iommu_group group = {};

	reserved_regions_parse("0x00000000fee00000 0x00000000feefffff msi\n"
			       "0x0000000000000000 0x0000000000ffffff direct-relaxable\n",
			       &group);
	check_int("none direct", group.direct, ANSWER_NO);
	assert_null(group.regions);
	reserved_regions_parse("0x1000 0x1fff direct\n0x3000 0x3fff reserved\n0x4000 0x4fff direct",
			       &group);
	check_int("direct", group.direct, ANSWER_YES);
	assert_string_equal(group.regions, "0x1000-0x1fff, 0x4000-0x4fff");
	reserved_regions_parse("", &group);
	check_int("empty", group.direct, ANSWER_NO);
	assert_null(group.regions);
}

#define USB \
	"/devices/pci0000:00/0000:00:03.1/0000:83:00.2/usb3/3-1/3-1:1.0/0003:046D:C31C/input/input7"

TEST(keyboards)
{
	input_devices_parse("I: Bus=0019 Vendor=0000 Product=0001 Version=0000\n"
			    "N: Name=\"Power Button\"\nS: Sysfs=/devices/LNXSYSTM:00/input/input0\n"
			    "H: Handlers=kbd event0 \n\n"
			    "S: Sysfs=" USB "\nH: Handlers=sysrq kbd event7 leds \n\n"
			    "H: Handlers=sysrq kbd event8\n",
			    &platform);
	check_int("functions", platform.keyboards.n, 2);
	assert_string_equal(PCI_ADDRESS_TEXT(&platform.keyboards.items[0]), "0000:00:03.1");
	assert_string_equal(PCI_ADDRESS_TEXT(&platform.keyboards.items[1]), "0000:83:00.2");
	assert_false(platform.keyboard_elsewhere);
	input_devices_parse("S: Sysfs=/devices/platform/i8042/serio0/input/input1\n"
			    "H: Handlers=sysrq kbd event1\n",
			    &platform);
	assert_true(platform.keyboard_elsewhere);
}

TEST(consoles)
{
	consoles_parse("tty0                 -WU (EC p  )    4:1\n\n"
		       "ttyS4                -W- (E  p a)    4:68\n",
		       &platform);
	check_int("consoles", platform.consoles.n, 2);
	assert_string_equal(platform.consoles.items[0].name, "tty0");
	assert_string_equal(platform.consoles.items[1].name, "ttyS4");
}

TEST(framebuffers)
{
	struct inventory inventory = {};
	const struct pci_function *lower;

	add_function(&inventory, "0000:01:00.0", 0x10de, 0x1bb0, 0x030000, 1, NULL);
	add_function(&inventory, "0000:02:00.0", 0x1002, 0x67df, 0x030000, 2, NULL);
	lower = &inventory.items[0];
	iomem_parse("e0000000-e0ffffff : 0000:01:00.0\n  e0000000-e00fffff : efifbx\n"
		    "f0000000-f0ffffff : BOOTFB\n  f0000000-f00fffff : efifb",
		    &inventory);
	assert_false(lower->boot_framebuffer);
	iomem_parse("e0000000-efffffff : PCI Bus 0000:01\n  e0000000-e0ffffff : 0000:01:00.0\n"
		    "    e0000000-e00fffff : simpledrm\n  e1000000-e1ffffff : 0000:02:00.0\n"
		    "  e2000000-e2ffffff : BOOTFB\n  e3000000-e3ffffff : 0000:03:00.0\n"
		    "    e3000000-e30fffff : BOOTFB\n",
		    &inventory);
	assert_true(lower->boot_framebuffer);
	assert_false(lower[1].boot_framebuffer);
	inventory_done(&inventory);
}

TEST(groups)
{
	static const int numbers[] = {2, 5, 9};

	assert_null(platform_group(&platform, 2));
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		*vec_add(&platform.groups) = (struct iommu_group){.number = numbers[i]};
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		assert_ptr_equal(platform_group(&platform, numbers[i]), &platform.groups.items[i]);
	assert_null(platform_group(&platform, 3));
	assert_null(platform_group(&platform, -1));
}

int main(void)
{
#define PLATFORM_TEST(name) cmocka_unit_test_teardown(name, forget)
	const struct CMUnitTest tests[] = {
		PLATFORM_TEST(processors),   PLATFORM_TEST(configurations),
		PLATFORM_TEST(interrupts),   PLATFORM_TEST(lockdowns),
		PLATFORM_TEST(bars),         PLATFORM_TEST(reserved_regions),
		PLATFORM_TEST(keyboards),    PLATFORM_TEST(consoles),
		PLATFORM_TEST(framebuffers), PLATFORM_TEST(groups),
		PLATFORM_TEST(iort_tables),  PLATFORM_TEST(machines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
