/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: calloc malloc reallocarray strdup exit */
#include <jansson.h>

#include "support.h"

/* Memory that runs out, and an end of the process that comes back to the test. */
static bool exhausted;
static int exit_status;
static jmp_buf after_exit;

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size)
{
	return exhausted ? NULL : __real_calloc(n, size);
}

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_malloc(size_t size)
{
	return exhausted ? NULL : __real_malloc(size);
}

void *__real_reallocarray(void *memory, size_t n, size_t size);
void *__wrap_reallocarray(void *memory, size_t n, size_t size);
void *__wrap_reallocarray(void *memory, size_t n, size_t size)
{
	return exhausted ? NULL : __real_reallocarray(memory, n, size);
}

char *__real_strdup(const char *string);
char *__wrap_strdup(const char *string);
char *__wrap_strdup(const char *string)
{
	return exhausted ? NULL : __real_strdup(string);
}

_Noreturn void __wrap_exit(int status);
_Noreturn void __wrap_exit(int status)
{
	exit_status = status;
	longjmp(after_exit, 1);
}

struct numbers {
	int *items;
	size_t n, capacity;
};

static void use_calloc(void)
{
	free(xcalloc(4, 4));
}

static void use_reallocarray(void)
{
	free(xreallocarray(NULL, 4, 4));
}

static void use_strdup(void)
{
	free(xstrdup("text"));
}

static void use_vec(void)
{
	struct numbers numbers = {};

	*vec_add(&numbers) = 1;
	free(numbers.items);
}

static void use_json(void)
{
	json_decref(json_object());
}

TEST(exhaustion_ends_the_process)
{
	static const struct {
		const char *name;
		void (*use)(void);
	} rows[] = {
		{"xcalloc", use_calloc},   {"xreallocarray", use_reallocarray},
		{"xstrdup", use_strdup},   {"vec_add", use_vec},
		{"json_object", use_json},
	};

	for (volatile size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct capture capture;

		capture_begin(&capture, STDERR_FILENO);
		exit_status = -1;
		if (setjmp(after_exit) == 0) {
			exhausted = true;
			rows[i].use();
		}
		exhausted = false;
		check_text(rows[i].name, capture_end(&capture), "vfio-prepare: out of memory\n");
		check_int(rows[i].name, exit_status, EXIT_FAILURE);
	}
}

TEST(calloc_is_zeroed_and_never_null)
{
	_cleanup_free_ char *none = xcalloc(0, 8), *some = xcalloc(3, 1);

	assert_non_null(none);
	assert_memory_equal(some, "\0\0\0", 3);
}

TEST(strings)
{
	_cleanup_free_ char *a = xstrdup("text"), *b = xstrndup("text", 2), *c = xstrndup("t", 9),
			    *d = xasprintf("%s-%d", "x", 5), *e = xstrdup_null("there");

	assert_string_equal(a, "text");
	assert_string_equal(b, "te");
	assert_string_equal(c, "t");
	assert_string_equal(d, "x-5");
	assert_string_equal(e, "there");
	assert_null(xstrdup_null(NULL));
}

TEST(vec_grows_and_zeroes_each_element)
{
	struct numbers numbers = {};
	int n = 0;

	for (int i = 0; i < 1000; i++) {
		int *number = vec_add(&numbers);

		assert_int_equal(*number, 0);
		*number = i;
	}
	assert_int_equal(numbers.n, 1000);
	assert_true(numbers.capacity >= 1000);
	vec_foreach(number, &numbers)
		assert_int_equal(*number, n++);
	assert_int_equal(n, 1000);

	/* An element that is used again is zeroed again. */
	numbers.n = 10;
	assert_int_equal(*vec_add(&numbers), 0);
	free(numbers.items);
}

TEST(taken_pointers_and_descriptors_are_gone)
{
	char text[] = "text", *pointer = text;

	assert_ptr_equal(TAKE_PTR(pointer), text);
	assert_null(pointer);

	int fd = 4711;

	assert_int_equal(TAKE_FD(fd), 4711);
	assert_int_equal(fd, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exhaustion_ends_the_process),
		cmocka_unit_test(calloc_is_zeroed_and_never_null),
		cmocka_unit_test(strings),
		cmocka_unit_test(vec_grows_and_zeroes_each_element),
		cmocka_unit_test(taken_pointers_and_descriptors_are_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
