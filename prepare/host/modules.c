/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/modules.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <libkmod.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/process.h"
#include "base/text.h"
#include "host/bounded.h"

#define TABLE_MAX (64 * 1024 * 1024)
/* Time for all lookups of a run, which take milliseconds. */
#define TABLES_MS 5000
/* Modules that an alias offers, in bytes. */
#define NAMES_MAX 512
#define NOBODY 65534

static void log_nothing(void *data _unused_, int priority _unused_, const char *file _unused_,
			int line _unused_, const char *function _unused_,
			const char *format _unused_, va_list arguments _unused_)
{
}

static const char *const tables[] = {
	"modules.dep.bin",     "modules.alias.bin",         "modules.symbols.bin",
	"modules.builtin.bin", "modules.builtin.alias.bin", "modules.builtin.modinfo",
};

/*
 * libkmod opens the tables itself, and waits where one is a pipe. Those of a tree must be files of the tree, as
 * a link would lead out of it; which of them exist depends on the version of depmod.
 */
static bool are_files(const struct root *root, int dir)
{
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		struct stat st;

		if (fstatat(dir, tables[i], &st, root->live ? 0 : AT_SYMLINK_NOFOLLOW) == 0 &&
		    !S_ISREG(st.st_mode))
			return false;
	}
	return true;
}

/* Opens the tables in the directory, in a child; NULL: they are missing, or no tables. */
static struct kmod_ctx *open_tables(const struct root *root, int dir)
{
	static const char *const no_configuration[] = {NULL};
	char path[sizeof("/proc/self/fd/") + 12];
	struct kmod_ctx *kmod;

	if (!are_files(root, dir))
		return NULL;
	/* libkmod also reads /proc/cmdline, which is not that of a tree: it finds nothing but the tables there. */
	if (!root->live && fchdir(dir) == 0 && chroot(".") == 0)
		strcpy(path, "/");
	else
		snprintf(path, sizeof(path), "/proc/self/fd/%d", dir);
	kmod = kmod_new(path, no_configuration);
	if (!kmod)
		return NULL;
	kmod_set_log_fn(kmod, log_nothing, NULL);
	if (kmod_load_resources(kmod) == 0)
		return kmod;
	kmod_unref(kmod);
	return NULL;
}

/* Sorted and without repetition, each with a '\n'; false: the table or the text is too long for it. */
static bool look_up(struct kmod_ctx *kmod, const char *alias, char ret[static NAMES_MAX])
{
	struct kmod_list *list = NULL, *item;
	_cleanup_(strv_done) struct strv names = {};
	size_t length = 0;

	if (kmod_module_new_from_lookup(kmod, alias, &list) < 0)
		return false;
	kmod_list_foreach(item, list) {
		struct kmod_module *module = kmod_module_get_module(item);

		strv_add_new(&names, kmod_module_get_name(module));
		kmod_module_unref(module);
	}
	kmod_module_unref_list(list);
	strv_sort(&names);
	for (size_t i = 0; i < names.n && length < NAMES_MAX; i++)
		length += (size_t)snprintf(ret + length, NAMES_MAX - length, "%s\n",
					   names.items[i]);
	return length < NAMES_MAX;
}

/* The answers of the child, in memory that outlives it. */
struct answers {
	bool opened;
	struct {
		bool known;
		char names[NAMES_MAX];
	} items[];
};

struct lookup {
	const struct root *root;
	int dir;
	const struct strv *aliases;
	struct answers *answers;
};

static void look_up_all(void *userdata, size_t piece _unused_)
{
	const struct lookup *lookup = userdata;
	struct kmod_ctx *kmod = open_tables(lookup->root, lookup->dir);

	lookup->answers->opened = kmod;
	/* Who made the tables of a tree is not known: what they make of libkmod has no rights. */
	if (!lookup->root->live && geteuid() == 0 &&
	    (setgroups(0, NULL) < 0 || setresgid(NOBODY, NOBODY, NOBODY) < 0 ||
	     setresuid(NOBODY, NOBODY, NOBODY) < 0))
		return;
	for (size_t i = 0; kmod && i < lookup->aliases->n; i++)
		lookup->answers->items[i].known = look_up(kmod, lookup->aliases->items[i],
							  lookup->answers->items[i].names);
	kmod_unref(kmod);
}

