/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usage: scenario-runner DIRECTORY [PATTERN]
 *
 * Runs each file of DIRECTORY/cases, or those whose names match PATTERN, as a test. With UPDATE=1
 * in the environment the files are rewritten with what happened instead; read the difference.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake/depmod.h"
#include "host/root.h"
#include "model/finding.h"
#include "scenarios/product.h"
#include "scenarios/scenario.h"

#define N_AHEAD 8

enum { CASE_PASSED, CASE_FAILED, CASE_SKIPPED = 77 };

static const char *directory, *trees;

static char *read_file(const char *path)
{
	struct root root = {.fd = -1};
	char *text = NULL;

	if (root_init(&root, "/") < 0 || root_read_file(&root, path, 1 << 24, &text, NULL) < 0)
		text = xstrdup("");
	root_done(&root);
	return text;
}

static int write_file(const char *path, const struct buf *text)
{
	FILE *file = fopen(path, "we");

	if (!file)
		return -errno;
	fwrite(buf_text(text), 1, text->length, file);
	return fclose(file) == 0 ? 0 : -errno;
}

static void show_difference(const char *expected, const char *actual)
{
	char *argv[] = {(char[]){"diff"}, (char[]){"-u"}, xstrdup(expected), xstrdup(actual), NULL};
	pid_t pid;

	if (posix_spawnp(&pid, "diff", NULL, NULL, argv, environ) == 0)
		waitpid(pid, NULL, 0);
	free(argv[2]);
	free(argv[3]);
}

static bool needs_root(const char *text)
{
	return strstr(text, "\n# needs root\n");
}

static int run_case(const char *name)
{
	_cleanup_free_ char *path = xasprintf("%s/cases/%s", directory, name),
			    *expected = read_file(path);
	_cleanup_free_ char *hosts = xasprintf("%s/hosts", directory),
			    *tree = xasprintf("%s/%s", trees, name);
	_cleanup_free_ char *actual = xasprintf("%s.actual", tree);
	struct scenario scenario = {.hosts = hosts, .tree = tree};
	int result = CASE_PASSED;

	if (needs_root(expected) && geteuid() != 0)
		return CASE_SKIPPED;
	scenario_run(&scenario, path);
	if (getenv("UPDATE")) {
		if (write_file(path, &scenario.actual) < 0)
			result = CASE_FAILED;
	} else if (strcmp(buf_text(&scenario.actual), expected) != 0) {
		result = CASE_FAILED;
		if (write_file(actual, &scenario.actual) == 0)
			show_difference(path, actual);
		unlink(actual);
	}
	if (scenario.broken)
		result = CASE_FAILED;
	scenario_done(&scenario);
	return result;
}

/*
 * What valgrind has translated in a process it need not translate in the children, and that is most of
 * what it does: so a few cases, in which most verbs and kinds of host come up, run here before any is tested.
 */
static void warm_up(void)
{
	static const char *const names[] = {"snapshot-replay", "again-after-drift",
					    "captured-desktop"};

	if (!on_valgrind())
		return;
	product_stay(true);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		run_case(names[i]);
	product_stay(false);
}

/* --- cases as tests --- */

/*
 * Each case is a process of its own: one that cannot be understood ends only its own test. Some run
 * ahead of the test that waits for them, for the sake of more than one processor.
 */
struct job {
	const char *name;
	pid_t pid; /* 0: not started yet */
	int output;
};

static struct {
	struct job *items;
	size_t n, capacity;
} jobs;

static void start(struct job *job)
{
	if (job->pid)
		return;
	fflush(NULL);
	job->output = memfd_create(job->name, MFD_CLOEXEC);
	assert_true(job->output >= 0);
	job->pid = fork();
	assert_true(job->pid >= 0);
	if (job->pid == 0) {
		if (dup2(job->output, STDOUT_FILENO) < 0 || dup2(job->output, STDERR_FILENO) < 0)
			_exit(CASE_FAILED);
		exit(run_case(job->name));
	}
}

/* A sweep is as long as many of the others together. */
static void start_long_ones(void)
{
	vec_foreach(job, &jobs)
		if (strncmp(job->name, "sweep", strlen("sweep")) == 0)
			start(job);
}

static void show_output(const struct job *job)
{
	char bytes[4096];
	off_t offset = 0;
	ssize_t n;

	while ((n = pread(job->output, bytes, sizeof(bytes), offset)) > 0) {
		fwrite(bytes, 1, (size_t)n, stderr);
		offset += n;
	}
	close(job->output);
}

