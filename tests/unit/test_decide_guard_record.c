/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/guard_record.h"

#include "base/buf.h"
#include "support.h"

static struct inventory inventory;

/* A card of two functions in one group, the first with the default route; one alone with it; a spare. */
static int start(void **state _unused_)
{
	static const char *const routed[] = {"01:00.0", "02:00.0"};

	inventory.storage.known = true;
	add_function(&inventory, "01:00.0", 0x8086, 0x1521, 0x020000, 1, "igb");
	add_function(&inventory, "01:00.1", 0x8086, 0x1521, 0x020000, 1, "igb");
	add_function(&inventory, "02:00.0", 0x8086, 0x10d3, 0x020000, 2, "e1000e");
	add_function(&inventory, "03:00.0", 0x8086, 0x10d3, 0x020000, 3, "e1000e");
	for (size_t i = 0; i < ARRAY_SIZE(routed); i++) {
		struct interface *interface = vec_add(&inventory.network);

		interface->name = xasprintf("eth%zu", i);
		interface->default_route = true;
		*vec_add(&interface->carriers) = address(routed[i]);
	}
	return 0;
}

static int stop(void **state _unused_)
{
	inventory_done(&inventory);
	return 0;
}

static void expect(const char *text, const char *want)
{
	struct guarded_list guarded = {};
	struct profile profile;
	struct match match;
	struct buf got = {};

	profile_from(text, &profile);
	match_make(&profile, &inventory, &match);
	guarded_make(&match, &guarded);
	vec_foreach(function, &guarded)
		buf_addf(&got, "%s %04x:%04x\n", PCI_ADDRESS_TEXT(&function->address),
			 (unsigned)function->id.vendor, (unsigned)function->id.device);
	check_text(text, buf_text(&got), want);
	buf_done(&got);
	free(guarded.items);
	match_done(&match);
	profile_done(&profile);
}

TEST(what_the_profile_would_take)
{
	expect("[device n]\naddress = 02:00.0\n", "0000:02:00.0 8086:10d3\n");
	expect("[device n]\nid = 8086:10d3\n", "0000:02:00.0 8086:10d3\n");
	expect("[device n]\naddress = 03:00.0\n", "");
	expect("[device n]\naddress = 02:00.0\nallow = network\n", "");
	expect("[device n]\naddress = 02:00.0\nvfs = 2\n", "");
}

TEST(what_it_would_take_for_a_group)
{
	expect("[device n]\naddress = 01:00.1\ngroup = expand\n", "0000:01:00.0 8086:1521\n");
	expect("[device n]\naddress = 01:00.1\n", "");
	expect("[device n]\naddress = 01:00.1\ngroup = ignore\n", "");
	expect("[device n]\naddress = 01:00.1\ngroup = expand\nallow = network\n", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_the_profile_would_take, start, stop),
		cmocka_unit_test_setup_teardown(what_it_would_take_for_a_group, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
