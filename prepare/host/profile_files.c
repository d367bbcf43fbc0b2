/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/profile_files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/ini_file.h"
#include "model/policy.h"
#include "parse/profile.h"

/* Later ones are masked by earlier ones. */
static const char *const directories[] = {
	"/etc/vfio-prepare/conf.d",
	"/run/vfio-prepare/conf.d",
	"/usr/lib/vfio-prepare/conf.d",
};

static void complain(struct findings *findings, const char *path, const char *detail,
		     const char *remedy)
{
	finding_remedy(finding_add(findings, SEVERITY_ERROR, FINDING_PROFILE, path, "%s", detail),
		       "%s", remedy);
}

/* Why the opened file is not to be trusted or not to be read; NULL where nothing is wrong. */
static char *objection(const struct stat *st, char **ret_remedy)
{
	if (S_ISDIR(st->st_mode)) {
		*ret_remedy = xstrdup("a profile is a file; directories of them are named conf.d");
		return xstrdup("is a directory");
	}
	if (!S_ISREG(st->st_mode)) {
		*ret_remedy = xstrdup("a profile is a regular file");
		return xstrdup("is not a regular file");
	}
	if (st->st_uid != 0 && st->st_uid != geteuid()) {
		*ret_remedy = xstrdup("chown root: the file");
		return xasprintf("belongs to user %u, who could change it", st->st_uid);
	}
	if (st->st_mode & (S_IWGRP | S_IWOTH)) {
		*ret_remedy = xstrdup("chmod go-w the file");
		return xasprintf("can be written by others than its owner (mode %04o)",
				 st->st_mode & 07777);
	}
	if (st->st_size > INI_MAX_BYTES) {
		*ret_remedy = xasprintf("a profile has at most %d bytes", INI_MAX_BYTES);
		return xasprintf("is %lld bytes long", (long long)st->st_size);
	}
	return NULL;
}

static void read_one(struct root *root, const char *path, struct ini *ini,
		     struct findings *findings)
{
	_cleanup_close_ int fd = root_open(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	_cleanup_free_ char *detail = NULL, *remedy = NULL, *text = NULL;
	size_t length = 0;
	struct stat st;
	int r;

	if (fd < 0 || fstat(fd, &st) < 0) {
		detail = xasprintf("cannot be opened: %s", strerror(fd < 0 ? -fd : errno));
		complain(findings, path, detail, "make it readable, or remove it");
		return;
	}
	detail = objection(&st, &remedy);
	if (detail) {
		complain(findings, path, detail, remedy);
		return;
	}
	r = root_read_fd(root, fd, path, INI_MAX_BYTES, &text, &length);
	if (r < 0) {
		detail = xasprintf("cannot be read: %s", strerror(-r));
		complain(findings, path, detail, "make it readable, or remove it");
		return;
	}
	ini_file_parse(text, length, path, ini, findings);
}

bool profile_file_masks(struct root *root, const char *path)
{
	char target[sizeof("/dev/null") + 1];

	return root_read_link(root, path, target, sizeof(target)) > 0 &&
	       strcmp(target, "/dev/null") == 0;
}

static bool is_conf(const char *name)
{
	size_t length = strlen(name);

	return name[0] != '.' && length > strlen(".conf") &&
	       strcmp(name + length - strlen(".conf"), ".conf") == 0;
}

/* The files of the three conf.d in the order in which they are read. */
static void find_dropins(struct root *root, struct strv *ret_paths, struct findings *findings)
{
	struct strv names = {}, seen[ARRAY_SIZE(directories)] = {};

	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		int r = root_list(root, directories[i], &seen[i]);

		if (r < 0 && r != -ENOENT)
			complain(findings, directories[i], strerror(-r),
				 "make the directory readable, or remove it");
		for (size_t j = 0; j < seen[i].n; j++)
			if (is_conf(seen[i].items[j]) && !strv_contains(&names, seen[i].items[j]))
				strv_add(&names, seen[i].items[j]);
	}
	strv_sort(&names);
	for (size_t j = 0; j < names.n; j++)
		for (size_t i = 0; i < ARRAY_SIZE(directories); i++)
			if (strv_contains(&seen[i], names.items[j])) {
				_cleanup_free_ char *path = xasprintf("%s/%s", directories[i],
								      names.items[j]);

				if (!profile_file_masks(root, path))
					strv_take(ret_paths, TAKE_PTR(path));
				break;
			}
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++)
		strv_done(&seen[i]);
	strv_done(&names);
}

/* Is there anything, of whatever kind, at the place of the profile? */
static bool exists(struct root *root, const char *path)
{
	_cleanup_close_ int fd = root_open(root, path, O_PATH | O_NOFOLLOW);

	return fd != -ENOENT && fd != -ENOTDIR;
}

void profile_files_of_image(struct root *root, struct strv *ret_paths)
{
	if (exists(root, PROFILE_PATH))
		strv_add(ret_paths, PROFILE_PATH);
	if (exists(root, managed_files[FILE_GUARDED]))
		strv_add(ret_paths, managed_files[FILE_GUARDED]);
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		_cleanup_(strv_done) struct strv names = {};

		if (strncmp(directories[i], "/run/", 5) != 0)
			root_list(root, directories[i], &names);
		for (size_t j = 0; j < names.n; j++)
			if (is_conf(names.items[j]))
				strv_take(ret_paths,
					  xasprintf("%s/%s", directories[i], names.items[j]));
	}
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
		read_one(root, paths.items[i], &ini, findings);
	if (findings->n == before)
		r = paths.n ? profile_parse(&ini, ret, findings) : -ENOENT;
	return r;
}