static void test_case(void **state)
{
	const struct job *job = *state;
	int status;

	if (job == jobs.items)
		start_long_ones();
	for (size_t i = 0; i < N_AHEAD && job + i < jobs.items + jobs.n; i++)
		start(&jobs.items[(size_t)(job - jobs.items) + i]);
	assert_int_equal(waitpid(job->pid, &status, 0), job->pid);
	show_output(job);
	if (WIFEXITED(status) && WEXITSTATUS(status) == CASE_SKIPPED)
		skip();
	if (!WIFEXITED(status) || WEXITSTATUS(status) != CASE_PASSED)
		fail_msg("status %x", (unsigned)status);
}

static void find_cases(const char *pattern, struct strv *ret)
{
	struct strv names = {};
	struct root root;

	if (root_init(&root, directory) < 0 || root_list(&root, "/cases", &names) < 0) {
		fprintf(stderr, "%s/cases: cannot be read\n", directory);
		exit(1);
	}
	root_done(&root);
	for (size_t i = 0; i < names.n; i++)
		if (names.items[i][0] != '.' && fnmatch(pattern, names.items[i], FNM_EXTMATCH) == 0)
			strv_add(ret, names.items[i]);
	strv_done(&names);
}

/* --- the texts of findings --- */

/* How many scenarios spell each finding out. */
static void count_texts(const char *name, unsigned counts[static N_FINDING_TYPES])
{
	_cleanup_free_ char *path = xasprintf("%s/cases/%s", directory, name);
	bool spelled[N_FINDING_TYPES] = {};
	struct script script;

	script_read(path, &script);
	vec_foreach(statement, &script)
		for (size_t i = 1; i < statement->words.n; i++)
			for (enum finding_type type = 0; type < N_FINDING_TYPES; type++)
				if (strcmp(statement->words.items[0], "text") == 0 &&
				    strcmp(statement->words.items[i], finding_name(type)) == 0)
					spelled[type] = true;
	script_done(&script);
	for (enum finding_type type = 0; type < N_FINDING_TYPES; type++)
		counts[type] += spelled[type];
}

/* None is left out, and where a text changes, one scenario does. */
static void test_texts(void **state)
{
	unsigned counts[N_FINDING_TYPES] = {};
	struct strv names = {};
	bool wrong = false;

	(void)state;
	find_cases("*", &names);
	for (size_t i = 0; i < names.n; i++)
		count_texts(names.items[i], counts);
	strv_done(&names);
	for (enum finding_type type = 0; type < N_FINDING_TYPES; type++) {
		if (counts[type] == 1)
			continue;
		fprintf(stderr, "%u scenarios have \"text %s\", and one should\n", counts[type],
			finding_name(type));
		wrong = true;
	}
	assert_false(wrong);
}

/* Trees live in memory where that is possible: they are many, small and soon gone. */
static char *make_trees(void)
{
	const char *directories[] = {getenv("TMPDIR"), "/dev/shm", "/tmp"};
	char *path = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		if (!directories[i])
			continue;
		path = xasprintf("%s/vfio-prepare-scenarios.XXXXXX", directories[i]);
		if (mkdtemp(path))
			return path;
		free(path);
	}
	fprintf(stderr, "no directory for trees: %s\n", strerror(errno));
	exit(1);
}

struct tests {
	struct CMUnitTest *items;
	size_t n, capacity;
};

int main(int argc, char **argv)
{
	struct tests tests = {};
	struct strv names = {};
	_cleanup_free_ char *real = NULL, *own_trees = NULL;
	int failed;

	if (argc < 2 || !(real = realpath(argv[1], NULL))) {
		fprintf(stderr, "usage: %s DIRECTORY [PATTERN]\n", argv[0]);
		return 2;
	}
	directory = real;
	trees = own_trees = make_trees();
	depmod_keep(trees);
	/* Messages and modes are what they are in every locale and for every umask. */
	setenv("LC_ALL", "C", 1);
	umask(0022);
	find_cases(argc > 2 ? argv[2] : "*", &names);
	for (size_t i = 0; i < names.n; i++)
		vec_add(&jobs)->name = names.items[i];
	warm_up();
	vec_foreach(job, &jobs)
		*vec_add(&tests) = (struct CMUnitTest){job->name, test_case, NULL, NULL, job};
	if (fnmatch(argc > 2 ? argv[2] : "*", "texts", FNM_EXTMATCH) == 0)
		*vec_add(&tests) = (struct CMUnitTest){"texts", test_texts, NULL, NULL, NULL};
	failed = _cmocka_run_group_tests("scenarios", tests.items, tests.n, NULL, NULL);
	remove_tree(trees);
	free(tests.items);
	free(jobs.items);
	strv_done(&names);
	return failed;
}
