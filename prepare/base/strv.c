/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/strv.h"

#include <string.h>

#include "base/buf.h"

void strv_done(struct strv *strv)
{
	if (!strv)
		return;
	for (size_t i = 0; i < strv->n; i++)
		free(strv->items[i]);
	free(strv->items);
	*strv = (struct strv){};
}

void strv_take(struct strv *strv, char *string)
{
	*vec_add(strv) = string;
}

void strv_add(struct strv *strv, const char *string)
{
	strv_take(strv, xstrdup(string));
}

bool strv_contains(const struct strv *strv, const char *string)
{
	for (size_t i = 0; i < strv->n; i++)
		if (strcmp(strv->items[i], string) == 0)
			return true;
	return false;
}

void strv_add_new(struct strv *strv, const char *string)
{
	if (!strv_contains(strv, string))
		strv_add(strv, string);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void strv_sort(struct strv *strv)
{
	vec_sort(strv, compare);
}

char *strv_join(const struct strv *strv, const char *separator)
{
	struct buf buf = {};

	for (size_t i = 0; i < strv->n; i++)
		buf_addf(&buf, "%s%s", i ? separator : "", strv->items[i]);
	return buf_take(&buf);
}

void strv_split(struct strv *strv, const char *text, const char *separators)
{
	for (;;) {
		text += strspn(text, separators);
		size_t length = strcspn(text, separators);

		if (!length)
			return;
		strv_take(strv, xstrndup(text, length));
		text += length;
	}
}
