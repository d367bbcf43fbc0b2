/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/files.h"

#define FILE_MODE 0600 /* it may hold serial numbers and key file names */
#define DIRECTORY_MODE 0700

/* Makes the directories above path, below dir. */
static int make_parents(int dir, const char *path)
{
	_cleanup_free_ char *parent = xstrdup(path);

	for (char *slash = strchr(parent, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdirat(dir, parent, DIRECTORY_MODE) < 0 && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	return 0;
}

static int write_record(int dir, const struct record *record)
{
	int r = make_parents(dir, record->path);

	if (r < 0)
		return r;
	if (record->kind == RECORD_DIRECTORY)
		return mkdirat(dir, record->path, DIRECTORY_MODE) < 0 && errno != EEXIST ? -errno
											 : 0;
	if (record->kind == RECORD_LINK)
		return symlinkat(record->bytes, dir, record->path) < 0 ? -errno : 0;

	_cleanup_close_ int fd = openat(dir, record->path,
					O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
					FILE_MODE);

	if (fd < 0)
		return -errno;
	return write_all(fd, record->bytes, record->length);
}

static int write_directory(const char *path, const struct recorder *recorder)
{
	_cleanup_close_ int dir = -1;
	int r = 0;

	/* rmdir() tells an empty directory from one that is in use, and makes way for a new one. */
	if ((rmdir(path) < 0 && errno != ENOENT) || mkdir(path, DIRECTORY_MODE) < 0)
		return -errno;
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -errno;
	for (size_t i = 0; i < recorder->n && r == 0; i++)
		if (*recorder->items[i].path)
			r = write_record(dir, &recorder->items[i]);
	return r;
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

static int write_tar(const char *path, const struct recorder *recorder)
{
	static const char end[2 * TAR_BLOCK];
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
	int r = fd < 0 ? -errno : 0;

	for (size_t i = 0; i < recorder->n && r == 0; i++)
		if (*recorder->items[i].path)
			r = write_tar_record(fd, &recorder->items[i]);
	return r < 0 ? r : write_all(fd, end, sizeof(end));
}

int snapshot_write(const char *path, const struct recorder *recorder)
{
	size_t length = strlen(path);

	if (length > 4 && strcmp(path + length - 4, ".tar") == 0)
		return write_tar(path, recorder);
	return write_directory(path, recorder);
}
