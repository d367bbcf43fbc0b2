/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/root.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/text.h"
#include "host/watched.h"

#define WALK_MAX_DEPTH 64
#define WALK_MAX_LINKS 40 /* as the kernel's MAXSYMLINKS */
#define OPENAT2_RETRIES 16

void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* The device number of an open directory's file system if no server, process or other machine changes it; else 0. */
static dev_t local_device(int fd)
{
	static const unsigned long kinds[] = {TMPFS_MAGIC, RAMFS_MAGIC, EXT4_SUPER_MAGIC,
					      XFS_SUPER_MAGIC, BTRFS_SUPER_MAGIC};
	struct statfs filesystem;
	struct stat st;

	if (watched(fd, "", fstatfs(fd, &filesystem)) < 0 || watched(fd, "", fstat(fd, &st)) < 0)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if ((unsigned long)filesystem.f_type == kinds[i])
			return st.st_dev;
	return 0;
}

int root_init(struct root *ret, const char *path)
{
	_cleanup_free_ char *real = NULL;
	int fd = (int)watched(AT_FDCWD, path, open(path, O_PATH | O_DIRECTORY | O_CLOEXEC));

	if (fd >= 0 && watched_begin(AT_FDCWD, path) == 0) {
		real = realpath(path, NULL);
		watched_end(0);
	}
	if (fd >= 0 && fd <= STDERR_FILENO) {
		/* Output would go there, and a child gives these away (host/bounded.c). */
		int low = fd;

		fd = fcntl(low, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		close(low);
	}
	if (fd < 0)
		return -errno;
	*ret = (struct root){.fd = fd,
			     .live = real && strcmp(real, "/") == 0,
			     .user = geteuid(),
			     .local = local_device(fd)};
	return 0;
}

void root_forget(struct root *root)
{
	places_done(&root->places);
}

void root_heed(struct root *root)
{
	free(TAKE_PTR(root->unread));
}

int root_unread(struct root *root, const char *path, int error)
{
	if (error < 0 && !root->unread)
		root->unread = xasprintf("%s cannot be read: %s", path, strerror(-error));
	return error;
}

int root_note(struct root *root, const char *path, int error)
{
	switch (-error) {
	case ENOENT:
	case ENOTDIR:
	case ELOOP:
	case ENODEV: /* a device or process that went away meanwhile */
	case ESRCH:
		return error;
	default:
		return root_unread(root, path, error);
	}
}

void root_done(struct root *root)
{
	root_forget(root);
	root_heed(root);
	if (root->fd >= 0)
		close(root->fd);
	root->fd = -1;
}

/* The directories from the root down to where the walk stands; ".." pops, a root link pops all. */
struct walk {
	int fds[WALK_MAX_DEPTH];
	char *names[WALK_MAX_DEPTH];
	int depth;
	int root_fd;
	struct recorder *recorder; /* is told of the links on the way; NULL: nobody is */
};

/* The path of name below the directory where the walk stands; the caller frees it. */
static char *walk_path(const struct walk *walk, const char *name)
{
	struct buf path = {};

	for (int i = 0; i < walk->depth; i++)
		buf_addf(&path, "%s/", walk->names[i]);
	buf_add(&path, name);
	return buf_take(&path);
}

static int walk_top(const struct walk *walk)
{
	return walk->depth ? walk->fds[walk->depth - 1] : walk->root_fd;
}

static void walk_pop(struct walk *walk, int depth)
{
	while (walk->depth > depth) {
		close(walk->fds[--walk->depth]);
		free(walk->names[walk->depth]);
	}
}

/*
 * One step: enters name, or puts the target of a link before *rest. 1: name is the last and no link.
 * With a slash behind it name is not the last: it must be a directory, and a link is followed.
 */
static int walk_step(struct walk *walk, const char *name, char **rest, int flags, int *links)
{
	char target[PATH_MAX];
	struct stat st;
	ssize_t length;
	bool last = **rest == '\0';
	const int top = walk_top(walk);
	_cleanup_close_ int fd = (int)watched(top, name,
					      openat(top, name, O_PATH | O_NOFOLLOW | O_CLOEXEC));

	if (fd < 0 || watched(fd, "", fstat(fd, &st)) < 0)
		return -errno;
	if (S_ISLNK(st.st_mode) && !(last && (flags & O_NOFOLLOW))) {
		length = watched(fd, "", readlinkat(fd, "", target, sizeof(target) - 1));
		if (length < 0)
			return -errno;
		if (++*links > WALK_MAX_LINKS)
			return -ELOOP;
		target[length] = '\0';
		if (walk->recorder) {
			_cleanup_free_ char *path = walk_path(walk, name);

			recorder_add_bytes(walk->recorder, path, RECORD_LINK, target,
					   (size_t)length);
		}
		if (target[0] == '/')
			walk_pop(walk, 0);
		char *joined = xasprintf("%s%s", target, *rest);
		free(*rest);
		*rest = joined;
		return 0;
	}
	if (last)
		return 1;
	if (!S_ISDIR(st.st_mode) || walk->depth == WALK_MAX_DEPTH)
		return S_ISDIR(st.st_mode) ? -ENAMETOOLONG : -ENOTDIR;
	walk->fds[walk->depth] = TAKE_FD(fd);
	walk->names[walk->depth++] = xstrdup(name);
	return 0;
}

/* Tells the recorder what the walk ended at. A directory that cannot be opened may still lead to what can be. */
static void record_end(const struct walk *walk, const char *name, int fd)
{
	_cleanup_free_ char *path = walk_path(walk, name);
	struct stat st;

	if (!walk->recorder)
		return;
	if (fd >= 0)
		recorder_add_seen(walk->recorder, path, fd, "");
	else if (watched(walk_top(walk), name,
			 fstatat(walk_top(walk), name, &st, AT_SYMLINK_NOFOLLOW)) == 0 &&
		 S_ISREG(st.st_mode))
		recorder_add_unreadable(walk->recorder, path);
}

/* Opens as openat2() with RESOLVE_IN_ROOT does, for kernels before 5.6 and to see the links on the way. */
static int open_walking(const struct root *root, const char *path, int flags)
{
	struct walk walk = {.root_fd = root->fd, .recorder = root->recorder};
	_cleanup_free_ char *rest = xstrdup(path);
	int links = 0, r = 0;

	while (r == 0) {
		size_t start = strspn(rest, "/"), length = strcspn(rest + start, "/");
		_cleanup_free_ char *name = xstrndup(rest + start, length);

		if (!length) { /* the path ended in '/', "." or ".." */
			r = (int)watched(walk_top(&walk), "", openat(walk_top(&walk), ".", flags));
			r = r < 0 ? -errno : r;
			break;
		}
		memmove(rest, rest + start + length, strlen(rest + start + length) + 1);
		if (strcmp(name, ".") == 0)
			continue;
		if (strcmp(name, "..") == 0) {
			if (walk.depth)
				walk_pop(&walk, walk.depth - 1);
			continue;
		}
		r = walk_step(&walk, name, &rest, flags, &links);
		if (r == 1) {
			/* A link that took the name's place meanwhile is not followed. */
			r = (int)watched(walk_top(&walk), name,
					 openat(walk_top(&walk), name, flags | O_NOFOLLOW));
			r = r < 0 ? -errno : r;
			record_end(&walk, name, r);
			break;
		}
	}
	walk_pop(&walk, 0);
	return r;
}

static int open_below(struct root *root, const char *path, int flags)
{
	const char *relative = path + strspn(path, "/");
	struct open_how how = {.flags = (unsigned)(flags | O_CLOEXEC), .resolve = RESOLVE_IN_ROOT};

	if (!*relative)
		relative = ".";
	for (int attempt = 0; !root->no_openat2 && !root->recorder; attempt++) {
		long fd = watched(root->fd, relative,
				  syscall(SYS_openat2, root->fd, relative, &how, sizeof(how)));

		if (fd >= 0)
			return (int)fd;
		/* EAGAIN: something was renamed while ".." was resolved. */
		if (errno == EAGAIN && attempt < OPENAT2_RETRIES)
			continue;
		/* Sandboxes older than the call answer EPERM. sysfs and proc give it to nobody on open. */
		if (errno != ENOSYS && errno != EPERM)
			return -errno;
		root->no_openat2 = true;
	}
	return open_walking(root, relative, flags | O_CLOEXEC);
}

/* 0: it may be opened, as it is a regular file or a directory. */
static int look_at_type(int dir, const char *name, int flags)
{
	struct stat st;

	if (watched(dir, name, fstatat(dir, name, &st, flags)) < 0)
		return -errno;
	return S_ISREG(st.st_mode) || S_ISDIR(st.st_mode) ? 0
	       : S_ISLNK(st.st_mode)                      ? -ELOOP
							  : -EOPNOTSUPP;
}

/* Opens what was opened with O_PATH, if it is a regular file or a directory; flags: of open(2). */
static int open_looked_at(int path_fd, int flags)
{
	char path[sizeof("/proc/self/fd/") + 12];
	int r = look_at_type(path_fd, "", AT_EMPTY_PATH), fd;

	if (r < 0)
		return r;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", path_fd);
	fd = (int)watched(path_fd, "", openat(AT_FDCWD, path, (flags & ~O_NOFOLLOW) | O_CLOEXEC));
	return fd < 0 ? -errno : fd;
}

int open_regular_at(int dir, const char *name, int flags)
{
	_cleanup_close_ int fd = (int)watched(dir, name,
					      openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC));

	return fd < 0 ? -errno : open_looked_at(fd, flags);
}

