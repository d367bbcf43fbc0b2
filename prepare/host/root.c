/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/root.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/buf.h"

#define WALK_MAX_DEPTH 64
#define WALK_MAX_LINKS 40 /* as the kernel's MAXSYMLINKS */
#define OPENAT2_RETRIES 16
#define LINE_FILE_MAX (64 * 1024)

void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

int root_init(struct root *ret, const char *path)
{
	_cleanup_free_ char *real = realpath(path, NULL);
	int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0 && fd <= STDERR_FILENO) {
		/* Output would go there, and a child gives these away (host/bounded.c). */
		int low = fd;

		fd = fcntl(low, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		close(low);
	}
	if (fd < 0)
		return -errno;
	*ret = (struct root){.fd = fd, .live = real && strcmp(real, "/") == 0};
	return 0;
}

void root_forget_devices(struct root *root)
{
	vec_foreach(device, &root->devices)
		close_fd(&device->fd);
	root->devices.n = 0;
}

void root_done(struct root *root)
{
	root_forget_devices(root);
	free(root->devices.items);
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

/* Where the walk stands, and name below it; the caller's. */
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
	int fd = openat(walk_top(walk), name, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) < 0) {
		int error = errno;

		if (fd >= 0)
			close(fd);
		return -error;
	}
	if (S_ISLNK(st.st_mode) && !(last && (flags & O_NOFOLLOW))) {
		length = readlinkat(fd, "", target, sizeof(target) - 1);
		close(fd);
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
	if (last) {
		close(fd);
		return 1;
	}
	if (!S_ISDIR(st.st_mode) || walk->depth == WALK_MAX_DEPTH) {
		close(fd);
		return S_ISDIR(st.st_mode) ? -ENAMETOOLONG : -ENOTDIR;
	}
	walk->fds[walk->depth] = fd;
	walk->names[walk->depth++] = xstrdup(name);
	return 0;
}

/* What was opened, as far as it shows without a read. */
static void record_opened(const struct walk *walk, const char *name, int fd)
{
	_cleanup_free_ char *path = walk_path(walk, name);
	char target[PATH_MAX];
	struct stat st;
	ssize_t length;

	if (!walk->recorder || fstat(fd, &st) < 0)
		return;
	if (S_ISDIR(st.st_mode)) {
		recorder_add(walk->recorder, path, RECORD_DIRECTORY);
	} else if (S_ISLNK(st.st_mode)) {
		length = readlinkat(fd, "", target, sizeof(target));
		if (length >= 0)
			recorder_add_bytes(walk->recorder, path, RECORD_LINK, target,
					   (size_t)length);
	} else {
		recorder_add(walk->recorder, path, RECORD_FILE);
	}
}

