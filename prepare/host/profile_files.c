/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/profile_files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/files.h"
#include "host/ini_file.h"
#include "model/host_places.h"
#include "parse/profile.h"

static void complain(struct findings *findings, const char *path, const char *detail,
		     const char *remedy)
{
	finding_remedy(finding_add(findings, SEVERITY_ERROR, FINDING_PROFILE, path, "%s", detail),
		       "%s", remedy);
}

/* Who else could have made what it is, a file or what a directory holds; NULL: nobody. */
static char *distrust(const struct stat *st, const char *what, char **ret_remedy)
{
	if (st->st_uid != 0 && st->st_uid != geteuid()) {
		*ret_remedy = xasprintf("chown root: the %s", what);
		return xasprintf("belongs to user %u, who can change it", st->st_uid);
	}
	if (st->st_mode & (S_IWGRP | S_IWOTH)) {
		*ret_remedy = xasprintf("chmod go-w the %s", what);
		return xasprintf("can be written by other users than its owner (mode %04o)",
				 st->st_mode & 07777);
	}
	return NULL;
}

/*
 * Complains of a directory on the way to a path, at which another user could put a file or a link; true: there is
 * one. In a sticky one nobody else replaces what is there, so that it does above the last, and for a file that a
 * person has named.
 */
static bool is_way_unsafe(struct root *root, const char *path, bool named,
			  struct findings *findings)
{
	for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		_cleanup_free_ char *directory = xstrndup(path, (size_t)(slash - path)),
				    *detail = NULL, *remedy = NULL;
		struct stat st;

		if (root_stat(root, directory, &st) < 0 ||
		    !(detail = distrust(&st, "directory", &remedy)))
			continue;
		if (st.st_uid == 0 && st.st_mode & S_ISVTX && (named || strchr(slash + 1, '/')))
			continue;
		complain(findings, directory, detail, remedy);
		return true;
	}
	return false;
}

/* The same for a file, and for what it leads to where it is a link. */
static bool is_file_unsafe(struct root *root, const char *path, bool named,
			   struct findings *findings)
{
	_cleanup_close_ int fd = -1;
	_cleanup_free_ char *target = NULL;

	if (root_read_link(root, path, (char[2]){}, 2) < 0)
		return is_way_unsafe(root, path, named, findings);
	fd = root_open(root, path, O_PATH);
	target = fd < 0 ? NULL : root_path_of(root, fd);
	return is_way_unsafe(root, path, false, findings) ||
	       (target && is_way_unsafe(root, target, false, findings));
}

/* Why the opened file is not to be trusted or not to be read; NULL where nothing is wrong. */
static char *objection(const struct stat *st, char **ret_remedy)
{
	char *detail;

	if (S_ISDIR(st->st_mode)) {
		*ret_remedy = xstrdup("a profile is a file; directories of them are named conf.d");
		return xstrdup("is a directory");
	}
	if (!S_ISREG(st->st_mode)) {
		*ret_remedy = xstrdup("a profile is a regular file");
		return xstrdup("is not a regular file");
	}
	detail = distrust(st, "file", ret_remedy);
	if (detail)
		return detail;
	if (st->st_size > INI_MAX_BYTES) {
		*ret_remedy = xasprintf("a profile has at most %d bytes", INI_MAX_BYTES);
		return xasprintf("is %lld bytes long", (long long)st->st_size);
	}
	return NULL;
}

static void read_one(struct root *root, const char *path, bool named, struct ini *ini,
		     struct findings *findings)
{
	_cleanup_free_ char *detail = NULL, *remedy = NULL, *text = NULL;
	size_t length = 0;
	struct stat st = {};
	int r;

