/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/group.h"
#include "decide/planner.h"
#include "decide/remedy.h"
#include "parse/kernel_args.h"
#include "support.h"

static struct inventory inventory;

/* A card behind a port, whose group has another one; beside them the host's display. */
static int make_inventory(void **state _unused_)
{
	inventory.storage.known = true;
	inventory.iommu = IOMMU_ON;
	inventory.has_iommu_backend = true;
	kernel_args_parse("root=/dev/ram0", &inventory.args);
	add_function(&inventory, "00:02.0", 0x8086, 1, 0x030000, 1, "i915");
	add_function(&inventory, "01:00.0", 1, 1, 0x120000, 7, NULL)->port_path = xstrdup(
		"00:01.0/00.0");
	add_function(&inventory, "02:00.0", 1, 2, 0x040300, 7, "snd_hda_intel");
	return 0;
}

static int free_inventory(void **state _unused_)
{
	inventory_done(&inventory);
	return 0;
}

/* The remedy of the finding of that type in the plan of a profile; NULL: there is no such finding. */
static void expect_remedy(const char *what, const char *text, enum finding_type type,
			  const char *want)
{
	struct profile profile;
	struct match match;
	struct plan plan;
	const char *got = NULL;

	profile_from(text, &profile);
	match_make(&profile, &inventory, &match);
	plan_make(&profile, PHASE_SYSTEM, &match, &plan);
	vec_foreach(finding, &plan.findings)
		if (finding->type == type && !got)
			got = finding->remedy;
	check_text(what, got, want);
	plan_done(&plan);
	match_done(&match);
	profile_done(&profile);
}

#define X "[device x]\naddress = 01:00.0\n"
#define MOVE "; or move the card to a slot with an IOMMU group of its own"

TEST(what_can_go_is_listed)
{
	expect_remedy("require", X, FINDING_GROUP_INCOMPLETE,
		      "list 0000:02:00.0 in the profile too, or write group = expand in section "
		      "[device x]" MOVE);
	expect_remedy("followed", X "[device y]\naddress = 02:00.0\n", FINDING_GROUP_INCOMPLETE,
		      NULL);
	expect_remedy("followed", X "group = expand\n", FINDING_GROUP_INCOMPLETE, NULL);
	expect_remedy("in except", X "group = expand\nexcept = 02:00.0\n", FINDING_GROUP_INCOMPLETE,
		      "remove 0000:02:00.0 from except in section [device x]" MOVE);
	/* Another section wants it on the host's driver. */
	expect_remedy("native", X "[device y]\naddress = 02:00.0\ndriver = snd_hda_intel\n",
		      FINDING_GROUP_INCOMPLETE,
		      "remove section [device y]; list 0000:02:00.0 in the profile too, or write "
		      "group = expand in section [device x]" MOVE);
	/* Its own finding says what is wrong with it. */
	expect_remedy("refused", X "[device y]\naddress = 02:00.0\nid = 9:9\n",
		      FINDING_GROUP_INCOMPLETE,
		      "first settle what other findings say of 0000:02:00.0" MOVE);
}

/* Listing it would be refused next: by a guard that the section can open, or by one that nobody can. */
TEST(guards_are_known)
{
	struct interface *interface = vec_add(&inventory.network);

	inventory.items[2].class = 0x020000;
	*interface = (struct interface){.name = xstrdup("eth0"), .up = true, .default_route = true};
	*vec_add(&interface->carriers) = address("02:00.0");
	expect_remedy("require", X, FINDING_GROUP_INCOMPLETE,
		      "list 0000:02:00.0 in a section with allow = network, if the host works "
		      "without it (0000:02:00.0: eth0 has a default route)" MOVE);
	expect_remedy("followed", X "[device y]\naddress = 02:00.0\nallow = network\n",
		      FINDING_GROUP_INCOMPLETE, NULL);
	/* It is listed: its own finding says what opens the guard. */
	expect_remedy("listed", X "[device y]\naddress = 02:00.0\n", FINDING_GROUP_INCOMPLETE,
		      "first settle what other findings say of 0000:02:00.0" MOVE);
	/* What the key says already stays there. */
	expect_remedy("expand", X "group = expand\nallow = display\n", FINDING_GROUP_INCOMPLETE,
		      "write allow = display network in section [device x], if the host works "
		      "without it (0000:02:00.0: eth0 has a default route)" MOVE);
	expect_remedy("the guard itself", "[device y]\naddress = 02:00.0\nallow = storage\n",
		      FINDING_NETWORK,
		      "remove section [device y], or write allow = network storage there, if the "
		      "host works without the device");
	inventory.items[2].class = 0x050210;
	expect_remedy("memory", X "group = expand\n", FINDING_GROUP_INCOMPLETE,
		      "nothing in the profile helps, as a part of the group stays with the host "
		      "(0000:02:00.0: it may be memory that the host works in); move the card to a "
		      "slot whose group does not have it, or use a kernel or a firmware setup that "
		      "separates the slots (ACS)");
}

