/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes files of the host whole (state below /run, configuration below /etc), and finds those of drop-ins. */
#pragma once

#include <sys/types.h>

#include "host/root.h"

/* Opens the directory that path lies in; *ret_name: what it is called there. */
int root_open_parent(struct root *root, const char *path, const char **ret_name);
/* The same, and makes that directory if only it is missing. */
int root_make_parent(struct root *root, const char *path, const char **ret_name);

/*
 * Gives path the content text: a temporary file beside it is written, synced and renamed, so that
 * whoever looks, and whatever happens meanwhile, finds the old file or the new one. Makes the directory
 * that it lies in if only that one is missing. 0; -errno: path is as it was; an errno above 0: it is written, but
 * not synced, so that a loss of power may bring back what was there.
 */
int root_replace_file(struct root *root, const char *path, const char *text, mode_t mode);

/* The permissions of the file that path leads to; absent where there is none. */
mode_t root_file_mode(struct root *root, const char *path, mode_t absent);

/* Makes a directory and those above it that are missing; 0 or -errno. */
int root_make_directory(struct root *root, const char *path);

/*
 * Adds the paths of the files whose names end in end and do not begin with a dot, in the order of their names.
 * Of files of one name only that in the first of the n directories counts. names: what each directory holds.
 */
void root_unmasked_files(const char *const *directories, const struct strv *names, size_t n,
			 const char *end, struct strv *ret);

/* Removes a file, with an answer as root_replace_file(); that it is not there is no error. */
int root_remove_file(struct root *root, const char *path);

/* Begins the name of every temporary file, and of no other. */
#define TEMPORARY_PREFIX ".vfio-prepare-"

/*
 * Does a process that lives write the temporary file? ".vfio-prepare-812" belongs to process 812, other names
 * belong to the holder of the lock. A file with the number of this process was left by another one before a
 * restart.
 */
bool temporary_is_in_use(const char *name);

/* Removes from a directory the temporary files of runs that were killed, not those of runs that live. */
void root_remove_temporary(struct root *root, const char *directory);

/* Makes a new file, for writing, in the place of the one of that name. Its descriptor or -errno. */
int create_file_at(int dir, const char *name, mode_t mode);

/* Writes all the bytes, however many calls it takes; 0 or -errno. */
int write_all(int fd, const char *bytes, size_t length);
