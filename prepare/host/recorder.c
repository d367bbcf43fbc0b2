/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/recorder.h"

#include <fcntl.h>
#include <limits.h>
#include <search.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "host/watched.h"

/* The index knows records by number: their place in memory changes while they become more. */
struct key {
	const char *path;
	size_t number;
};

static int compare_keys(const void *a, const void *b)
{
	return strcmp(((const struct key *)a)->path, ((const struct key *)b)->path);
}

void recorder_done(struct recorder *recorder)
{
	if (!recorder)
		return;
	tdestroy(recorder->index, free);
	for (size_t i = 0; i < recorder->n; i++) {
		free(recorder->items[i].path);
		free(recorder->items[i].bytes);
	}
	free(recorder->items);
	*recorder = (struct recorder){};
}

struct record *recorder_add(struct recorder *recorder, const char *path, enum record_kind kind)
{
	struct key *key = xcalloc(1, sizeof(*key)), **node;
	struct record *record;

	path += strspn(path, "/");
	*key = (struct key){path, recorder->n};
	node = tsearch(key, &recorder->index, compare_keys);
	if (node && *node != key) {
		free(key);
		return &recorder->items[(*node)->number];
	}
	record = vec_add(recorder);
	*record = (struct record){.path = xstrdup(path), .kind = kind};
	key->path = record->path;
	return record;
}

void recorder_add_bytes(struct recorder *recorder, const char *path, enum record_kind kind,
			const void *bytes, size_t length)
{
	struct record *record = recorder_add(recorder, path, kind);

	record->kind = kind;
	free(record->bytes);
	record->bytes = xcalloc(length + 1, 1);
	memcpy(record->bytes, bytes, length);
	record->length = length;
	record->has_bytes = true;
}

void recorder_add_unreadable(struct recorder *recorder, const char *path)
{
	const struct record *record = recorder_add(recorder, path, RECORD_FILE);
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	if (record->kind == RECORD_FILE && !record->has_bytes)
		recorder_add_bytes(recorder, path, RECORD_LINK, name, strlen(name));
}

void recorder_add_seen(struct recorder *recorder, const char *path, int dir, const char *name)
{
	char target[PATH_MAX];
	struct stat st;
	ssize_t length;

	if (watched(dir, name, fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) < 0)
		return;
	if (!S_ISLNK(st.st_mode)) {
		recorder_add(recorder, path, S_ISDIR(st.st_mode) ? RECORD_DIRECTORY : RECORD_FILE);
		return;
	}
	length = watched(dir, name, readlinkat(dir, name, target, sizeof(target)));
	if (length >= 0)
		recorder_add_bytes(recorder, path, RECORD_LINK, target, (size_t)length);
}

static int compare_records(const void *a, const void *b)
{
	return strcmp(((const struct record *)a)->path, ((const struct record *)b)->path);
}

void recorder_sort(struct recorder *recorder)
{
	/* The index would lead astray now; nothing may be added any more. */
	tdestroy(recorder->index, free);
	recorder->index = NULL;
	vec_sort(recorder, compare_records);
}

/* Is each component a name, and what stands before it a directory, as far as it was recorded? */
static bool is_below(const struct recorder *recorder, const struct record *record)
{
	_cleanup_free_ char *path = xstrdup(record->path);

	for (char *name = path, *end; *path; name = end + 1) {
		const struct record *above;

		end = strchrnul(name, '/');
		if (text_is(name, (size_t)(end - name), "") ||
		    text_is(name, (size_t)(end - name), ".") ||
		    text_is(name, (size_t)(end - name), ".."))
			return false;
		if (!*end)
			break;
		*end = '\0';
		above = vec_find(recorder, &(struct record){.path = path}, compare_records);
		if (above && above->kind != RECORD_DIRECTORY)
			return false;
		*end = '/';
	}
	return true;
}

const char *recorder_refused(const struct recorder *recorder)
{
	for (size_t i = 0; i < recorder->n; i++)
		if (!is_below(recorder, &recorder->items[i]) ||
		    (i && compare_records(&recorder->items[i - 1], &recorder->items[i]) == 0))
			return recorder->items[i].path;
	return NULL;
}
