/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: root_open openat read readlinkat readdir getdents64 root_write_attribute */
/*
 * Each read of each verb fails once, in each way: whatever cannot be read, no function is taken that a guard
 * holds when all can be read, nothing that apply wrote is removed, and no run ends by a signal.
 *
 * Every 23rd read fails; SWEEP_EVERY=1 has each one fail.
 */
#include <dirent.h>
#include <jansson.h>

#include "verb_runs.h"

#define TAKEN_MAX 65536

/* What a run and its children share with the test. */
static struct shared {
	unsigned reads;        /* how many there were */
	unsigned fails;        /* the one that fails; 0: none */
	int error;             /* with this errno */
	char what[256];        /* the path or name that was to be read */
	size_t n;              /* bytes below */
	char taken[TAKEN_MAX]; /* an address in each line */
} * shared;
static bool counts;

/* absent: it may be that it is not there. */
static bool is_failing(const char *what, bool absent)
{
	if (!counts || !shared ||
	    __atomic_add_fetch(&shared->reads, 1, __ATOMIC_SEQ_CST) != shared->fails)
		return false;
	/* What is not there cannot be told from what is kept from being found. */
	if (absent && shared->error == ENOENT)
		return false;
	snprintf(shared->what, sizeof(shared->what), "%s", what);
	errno = shared->error;
	return true;
}

int __real_root_open(struct root *root, const char *path, int flags);
int __wrap_root_open(struct root *root, const char *path, int flags);
int __wrap_root_open(struct root *root, const char *path, int flags)
{
	bool fails = (flags & O_ACCMODE) == O_RDONLY && is_failing(path, true), counted = counts;
	int r;

	if (fails)
		return -errno;
	/* The same walk with other calls is no read of its own. */
	counts = false;
	r = __real_root_open(root, path, flags);
	counts = counted;
	return r;
}

int __real_openat(int dir, const char *path, int flags, ...);
int __wrap_openat(int dir, const char *path, int flags, ...);
int __wrap_openat(int dir, const char *path, int flags, ...)
{
	va_list arguments;
	mode_t mode;

	va_start(arguments, flags);
	mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
	va_end(arguments);
	return (flags & O_ACCMODE) == O_RDONLY && is_failing(path, true)
		       ? -1
		       : __real_openat(dir, path, flags, mode);
}

ssize_t __real_read(int fd, void *ret, size_t size);
ssize_t __wrap_read(int fd, void *ret, size_t size);
ssize_t __wrap_read(int fd, void *ret, size_t size)
{
	char path[PATH_MAX] = "?";

	if (counts)
		fd_path(fd, path);
	return is_failing(path, false) ? -1 : __real_read(fd, ret, size);
}

ssize_t __real_readlinkat(int dir, const char *name, char *ret, size_t size);
ssize_t __wrap_readlinkat(int dir, const char *name, char *ret, size_t size);
ssize_t __wrap_readlinkat(int dir, const char *name, char *ret, size_t size)
{
	/* Not each function has these; and an open file that is no link is "" and not there. */
	static const char *const optional[] = {"", "iommu_group", "driver", "physfn", "virtfn0"};
	bool absent = false;

	for (size_t i = 0; i < ARRAY_SIZE(optional); i++)
		absent = absent || strcmp(name, optional[i]) == 0;
	return is_failing(name, absent) ? -1 : __real_readlinkat(dir, name, ret, size);
}

struct dirent *__real_readdir(DIR *dir);
struct dirent *__wrap_readdir(DIR *dir);
struct dirent *__wrap_readdir(DIR *dir)
{
	return is_failing("a directory's entry", false) ? NULL : __real_readdir(dir);
}

ssize_t __real_getdents64(int fd, void *ret, size_t size);
ssize_t __wrap_getdents64(int fd, void *ret, size_t size);
ssize_t __wrap_getdents64(int fd, void *ret, size_t size)
{
	return is_failing("a directory's entries", false) ? -1 : __real_getdents64(fd, ret, size);
}

static void take(const char *address)
{
	shared->n += (size_t)snprintf(shared->taken + shared->n, TAKEN_MAX - shared->n, "%s\n",
				      address);
	assert_true(shared->n < TAKEN_MAX);
}

