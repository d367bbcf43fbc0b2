/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each allocation of each verb fails once, also those of libraries: the run ends with a message and a status,
 * never by a signal. Every 151st does; "make sweep-memory" has each one fail.
 */
#include "verb_runs.h"

#ifdef __SANITIZE_ADDRESS__
/* The sanitizer has an allocator of its own, which takes no other's place. */
#define INTERPOSED 0
#else
#define INTERPOSED 1
#endif

/* What a run and its children share with the test. */
static struct shared {
	unsigned allocations; /* how many there were */
	unsigned fails;       /* the one that fails; 0: none */
} * shared;
static bool counts;

#if INTERPOSED
static bool is_failing(void)
{
	if (!counts ||
	    __atomic_add_fetch(&shared->allocations, 1, __ATOMIC_SEQ_CST) != shared->fails)
		return false;
	errno = ENOMEM;
	return true;
}

/* Of glibc, under names that stay when malloc() is another's. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *memory, size_t size);

void *malloc(size_t size)
{
	return is_failing() ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	return is_failing() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *memory, size_t size)
{
	return is_failing() ? NULL : __libc_realloc(memory, size);
}
#endif

static void begin(void)
{
	counts = true;
}

static void end(void)
{
	counts = false;
}

TEST(no_run_ends_by_a_signal)
{
	size_t n_complaints = 0;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	assert_true(shared != MAP_FAILED);
	make_host();
	for (size_t i = 0; i < ARRAY_SIZE(runs); i++) {
		unsigned allocations;

		shared->allocations = shared->fails = 0;
		run_verb(i, "host", NULL, begin, end);
		allocations = shared->allocations;
		/* Under a sanitizer nothing fails. */
		check(runs[i].what, allocations > 10 || !INTERPOSED);
		for (unsigned n = 1; n <= allocations; n += sweep_step(151)) {
			int status;

			shared->allocations = 0;
			shared->fails = n;
			status = run_verb(i, "host", NULL, begin, end);
			if (WIFEXITED(status) && WEXITSTATUS(status) <= 5)
				continue;
			print_error("%s, allocation %u: status %#x\n", runs[i].what, n, status);
			n_complaints++;
		}
	}
	shell(xasprintf("rm -rf %s", top));
	assert_int_equal(n_complaints, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_run_ends_by_a_signal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