int modules_find(struct root *root, const char *release, const struct strv *aliases,
		 struct found_modules *ret)
{
	_cleanup_free_ char *path = xasprintf("/lib/modules/%s", release);
	size_t bytes = sizeof(struct answers) +
		       aliases->n * sizeof(((struct answers *)NULL)->items[0]);
	struct lookup lookup = {root, root_lend(root, path), aliases, NULL};
	int r = 0;

	if (lookup.dir < 0)
		return lookup.dir;
	lookup.answers = bounded_memory(bytes);
	if (!lookup.answers)
		return -ENOMEM;
	if (bounded_once(look_up_all, &lookup, TABLES_MS) != BOUNDED_DONE)
		r = root_unread(root, path, -EUCLEAN);
	else if (!lookup.answers->opened)
		r = -ENOENT;
	for (size_t i = 0; r == 0 && i < aliases->n; i++) {
		ret[i].known = lookup.answers->items[i].known;
		strv_split(&ret[i].names, lookup.answers->items[i].names, "\n");
	}
	bounded_free(lookup.answers, bytes);
	return r;
}

void found_modules_done(struct found_modules *found, size_t n)
{
	for (size_t i = 0; i < n; i++)
		strv_done(&found[i].names);
	free(found);
}

void modules_touch(struct root *root, const char *release)
{
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		_cleanup_free_ char *path = xasprintf("/lib/modules/%s/%s", release, tables[i]);

		free(root_read_text(root, path, TABLE_MAX));
	}
}

/* What is loaded by its name, and what it is told after all that is configured: the last value counts. */
struct wanted {
	struct kmod_module *module;
	const char *options; /* NULL: nothing */
};

/* These take devices by their ids, too, while the tool says by override which they may take. */
static const char *options_of(const char *module)
{
	static const char *const modules[] = {"vfio_pci", "pci_stub"};

	return TEXT_IN(modules, module) ? "ids=" : NULL;
}

/*
 * Runs an "install" command of modprobe.d(5) as libkmod would, but with the signals of a fresh process. The
 * command of the wanted module itself is ignored, those of its dependencies run: KMOD_PROBE_IGNORE_COMMAND
 * would make libkmod leave out the soft dependencies, too.
 */
static int run_install(struct kmod_module *module, const char *command, void *userdata)
{
	const struct wanted *wanted = userdata;
	char *const words[] = {(char[]){"sh"}, (char[]){"-c"}, (char *)command, NULL};
	posix_spawnattr_t attributes;
	int status = 0, r;
	pid_t pid;

	if (module == wanted->module) {
		const char *configured = kmod_module_get_options(module);
		_cleanup_free_ char *options = xasprintf("%s%s%s", configured ? configured : "",
							 configured && wanted->options ? " " : "",
							 wanted->options ? wanted->options : "");

		return kmod_module_insert_module(module, 0, options);
	}
	setenv("MODPROBE_MODULE", kmod_module_get_name(module), 1);
	process_spawn_attributes(&attributes);
	r = posix_spawn(&pid, "/bin/sh", NULL, &attributes, words, environ);
	posix_spawnattr_destroy(&attributes);
	unsetenv("MODPROBE_MODULE");
	while (r == 0 && waitpid(pid, &status, 0) < 0)
		r = errno == EINTR ? 0 : errno;
	return r == 0 && status == 0 ? 0 : -EINVAL;
}

int module_load(struct root *root, const char *name)
{
	struct kmod_list *list = NULL, *item;
	struct kmod_ctx *kmod;
	bool loaded = false;
	int r;

	if (!root->live)
		return -EOPNOTSUPP;
	kmod = kmod_new(NULL, NULL);
	if (!kmod)
		return -ENOMEM;
	kmod_set_log_fn(kmod, log_nothing, NULL);
	r = kmod_module_new_from_lookup(kmod, name, &list);
	/* A name that nothing knows is no error of the lookup, only an empty list. */
	if (r == 0 && !list)
		r = -ENOENT;
	kmod_list_foreach(item, list) {
		struct kmod_module *module = kmod_module_get_module(item);
		struct wanted wanted = {module, options_of(kmod_module_get_name(module))};
		int error = kmod_module_probe_insert_module(module,
							    KMOD_PROBE_APPLY_BLACKLIST_ALIAS_ONLY,
							    wanted.options, run_install, &wanted,
							    NULL);

		loaded = loaded || error == 0;
		if (r == 0 && error)
			r = error < 0 ? error : -ECANCELED;
		kmod_module_unref(module);
	}
	kmod_module_unref_list(list);
	kmod_unref(kmod);
	return loaded ? 0 : r;
}
