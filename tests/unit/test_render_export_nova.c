/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/export.h"
#include "render/export.h"
#include "support.h"

static struct device_section section;
static struct export_device devices[2];
static struct export export;

static int make(void **state _unused_)
{
	static char label[] = "nic";

	section = (struct device_section){.label = label};
	devices[0] = (struct export_device){.address = {0, 4, 16, 2},
					    .vendor = 0x8086,
					    .device = 0x10ca,
					    .class = 0x020000,
					    .type = EXPORT_TYPE_VF,
					    .section = &section};
	devices[1] = devices[0];
	devices[1].companion = true;
	export = (struct export){.items = devices, .n = 2};
	return 0;
}

static void expect(enum export_text text, const char *release, const char *part)
{
	_cleanup_free_ char *got = NULL;

	export.text = text;
	export.release = release;
	got = render_export(&export);
	check_part(part, got, part);
	check("no companion", !strstr(got, "0000:04:10.2\"") ||
				      !strstr(strstr(got, "0000:04:10.2\"") + 1, "0000:04:10.2\""));
}

#define DEVICE "{\"address\": \"0000:04:10.2\", \"vendor_id\": \"8086\", \"product_id\": \"10ca\""

TEST(network)
{
	section.physical_network = (char[]){"p\"1"};
	section.trusted = (char[]){"on"};
	expect(EXPORT_NOVA_COMPUTE, NULL,
	       "[pci]\ndevice_spec = " DEVICE
	       ", \"managed\": \"no\", \"physical_network\": \"p\\\"1\", "
	       "\"trusted\": \"true\"}\n");
	/* rocky knows trusted. */
	expect(EXPORT_NOVA_COMPUTE, "18", "\"trusted\": \"true\"}\n");
	expect(EXPORT_NOVA_COMPUTE, "17",
	       "[pci]\npassthrough_whitelist = " DEVICE ", \"physical_network\": \"p\\\"1\"}\n");
	section.physical_network = (char[]){"null"};
	expect(EXPORT_NOVA_COMPUTE, "26", "device_spec = " DEVICE ", \"physical_network\": null");
	/* Neutron asks for them. */
	expect(EXPORT_NOVA_CONTROLLER, NULL, "[pci]\n\n[filter_scheduler]\n");
}

TEST(names_stay_values)
{
	section.alias = (char[]){"it's \"x\" \\"};
	expect(EXPORT_NOVA_COMPUTE, NULL, "alias = {\"name\": \"it's \\\"x\\\" \\\\\", ");
	expect(EXPORT_JUJU_CHARMS, NULL, "pci-alias: '[{\"name\": \"it''s \\\"x\\\" \\\\\", ");
	expect(EXPORT_NOVA_CONTROLLER, NULL,
	       "--property 'pci_passthrough:alias=it'\\''s \"x\" \\:1'\n");
}

TEST(filters_of_releases)
{
	expect(EXPORT_NOVA_CONTROLLER, "19", "= RetryFilter,AvailabilityZoneFilter,ComputeFilter,");
	expect(EXPORT_NOVA_CONTROLLER, "20", "= AvailabilityZoneFilter,ComputeFilter,");
	expect(EXPORT_NOVA_CONTROLLER, "24", "= ComputeFilter,");
	expect(EXPORT_JUJU_CHARMS, "21", ": RetryFilter,AvailabilityZoneFilter,ComputeFilter,");
	expect(EXPORT_JUJU_CHARMS, "22", ": AvailabilityZoneFilter,ComputeFilter,");
	expect(EXPORT_JUJU_CHARMS, "28", ": ComputeFilter,");
}

#define NOVA_TEST(name) cmocka_unit_test_setup(name, make)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NOVA_TEST(network),
		NOVA_TEST(names_stay_values),
		NOVA_TEST(filters_of_releases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