/* What could not be opened. A directory may still lead to what can be. */
static void record_unopened(const struct walk *walk, const char *name)
{
	_cleanup_free_ char *path = walk_path(walk, name);
	struct stat st;
	int error = errno;

	if (walk->recorder && fstatat(walk_top(walk), name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(st.st_mode))
		recorder_add_unreadable(walk->recorder, path);
	errno = error;
}

/* What openat2() with RESOLVE_IN_ROOT does, for kernels before 5.6 and to see the links on the way. */
static int open_walking(const struct root *root, const char *path, int flags)
{
	struct walk walk = {.root_fd = root->fd, .recorder = root->recorder};
	_cleanup_free_ char *rest = xstrdup(path);
	int links = 0, r = 0;

	while (r == 0) {
		size_t start = strspn(rest, "/"), length = strcspn(rest + start, "/");
		_cleanup_free_ char *name = xstrndup(rest + start, length);

		if (!length) { /* the path ended in '/', "." or ".." */
			r = openat(walk_top(&walk), ".", flags);
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
			r = openat(walk_top(&walk), name, flags | O_NOFOLLOW);
			if (r >= 0)
				record_opened(&walk, name, r);
			else
				record_unopened(&walk, name);
			break;
		}
		if (r < 0)
			errno = -r;
	}
	int error = errno;

	walk_pop(&walk, 0);
	return r < 0 ? -error : r;
}

int root_open(struct root *root, const char *path, int flags)
{
	const char *relative = path + strspn(path, "/");
	struct open_how how = {.flags = (unsigned)(flags | O_CLOEXEC), .resolve = RESOLVE_IN_ROOT};

	if (!*relative)
		relative = ".";
	for (int attempt = 0; !root->no_openat2 && !root->recorder; attempt++) {
		long fd = syscall(SYS_openat2, root->fd, relative, &how, sizeof(how));

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

char *root_path_of(const struct root *root, int fd)
{
	char link[sizeof("/proc/self/fd/") + 12], path[PATH_MAX], top[PATH_MAX];
	ssize_t n_path, n_top;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n_path = readlink(link, path, sizeof(path) - 1);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", root->fd);
	n_top = readlink(link, top, sizeof(top) - 1);
	if (n_path < 0 || n_top < 0)
		return NULL;
	path[n_path] = top[n_top] = '\0';
	if (strcmp(top, "/") == 0)
		n_top = 0;
	return strncmp(path, top, (size_t)n_top) == 0 ? xstrdup(path + n_top) : NULL;
}

/* The path of name in an open directory; NULL where that cannot be told. */
static char *recorded_path(const struct root *root, int dir, const char *name)
{
	_cleanup_free_ char *path = root_path_of(root, dir);

	return path ? xasprintf("%s/%s", path, name) : NULL;
}

static void record_bytes(struct root *root, int dir, const char *name, enum record_kind kind,
			 const void *bytes, size_t length)
{
	_cleanup_free_ char *path = root->recorder ? recorded_path(root, dir, name) : NULL;

	if (path)
		recorder_add_bytes(root->recorder, path, kind, bytes, length);
}

/* What the open file at path was read as; NULL: not. */
static void record_file(struct root *root, int fd, const char *path, const char *text,
			size_t length)
{
	/* What the path leads to, past the links on the way, has the bytes. */
	_cleanup_free_ char *canonical = root->recorder ? root_path_of(root, fd) : NULL;

	if (!root->recorder)
		return;
	if (canonical)
		path = canonical;
	if (text)
		recorder_add_bytes(root->recorder, path, RECORD_FILE, text, length);
	else
		recorder_add_unreadable(root->recorder, path);
}

bool root_exists(struct root *root, const char *path)
{
	_cleanup_close_ int fd = root_open(root, path, O_PATH);

	return fd >= 0;
}

int root_read_fd(struct root *root, int fd, const char *path, size_t max, char **ret,
		 size_t *ret_length)
{
	size_t length = 0, capacity = 8192;
	_cleanup_free_ char *text = xreallocarray(NULL, capacity, 1);
	int error = 0;
	ssize_t n;

	do {
		if (length + 1 >= capacity)
			text = xreallocarray(text, capacity *= 2, 1);
		n = read(fd, text + length, capacity - 1 - length);
		if (n < 0)
			error = -errno;
		else if ((length += (size_t)n) > max)
			error = -EFBIG;
	} while (n > 0 && !error);
	text[length] = '\0';
	record_file(root, fd, path, error ? NULL : text, length);
	if (error)
		return error;
	*ret = TAKE_PTR(text);
	if (ret_length)
		*ret_length = length;
	return 0;
}

int root_read_file(struct root *root, const char *path, size_t max, char **ret, size_t *ret_length)
{
	_cleanup_close_ int fd = root_open(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);

	return fd < 0 ? fd : root_read_fd(root, fd, path, max, ret, ret_length);
}

char *root_read_text(struct root *root, const char *path, size_t max)
{
	char *text = NULL;

	root_read_file(root, path, max, &text, NULL);
	return text;
}

char *root_read_line(struct root *root, const char *path)
{
	char *text = root_read_text(root, path, LINE_FILE_MAX);

	if (text)
		text[strcspn(text, "\n")] = '\0';
	return text;
}

/* The names alone matter, but what they are must show: an empty file, a directory, a link. */
static void record_entry(struct root *root, int dir, const struct dirent *entry)
{
	_cleanup_free_ char *path = recorded_path(root, dir, entry->d_name);
	char target[PATH_MAX];
	struct stat st;
	ssize_t length;

	if (!path || fstatat(dir, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	if (S_ISLNK(st.st_mode)) {
		length = readlinkat(dir, entry->d_name, target, sizeof(target));
		if (length >= 0)
			recorder_add_bytes(root->recorder, path, RECORD_LINK, target,
					   (size_t)length);
	} else {
		recorder_add(root->recorder, path,
			     S_ISDIR(st.st_mode) ? RECORD_DIRECTORY : RECORD_FILE);
	}
}

/* Adds the names in a directory, at most max of them, as the directory has them. */
static int list(struct root *root, const char *path, size_t max, struct strv *ret)
{
	int fd = root_open(root, path, O_RDONLY | O_DIRECTORY);
	struct dirent *entry;
	DIR *dir;

	if (fd < 0)
		return fd;
	dir = fdopendir(fd);
	if (!dir) {
		int error = errno;

		close(fd);
		return -error;
	}
	errno = 0;
	while (ret->n < max && (entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
			strv_add(ret, entry->d_name);
			if (root->recorder)
				record_entry(root, fd, entry);
		}
		errno = 0;
	}
	int error = errno;

	closedir(dir);
	return -error;
}

int root_list(struct root *root, const char *path, struct strv *ret)
{
	int r = list(root, path, SIZE_MAX, ret);

	strv_sort(ret);
	return r;
}

int root_has_entries(struct root *root, const char *path)
{
	struct strv names = {};
	int r = list(root, path, 1, &names), n = (int)names.n;

	strv_done(&names);
	return r < 0 ? r : n;
}

static int read_link(int dir, const char *name, char *ret, size_t size)
{
	ssize_t length = readlinkat(dir, name, ret, size - 1);

	if (length < 0)
		return -errno;
	ret[length] = '\0';
	return (int)length;
}

/* What stands behind the last slash of target; length is that of target, or an error. */
static int base_name(const char *target, int length, char *ret, size_t size)
{
	const char *slash;

	if (length < 0)
		return length;
	slash = strrchr(target, '/');
	snprintf(ret, size, "%s", slash ? slash + 1 : target);
	return (int)strlen(ret);
}

int root_read_link(struct root *root, const char *path, char *ret, size_t size)
{
	_cleanup_close_ int fd = root_open(root, path, O_PATH | O_NOFOLLOW);
	int r = fd < 0 ? fd : read_link(fd, "", ret, size);

	/* Of an opened file that is no link readlinkat() says ENOENT. */
	return fd >= 0 && r == -ENOENT ? -EINVAL : r;
}

int root_read_link_name(struct root *root, const char *path, char *ret, size_t size)
{
	char target[PATH_MAX];

	target[0] = '\0';
	return base_name(target, root_read_link(root, path, target, sizeof(target)), ret, size);
}

void root_keep_attribute(struct root *root, const char *path)
{
	int fd;

	if (root->kept_path)
		close(root->kept_fd);
	root->kept_path = NULL;
	fd = path ? root_open(root, path, O_WRONLY) : -1;
	if (fd >= 0) {
		root->kept_path = path;
		root->kept_fd = fd;
	}
}

int root_write_attribute(struct root *root, int dir, const char *path, const char *value)
{
	size_t length = strlen(value);
	_cleanup_close_ int fd = -1;
	ssize_t n;

	if (dir < 0 && root->kept_path && strcmp(root->kept_path, path) == 0) {
		/* Each write(2) is a whole value to sysfs, wherever it is said to stand (fs/sysfs/file.c). */
		n = pwrite(root->kept_fd, value, length, 0);
	} else {
		if (dir >= 0)
			fd = openat(dir, path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
		else
			fd = root_open(root, path, O_WRONLY);
		if (fd < 0)
			return dir >= 0 ? -errno : fd;
		n = write(fd, value, length);
	}
	if (n < 0)
		return -errno;
	return (size_t)n == length ? 0 : -EIO;
}

void attribute_record(struct root *root, int dir, const char *name, const void *bytes,
		      size_t length)
{
	record_bytes(root, dir, name, RECORD_FILE, bytes, length);
}

int attribute_read_bytes(struct root *root, int dir, const char *name, void *ret, size_t size)
{
	_cleanup_close_ int fd = openat(dir, name,
					O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, ret, size);

	if (n < 0) {
		int error = errno;
		_cleanup_free_ char *path = root->recorder && error != ENOENT
						    ? recorded_path(root, dir, name)
						    : NULL;

		if (path)
			recorder_add_unreadable(root->recorder, path);
		return -error;
	}
	record_bytes(root, dir, name, RECORD_FILE, ret, (size_t)n);
	return (int)n;
}

int attribute_read(struct root *root, int dir, const char *name, char *ret, size_t size)
{
	int n = attribute_read_bytes(root, dir, name, ret, size - 1);

	if (n < 0)
		return n;
	while (n > 0 && (ret[n - 1] == ' ' || ret[n - 1] == '\n'))
		n--;
	ret[n] = '\0';
	return n;
}

int attribute_read_link_name(struct root *root, int dir, const char *name, char *ret, size_t size)
{
	char target[PATH_MAX];
	int length = read_link(dir, name, target, sizeof(target));

	if (length >= 0)
		record_bytes(root, dir, name, RECORD_LINK, target, (size_t)length);
	return base_name(target, length, ret, size);
}
