/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: root_open */
/*
 * What all verbs have in common: no path of the host is opened twice in one run, and all that a verb opens is
 * in a snapshot of that host, on which those that only look say what they say on the host.
 */
#include <stdlib.h>

#include "fake/tree.h"
#include "support.h"
#include "verbs/verb.h"

int __real_root_open(struct root *root, const char *path, int flags);
int __wrap_root_open(struct root *root, const char *path, int flags);

/* A line for each path that was opened, also by children: "FLAG PATH", where FLAG is "l" for a link itself. */
static int opened = -1;
/* What acts looks again at what it is about to write, and reads back what it wrote: of it only the survey counts. */
static bool acts;

int __wrap_root_open(struct root *root, const char *path, int flags)
{
	_cleanup_free_ char *line = xasprintf("%c /%s\n", flags & O_NOFOLLOW ? 'l' : 'f',
					      path + strspn(path, "/"));

	/* What is opened for a write is not read. */
	if (opened >= 0 && (flags & O_ACCMODE) == O_RDONLY && (root->remembers || !acts))
		assert_int_equal(write(opened, line, strlen(line)), strlen(line));
	return __real_root_open(root, path, flags);
}

static char libvirt_word[] = "libvirt", nodedev_word[] = "nodedev";
static char *const libvirt[] = {libvirt_word, nodedev_word};

static const struct {
	const char *what;
	const struct verb *verb;
	struct options options;
	bool acts; /* it changes the host */
} runs[] = {
	{"list", &list_verb, {}, false},
	{"list --format json", &list_verb, {.format = FORMAT_JSON}, false},
	{"list --assignable", &list_verb, {.assignable = true}, false},
	{"list --tree", &list_verb, {.tree = true}, false},
	{"init", &init_verb, {.name = "."}, false},
	{"import", &import_verb, {}, false},
	{"plan", &plan_verb, {}, false},
	{"plan --modules", &plan_verb, {.modules = true}, false},
	{"validate", &validate_verb, {}, false},
	{"validate --fit", &validate_verb, {.fit = true}, false},
	{"validate --devices", &validate_verb, {.devices = true}, false},
	{"export", &export_verb, {.operands = libvirt, .n_operands = 2}, false},
	{"bind --phase early", &bind_verb, {.phase = "early"}, true},
	{"bind --phase premount", &bind_verb, {.phase = "premount"}, true},
	{"bind --phase system", &bind_verb, {.phase = "system"}, true},
	{"bind --phase hotplug", &bind_verb, {.phase = "hotplug"}, true},
	{"bind", &bind_verb, {}, true},
	{"bind --force", &bind_verb, {.force = true}, true},
	{"release", &release_verb, {}, true},
	{"apply", &apply_verb, {}, true},
};

static const struct host_row {
	const char *host, *profile;
} hosts[] = {
	{"debian-grub", "[device x]\naddress = 01:00.0\ngroup = expand\n"},
	{"ready", "[device x]\nid = 8086:10d3\nreset = require\n"},
	{"gpus", "[device x]\nclass = 0300\ngroup = expand\ndriver = auto\nallow = display\n"},
	{"sriov", "[device x]\naddress = 01:00.0\nvfs = 2\n"},
	{"server", "[device x]\nclass = 0108\n"},
	{"captured-luks", "[device x]\naddress = 01:00.0\nallow = storage network display\n"},
};

/* --- the host, and a copy for each run --- */

static char top[32];

static char *place(const char *name)
{
	return xasprintf("%s/%s", top, name);
}

/* Takes what it runs. */
static void shell(char *command)
{
	assert_int_equal(system(command), 0);
	free(command);
}

static void make_host(const struct host_row *row)
{
	_cleanup_free_ char *file = xasprintf("tests/scenarios/hosts/%s", row->host);
	_cleanup_free_ char *tree = NULL, *profile = NULL;
	struct host *host = host_new();
	int fd;

	strcpy(top, "/tmp/vfio-prepare.XXXXXX");
	assert_non_null(mkdtemp(top));
	tree = place("host");
	assert_int_equal(mkdir(tree, 0755), 0);
	host_read(host, file);
	tree_build(host, tree);
	host_free(host);
	shell(xasprintf("mkdir -p %s/host/etc/vfio-prepare", top));
	profile = place("host/etc/vfio-prepare/profile.conf");
	fd = open(profile, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, row->profile, strlen(row->profile)), strlen(row->profile));
	close(fd);
}

static void remove_host(void)
{
	shell(xasprintf("rm -rf %s", top));
}

/* Runs a verb on the tree of that name; what it says, and the paths that it opened, each the caller's. */
static char *run_on(const char *tree, const struct verb *verb, const struct options *options,
		    struct strv *ret_paths)
{
	_cleanup_free_ char *path = place(tree), *log = place("opened"), *report = place("report");
	_cleanup_free_ char *text = NULL, *lines = NULL;
	int out = dup(STDOUT_FILENO), error = dup(STDERR_FILENO), fd;
	struct root root, all;

