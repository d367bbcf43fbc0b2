/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Remembers what is read through a root handle: directories with the names in them, links with their
 * targets, files with the bytes that were read. Laid out elsewhere, it answers every one of those
 * reads as the host did: that is a snapshot, and no verb can read anything that is not in it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/alloc.h"

enum record_kind { RECORD_DIRECTORY, RECORD_FILE, RECORD_LINK };

struct record {
	char *path; /* below the root, without '/' in front; "" is the root */
	enum record_kind kind;
	char *bytes; /* a file's content, a link's target */
	size_t length;
	bool has_bytes; /* a file that was only seen, not read, is empty */
};

struct recorder {
	VEC(struct record);
	void *index; /* records by path */
};

void recorder_done(struct recorder *recorder);
/* The record of path, made if there is none. */
struct record *recorder_add(struct recorder *recorder, const char *path, enum record_kind kind);
/* Gives the record of path, made if there is none, a content, which replaces the one it had. */
void recorder_add_bytes(struct recorder *recorder, const char *path, enum record_kind kind,
			const void *bytes, size_t length);
/*
 * Adds what stat(2) shows, without a read, of name in the open directory dir ("": of dir itself): a
 * directory, a link with its target, or a file. What cannot be looked at is not added.
 */
void recorder_add_seen(struct recorder *recorder, const char *path, int dir, const char *name);
/*
 * Adds a file that gave an error instead of its bytes, as a link to itself, which can be read no better. A
 * file that was read before keeps its bytes.
 */
void recorder_add_unreadable(struct recorder *recorder, const char *path);
/* By path, so that a directory stands before what is in it. */
void recorder_sort(struct recorder *recorder);
/*
 * The first path among the sorted records that cannot be laid out below a directory: a component is empty, "." or
 * "..", two records have it, or it leads through a record that is no directory. NULL: there is none.
 */
const char *recorder_refused(const struct recorder *recorder);
