/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs of all verbs on one host, each function of which a guard holds (tests/scenarios/hosts/guarded): for tests
 * that let something fail at each place of a run.
 */
#pragma once

#include <stdlib.h>
#include <sys/wait.h>

#include "fake/tree.h"
#include "host/supervisor.h"
#include "support.h"
#include "verbs/verb.h"

/* So many times fewer places where each run takes long. */
#ifdef __SANITIZE_ADDRESS__
#define SLOWER 5
#else
#define SLOWER 1
#endif

static char libvirt_word[] = "libvirt", nodedev_word[] = "nodedev";
static char *const libvirt[] = {libvirt_word, nodedev_word};

static const struct {
	const char *what;
	const struct verb *verb;
	struct options options;
	bool plans;  /* it prints a plan */
	bool writes; /* it changes files below /etc */
	bool shown;  /* it differs from another one in what is shown, and not in what is read */
} runs[] = {
	{"plan", &plan_verb, .options = {.format = FORMAT_JSON}, .plans = true},
	{"bind --phase early", &bind_verb, .options = {.phase = "early"}},
	{"bind --phase premount", &bind_verb, .options = {.phase = "premount"}},
	{"bind --phase system", &bind_verb, .options = {.phase = "system"}},
	{"bind --phase hotplug", &bind_verb, .options = {.phase = "hotplug"}},
	{"bind", &bind_verb, .options = {}},
	{"apply", &apply_verb, .options = {}, .writes = true},
	{"validate", &validate_verb, .options = {}},
	{"list", &list_verb, .options = {}},
	{"init", &init_verb, .options = {.name = "."}},
	{"import", &import_verb, .options = {}},
	{"release", &release_verb, .options = {}},
	{"export", &export_verb, .options = {.operands = libvirt, .n_operands = 2}},
	{"bind --format json", &bind_verb, .options = {.format = FORMAT_JSON}, .shown = true},
	{"apply --format json", &apply_verb, .options = {.format = FORMAT_JSON}, .shown = true},
	{"validate --format json", &validate_verb, .options = {.format = FORMAT_JSON},
	 .shown = true},
	{"validate --format prometheus", &validate_verb, .options = {.format = FORMAT_PROMETHEUS},
	 .shown = true},
	{"validate --format maas", &validate_verb, .options = {.format = FORMAT_MAAS},
	 .shown = true},
	{"list --format json", &list_verb, .options = {.format = FORMAT_JSON}, .shown = true},
	{"release --format json", &release_verb, .options = {.format = FORMAT_JSON}, .shown = true},
	{"plan --modules", &plan_verb, .options = {.modules = true}, .shown = true},
	{"plan --image-files", &plan_verb, .options = {.image_files = true}, .shown = true},
};

/* The run of one process. */
struct verb_run {
	size_t index;
	const char *path;
	void (*begin)(void);
	void (*end)(void);
};

static char top[32];
/* Runs are supervised (host/supervisor.h), with so many milliseconds for each read; 0: they are not. */
static int supervised_ms;
/* Where a run's complaints go; NULL: nowhere. */
static FILE *errors;

/* Takes what it runs. */
static void shell(char *command)
{
	assert_int_equal(system(command), 0);
	free(command);
}

static void make_host(void)
{
	_cleanup_free_ char *tree = NULL;
	struct host *host = host_new();

	strcpy(top, "/tmp/vfio-prepare.XXXXXX");
	assert_non_null(mkdtemp(top));
	tree = xasprintf("%s/host", top);
	assert_int_equal(mkdir(tree, 0755), 0);
	host_read(host, "tests/scenarios/hosts/guarded");
	tree_build(host, tree);
	host_free(host);
	shell(xasprintf("mkdir -p %s/etc/vfio-prepare && printf '[device x]\\nclass = 01 02 03\\n' "
			">%s/etc/vfio-prepare/profile.conf",
			tree, tree));
}

/* Every nth place is tried, unless SWEEP_EVERY says another number; fewer under a sanitizer. */
static inline unsigned sweep_step(unsigned n)
{
	const char *every = getenv("SWEEP_EVERY");

	return every ? (unsigned)atoi(every) : SLOWER * n;
}

static int carry_out(void *userdata)
{
	const struct verb_run *run = userdata;
	struct root root;
	int status;

	if (root_init(&root, run->path) < 0)
		_exit(99);
	run->begin();
	status = runs[run->index].verb->run(&root, &runs[run->index].options);
	run->end();
	fflush(stdout);
	_exit(status);
}

/*
 * Runs a verb on the tree of that name in a process of its own, with its output in a file; how it ended, as
 * waitpid() says. begin() is called before the verb and end() behind it.
 */
static int run_verb(size_t index, const char *tree, FILE *output, void (*begin)(void),
		    void (*end)(void))
{
	_cleanup_free_ char *path = xasprintf("%s/%s", top, tree);
	struct verb_run run = {index, path, begin, end};
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

		dup2(output ? fileno(output) : null, STDOUT_FILENO);
		dup2(errors ? fileno(errors) : null, STDERR_FILENO);
		alarm(60);
		_exit(supervised_ms ? supervise(&(struct supervised){.run = carry_out,
								     .userdata = &run,
								     .look_ms = supervised_ms / 6,
								     .first_looks = 6,
								     .later_looks = 6})
				    : carry_out(&run));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}
