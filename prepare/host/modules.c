/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/modules.h"

#include <errno.h>
#include <fcntl.h>
#include <libkmod.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/process.h"

#define TABLE_MAX (64 * 1024 * 1024)

static void log_nothing(void *data _unused_, int priority _unused_, const char *file _unused_,
			int line _unused_, const char *function _unused_,
			const char *format _unused_, va_list arguments _unused_)
{
}

int modules_open(struct root *root, const char *release, struct kmod_ctx **ret)
{
	_cleanup_free_ char *path = xasprintf("/lib/modules/%s", release);
	static const char *const no_configuration[] = {NULL};
	char directory[sizeof("/proc/self/fd/") + 12];
	int fd = root_lend(root, path);
	struct kmod_ctx *kmod;

	if (fd < 0)
		return fd;
	snprintf(directory, sizeof(directory), "/proc/self/fd/%d", fd);
	kmod = kmod_new(directory, no_configuration);
	if (!kmod)
		return -ENOMEM;
	kmod_set_log_fn(kmod, log_nothing, NULL);
	if (kmod_load_resources(kmod) < 0) {
		kmod_unref(kmod);
		return -ENOENT;
	}
	*ret = kmod;
	return 0;
}

void modules_close(struct kmod_ctx *modules)
{
	kmod_unref(modules);
}

int modules_lookup(struct kmod_ctx *modules, const char *alias, struct strv *ret)
{
	struct kmod_list *list = NULL, *item;
	int r = kmod_module_new_from_lookup(modules, alias, &list);

	if (r < 0)
		return r;
	kmod_list_foreach(item, list) {
		struct kmod_module *module = kmod_module_get_module(item);

		strv_add_new(ret, kmod_module_get_name(module));
		kmod_module_unref(module);
	}
	kmod_module_unref_list(list);
	strv_sort(ret);
	return 0;
}

void modules_touch(struct root *root, const char *release)
{
	static const char *const tables[] = {
		"modules.dep.bin",     "modules.alias.bin",         "modules.symbols.bin",
		"modules.builtin.bin", "modules.builtin.alias.bin", "modules.builtin.modinfo",
	};

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		_cleanup_free_ char *path = xasprintf("/lib/modules/%s/%s", release, tables[i]);

		/* Which of them exist depends on the version of depmod. */
		free(root_read_text(root, path, TABLE_MAX));
	}
}

/*
 * Runs an "install" command of modprobe.d(5) as libkmod would, but with the signals of a fresh process. The
 * command of the wanted module itself is ignored, those of its dependencies run: KMOD_PROBE_IGNORE_COMMAND
 * would make libkmod leave out the soft dependencies, too.
 */
static int run_install(struct kmod_module *module, const char *command, void *wanted)
{
	char *const words[] = {(char[]){"sh"}, (char[]){"-c"}, (char *)command, NULL};
	posix_spawnattr_t attributes;
	int status = 0, r;
	pid_t pid;

	if (module == wanted)
		return kmod_module_insert_module(module, 0, kmod_module_get_options(module));
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
		int error = kmod_module_probe_insert_module(module,
							    KMOD_PROBE_APPLY_BLACKLIST_ALIAS_ONLY,
							    NULL, run_install, module, NULL);

		loaded = loaded || error == 0;
		if (r == 0 && error)
			r = error < 0 ? error : -ECANCELED;
		kmod_module_unref(module);
	}
	kmod_module_unref_list(list);
	kmod_unref(kmod);
	return loaded ? 0 : r;
}