/* Nothing happens, so that one tree serves all runs; what was to be bound is remembered. */
int __wrap_root_write_attribute(struct root *root, int dir, const char *path, const char *value);
int __wrap_root_write_attribute(struct root *root, int dir, const char *path, const char *value)
{
	bool counted = counts;
	_cleanup_free_ char *device = NULL;

	counts = false;
	device = dir >= 0 ? root_path_of(root, dir) : NULL;
	counts = counted;
	if (device && strcmp(path, "driver_override") == 0 && *value && *value != '\n')
		take(strrchr(device, '/') + 1);
	return 0;
}

/* --- runs --- */

static void take_planned(FILE *output)
{
	json_t *plan = json_loadf(output, 0, NULL), *action;
	size_t i;

	json_array_foreach(json_object_get(plan, "actions"), i, action)
	{
		const char *subject = json_string_value(json_object_get(action, "subject"));

		/* Modules are no devices. */
		if (subject && strchr(subject, ':'))
			take(subject);
	}
	json_decref(plan);
}

static void begin(void)
{
	counts = true;
}

static void end(void)
{
	counts = false;
}

/* Runs the verb on the tree of that name, with its nth read failing; how it ended, as waitpid() says. */
static int run(size_t index, const char *tree, unsigned n, int error)
{
	FILE *output = tmpfile();
	int status;

	assert_non_null(output);
	shared->reads = 0;
	shared->fails = n;
	shared->error = error;
	shared->n = 0;
	*shared->taken = *shared->what = '\0';
	status = run_verb(index, tree, output, begin, end);
	if (runs[index].plans) {
		rewind(output);
		take_planned(output);
	}
	fclose(output);
	return status;
}

static size_t n_complaints;

static void complain(size_t index, const char *complaint)
{
	print_error("%s, where %s gives %s: %s\n", runs[index].what, shared->what,
		    strerror(shared->error), complaint);
	n_complaints++;
}

/* Each line of the one must be in the other. */
static void check_taken(size_t index, const char *allowed)
{
	_cleanup_(strv_done) struct strv taken = {};

	strv_split(&taken, shared->taken, "\n");
	for (size_t i = 0; i < taken.n; i++)
		if (!strstr(allowed, taken.items[i])) {
			_cleanup_free_ char *text = xasprintf("%s is taken", taken.items[i]);

			complain(index, text);
		}
}

/* After apply: what it wrote before is there, and nothing that it would not write. */
static void check_rules(size_t index, const char *wanted)
{
	struct root root;
	_cleanup_free_ char *text = NULL;
	_cleanup_(strv_done) struct strv lines = {};

	assert_int_equal(root_init(&root, top), 0);
	text = root_read_text(&root, "run/etc/udev/rules.d/05-vfio-prepare.rules", 1 << 20);
	root_done(&root);
	if (!text) {
		complain(index, "the rules are removed");
		return;
	}
	strv_split(&lines, text, "\n");
	for (size_t i = 0; i < lines.n; i++)
		if (!strstr(wanted, lines.items[i]))
			complain(index, lines.items[i]);
	if (strlen(text) < strlen(wanted))
		complain(index, "rules are lost");
}

static void sweep(size_t index, unsigned step, const char *wanted)
{
	static const int faults[] = {EIO, ENOENT, EMFILE};
	_cleanup_free_ char *allowed = NULL;
	unsigned reads;

	run(index, "host", 0, 0);
	reads = shared->reads;
	check(runs[index].what, reads > 20);
	allowed = xstrdup(shared->taken);
	for (unsigned n = 1; n <= reads; n += step)
		for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
			int status;

			if (runs[index].writes)
				shell(xasprintf("rm -rf %s/run && cp -a %s/host %s/run", top, top,
						top));
			status = run(index, runs[index].writes ? "run" : "host", n, faults[i]);
			if (!WIFEXITED(status) || WEXITSTATUS(status) > 5)
				complain(index, "it ends by a signal");
			check_taken(index, allowed);
			if (runs[index].writes)
				check_rules(index, wanted);
		}
}

TEST(no_guard_opens)
{
	_cleanup_free_ char *wanted = NULL;
	struct root root;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	assert_true(shared != MAP_FAILED);
	make_host();
	assert_true(WIFEXITED(run(6, "host", 0, 0)));
	assert_int_equal(root_init(&root, top), 0);
	wanted = root_read_text(&root, "host/etc/udev/rules.d/05-vfio-prepare.rules", 1 << 20);
	root_done(&root);
	assert_non_null(wanted);
	for (size_t i = 0; i < ARRAY_SIZE(runs); i++)
		if (!runs[i].shown)
			sweep(i, sweep_step(23), wanted);
	shell(xasprintf("rm -rf %s", top));
	assert_int_equal(n_complaints, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_guard_opens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
