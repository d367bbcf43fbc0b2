/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/snapshot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "host/files.h"

#define FILE_MODE 0600 /* it may hold serial numbers and key file names */
#define DIRECTORY_MODE 0700
#define STALE_SECONDS 3600

/* Opens a directory by its plain name, never through a link. */
static int open_directory(int dir, const char *name)
{
	struct open_how how = {.flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
			       .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
	int fd = (int)syscall(SYS_openat2, dir, name, &how, sizeof(how));

	/* Before Linux 5.6, or in a sandbox older than the call: a plain name can be nothing but beneath. */
	if (fd < 0 && (errno == ENOSYS || errno == EPERM) && !strchr(name, '/') &&
	    strcmp(name, "..") != 0)
		fd = openat(dir, name, (int)how.flags);
	return fd < 0 ? -errno : fd;
}

/* Opens the directory that path lies in, below dir, and makes what is missing of it; *ret_name: the last component. */
static int open_parent(int dir, const char *path, const char **ret_name)
{
	int above = fcntl(dir, F_DUPFD_CLOEXEC, 0);

	for (const char *slash; above >= 0 && (slash = strchr(path, '/')); path = slash + 1) {
		_cleanup_free_ char *name = xstrndup(path, (size_t)(slash - path));
		_cleanup_close_ int upper = above;

		if (mkdirat(upper, name, DIRECTORY_MODE) < 0 && errno != EEXIST)
			return -errno;
		above = open_directory(upper, name);
		if (above < 0)
			return above;
	}
	*ret_name = path;
	return above < 0 ? -errno : above;
}

static int write_record(int dir, const struct record *record)
{
	const char *name = NULL;
	_cleanup_close_ int above = open_parent(dir, record->path, &name), fd = -1;

	if (above < 0 || !name)
		return above;
	if (record->kind == RECORD_DIRECTORY)
		return mkdirat(above, name, DIRECTORY_MODE) < 0 && errno != EEXIST ? -errno : 0;
	if (record->kind == RECORD_LINK)
		return symlinkat(record->bytes, above, name) < 0 ? -errno : 0;
	fd = openat(above, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
	return fd < 0 ? -errno : write_all(fd, record->bytes, record->length);
}

static int write_directory(int above, const char *name, const struct recorder *recorder)
{
	_cleanup_close_ int dir = -1;
	int r = 0;

	if (mkdirat(above, name, DIRECTORY_MODE) < 0)
		return -errno;
	dir = open_directory(above, name);
	if (dir < 0)
		return dir;
	for (size_t i = 0; i < recorder->n && r == 0; i++)
		if (*recorder->items[i].path)
			r = write_record(dir, &recorder->items[i]);
	return r == 0 && syncfs(dir) < 0 ? -errno : r;
}

#define TAR_BLOCK 512

/* pax(1), ustar interchange format; numbers are octal text. */
struct tar_header {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, link[100];
	char magic[6], version[2], user[32], group[32], device_major[8], device_minor[8],
		prefix[155];
	char padding[12];
};
_Static_assert(sizeof(struct tar_header) == TAR_BLOCK, "a tar header fills its block");

static int write_padded(int fd, const char *bytes, size_t length)
{
	static const char zeros[TAR_BLOCK];
	int r = write_all(fd, bytes, length);

	return r < 0 ? r : write_all(fd, zeros, (TAR_BLOCK - length % TAR_BLOCK) % TAR_BLOCK);
}

static int write_header(int fd, const char *name, char type, const char *link, size_t size)
{
	struct tar_header header = {.type = type, .magic = "ustar", .version = {'0', '0'}};
	const unsigned char *bytes = (const unsigned char *)&header;
	unsigned sum = 0;

	/* Longer ones stood in an entry of their own before; what is cut off here is not looked at. */
	memcpy(header.name, name, strnlen(name, sizeof(header.name)));
	memcpy(header.link, link, strnlen(link, sizeof(header.link)));
	snprintf(header.mode, sizeof(header.mode), "%07o",
		 type == '5' ? DIRECTORY_MODE : FILE_MODE);
	snprintf(header.uid, sizeof(header.uid), "%07o", 0);
	snprintf(header.gid, sizeof(header.gid), "%07o", 0);
	snprintf(header.size, sizeof(header.size), "%011zo", size);
	snprintf(header.mtime, sizeof(header.mtime), "%011o", 0);
	memset(header.checksum, ' ', sizeof(header.checksum));
	for (size_t i = 0; i < sizeof(header); i++)
		sum += bytes[i];
	snprintf(header.checksum, sizeof(header.checksum), "%06o", sum);
	return write_all(fd, (const char *)&header, sizeof(header));
}

/* GNU tar's way for what does not fit: an entry whose content is the name of the next one. */
static int write_long(int fd, char type, const char *name)
{
	int r;

	if (strlen(name) <= 100)
		return 0;
	r = write_header(fd, "././@LongLink", type, "", strlen(name) + 1);
	return r < 0 ? r : write_padded(fd, name, strlen(name) + 1);
}

static int write_tar_record(int fd, const struct record *record)
{
	static const char types[] = {
		[RECORD_DIRECTORY] = '5', [RECORD_FILE] = '0', [RECORD_LINK] = '2'};
	const char *link = record->kind == RECORD_LINK ? record->bytes : "";
	size_t size = record->kind == RECORD_FILE ? record->length : 0;
	int r;

	if ((r = write_long(fd, 'K', link)) < 0 || (r = write_long(fd, 'L', record->path)) < 0 ||
	    (r = write_header(fd, record->path, types[record->kind], link, size)) < 0)
		return r;
	return write_padded(fd, record->bytes, size);
}

static int write_tar(int above, const char *name, const struct recorder *recorder)
{
	static const char end[2 * TAR_BLOCK];
	_cleanup_close_ int fd = openat(above, name,
					O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
					FILE_MODE);
	int r = fd < 0 ? -errno : 0;

	for (size_t i = 0; i < recorder->n && r == 0; i++)
		if (*recorder->items[i].path)
			r = write_tar_record(fd, &recorder->items[i]);
	if (r == 0)
		r = write_all(fd, end, sizeof(end));
	return r == 0 && fsync(fd) < 0 ? -errno : r;
}

/* Removes what was written, however deep; a failure leaves a rest, which nobody reads. */
static void remove_all(int above, const char *name)
{
	int fd = unlinkat(above, name, 0) < 0 ? open_directory(above, name) : -1;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			remove_all(dirfd(dir), entry->d_name);
	if (dir)
		closedir(dir);
	unlinkat(above, name, AT_REMOVEDIR);
}

/*
 * Removes what a snapshot that was killed has left. On a file system that several hosts share, the process may be
 * another host's; no snapshot takes an hour.
 */
static void remove_stale(int above)
{
	int fd = openat(above, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	struct stat st;

	while (dir && (entry = readdir(dir)))
		if (text_starts_with(entry->d_name, TEMPORARY_PREFIX) &&
		    !temporary_is_in_use(entry->d_name) &&
		    fstatat(above, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    st.st_uid == geteuid() && time(NULL) - st.st_mtime > STALE_SECONDS)
			remove_all(above, entry->d_name);
	if (dir)
		closedir(dir);
}

/* An archive replaces nothing; rename(2) itself lets a directory replace an empty one alone. */
static int put_in_place(int above, const char *temporary, const char *name, bool archive)
{
	int r = renameat2(above, temporary, above, name, archive ? RENAME_NOREPLACE : 0);

	/* Not every file system has the flag. */
	if (r < 0 && errno == EINVAL && archive) {
		if (faccessat(above, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
			return -EEXIST;
		r = renameat(above, temporary, above, name);
	}
	return r < 0 || fsync(above) < 0 ? -errno : 0;
}

int snapshot_write(const char *path, const struct recorder *recorder, const char **ret_refused)
{
	_cleanup_free_ char *parent = xstrdup(path), *name = xstrdup(path);
	const char *directory = dirname(parent), *last = basename(name);
	_cleanup_close_ int above = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool archive = text_ends_with(path, ".tar") && strcmp(last, ".tar") != 0;
	char temporary[64];
	int r;

	*ret_refused = recorder_refused(recorder);
	if (*ret_refused)
		return -EXDEV;
	if (above < 0)
		return -errno;
	remove_stale(above);
	snprintf(temporary, sizeof(temporary), TEMPORARY_PREFIX "%d", getpid());
	remove_all(above, temporary); /* of a run that was killed before a restart */
	r = archive ? write_tar(above, temporary, recorder)
		    : write_directory(above, temporary, recorder);
	if (r == 0)
		r = put_in_place(above, temporary, last, archive);
	if (r < 0)
		remove_all(above, temporary);
	return r;
}
