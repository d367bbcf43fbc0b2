/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/places.h"

#include <search.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/alloc.h"

/* The number of directories that may be lent before the limit of open files is raised, and after. */
#define LENT_FEW 512
#define LENT_MAX 65536

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct place *)a)->path, ((const struct place *)b)->path);
}

static void free_place(void *node)
{
	struct place *place = node;

	if (place->file >= 0)
		close(place->file);
	free(place->path);
	free(place->st);
	free(place->text);
	free(place->link);
	strv_done(&place->names);
	free(place);
}

struct place *places_get(struct places *places, const char *path)
{
	struct place key = {.path = (char *)path}, **node;

	node = tsearch(&key, &places->index, compare);
	if (*node == &key) {
		*node = xcalloc(1, sizeof(**node));
		**node = (struct place){.path = xstrdup(path), .file = -1, .directory = -1};
	}
	return *node;
}

/* Raises the limit of open files, half of which are in use by now, to what the process may have. */
static void make_room(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max < LENT_MAX ? limit.rlim_max : LENT_MAX;
	setrlimit(RLIMIT_NOFILE, &limit);
}

void places_lend(struct places *places, struct place *place, int fd)
{
	place->directory = fd;
	*vec_add(&places->lent) = fd;
	if (places->lent.n == LENT_FEW)
		make_room();
}

/* Descriptors that follow one another are closed in one call, from Linux 5.9 on (close_range(2)). */
static void close_lent(const struct lent *lent)
{
	for (size_t i = 0, end; i < lent->n; i = end) {
		for (end = i + 1; end < lent->n; end++)
			if (lent->items[end] != lent->items[end - 1] + 1)
				break;
		if (close_range((unsigned)lent->items[i], (unsigned)lent->items[end - 1], 0) == 0)
			continue;
		for (size_t j = i; j < end; j++)
			close(lent->items[j]);
	}
}

void places_done(struct places *places)
{
	close_lent(&places->lent);
	free(places->lent.items);
	tdestroy(places->index, free_place);
	*places = (struct places){};
}
