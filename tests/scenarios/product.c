/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: bounded_run root_init */
#include "scenarios/product.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wordexp.h>

#include "fake/agree.h"
#include "host/bounded.h"
#include "host/root.h"

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define RUNNING_ON_VALGRIND 0
#endif

#define HASTE 30 /* 10 s become a third of one */
#define HASTE_ON_VALGRIND 6
#define LIMIT_SECONDS 30 /* for a run, which takes milliseconds */
#define LIMIT_SECONDS_ON_VALGRIND 120

int product_main(int argc, char **argv);

int __real_bounded_run(const struct bounded_job *job);
int __wrap_bounded_run(const struct bounded_job *job);
int __real_root_init(struct root *ret, const char *path);
int __wrap_root_init(struct root *ret, const char *path);

/* Set in the child that is the product. */
static const struct product_run *running;

int __wrap_bounded_run(const struct bounded_job *job)
{
	struct bounded_job faster = *job;

	if (running && running->hasty) {
		faster.piece_ms /= RUNNING_ON_VALGRIND ? HASTE_ON_VALGRIND : HASTE;
		faster.total_ms /= RUNNING_ON_VALGRIND ? HASTE_ON_VALGRIND : HASTE;
	}
	return __real_bounded_run(&faster);
}

int __wrap_root_init(struct root *ret, const char *path)
{
	int r = __real_root_init(ret, path);

	if (r == 0 && running) {
		ret->live = ret->live || running->live;
		ret->no_openat2 = running->no_openat2;
	}
	return r;
}

static _Noreturn void failed(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

static int run_agree(const char *tree)
{
	struct root root;

	if (root_init(&root, tree) < 0)
		return 1;
	agree(&root);
	root_done(&root);
	return 0;
}

static _Noreturn void be_product(const struct product_run *run, int out, int err)
{
	wordexp_t words = {.we_offs = 3};
	int null = open("/dev/null", O_RDONLY);

	setenv("TREE", run->tree, 1);
	if (wordexp(run->arguments, &words, WRDE_NOCMD | WRDE_DOOFFS | WRDE_UNDEF) != 0) {
		fprintf(stderr, "%s: no command line\n", run->arguments);
		_exit(1);
	}
	words.we_wordv[0] = (char[]){"vfio-prepare"};
	words.we_wordv[1] = (char[]){"--root"};
	words.we_wordv[2] = (char *)run->tree;
	if (dup2(null, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
	    dup2(err, STDERR_FILENO) < 0)
		_exit(1);
	alarm(RUNNING_ON_VALGRIND ? LIMIT_SECONDS_ON_VALGRIND : LIMIT_SECONDS);
	running = run;
	int status = run->agree ? run_agree(run->tree)
				: product_main((int)words.we_wordc + 3, words.we_wordv);
	memset(words.we_wordv, 0, 3 * sizeof(*words.we_wordv));
	wordfree(&words);
	exit(status);
}

static void collect(int fd, struct buf *ret)
{
	char bytes[4096];
	off_t offset = 0;
	ssize_t n;

	while ((n = pread(fd, bytes, sizeof(bytes), offset)) > 0) {
		buf_add_n(ret, bytes, (size_t)n);
		offset += n;
	}
	close(fd);
}

void product_run(struct product_run *run)
{
	int out = memfd_create("stdout", MFD_CLOEXEC), err = memfd_create("stderr", MFD_CLOEXEC),
	    status;
	pid_t pid;

	if (out < 0 || err < 0)
		failed("memfd_create");
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		failed("fork");
	if (pid == 0)
		be_product(run, out, err);
	if (waitpid(pid, &status, 0) < 0)
		failed("waitpid");
	run->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	collect(out, &run->out);
	collect(err, &run->err);
}

void product_run_done(struct product_run *run)
{
	buf_done(&run->out);
	buf_done(&run->err);
}
