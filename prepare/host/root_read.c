/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "host/root.h"
#include "host/watched.h"

#define LINE_FILE_MAX (64 * 1024)
/* The number of files that stay open after a look at their times, in case that they are read. */
#define OPEN_MAX 128
/* Of entries that are read at once, as readdir(3) has it. */
#define LIST_BYTES 32768
#define READING (O_RDONLY | O_NONBLOCK | O_NOCTTY)

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

/* Tells the recorder the text of the open file at path; NULL: it could not be read. */
static void record_file(struct root *root, int fd, const char *path, const char *text,
			size_t length)
{
	/* The file that the path leads to, past the links on the way, gets the bytes. */
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

/* Where the answers for the path are remembered; NULL: none are now. */
static struct place *place_of(struct root *root, const char *path)
{
	return root->remembers ? places_get(&root->places, path) : NULL;
}

/* Does the recorder, if there is one, know what is remembered? */
static bool is_told(const struct root *root, const struct place *place)
{
	return !root->recorder || place->recorded;
}

static void look(struct place *place, int fd)
{
	place->st = xreallocarray(place->st, 1, sizeof(*place->st));
	place->stat_error = watched(fd, "", fstat(fd, place->st)) < 0 ? -errno : 0;
	place->has_stat = true;
}

static bool is_nowhere(int error)
{
	return error == -ENOENT || error == -ENOTDIR || error == -ELOOP;
}

/* Opens the place for reading; a descriptor of the caller's, or -errno. */
static int open_place(struct root *root, struct place *place, int flags)
{
	int fd = place->file;

	if (fd >= 0) {
		place->file = -1;
		root->places.n_open--;
		return fd;
	}
	if (place->has_stat && is_nowhere(place->stat_error) && !root->recorder)
		return place->stat_error;
	fd = root_open(root, place->path, flags);
	/* A path that is no directory may be a file. */
	if (fd == -ENOENT || (is_nowhere(fd) && !(flags & O_DIRECTORY))) {
		place->stat_error = fd;
		place->has_stat = true;
	}
	return fd;
}

/* Keeps the descriptor, if it can be read, for a read to come; not too many are kept. */
static void keep_open(struct root *root, struct place *place, int fd, bool readable)
{
	bool keep = readable && root->places.n_open < OPEN_MAX;

	if (!keep)
		close(fd);
	place->file = keep ? fd : -1;
	root->places.n_open += keep;
}

/* Takes the times of the place by a descriptor that a later read uses; a file that cannot be read has them, too. */
static void open_and_look(struct root *root, struct place *place)
{
	int fd = root->recorder ? -EACCES : root_open(root, place->path, READING);
	bool readable = fd >= 0;

	if (!readable && !is_nowhere(fd))
		fd = root_open(root, place->path, O_PATH);
	if (fd < 0) {
		place->stat_error = fd;
		place->has_stat = true;
		return;
	}
	look(place, fd);
	keep_open(root, place, fd, readable);
}

int root_stat(struct root *root, const char *path, struct stat *ret)
{
	struct place *place = place_of(root, path);

	if (!place) {
		_cleanup_close_ int fd = root_open(root, path, O_PATH);

		return fd < 0 ? fd : watched(fd, "", fstat(fd, ret)) < 0 ? -errno : 0;
	}
	if (!place->has_stat || root->recorder)
		open_and_look(root, place);
	if (place->stat_error == 0)
		*ret = *place->st;
	return root_note(root, path, place->stat_error);
}

bool root_exists(struct root *root, const char *path)
{
	return root_stat(root, path, &(struct stat){}) == 0;
}

int root_lend(struct root *root, const char *path)
{
	struct place *place = places_get(&root->places, path);

	if (place->directory < 0) {
		int fd = root_open(root, path, O_PATH | O_DIRECTORY);

		if (fd < 0)
			return root_note(root, path, fd);
		places_lend(&root->places, place, fd);
	}
	return place->directory;
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
		n = watched(fd, "", read(fd, text + length, capacity - 1 - length));
		if (n < 0)
			error = errno == ENOENT ? -EIO : -errno;
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

/* Times below /sys and /proc say nothing. */
static bool has_time(const char *path)
{
	return !text_starts_with(path, "/sys/") && !text_starts_with(path, "/proc/");
}

static void remember_text(struct root *root, struct place *place, size_t max)
{
	_cleanup_close_ int fd = open_place(root, place, READING);

	free(TAKE_PTR(place->text));
	if (fd >= 0 && !place->has_stat && has_time(place->path))
		look(place, fd);
	if (fd == -EOPNOTSUPP && !place->has_stat)
		open_and_look(root, place);
	place->text_error = fd < 0 ? fd
				   : root_read_fd(root, fd, place->path, max, &place->text,
						  &place->length);
	place->has_text = place->text_error != -EFBIG;
	place->recorded = root->recorder;
}

static int read_stat(struct root *root, const char *path, size_t max, struct stat *ret_stat,
		     char **ret, size_t *ret_length)
{
	struct place *place = place_of(root, path);

	if (!place) {
		_cleanup_close_ int fd = root_open(root, path, READING);

		if (ret_stat)
			*ret_stat = (struct stat){};
		if (ret_stat && fd == -EOPNOTSUPP)
			root_stat(root, path, ret_stat);
		if (fd < 0)
			return fd;
		if (ret_stat && watched(fd, "", fstat(fd, ret_stat)) < 0)
			return -errno;
		return root_read_fd(root, fd, path, max, ret, ret_length);
	}
	if (!place->has_text || !is_told(root, place))
		remember_text(root, place, max);
	if (ret_stat)
		*ret_stat = place->stat_error == 0 && place->st ? *place->st : (struct stat){};
	if (place->text_error < 0)
		return place->text_error;
	if (place->length > max)
		return -EFBIG;
	*ret = xcalloc(place->length + 1, 1);
	if (place->text)
		memcpy(*ret, place->text, place->length);
	if (ret_length)
		*ret_length = place->length;
	return 0;
}

int root_read_stat(struct root *root, const char *path, size_t max, struct stat *ret_stat,
		   char **ret, size_t *ret_length)
{
	return root_note(root, path, read_stat(root, path, max, ret_stat, ret, ret_length));
}

int root_read_file(struct root *root, const char *path, size_t max, char **ret, size_t *ret_length)
{
	return root_read_stat(root, path, max, NULL, ret, ret_length);
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

/* Tells the recorder what the entry is: an empty file, a directory, a link. */
static void record_entry(struct root *root, int dir, const char *name)
{
	_cleanup_free_ char *path = recorded_path(root, dir, name);

	if (path)
		recorder_add_seen(root->recorder, path, dir, name);
}

/* Adds the names in an open directory, sorted; takes fd. */
static int list(struct root *root, int fd, struct strv *ret)
{
	_Alignas(struct dirent64) char entries[LIST_BYTES];
	int error;
	ssize_t n;

	if (fd < 0)
		return fd;
	while ((n = watched(fd, "", getdents64(fd, entries, LIST_BYTES))) > 0)
		for (const char *at = entries; at < entries + n;) {
			const struct dirent64 *entry = (const void *)at;

			at += entry->d_reclen;
			if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
				continue;
			strv_add(ret, entry->d_name);
			if (root->recorder)
				record_entry(root, fd, entry->d_name);
		}
	/* A directory that is open is there. */
	error = n == 0 ? 0 : errno == ENOENT ? -EIO : -errno;
	close(fd);
	strv_sort(ret);
	return error;
}

static int open_directory(struct root *root, struct place *place)
{
	if (place->directory >= 0) {
		int fd = (int)watched(place->directory, "",
				      openat(place->directory, ".",
					     O_RDONLY | O_DIRECTORY | O_CLOEXEC));

		return fd < 0 ? -errno : fd;
	}
	return open_place(root, place, O_RDONLY | O_DIRECTORY);
}

static void remember_names(struct root *root, struct place *place)
{
	int fd;

	if (place->has_names && is_told(root, place))
		return;
	strv_done(&place->names);
	fd = open_directory(root, place);
	if (fd >= 0 && !place->has_stat && has_time(place->path))
		look(place, fd);
	place->names_error = list(root, fd, &place->names);
	place->has_names = true;
	place->recorded = root->recorder;
}

int root_list(struct root *root, const char *path, struct strv *ret)
{
	struct place *place = place_of(root, path);

	if (!place)
		return root_note(root, path,
				 list(root, root_open(root, path, O_RDONLY | O_DIRECTORY), ret));
	remember_names(root, place);
	vec_foreach(name, &place->names)
		strv_add(ret, *name);
	return root_note(root, path, place->names_error);
}

int root_has_entries(struct root *root, const char *path)
{
	struct place *place = place_of(root, path);
	int fd = -1, r;

	if (place && (place->has_names || root->recorder)) {
		remember_names(root, place);
		r = place->names_error < 0 ? place->names_error : place->names.n > 0;
	} else {
		fd = place ? open_directory(root, place)
			   : root_open(root, path, O_RDONLY | O_DIRECTORY);
		r = fd < 0 ? fd : directory_has_entries(fd);
	}
	if (fd >= 0 && place && lseek(fd, 0, SEEK_SET) == 0)
		keep_open(root, place, fd, true);
	else
		close_fd(&fd);
	return root_note(root, path, r);
}

static int read_link(int dir, const char *name, char *ret, size_t size)
{
	ssize_t length = watched(dir, name, readlinkat(dir, name, ret, size - 1));

	if (length < 0)
		return -errno;
	ret[length] = '\0';
	return (int)length;
}

/* Copies the part of target behind its last slash; length is that of target, or an error. */
static int base_name(const char *target, int length, char *ret, size_t size)
{
	const char *slash = length < 0 ? NULL : strrchr(target, '/');

	if (length < 0)
		return length;
	target = slash ? slash + 1 : target;
	length = (int)strnlen(target, size - 1);
	*(char *)mempcpy(ret, target, (size_t)length) = '\0';
	return length;
}

static int look_at_link(struct root *root, const char *path, char *ret, size_t size)
{
	_cleanup_close_ int fd = root_open(root, path, O_PATH | O_NOFOLLOW);
	int r = fd < 0 ? fd : read_link(fd, "", ret, size);

	/* readlinkat() of an opened file that is no link gives ENOENT. */
	return fd >= 0 && r == -ENOENT ? -EINVAL : r;
}

static int read_place_link(struct root *root, const char *path, char *ret, size_t size)
{
	struct place *place = place_of(root, path);
	char target[PATH_MAX];

	if (!place)
		return look_at_link(root, path, ret, size);
	if (!place->has_link || root->recorder) {
		place->link_error = look_at_link(root, path, target, sizeof(target));
		free(place->link);
		place->link = place->link_error < 0 ? NULL : xstrdup(target);
		place->has_link = true;
	}
	if (!place->link)
		return place->link_error;
	snprintf(ret, size, "%s", place->link);
	return (int)strlen(ret);
}

int root_read_link(struct root *root, const char *path, char *ret, size_t size)
{
	int r = read_place_link(root, path, ret, size);

	/* What is no link can be read, only not as one. */
	return r == -EINVAL ? r : root_note(root, path, r);
}

int root_read_link_name(struct root *root, const char *path, char *ret, size_t size)
{
	char target[PATH_MAX];

	target[0] = '\0';
	return base_name(target, root_read_link(root, path, target, sizeof(target)), ret, size);
}

void attribute_record(struct root *root, int dir, const char *name, const void *bytes,
		      size_t length)
{
	record_bytes(root, dir, name, RECORD_FILE, bytes, length);
}

int attribute_read_bytes(struct root *root, int dir, const char *name, void *ret, size_t size)
{
	const int kept = root_kept(root, dir, name);
	_cleanup_close_ int own = kept >= 0 ? -1 : root_open_at(root, dir, name, READING);
	const int fd = kept >= 0 ? kept : own;
	/* Each read from the beginning shows the value anew (fs/seq_file.c seq_read_iter()). */
	ssize_t n = fd < 0 ? fd : watched(fd, "", pread(fd, ret, size, 0));

	if (n < 0) {
		int error = fd < 0 ? fd : errno == ENOENT ? -EIO : -errno;
		_cleanup_free_ char *path = error != -ENOENT ? recorded_path(root, dir, name)
							     : NULL;

		if (path && root->recorder)
			recorder_add_unreadable(root->recorder, path);
		return root_note(root, path ? path : name, error);
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

	if (length < 0 && length != -EINVAL)
		root_note(root, name, length);
	else if (length >= 0)
		record_bytes(root, dir, name, RECORD_LINK, target, (size_t)length);
	return base_name(target, length, ret, size);
}