int root_open(struct root *root, const char *path, int flags)
{
	_cleanup_close_ int looked_at = -1;
	int fd;

	if (root->live || flags & (O_PATH | O_DIRECTORY))
		return open_below(root, path, flags);
	looked_at = open_below(root, path, O_PATH | (flags & O_NOFOLLOW));
	fd = looked_at < 0 ? looked_at : open_looked_at(looked_at, flags);
	if (looked_at >= 0 && fd < 0 && root->recorder) {
		_cleanup_free_ char *canonical = root_path_of(root, looked_at);

		if (canonical)
			recorder_add_unreadable(root->recorder, canonical);
	}
	return fd;
}

/* Can nobody but this user change what is in the open directory? An access control list shows as the group's rights. */
static bool is_ours_alone(const struct root *root, int dir)
{
	struct stat st;

	return root->local && watched(dir, "", fstat(dir, &st)) == 0 && st.st_dev == root->local &&
	       st.st_uid == root->user && !(st.st_mode & (S_IWGRP | S_IWOTH));
}

int root_open_at(const struct root *root, int dir, const char *name, int flags)
{
	bool ours = !root->live && is_ours_alone(root, dir);
	int r = ours ? look_at_type(dir, name, AT_SYMLINK_NOFOLLOW) : 0, fd;

	if (r < 0)
		return r;
	if (!root->live && !ours)
		return open_regular_at(dir, name, flags);
	fd = (int)watched(dir, name, openat(dir, name, flags | O_NOFOLLOW | O_CLOEXEC));
	return fd < 0 ? -errno : fd;
}