/* What does not answer is no obstacle without a driver; with one, only power helps. */
TEST(silent_ones_need_power)
{
	inventory.items[2].answers_nothing = true;
	expect_remedy(
		"with a driver", X, FINDING_GROUP_INCOMPLETE,
		"switch the host off, and its power too, then on again (0000:02:00.0: it does "
		"not answer: every byte of its configuration space is ff)" MOVE);
	expect_remedy("listed", X "[device y]\naddress = 02:00.0\n", FINDING_GROUP_INCOMPLETE,
		      "first settle what other findings say of 0000:02:00.0" MOVE);
	free(TAKE_PTR(inventory.items[2].driver));
	strv_add(&inventory.items[2].modules, "snd_hda_intel");
	expect_remedy("without a driver", X, FINDING_GROUP_INCOMPLETE, NULL);
	*vec_add(&inventory.items[1].linked) = inventory.items[2].address;
	expect_remedy(
		"of the card", X, FINDING_CARD_INCOMPLETE,
		"switch the host off, and its power too, then on again (0000:02:00.0: it does "
		"not answer: every byte of its configuration space is ff)");
}

/* What is behind a VMD controller goes with it, which may be listed already. */
TEST(behind_a_controller)
{
	struct pci_function *disk = add_function(&inventory, "10000:e1:00.0", 1, 3, 0x010802, 7,
						 "nvme");

	disk->has_above = true;
	disk->above = address("01:00.0");
	expect_remedy(
		"the disk alone", "[device y]\naddress = 10000:e1:00.0\n", FINDING_NOT_ASSIGNABLE,
		"list 0000:01:00.0 instead, which gives the controller to a guest with all "
		"disks behind it; or turn VMD off in the firmware setup, which makes each disk "
		"a device of its own");
	expect_remedy(
		"both", "[device y]\naddress = 10000:e1:00.0\n" X, FINDING_NOT_ASSIGNABLE,
		"remove section [device y]: the controller 0000:01:00.0, which is listed, takes "
		"it along");
}

/* Parts of the processor or of one card cannot be moved apart. */
TEST(what_no_slot_separates)
{
	inventory.items[2].address = address("01:00.1");
	expect_remedy("one slot", X, FINDING_GROUP_INCOMPLETE,
		      "list 0000:01:00.1 in the profile too, or write group = expand in section "
		      "[device x]");
	inventory.items[2].class = 0x050000;
	expect_remedy("one slot, memory", X, FINDING_GROUP_INCOMPLETE,
		      "nothing in the profile helps, as a part of the group stays with the host "
		      "(0000:01:00.1: it may be memory that the host works in); these are parts of "
		      "one chip, which no slot separates");
	inventory.items[2].class = 0x060100;
	free(inventory.items[1].port_path);
	inventory.items[1].port_path = xstrdup("1f.2");
	strv_add(&inventory.items[2].modules, "lpc_ich");
	expect_remedy("bridge on the root bus", X, FINDING_GROUP_INCOMPLETE,
		      "keep the driver away from the bridge, which works without it: printf "
		      "'blacklist lpc_ich\\n' >/etc/modprobe.d/bridges.conf, make the initramfs "
		      "anew and restart; until the next boot: echo none "
		      ">/sys/bus/pci/devices/0000:01:00.1/driver_override; echo 0000:01:00.1 "
		      ">/sys/bus/pci/drivers/snd_hda_intel/unbind");
}

TEST(how_a_section_leaves_a_function_alone)
{
	static const struct {
		const char *section, *want;
	} rows[] = {
		{"address = 01:00.0\n", "remove section [device x]"},
		{"address = 01:00.0 02:00.0\n",
		 "remove 0000:01:00.0 from address in section [device x]"},
		{"address = 01:00.* 02:00.0\n", "add 0000:01:00.0 to except in section [device x]"},
		{"address = 01:00.*\n", "remove section [device x]"},
		{"id = 1:\n", "add 0000:01:00.0 to except in section [device x]"},
		{"id = 1:1\n", "remove section [device x]"},
		{"id = 1:\ncount = 2\n",
		 "add 0000:01:00.0 to except in section [device x] and lower count to 1"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *text = xasprintf("[device x]\n%s", rows[i].section);
		_cleanup_free_ char *got = NULL;
		struct profile profile;

		profile_from(text, &profile);
		got = remedy_leave_out(&inventory, profile.sections.items,
				       &inventory.items[1].address);
		check_text(rows[i].section, got, rows[i].want);
		profile_done(&profile);
	}
}

#define HOST_TEST(name) cmocka_unit_test_setup_teardown(name, make_inventory, free_inventory)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOST_TEST(what_can_go_is_listed),
		HOST_TEST(guards_are_known),
		HOST_TEST(silent_ones_need_power),
		HOST_TEST(behind_a_controller),
		HOST_TEST(what_no_slot_separates),
		HOST_TEST(how_a_section_leaves_a_function_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
