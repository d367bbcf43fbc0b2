/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/rules.h"

#include "base/buf.h"
#include "decide/planner.h"
#include "parse/kernel_args.h"
#include "support.h"

static struct inventory inventory;

/* A card with display and USB, two alike network cards, the second with a default route; a disk. */
static int start(void **state _unused_)
{
	struct interface *interface;

	inventory.has_iommu_backend = true;
	inventory.storage.known = true;
	kernel_args_parse("root=/dev/ram0", &inventory.args);
	add_function(&inventory, "00:02.0", 0x8086, 0x3e92, 0x030000, 2, "i915");
	add_function(&inventory, "01:00.0", 0x10de, 0x1bb0, 0x030000, 10, NULL);
	add_function(&inventory, "01:00.2", 0x10de, 0x1ad6, 0x0c0330, 10, NULL);
	add_function(&inventory, "03:00.0", 0x8086, 0x10d3, 0x020000, 12, NULL);
	add_function(&inventory, "04:00.0", 0x8086, 0x10d3, 0x020000, 13, "e1000e");
	add_function(&inventory, "05:00.0", 0x144d, 0xa808, 0x010802, 14, NULL);
	interface = vec_add(&inventory.network);
	interface->name = xstrdup("eth0");
	interface->default_route = true;
	*vec_add(&interface->carriers) = address("04:00.0");
	return 0;
}

static int stop(void **state _unused_)
{
	inventory_done(&inventory);
	return 0;
}

/* A rule in short: "01:00.0 10de:1bb0 vfio-pci disks+network". */
static void add_rule(struct buf *buf, const struct device_rule *rule)
{
	const struct pci_address *place = &rule->place.address;

	if (rule->anywhere)
		buf_add(buf, "any");
	else
		buf_addf(buf, "%02x:%02x.%s", place->bus, place->slot,
			 rule->place.any_function ? "*"
						  : (char[]){(char)('0' + place->function), 0});
	buf_addf(buf, " %x:%x", (unsigned)rule->id.vendor & 0xffff,
		 (unsigned)rule->id.device & 0xffff);
	if (rule->id.class_mask)
		buf_addf(buf, ":%06x/%06x", rule->id.class, rule->id.class_mask);
	if (rule->subsystem_vendor >= 0)
		buf_addf(buf, " of %x:%x", (unsigned)rule->subsystem_vendor,
			 (unsigned)rule->subsystem_device & 0xffff);
	buf_addf(buf, " %s %s%s%s%s\n", rule->driver ? rule->driver : "?",
		 rule->looks & ALLOW_STORAGE ? "s" : "", rule->looks & ALLOW_DISPLAY ? "d" : "",
		 rule->looks & ALLOW_NETWORK ? "n" : "", rule->asks_program ? " program" : "");
}

static void expect(const char *text, const char *want)
{
	struct device_rules rules;
	struct profile profile;
	struct match match;
	struct plan plan;
	struct buf got = {};

	profile_from(text, &profile);
	match_make(&profile, &inventory, &match);
	plan_make(&profile, PHASE_SYSTEM, &match, &plan);
	device_rules_make(&profile, &match, &plan, &rules);
	vec_foreach(rule, &rules)
		add_rule(&got, rule);
	check_text(text, buf_text(&got), want);
	buf_done(&got);
	device_rules_done(&rules);
	plan_done(&plan);
	match_done(&match);
	profile_done(&profile);
}

TEST(the_identity_is_the_section_s_or_what_the_host_shows)
{
	expect("[device n]\naddress = 03:00.0\n", "03:00.0 8086:10d3 vfio-pci sdn\n");
	expect("[device n]\naddress = 03:00.0\nid = 8086:* 1af4:1000\nsubsystem = 0:0 1af4:1100\n",
	       "03:00.0 8086:ffff of 0:0 vfio-pci sdn\n");
	expect("[device n]\naddress = 09:00.0\nid = 8086:* 1af4:1000\nsubsystem = 0:0 1af4:1100\n",
	       "09:00.0 8086:ffff of 0:0 vfio-pci sdn\n"
	       "09:00.0 8086:ffff of 1af4:1100 vfio-pci sdn\n"
	       "09:00.0 1af4:1000 of 0:0 vfio-pci sdn\n"
	       "09:00.0 1af4:1000 of 1af4:1100 vfio-pci sdn\n");
	expect("[device n]\naddress = 03:00.0\nid = 8086:10d3:02\nclass = 0200 0300\n",
	       "03:00.0 8086:10d3:020000/ffff00 vfio-pci sdn\n");
}

TEST(what_is_to_come_needs_an_identity)
{
	expect("[device n]\naddress = 09:00.0\n", "");
	expect("[device n]\naddress = 09:00.0\nid = 8086:10d3\n",
	       "09:00.0 8086:10d3 vfio-pci sdn\n");
	expect("[device n]\naddress = 09:00.*\nid = 8086:10d3\n",
	       "09:00.* 8086:10d3 vfio-pci sdn\n");
	/* Which variant of the driver is best, only the device itself can say. */
	expect("[device n]\naddress = 09:00.0\nid = 8086:10d3\ndriver = auto\n",
	       "09:00.0 8086:10d3 ? sdn\n");
}