int directory_has_entries(int fd)
{
	_Alignas(struct dirent64) char bytes[sizeof(struct dirent64)];
	ssize_t n;

	while ((n = watched(fd, "", getdents64(fd, bytes, sizeof(bytes)))) > 0)
		for (const char *position = bytes; position < bytes + n;) {
			const struct dirent64 *entry = (const void *)position;

			if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
				return 1;
			position += entry->d_reclen;
		}
	/* A directory that is open is there. */
	return n == 0 ? 0 : errno == ENOENT ? -EIO : -errno;
}

int fd_path(int fd, char path[static PATH_MAX])
{
	char link[sizeof("/proc/self/fd/") + 12];
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, path, PATH_MAX - 1);
	if (length < 0)
		return -errno;
	path[length] = '\0';
	return (int)length;
}

char *root_path_of(const struct root *root, int fd)
{
	char path[PATH_MAX], top[PATH_MAX];

	if (fd_path(fd, path) < 0 || fd_path(root->fd, top) < 0)
		return NULL;
	if (strcmp(top, "/") == 0)
		top[0] = '\0';
	return text_starts_with(path, top) ? xstrdup(path + strlen(top)) : NULL;
}

void root_keep_attribute(struct root *root, int dir, const char *path)
{
	struct kept_attribute *kept = &root->kept[dir >= 0];
	int fd;

	if (kept->path)
		close(kept->fd);
	kept->path = NULL;
	if (!path)
		return;
	fd = dir >= 0 ? root_open_at(root, dir, path, O_RDWR) : root_open(root, path, O_WRONLY);
	if (fd >= 0)
		*kept = (struct kept_attribute){path, dir, fd};
}

int root_kept(const struct root *root, int dir, const char *path)
{
	const struct kept_attribute *kept = &root->kept[dir >= 0];

	return kept->path && kept->dir == dir && strcmp(kept->path, path) == 0 ? kept->fd : -1;
}

int root_write_attribute(struct root *root, int dir, const char *path, const char *value)
{
	size_t length = strlen(value);
	int kept = root_kept(root, dir, path);
	_cleanup_close_ int fd = -1;
	ssize_t n;

	if (kept >= 0) {
		/* Each write(2) is a whole value to sysfs, wherever it is said to stand (fs/sysfs/file.c). */
		n = pwrite(kept, value, length, 0);
	} else {
		fd = dir >= 0 ? root_open_at(root, dir, path, O_WRONLY)
			      : root_open(root, path, O_WRONLY);
		if (fd < 0)
			return fd;
		n = write(fd, value, length);
	}
	if (n < 0)
		return -errno;
	return (size_t)n == length ? 0 : -EIO;
}
