/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: root_open openat read readlinkat getdents64 root_write_attribute syscall pread fstat fstatat */
/* wrap: sigtimedwait */
/*
 * Each read of each verb fails once, in each way: whatever cannot be read, no function is taken that a guard
 * holds when all can be read, nothing that apply wrote is removed, and no run ends by a signal. A read that never
 * ends is named, and the run ends.
 *
 * Every 23rd read fails, and every 97th does not end; SWEEP_EVERY=1 has each one fail.
 */
#include <dirent.h>
#include <jansson.h>
#include <sys/syscall.h>

#include "host/watched.h"

#include "verb_runs.h"

#define TAKEN_MAX 65536
/* In place of an errno: the read does not end. */
#define HANG 0
/* So long a read may last. */
#define HANG_MS 60

/* What a run and its children share with the test. */
static struct shared {
	unsigned reads;        /* how many there were */
	unsigned fails;        /* the one that fails; 0: none */
	int error;             /* with this errno, or HANG */
	char what[PATH_MAX];   /* the path or name that was to be read */
	bool hangs;            /* the process does not return from it */
	pid_t process;         /* that does the run, not the children with deadlines of their own */
	size_t n;              /* bytes below */
	char taken[TAKEN_MAX]; /* an address in each line */
} * shared;
static bool counts;

/* Does not return from the read of that number, or from another one of what it read. */
static void may_hang(int dir, const char *name)
{
	char path[PATH_MAX];
	bool first;

	if (!counts || !shared || shared->error != HANG || getpid() != shared->process)
		return;
	first = ++shared->reads == shared->fails;
	if (!first && !*shared->what)
		return;
	watched_path(getpid(), dir, name, path);
	/* What is opened again by its descriptor is known by its own name. */
	if (sscanf(path, "/proc/self/fd/%d", &dir) == 1)
		assert_true(fd_path(dir, path) > 0);
	if (first)
		strcpy(shared->what, path);
	while (strcmp(path, shared->what) == 0) {
		shared->hangs = true;
		pause();
	}
}

/* Time passes for the supervisor only while a read hangs: a busy machine makes no other one silent. */
int __real_sigtimedwait(const sigset_t *signals, siginfo_t *info, const struct timespec *timeout);
int __wrap_sigtimedwait(const sigset_t *signals, siginfo_t *info, const struct timespec *timeout);
int __wrap_sigtimedwait(const sigset_t *signals, siginfo_t *info, const struct timespec *timeout)
{
	int r;

	do
		r = __real_sigtimedwait(signals, info, timeout);
	while (r < 0 && errno == EAGAIN && !shared->hangs);
	return r;
}

/* absent: it may be that it is not there. */
static bool is_failing(const char *what, bool absent)
{
	if (!counts || !shared || shared->error == HANG ||
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
	bool hangs = shared && shared->error == HANG;
	int r;

	if (fails)
		return -errno;
	/* The same walk with other calls is no read of its own, but it may hang at each of them. */
	counts = counted && hangs;
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
	if ((flags & O_ACCMODE) == O_RDONLY)
		may_hang(dir, path);
	return (flags & O_ACCMODE) == O_RDONLY && is_failing(path, true)
		       ? -1
		       : __real_openat(dir, path, flags, mode);
}

ssize_t __real_read(int fd, void *ret, size_t size);
ssize_t __wrap_read(int fd, void *ret, size_t size);
ssize_t __wrap_read(int fd, void *ret, size_t size)
{
	char path[PATH_MAX] = "?";

	may_hang(fd, "");
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

	may_hang(dir, name);
	for (size_t i = 0; i < ARRAY_SIZE(optional); i++)
		absent = absent || strcmp(name, optional[i]) == 0;
	return is_failing(name, absent) ? -1 : __real_readlinkat(dir, name, ret, size);
}

ssize_t __real_getdents64(int fd, void *ret, size_t size);
ssize_t __wrap_getdents64(int fd, void *ret, size_t size);
ssize_t __wrap_getdents64(int fd, void *ret, size_t size)
{
	may_hang(fd, "");
	return is_failing("a directory's entries", false) ? -1 : __real_getdents64(fd, ret, size);
}

/* openat2(), which the C library does not have. */
long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);
long __wrap_syscall(long number, ...)
{
	va_list arguments;
	long a[4];

	va_start(arguments, number);
	for (size_t i = 0; i < ARRAY_SIZE(a); i++)
		a[i] = va_arg(arguments, long);
	va_end(arguments);
	if (number == SYS_openat2)
		may_hang((int)a[0], (const char *)a[1]);
	return __real_syscall(number, a[0], a[1], a[2], a[3]);
}

