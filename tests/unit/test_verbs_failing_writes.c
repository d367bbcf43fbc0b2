/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: openat write fsync fchmod renameat mkdirat unlinkat */
/*
 * Each call of apply that changes a file fails once: the files are then what they were or what was wanted, as the
 * status and the text say, and nothing else is left.
 */
#include "verb_runs.h"

/* What a run shares with the test. */
static struct shared {
	unsigned calls; /* how many there were */
	unsigned fails; /* the one that fails; 0: none */
	char what[32];  /* its name */
} * shared;
static bool counts;

static bool is_failing(const char *what)
{
	if (!counts || ++shared->calls != shared->fails)
		return false;
	snprintf(shared->what, sizeof(shared->what), "%s", what);
	errno = EIO;
	return true;
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
	return (flags & O_CREAT) && is_failing("openat") ? -1
							 : __real_openat(dir, path, flags, mode);
}

ssize_t __real_write(int fd, const void *bytes, size_t n);
ssize_t __wrap_write(int fd, const void *bytes, size_t n);
ssize_t __wrap_write(int fd, const void *bytes, size_t n)
{
	return fd > STDERR_FILENO && is_failing("write") ? -1 : __real_write(fd, bytes, n);
}

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
	return is_failing("fsync") ? -1 : __real_fsync(fd);
}

int __real_fchmod(int fd, mode_t mode);
int __wrap_fchmod(int fd, mode_t mode);
int __wrap_fchmod(int fd, mode_t mode)
{
	return is_failing("fchmod") ? -1 : __real_fchmod(fd, mode);
}

int __real_renameat(int from, const char *old, int to, const char *new);
int __wrap_renameat(int from, const char *old, int to, const char *new);
int __wrap_renameat(int from, const char *old, int to, const char *new)
{
	return is_failing("renameat") ? -1 : __real_renameat(from, old, to, new);
}

int __real_mkdirat(int dir, const char *name, mode_t mode);
int __wrap_mkdirat(int dir, const char *name, mode_t mode);
int __wrap_mkdirat(int dir, const char *name, mode_t mode)
{
	return is_failing("mkdirat") ? -1 : __real_mkdirat(dir, name, mode);
}

int __real_unlinkat(int dir, const char *name, int flags);
int __wrap_unlinkat(int dir, const char *name, int flags);
int __wrap_unlinkat(int dir, const char *name, int flags)
{
	return is_failing("unlinkat") ? -1 : __real_unlinkat(dir, name, flags);
}

static void begin(void)
{
	counts = true;
}

static void end(void)
{
	counts = false;
}

/* --- apply --- */

#define APPLY 6 /* in runs[] */

/* Does the shell's test hold? Takes it. */
static bool holds(char *command)
{
	int status = system(command);

	free(command);
	return status == 0;
}

/* A directory that was made for a file may stay. */
static bool has_files_of(const char *tree)
{
	return holds(xasprintf("list() { cd $1/etc && find . -type f -exec cksum {} + | sort; }; "
			       "[ \"$(list %s/%s)\" = \"$(list %s/run)\" ]",
			       top, tree, top));
}

/* What apply said of the run; the caller's. */
static char *apply(unsigned n, const char *from, int *ret_status)
{
	FILE *output = tmpfile();
	char text[16384] = "";
	size_t length;

	assert_non_null(output);
	shell(xasprintf("rm -rf %s/run && cp -a %s/%s %s/run", top, top, from, top));
	shared->calls = 0;
	shared->fails = n;
	*shared->what = '\0';
	errors = output;
	*ret_status = run_verb(APPLY, "run", NULL, begin, end);
	errors = NULL;
	rewind(output);
	length = fread(text, 1, sizeof(text) - 1, output);
	text[length] = '\0';
	fclose(output);
	return xstrdup(text);
}

static size_t n_complaints;

static void complain(unsigned n, const char *said, const char *complaint)
{
	print_error("call %u, %s: %s\n%s\n", n, shared->what, complaint, said);
	n_complaints++;
}

/* Files of the tree from, which should become those of the tree good. */
static void sweep(const char *from, const char *good)
{
	_cleanup_free_ char *said = NULL;
	unsigned calls;
	int status;

	said = apply(0, from, &status);
	calls = shared->calls;
	check(said, WIFEXITED(status) && calls > 5);
	shell(xasprintf("rm -rf %s/%s && cp -a %s/run %s/%s", top, good, top, top, good));
	for (unsigned n = 1; n <= calls; n += sweep_step(1)) {
		_cleanup_free_ char *text = apply(n, from, &status);
		int code = WIFEXITED(status) ? WEXITSTATUS(status) : 99;

		if (code > 5)
			complain(n, text, "it ends by a signal");
		if (!holds(xasprintf("! find %s/run/etc -name '.vfio-prepare-*' | grep -q .",
				     top)) &&
		    strcmp(shared->what, "unlinkat") != 0)
			complain(n, text, "a temporary file is left");
		if (strstr(text, "as they were") && !has_files_of(from))
			complain(n, text, "not all is as it was");
		if ((code == 0 || code == 5) && !has_files_of(good))
			complain(n, text, "not all is as it was wanted");
		/* What is neither is said. */
		if (!has_files_of(from) && !has_files_of(good) &&
		    !strstr(text, "not all files could be put back"))
			complain(n, text, "what became of the files is not said");
		if (!*text && code && code != 5)
			complain(n, text, "nothing is said");
	}
}

TEST(files_are_what_is_said_of_them)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	assert_true(shared != MAP_FAILED);
	make_host();
	sweep("host", "good");
	/* And back: the profile is empty, and the files go. */
	shell(xasprintf("echo [host] >%s/good/etc/vfio-prepare/profile.conf", top));
	sweep("good", "emptied");
	shell(xasprintf("rm -rf %s", top));
	assert_int_equal(n_complaints, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_what_is_said_of_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
