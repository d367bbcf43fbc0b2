/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: bounded_memory fork */
#include "host/pci_bounded.h"
#include "support.h"

static struct tree tree;
static struct inventory inventory;
static bool no_shared_memory;
static size_t mapped, n_forks; /* what the scan maps first, and the processes that it starts */

void *__real_bounded_memory(size_t bytes);
void *__wrap_bounded_memory(size_t bytes);
void *__wrap_bounded_memory(size_t bytes)
{
	if (!mapped)
		mapped = bytes;
	return no_shared_memory ? NULL : __real_bounded_memory(bytes);
}

pid_t __real_fork(void);
pid_t __wrap_fork(void);
pid_t __wrap_fork(void)
{
	n_forks++;
	return __real_fork();
}

/* --- a read of an attribute of one digit, which is taken as the revision --- */

struct digit {
	char digit;
};

static void read_digit(struct root *root, int dir, void *answer)
{
	struct digit *digit = answer;

	attribute_read_bytes(root, dir, "digit", &digit->digit, 1);
	if (digit->digit == '9')
		for (;;)
			pause();
	if (digit->digit == '8')
		_exit(1);
}

static void take_digit(struct root *root, struct pci_function *function, const void *answer)
{
	const struct digit *digit = answer;

	assert_ptr_equal(root, &tree.root);
	function->revision = digit ? digit->digit - '0' : -1;
}

static const struct bounded_read digit = {
	.size = sizeof(struct digit),
	.piece_ms = 1500,
	.total_ms = 10000,
	.read = read_digit,
	.take = take_digit,
};

static void put(const char *place, const char *content)
{
	_cleanup_free_ char *file = xasprintf("sys/bus/pci/devices/%s/digit", place);

	add_function(&inventory, place, 1, 1, 1, -1, NULL);
	inventory.items[inventory.n - 1].revision = 100;
	if (content)
		tree_file(&tree, file, content);
}

/* All but bus 9. */
static void scan(void)
{
	struct needs needs = {.functions = xcalloc(inventory.n, sizeof(unsigned)),
			      .n = inventory.n};

	for (size_t i = 0; i < inventory.n; i++)
		needs.functions[i] = inventory.items[i].address.bus == 9 ? 0 : FACT_HEADER;
	pci_read_bounded(&tree.root, &needs, FACT_HEADER, &digit, &inventory);
	needs_done(&needs);
}

static void expect(size_t i, int revision)
{
	check_int(PCI_ADDRESS_TEXT(&inventory.items[i].address), inventory.items[i].revision,
		  revision);
}

static int start(void **state _unused_)
{
	tree_init(&tree);
	no_shared_memory = false;
	mapped = n_forks = 0;
	return 0;
}

static int stop(void **state _unused_)
{
	inventory_done(&inventory);
	inventory = (struct inventory){};
	tree_done(&tree);
	return 0;
}

TEST(the_chosen_are_asked)
{
	put("0000:01:00.0", "1");
	put("0000:09:00.0", "2");
	put("0000:0a:00.0", "3");
	scan();
	expect(0, 1);
	expect(1, 100);
	expect(2, 3);
	assert_int_equal(n_forks, 1);
	assert_int_equal(mapped, 2 * (sizeof(struct digit) + sizeof(bool)));
}

TEST(without_a_choice_no_process_is_started)
{
	scan();
	put("0000:09:00.0", "2");
	scan();
	expect(0, 100);
	assert_int_equal(n_forks, 0);
	assert_int_equal(mapped, 0);
}

TEST(what_hangs_is_not_asked)
{
	put("0000:01:00.0", "1");
	inventory.items[0].hangs = xstrdup("in phase early unbinding did not return within 10 s");
	scan();
	expect(0, -1);
	assert_int_equal(n_forks, 0);
}

TEST(others_answer_when_one_does_not)
{
	put("0000:01:00.0", "1");
	put("0000:02:00.0", "9");
	put("0000:03:00.0", "3");
	put("0000:04:00.0", "8");
	put("0000:05:00.0", NULL); /* gone */
	put("0000:06:00.0", "6");
	scan();
	expect(0, 1);
	expect(1, -1);
	expect(2, 3);
	expect(3, -1);
	expect(4, -1);
	expect(5, 6);
	assert_int_equal(n_forks, 3);
}

TEST(without_memory_nobody_answers)
{
	put("0000:01:00.0", "1");
	put("0000:09:00.0", "2");
	no_shared_memory = true;
	scan();
	expect(0, -1);
	expect(1, 100);
	assert_int_equal(n_forks, 0);
}

int main(void)
{
#define BOUNDED_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
		BOUNDED_TEST(the_chosen_are_asked),
		BOUNDED_TEST(without_a_choice_no_process_is_started),
		BOUNDED_TEST(what_hangs_is_not_asked),
		BOUNDED_TEST(others_answer_when_one_does_not),
		BOUNDED_TEST(without_memory_nobody_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