TEST(what_is_refused_has_no_rule)
{
	expect("[device n]\naddress = 04:00.0\n", "");
	expect("[device n]\naddress = 04:00.0\nallow = network\n",
	       "04:00.0 8086:10d3 vfio-pci sd\n");
}

/* So that the rules are the same before there are any. */
TEST(virtual_functions_that_are_made_have_none)
{
	struct pci_function *physfn = &inventory.items[3];

	physfn->total_vfs = physfn->num_vfs = 1;
	physfn[1].is_vf = true;
	physfn[1].physfn = physfn->address;
	expect("[device n]\naddress = 03:00.0\nvfs = 1\nallow = network\n", "");
	expect("[device n]\nid = 8086:10d3\nvfs = 1\nallow = network\n", "");
	/* One that is listed has one, whatever it is. */
	expect("[device n]\naddress = 04:00.0\nallow = network\n",
	       "04:00.0 8086:10d3 vfio-pci sd\n");
}

TEST(a_device_in_use_has_one_for_the_next_time)
{
	inventory.items[3].user = xstrdup("qemu (7)");
	expect("[device n]\naddress = 03:00.0\n", "03:00.0 8086:10d3 vfio-pci sdn\n");
}

TEST(a_card_goes_with_its_usb)
{
	expect("[device gpu]\naddress = 01:00.*\nid = 10de:*\n",
	       "01:00.0 10de:ffff vfio-pci dn\n01:00.2 10de:ffff vfio-pci dn\n");
	/* What joined is known by what it is, not by what the section says of others. */
	expect("[device gpu]\naddress = 01:00.0\nid = 10de:1bb0\ngroup = expand\n",
	       "01:00.0 10de:1bb0 vfio-pci dn\n01:00.2 10de:1ad6 vfio-pci dn\n");
	expect("[device usb]\nclass = 0c03\ndriver = pci-stub\n",
	       "any ffff:ffff:0c0300/ffff00 pci-stub sdn\n");
}

TEST(any_address_only_where_all_are_meant)
{
	expect("[device d]\nid = 144d:*\n", "any 144d:ffff vfio-pci sdn\n");
	/* Another of the same model may be at this address by then. */
	expect("[device d]\nid = 144d:*\ncount = 1\n", "05:00.0 144d:a808 vfio-pci sdn program\n");
	expect("[device d]\nid = 144d:*\nexcept = 06:00.0\n",
	       "05:00.0 144d:a808 vfio-pci sdn program\n");
	expect("[device d]\naddress = 05:00.0\ncount = 1\n", "05:00.0 144d:a808 vfio-pci sdn\n");
	/* One of the two is the host's. */
	expect("[device n]\nid = 8086:10d3\n", "03:00.0 8086:10d3 vfio-pci sdn program\n");
	/* What comes could be the other section's. */
	expect("[device d]\nid = 144d:*\n[device n]\naddress = 09:00.0\nid = 8086:1\ndriver = pci-stub\n",
	       "05:00.0 144d:a808 vfio-pci sdn program\n09:00.0 8086:1 pci-stub sdn\n");
	expect("[device d]\npath = 00:1d.0/00.0\n", "");
}

TEST(rules_have_a_limit)
{
	struct buf text = {};
	struct device_rules rules;
	struct profile profile;
	struct match match;
	struct plan plan;

	buf_add(&text, "[device n]\naddress = 09:00.0\nid =");
	for (unsigned i = 0; i < 70; i++)
		buf_addf(&text, " 8086:%x", 0x10d3 + i);
	buf_add(&text, "\nsubsystem = 0:0");
	for (unsigned i = 0; i < 70; i++)
		buf_addf(&text, " 1af4:%x", i);
	buf_add(&text, "\n");
	profile_from(buf_text(&text), &profile);
	match_make(&profile, &inventory, &match);
	plan_make(&profile, PHASE_SYSTEM, &match, &plan);
	device_rules_make(&profile, &match, &plan, &rules);
	assert_int_equal(rules.n, RULES_MAX);
	check_findings("limit", &plan.findings, "device-absent 0000:09:00.0; rules-left-out host");
	device_rules_done(&rules);
	plan_done(&plan);
	match_done(&match);
	profile_done(&profile);
	buf_done(&text);
}

int main(void)
{
#define RULES_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
		RULES_TEST(the_identity_is_the_section_s_or_what_the_host_shows),
		RULES_TEST(what_is_to_come_needs_an_identity),
		RULES_TEST(what_is_refused_has_no_rule),
		RULES_TEST(virtual_functions_that_are_made_have_none),
		RULES_TEST(a_device_in_use_has_one_for_the_next_time),
		RULES_TEST(a_card_goes_with_its_usb),
		RULES_TEST(any_address_only_where_all_are_meant),
		RULES_TEST(rules_have_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
