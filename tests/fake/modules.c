/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "fake/build.h"
#include "fake/depmod.h"

static const char *kept;

void depmod_keep(const char *directory)
{
	kept = directory;
}

static _Noreturn void failed(const char *path)
{
	fprintf(stderr, "%s: %s\n", path, strerror(errno));
	exit(1);
}

static void find_aliases(const struct host *host, const char *module, struct strv *ret)
{
	vec_foreach(driver, &host->drivers)
		for (size_t i = 0; strcmp(driver->module, module) == 0 && i < driver->aliases.n;
		     i++)
			strv_add(ret, driver->aliases.items[i]);
}

/* Makes them below a root of their own, or of the whole tree. */
static void make_modules(const struct build *build)
{
	_cleanup_free_ char *modules = xasprintf("/lib/modules/%s", build->host->kernel);
	_cleanup_free_ char *directory = xasprintf("%s%s", build->directory, modules);

	put_directory(build, modules);
	vec_foreach(module, &build->host->modules) {
		struct strv aliases = {};

		find_aliases(build->host, module->name, &aliases);
		depmod_add(directory, module->name, module->builtin, &aliases);
		strv_done(&aliases);
	}
	depmod_run(build->directory, directory, build->host->kernel);
}

/* Tells the modules of one host from those of another (FNV-1a). */
static uint64_t hash_modules(const struct host *host)
{
	uint64_t hash = 0xcbf29ce484222325;
	struct buf text = {};

	buf_add(&text, host->kernel);
	vec_foreach(module, &host->modules) {
		struct strv aliases = {};

		find_aliases(host, module->name, &aliases);
		buf_addf(&text, "\n%s %d", module->name, module->builtin);
		for (size_t i = 0; i < aliases.n; i++)
			buf_addf(&text, " %s", aliases.items[i]);
		strv_done(&aliases);
	}
	for (size_t i = 0; i < text.length; i++)
		hash = (hash ^ (unsigned char)text.text[i]) * 0x100000001b3;
	buf_done(&text);
	return hash;
}

static void link_files(const char *from, const char *to)
{
	DIR *directory = opendir(from);
	const struct dirent *entry;

	if (!directory)
		failed(from);
	while ((entry = readdir(directory))) {
		_cleanup_free_ char *path = xasprintf("%s/%s", to, entry->d_name);

		if (entry->d_type == DT_REG &&
		    linkat(dirfd(directory), entry->d_name, AT_FDCWD, path, 0) < 0)
			failed(path);
	}
	closedir(directory);
}

void put_modules(const struct build *build)
{
	_cleanup_free_ char *modules = xasprintf("/lib/modules/%s", build->host->kernel);
	_cleanup_free_ char *own = NULL, *made = NULL, *from = NULL, *to = NULL;

	if (!kept) {
		make_modules(build);
		return;
	}
	made = xasprintf("%s/.modules-%016" PRIx64, kept, hash_modules(build->host));
	if (access(made, F_OK) < 0) {
		/* Another process may make the same ones meanwhile: whose are in place first are used. */
		own = xasprintf("%s.%d", made, (int)getpid());
		if (mkdir(own, 0755) < 0)
			failed(own);
		make_modules(&(struct build){own, build->host});
		if (rename(own, made) < 0 && errno != EEXIST && errno != ENOTEMPTY)
			failed(made);
	}
	from = xasprintf("%s%s", made, modules);
	to = xasprintf("%s%s", build->directory, modules);
	put_directory(build, modules);
	link_files(from, to);
}
