/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "host/files.h"
#include "host/watched.h"

#define TEXT_MAX (8 * 1024 * 1024)

int keep_text(struct root *root, const char *path, struct kept_files *kept)
{
	_cleanup_close_ int fd = root_open(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	char *text, *target;
	struct stat st;
	int r;

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	if (watched(fd, "", fstat(fd, &st)) < 0)
		return -errno;
	r = root_read_fd(root, fd, path, TEXT_MAX, &text, NULL);
	if (r < 0)
		return r;
	target = root_path_of(root, fd);
	*vec_add(kept) = (struct kept_file){.path = xstrdup(path),
					    .text = text,
					    .target = target ? target : xstrdup(path),
					    .mode = st.st_mode & 0777};
	return 0;
}

static int copy_bytes(int from, int to, off_t length)
{
	while (length > 0) {
		ssize_t n = copy_file_range(from, NULL, to, NULL, (size_t)length, 0);

		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		length -= n;
	}
	return 0;
}

int keep_image(struct root *root, const char *path, struct kept_files *kept)
{
	const char *name;
	_cleanup_close_ int dir = root_open_parent(root, path, &name), from = -1, to = -1;
	_cleanup_free_ char *copy = xasprintf(TEMPORARY_PREFIX "%s", name);
	struct timespec times[2];
	struct statvfs space;
	struct stat st;
	int r;

	if (dir < 0)
		return dir;
	from = open_regular_at(dir, name, O_RDONLY);
	if (from < 0)
		return from;
	if (watched(from, "", fstat(from, &st)) < 0 ||
	    watched(from, "", fstatvfs(from, &space)) < 0)
		return -errno;
	if ((uint64_t)space.f_bavail * space.f_frsize < (uint64_t)st.st_size * 2)
		return -ENOSPC;
	to = create_file_at(dir, copy, st.st_mode & 0777);
	if (to < 0)
		return to;
	r = copy_bytes(from, to, st.st_size);
	times[0] = times[1] = st.st_mtim;
	if (r == 0 &&
	    (fchmod(to, st.st_mode & 0777) < 0 || futimens(to, times) < 0 || fsync(to) < 0))
		r = -errno;
	if (r < 0) {
		unlinkat(dir, copy, 0);
		return r;
	}
	*vec_add(kept) = (struct kept_file){.path = xstrdup(path),
					    .copy = TAKE_PTR(copy),
					    .inode = st.st_ino,
					    .time = st.st_mtim};
	return 0;
}

static int restore_image(struct root *root, const struct kept_file *file)
{
	const char *name;
	_cleanup_close_ int dir = root_open_parent(root, file->path, &name);
	struct stat now;

	if (dir < 0)
		return dir;
	if (watched(dir, name, fstatat(dir, name, &now, AT_SYMLINK_NOFOLLOW)) == 0 &&
	    now.st_ino == file->inode && now.st_mtim.tv_sec == file->time.tv_sec &&
	    now.st_mtim.tv_nsec == file->time.tv_nsec)
		return 0;
	if (renameat(dir, file->copy, dir, name) < 0)
		return -errno;
	return fsync(dir) < 0 ? errno : 0;
}

static int restore_at(struct root *root, const char *path, const struct kept_file *file)
{
	_cleanup_free_ char *now = NULL;

	if (root_read_file(root, path, TEXT_MAX, &now, NULL) == 0 && strcmp(now, file->text) == 0)
		return 0;
	return root_replace_file(root, path, file->text, file->mode);
}

int keep_restore(struct root *root, const struct kept_files *kept)
{
	int first = 0;

	vec_foreach(file, kept) {
		int r = file->text ? restore_at(root, file->target, file)
				   : restore_image(root, file);

		/* A link stays one, unless something else has taken its place. */
		if (file->text && r >= 0) {
			int at_path = restore_at(root, file->path, file);

			r = at_path ? at_path : r;
		}
		if (r < 0 ? first >= 0 : first == 0)
			first = r;
	}
	return first;
}

void keep_done(struct root *root, struct kept_files *kept)
{
	vec_foreach(file, kept) {
		const char *name;
		_cleanup_close_ int dir = root_open_parent(root, file->path, &name);

		if (file->copy && dir >= 0)
			unlinkat(dir, file->copy, 0);
		free(file->path);
		free(file->text);
		free(file->target);
		free(file->copy);
	}
	free(kept->items);
	*kept = (struct kept_files){};
}
