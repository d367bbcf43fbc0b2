/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The host, or a tree that looks like one: everything that this tool reads or writes lies below one
 * directory descriptor. Paths are taken from there, with or without a leading '/'; absolute links
 * and ".." cannot leave it (openat2(2) with RESOLVE_IN_ROOT; where the kernel lacks it or a sandbox
 * forbids it, the same walk is done here link by link).
 *
 * All functions return 0 or a length, or -errno.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/strv.h"
#include "host/places.h"
#include "host/recorder.h"

struct root {
	int fd;
	bool live;  /* "/": the kernel answers, not a tree of files */
	uid_t user; /* who the tool runs as */
	dev_t local; /* of a tree, the file system of its top, if this kernel alone has it; 0: none */
	bool no_openat2; /* set by the first openat2() that is not supported; tests set it too */
	struct recorder *recorder; /* remembers what is read; NULL: nothing is */
	struct kept_attribute {
		const char *path; /* NULL: none */
		int dir, fd;
	} kept[2];      /* see root_keep_attribute(): one by path, one in a directory */
	bool remembers; /* what is read by path is read once; false: each time anew */
	struct places places;
	/* The first path since root_heed() that is there and could not be read, and why; NULL: none. */
	char *unread;
};

/* Opens the directory at path as the root. */
int root_init(struct root *ret, const char *path);
void root_done(struct root *root);
/* Forgets what was read, and closes what root_lend() has opened. */
void root_forget(struct root *root);

/* From here on the reads that fail count; what is not there is no failure. */
void root_heed(struct root *root);
/*
 * Remembers in root->unread that path could not be read, if nothing else is; error: -errno. Returns error. The
 * functions below do so, but not for what is not there: whether something has to be there the caller knows.
 */
int root_unread(struct root *root, const char *path, int error);
/* The same, but for errors that say that there is nothing at path, or nothing any more. */
int root_note(struct root *root, const char *path, int error);

/*
 * Opens a directory (O_PATH) and keeps it open until root_forget(): whoever asks for the path again gets
 * what was opened first, whatever came to the path since. The descriptor is lent: the caller does not close
 * it. -errno.
 */
int root_lend(struct root *root, const char *path);

/*
 * Opens path with the flags of open(2), O_CLOEXEC added, O_CREAT not allowed. Of a tree, a file that is neither
 * regular nor a directory is looked at and never opened, as a device node acts and a FIFO waits: -EOPNOTSUPP.
 */
int root_open(struct root *root, const char *path, int flags);
/*
 * The same for a plain name in an open directory; -ELOOP: it is a symbolic link. A directory of the tree's own
 * file system that nobody but this user may write to does not change between a look at the name and its open,
 * which is less work than to look at what is open.
 */
int root_open_at(const struct root *root, int dir, const char *name, int flags);
/* The same, whatever the root is. */
int open_regular_at(int dir, const char *name, int flags);
/* Looks at path with stat(2), which follows links. */
int root_stat(struct root *root, const char *path, struct stat *ret);
/* Is there anything at path? Links are followed. */
bool root_exists(struct root *root, const char *path);
/* Reads a whole file of at most max bytes (-EFBIG beyond) into a NUL-terminated text, caller's. */
int root_read_file(struct root *root, const char *path, size_t max, char **ret, size_t *ret_length);
/*
 * Reads a file, and sets *ret_stat to what fstat(2) says of the file that was read; zeroed where it cannot be
 * opened. Not for paths below /sys and /proc.
 */
int root_read_stat(struct root *root, const char *path, size_t max, struct stat *ret_stat,
		   char **ret, size_t *ret_length);
/* As root_read_file(), from a descriptor that root_open() gave for that path. */
int root_read_fd(struct root *root, int fd, const char *path, size_t max, char **ret,
		 size_t *ret_length);
/* As root_read_file(), the text alone; NULL: it is not there, is longer, or cannot be read. */
char *root_read_text(struct root *root, const char *path, size_t max);
/* Reads the first line of a file, without its end; NULL as root_read_text(). */
char *root_read_line(struct root *root, const char *path);
/* The path by which /proc shows an open descriptor; its length or -errno. */
int fd_path(int fd, char path[static PATH_MAX]);
/* Where what is open lies below the root, past all links; NULL where that cannot be told. The caller's. */
char *root_path_of(const struct root *root, int fd);
/* Lists the names in a directory without "." and "..", sorted. */
int root_list(struct root *root, const char *path, struct strv *ret);
/* 1: the open directory has an entry, 0: none. One of thousands is not read to its end for it. */
int directory_has_entries(int fd);
/* The same of the directory at path. */
int root_has_entries(struct root *root, const char *path);
/* Reads what the symbolic link at path points to, cut to size; -EINVAL: it is none. */
int root_read_link(struct root *root, const char *path, char *ret, size_t size);
/* Reads the last part of what the symbolic link at path points to, cut to size; -EINVAL: not a link. */
int root_read_link_name(struct root *root, const char *path, char *ret, size_t size);
/*
 * Writes value to an existing file with a single write(2), as attributes of sysfs want it. Every
 * write to the host's devices goes through here. dir: an open directory in which path is a plain name;
 * -1: none. May block for ever: see host/bounded.h.
 */
int root_write_attribute(struct root *root, int dir, const char *path, const char *value);

/*
 * Opens an attribute that is written more than once, so that root_write_attribute() finds it open; with a
 * directory it can be read, too, and attribute_read() finds it. There is one by path (dir: -1) and one in a
 * directory: what was open is closed. path must outlive it; NULL: nothing is opened. Without effect where it
 * cannot be opened.
 */
void root_keep_attribute(struct root *root, int dir, const char *path);
/* The open descriptor of an attribute that is kept; -1: it is not. */
int root_kept(const struct root *root, int dir, const char *path);

/*
 * Below an open directory of the root, by plain name; a symbolic link is not followed.
 * Each does one read(2) and returns a length; attribute_read() cuts trailing white space and ends the
 * text with NUL.
 */
int attribute_read_bytes(struct root *root, int dir, const char *name, void *ret, size_t size);
int attribute_read(struct root *root, int dir, const char *name, char *ret, size_t size);
int attribute_read_link_name(struct root *root, int dir, const char *name, char *ret, size_t size);
/* Tells the recorder, if there is one, what attribute_read_bytes() gave a child (host/pci_bounded.h). */
void attribute_record(struct root *root, int dir, const char *name, const void *bytes,
		      size_t length);

/* Closes the descriptor if it is one; for _cleanup_(). */
void close_fd(int *fd);
#define _cleanup_close_ _cleanup_(close_fd)