	assert_int_equal(root_init(&root, path), 0);
	fd = open(report, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
	opened = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
	assert_true(fd >= 0 && opened >= 0);
	fflush(stdout);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	verb->run(&root, options);
	fflush(stdout);
	dup2(out, STDOUT_FILENO);
	dup2(error, STDERR_FILENO);
	close(out);
	close(error);
	close(fd);
	close(opened);
	opened = -1;
	root_done(&root);
	assert_int_equal(root_init(&all, top), 0);
	text = root_read_text(&all, "report", 16 * 1024 * 1024);
	lines = root_read_text(&all, "opened", 64 * 1024 * 1024);
	root_done(&all);
	assert_true(text && lines);
	strv_split(ret_paths, lines, "\n");
	strv_sort(ret_paths);
	return TAKE_PTR(text);
}

static size_t n_complaints;

static void complain(const char *what, const char *path, const char *complaint)
{
	print_error("%s: %s %s\n", what, path, complaint);
	n_complaints++;
}

/* --- opened once --- */

static bool is_one_of(const char *path, const char *const *starts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strncmp(path, starts[i], strlen(starts[i])) == 0)
			return true;
	return false;
}

/* How often at most a run may open the path. */
static size_t allowed(const struct verb *verb, const char *path)
{
	/* Before anything is written, after the programs have run, and after what followed from those. */
	static const char *const written_by_apply[] = {"/boot",
						       "/efi",
						       "/etc",
						       "/lib/modules",
						       "/usr",
						       "/sbin",
						       "/bin",
						       "/var/lib",
						       "/proc/cmdline",
						       "/proc/stat",
						       "/run/ostree-booted",
						       "/sys/firmware/efi/efivars",
						       "/proc/sys/kernel/osrelease",
						       "/.vfio-prepare/older"};

	return verb == &apply_verb &&
			       is_one_of(path, written_by_apply, ARRAY_SIZE(written_by_apply))
		       ? 3
		       : 1;
}

static void check_opened_once(const char *what, const struct verb *verb, const struct strv *paths)
{
	for (size_t i = 0, n; i < paths->n; i += n) {
		for (n = 1; i + n < paths->n && strcmp(paths->items[i + n], paths->items[i]) == 0;)
			n++;
		if (n > allowed(verb, paths->items[i] + 2)) {
			_cleanup_free_ char *times = xasprintf("is opened %zu times", n);
			complain(what, paths->items[i] + 2, times);
		}
	}
}

/* --- and in the snapshot --- */

/* What a snapshot keeps as answers of its own, as it cannot have it as it is. */
static bool has_answer(const char *path)
{
	static const char *const answered[] = {"/proc/stat", "/.vfio-prepare/"};

	return is_one_of(path, answered, ARRAY_SIZE(answered));
}

static bool is_in(const char *tree, const char *line)
{
	_cleanup_free_ char *path = place(tree);
	struct root root;
	int fd;

	assert_int_equal(root_init(&root, path), 0);
	fd = __real_root_open(&root, line + 2, O_PATH | (*line == 'l' ? O_NOFOLLOW : 0));
	root_done(&root);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static void check_captured(const char *what, const struct strv *paths)
{
	for (size_t i = 0; i < paths->n; i++)
		if (is_in("host", paths->items[i]) && !is_in("snapshot", paths->items[i]) &&
		    !has_answer(paths->items[i] + 2))
			complain(what, paths->items[i] + 2, "is not in the snapshot");
}

TEST(each_path_is_opened_once_and_is_in_the_snapshot)
{
	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
		_cleanup_free_ char *snapshot = NULL, *text = NULL;
		struct strv paths = {};

		make_host(&hosts[i]);
		snapshot = place("snapshot");
		acts = false;
		text = run_on("host", &snapshot_verb,
			      &(struct options){.operands = &snapshot, .n_operands = 1}, &paths);
		check_text(hosts[i].host, text, "");
		strv_done(&paths);
		for (size_t j = 0; j < ARRAY_SIZE(runs); j++) {
			_cleanup_free_ char *what = xasprintf("%s: %s", hosts[i].host,
							      runs[j].what);
			_cleanup_free_ char *here = NULL, *there = NULL;
			struct strv here_paths = {}, there_paths = {};

			shell(xasprintf("rm -rf %s/run && cp -a %s/host %s/run", top, top, top));
			acts = runs[j].acts;
			here = run_on("run", runs[j].verb, &runs[j].options, &here_paths);
			check(what, here_paths.n > 0);
			check_opened_once(what, runs[j].verb, &here_paths);
			check_captured(what, &here_paths);
			if (!runs[j].acts) {
				there = run_on("snapshot", runs[j].verb, &runs[j].options,
					       &there_paths);
				if (strcmp(there, here) != 0)
					complain(what, "the report", "differs on the snapshot");
			}
			strv_done(&here_paths);
			strv_done(&there_paths);
		}
		remove_host();
	}
	assert_int_equal(n_complaints, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_path_is_opened_once_and_is_in_the_snapshot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
