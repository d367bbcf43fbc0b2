/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/places.h"

#include <search.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct place *)a)->path, ((const struct place *)b)->path);
}

static void free_place(void *node)
{
	struct place *place = node;

	if (place->file >= 0)
		close(place->file);
	if (place->directory >= 0)
		close(place->directory);
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

void places_done(struct places *places)
{
	tdestroy(places->index, free_place);
	*places = (struct places){};
}