	if (is_file_unsafe(root, path, named, findings))
		return;
	r = root_read_stat(root, path, INI_MAX_BYTES, &st, &text, &length);
	if (r < 0 && !st.st_mode)
		detail = xasprintf("cannot be opened: %s", strerror(-r));
	else if (!(detail = objection(&st, &remedy)) && r < 0)
		detail = xasprintf("cannot be read: %s", strerror(-r));
	if (detail)
		complain(findings, path, detail,
			 remedy ? remedy : "make it readable, or remove it");
	else
		ini_file_parse(text, length, path, ini, findings);
}

bool profile_file_masks(struct root *root, const char *path)
{
	char target[sizeof("/dev/null") + 1];

	return root_read_link(root, path, target, sizeof(target)) > 0 &&
	       strcmp(target, "/dev/null") == 0;
}

/* Finds the files of the three conf.d in the order in which they are read. */
static void find_dropins(struct root *root, struct strv *ret_paths, struct findings *findings)
{
	struct strv names[N_PROFILE_DIRS] = {};
	_cleanup_(strv_done) struct strv paths = {};

	for (size_t i = 0; i < N_PROFILE_DIRS; i++) {
		_cleanup_free_ char *inside = xasprintf("%s/", profile_dirs[i]);
		int r = root_list(root, profile_dirs[i], &names[i]);

		/* Of its files nothing is said besides. */
		if (r == 0 && is_way_unsafe(root, inside, false, findings))
			strv_done(&names[i]);
		if (r < 0 && r != -ENOENT)
			complain(findings, profile_dirs[i], strerror(-r),
				 "make the directory readable, or remove it");
	}
	root_unmasked_files(profile_dirs, names, N_PROFILE_DIRS, ".conf", &paths);
	vec_foreach(path, &paths)
		if (!profile_file_masks(root, *path))
			strv_add(ret_paths, *path);
	for (size_t i = 0; i < N_PROFILE_DIRS; i++)
		strv_done(&names[i]);
}

/* Is there anything at path, of whatever kind? */
static bool exists(struct root *root, const char *path)
{
	int r = root_read_link(root, path, (char[2]){}, 2);

	return r != -ENOENT && r != -ENOTDIR;
}

static void find_in_directory(struct root *root, const char *directory, struct strv *ret)
{
	_cleanup_(strv_done) struct strv names = {};

	root_list(root, directory, &names);
	for (size_t i = 0; i < names.n; i++)
		if (is_profile_name(names.items[i]))
			strv_take(ret, xasprintf("%s/%s", directory, names.items[i]));
}

void image_files_find(struct root *root, bool all, struct strv *ret_paths)
{
	for (size_t i = 0; i < N_IMAGE_SOURCES; i++) {
		const struct image_source *source = &image_sources[i];

		if (!source->is_profile && !all)
			continue;
		if (source->is_directory)
			find_in_directory(root, source->path, ret_paths);
		else if (exists(root, source->path))
			strv_add(ret_paths, source->path);
	}
}

bool profile_exists(struct root *root)
{
	_cleanup_(strv_done) struct strv paths = {};

	image_files_find(root, false, &paths);
	for (size_t i = 0; i < paths.n; i++)
		if (managed_file_of(paths.items[i]) == N_MANAGED_FILES &&
		    !profile_file_masks(root, paths.items[i]))
			return true;
	return false;
}

int profile_load(struct root *root, const char *file, struct profile *ret,
		 struct findings *findings)
{
	_cleanup_(strv_done) struct strv paths = {};
	_cleanup_(ini_done) struct ini ini = {};
	size_t before = findings->n;
	int r = -EINVAL;

	if (file)
		strv_add(&paths, file);
	else {
		if (exists(root, PROFILE_PATH))
			strv_add(&paths, PROFILE_PATH);
		find_dropins(root, &paths, findings);
	}
	for (size_t i = 0; i < paths.n; i++)
		read_one(root, paths.items[i], file, &ini, findings);
	if (findings->n == before)
		r = paths.n ? profile_parse(&ini, ret, findings) : -ENOENT;
	if (r == 0) {
		ret->entries = ini;
		ini = (struct ini){};
	}
	return r;
}