ssize_t __real_pread(int fd, void *ret, size_t size, off_t offset);
ssize_t __wrap_pread(int fd, void *ret, size_t size, off_t offset);
ssize_t __wrap_pread(int fd, void *ret, size_t size, off_t offset)
{
	may_hang(fd, "");
	return __real_pread(fd, ret, size, offset);
}

int __real_fstat(int fd, struct stat *ret);
int __wrap_fstat(int fd, struct stat *ret);
int __wrap_fstat(int fd, struct stat *ret)
{
	may_hang(fd, "");
	return __real_fstat(fd, ret);
}

int __real_fstatat(int dir, const char *name, struct stat *ret, int flags);
int __wrap_fstatat(int dir, const char *name, struct stat *ret, int flags);
int __wrap_fstatat(int dir, const char *name, struct stat *ret, int flags)
{
	may_hang(dir, name);
	return __real_fstatat(dir, name, ret, flags);
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
	shared->process = getpid();
	shared->hangs = false;
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
		    shared->error == HANG ? "no answer" : strerror(shared->error), complaint);
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

/* Runs the verb with its nth read failing: what must hold all the same. */
static void check_run(size_t index, unsigned n, int error, const char *allowed, const char *wanted)
{
	int status;

	if (runs[index].writes)
		shell(xasprintf("rm -rf %s/run && cp -a %s/host %s/run", top, top, top));
	status = run(index, runs[index].writes ? "run" : "host", n, error);
	if (!WIFEXITED(status) || WEXITSTATUS(status) > 5)
		complain(index, "it ends by a signal");
	check_taken(index, allowed);
	if (runs[index].writes)
		check_rules(index, wanted);
}

static void sweep(size_t index, unsigned step, const char *wanted)
{
	static const int faults[] = {EIO, ENOENT, EMFILE};
	_cleanup_free_ char *allowed = NULL;
	unsigned reads;

	run(index, "host", 0, EIO);
	reads = shared->reads;
	check(runs[index].what, reads > 20);
	allowed = xstrdup(shared->taken);
	for (unsigned n = 1; n <= reads; n += step)
		for (size_t i = 0; i < ARRAY_SIZE(faults); i++)
			check_run(index, n, faults[i], allowed, wanted);
}

/* Is it told once what did not answer? */
static void check_told(size_t index)
{
	_cleanup_free_ char *text = xcalloc(1, 65536),
			    *line = xasprintf("vfio-prepare: %s: no answer in ", shared->what);
	const char *told;
	size_t n;

	rewind(errors);
	n = fread(text, 1, 65535, errors);
	text[n] = '\0';
	told = strstr(text, line);
	if (!told || strstr(told + 1, line))
		complain(index, n ? text : "nothing is said");
}

static void sweep_hanging(size_t index, unsigned step, const char *wanted)
{
	_cleanup_free_ char *allowed = NULL;
	unsigned reads;

	run(index, "host", 0, HANG);
	reads = shared->reads;
	check(runs[index].what, reads > 20);
	allowed = xstrdup(shared->taken);
	supervised_ms = HANG_MS;
	for (unsigned n = 1; n <= reads; n += step) {
		errors = tmpfile();
		assert_non_null(errors);
		check_run(index, n, HANG, allowed, wanted);
		check_told(index);
		fclose(TAKE_PTR(errors));
	}
	supervised_ms = 0;
}

static void each_run(void (*sweep_run)(size_t index, unsigned step, const char *wanted),
		     unsigned step)
{
	_cleanup_free_ char *wanted = NULL;
	struct root root;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	assert_true(shared != MAP_FAILED);
	make_host();
	assert_true(WIFEXITED(run(6, "host", 0, EIO)));
	assert_int_equal(root_init(&root, top), 0);
	wanted = root_read_text(&root, "host/etc/udev/rules.d/05-vfio-prepare.rules", 1 << 20);
	root_done(&root);
	assert_non_null(wanted);
	for (size_t i = 0; i < ARRAY_SIZE(runs); i++)
		if (!runs[i].shown)
			sweep_run(i, sweep_step(step), wanted);
	shell(xasprintf("rm -rf %s", top));
	assert_int_equal(n_complaints, 0);
}

TEST(no_guard_opens)
{
	each_run(sweep, 23);
}

TEST(no_run_waits_for_ever)
{
	each_run(sweep_hanging, 97);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_guard_opens),
		cmocka_unit_test(no_run_waits_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
