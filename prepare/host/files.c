/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "host/watched.h"

int root_open_parent(struct root *root, const char *path, const char **ret_name)
{
	const char *slash = strrchr(path, '/');
	_cleanup_free_ char *parent = xstrndup(path, slash ? (size_t)(slash - path) : 0);

	*ret_name = slash ? slash + 1 : path;
	return root_open(root, parent, O_RDONLY | O_DIRECTORY);
}

/* Makes a directory whose parent exists. Others may read what lies there, whatever the umask of who calls us. */
static int make_directory(struct root *root, const char *path)
{
	const char *name;
	_cleanup_close_ int above = root_open_parent(root, path, &name);

	if (above < 0)
		return above;
	if (mkdirat(above, name, 0755) < 0)
		return errno == EEXIST ? 0 : -errno;
	return fchmodat(above, name, 0755, 0) < 0 ? -errno : 0;
}

int root_make_parent(struct root *root, const char *path, const char **ret_name)
{
	int dir = root_open_parent(root, path, ret_name), r;

	if (dir == -ENOENT) {
		_cleanup_free_ char *parent = xstrndup(path, (size_t)(*ret_name - path - 1));

		r = make_directory(root, parent);
		dir = r < 0 ? r : root_open_parent(root, path, ret_name);
	}
	return dir;
}

int write_all(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t n = write(fd, bytes, length);

		if (n < 0)
			return -errno;
		bytes += n;
		length -= (size_t)n;
	}
	return 0;
}

int root_replace_file(struct root *root, const char *path, const char *text, mode_t mode)
{
	const char *name;
	_cleanup_close_ int dir = root_make_parent(root, path, &name), fd = -1;
	char temporary[64];
	int r;

	if (dir < 0)
		return dir;
	/* Not of a name that anybody reads: modprobe, udev and this tool take *.conf, *.rules, *.json. */
	snprintf(temporary, sizeof(temporary), TEMPORARY_PREFIX "%d", getpid());
	fd = openat(dir, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd < 0)
		return -errno;
	r = write_all(fd, text, strlen(text));
	if (r == 0 &&
	    (fsync(fd) < 0 || fchmod(fd, mode) < 0 || renameat(dir, temporary, dir, name) < 0))
		r = -errno;
	if (r < 0)
		unlinkat(dir, temporary, 0);
	else if (fsync(dir) < 0)
		r = errno;
	return r;
}

mode_t root_file_mode(struct root *root, const char *path, mode_t absent)
{
	_cleanup_close_ int fd = root_open(root, path, O_PATH);
	struct stat st;

	return fd >= 0 && watched(fd, "", fstat(fd, &st)) == 0 ? st.st_mode & 0777 : absent;
}

int root_make_directory(struct root *root, const char *path)
{
	int r = make_directory(root, path);

	if (r == -ENOENT) {
		_cleanup_free_ char *parent = xstrndup(path, (size_t)(strrchr(path, '/') - path));

		r = root_make_directory(root, parent);
		r = r < 0 ? r : make_directory(root, path);
	}
	return r;
}

int root_remove_file(struct root *root, const char *path)
{
	const char *name;
	_cleanup_close_ int dir = root_open_parent(root, path, &name);

	if (dir < 0)
		return dir == -ENOENT ? 0 : dir;
	if (unlinkat(dir, name, 0) < 0)
		return errno == ENOENT ? 0 : -errno;
	return fsync(dir) < 0 ? errno : 0;
}

bool temporary_is_in_use(const char *name)
{
	uint64_t pid;

	return number_parse(name + strlen(TEMPORARY_PREFIX), 10, INT_MAX, &pid) == 0 &&
	       (pid_t)pid != getpid() && (kill((pid_t)pid, 0) == 0 || errno != ESRCH);
}

void root_unmasked_files(const char *const *directories, const struct strv *names, size_t n,
			 const char *end, struct strv *ret)
{
	_cleanup_(strv_done) struct strv all = {};

	for (size_t i = 0; i < n; i++)
		vec_foreach(name, &names[i])
			if (**name != '.' && text_ends_with(*name, end))
				strv_add_new(&all, *name);
	strv_sort(&all);
	vec_foreach(name, &all) {
		size_t i = 0;

		while (!strv_contains(&names[i], *name))
			i++;
		strv_take(ret, xasprintf("%s/%s", directories[i], *name));
	}
}

void root_remove_temporary(struct root *root, const char *directory)
{
	_cleanup_close_ int dir = root_open(root, directory, O_RDONLY | O_DIRECTORY);
	_cleanup_(strv_done) struct strv names = {};

	root_list(root, directory, &names);
	for (size_t i = 0; dir >= 0 && i < names.n; i++)
		if (text_starts_with(names.items[i], TEMPORARY_PREFIX) &&
		    !temporary_is_in_use(names.items[i]))
			unlinkat(dir, names.items[i], 0);
}

int create_file_at(int dir, const char *name, mode_t mode)
{
	int fd;

	if (unlinkat(dir, name, 0) < 0 && errno != ENOENT)
		return -errno;
	fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	return fd < 0 ? -errno : fd;
}
