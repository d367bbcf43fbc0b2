/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/facts.h"

#include "support.h"

static struct inventory inventory;
static struct needs needs;

static int start(void **state _unused_)
{
	add_function(&inventory, "01:00.0", 1, 1, 0x020000, 1, NULL);
	add_function(&inventory, "02:00.0", 1, 1, 0x020000, 2, NULL);
	needs = (struct needs){.functions = xcalloc(2, sizeof(unsigned)), .n = 2};
	return 0;
}

static int stop(void **state _unused_)
{
	needs_done(&needs);
	inventory_done(&inventory);
	return 0;
}

TEST(what_is_known_is_not_needed_any_more)
{
	assert_false(needs_any(&needs, &inventory));
	needs.functions[1] = FACT_SERIAL | FACT_PATH;
	assert_true(needs_any(&needs, &inventory));
	assert_false(needs_fact(&needs, &inventory, &inventory.items[0], FACT_ALL));
	assert_true(needs_fact(&needs, &inventory, &inventory.items[1], FACT_PATH));
	assert_false(needs_fact(&needs, &inventory, &inventory.items[1], FACT_VFS));
	inventory.items[1].known = FACT_PATH;
	assert_false(needs_fact(&needs, &inventory, &inventory.items[1], FACT_PATH));
	assert_true(needs_fact(&needs, &inventory, &inventory.items[1], FACT_PATH | FACT_SERIAL));
	inventory.items[1].known = FACT_ALL;
	assert_false(needs_any(&needs, &inventory));
	needs.host = HOST_USERS;
	assert_true(needs_any(&needs, &inventory));
	inventory.known = HOST_USERS;
	assert_false(needs_any(&needs, &inventory));
}

/* The functions that were not known when it was said. */
TEST(nothing_is_needed_of_functions_that_came_later)
{
	needs.functions[0] = needs.functions[1] = FACT_ALL;
	needs.n = 1;
	inventory.items[0].known = FACT_ALL;
	assert_false(needs_fact(&needs, &inventory, &inventory.items[1], FACT_ALL));
	assert_false(needs_any(&needs, &inventory));
}

int main(void)
{
#define FACTS_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
		FACTS_TEST(what_is_known_is_not_needed_any_more),
		FACTS_TEST(nothing_is_needed_of_functions_that_came_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
