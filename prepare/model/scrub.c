/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/scrub.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "model/config_space.h"

void scrub_done(struct scrub *scrub)
{
	strv_done(&scrub->uuids);
	strv_done(&scrub->short_uuids);
	strv_done(&scrub->serials);
	strv_done(&scrub->names);
}

/* The number of a text in its vector, from 1; case does not matter. */
static size_t number_of(struct strv *known, const char *text, size_t length)
{
	for (size_t i = 0; i < known->n; i++)
		if (strlen(known->items[i]) == length &&
		    strncasecmp(known->items[i], text, length) == 0)
			return i + 1;
	strv_take(known, xstrndup(text, length));
	return known->n;
}

/* Does text have this shape: 'x' a hex digit, all else itself? Not in the middle of a longer word. */
static bool has_shape(const char *start, const char *text, const char *end, const char *shape)
{
	size_t length = strlen(shape);

	if ((size_t)(end - text) < length || (text > start && isalnum((unsigned char)text[-1])) ||
	    ((size_t)(end - text) > length && isalnum((unsigned char)text[length])))
		return false;
	for (size_t i = 0; i < length; i++)
		if (shape[i] == 'x' ? !isxdigit((unsigned char)text[i]) : text[i] != shape[i])
			return false;
	return true;
}

#define UUID_SHAPE "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"
#define SERIAL_SHAPE "xx-xx-xx-xx-xx-xx-xx-xx"
#define SHORT_SHAPE "xxxx-xxxx"
#define BY_ID "/by-id/"

void scrub_learn(struct scrub *scrub, const char *id)
{
	if (has_shape(id, id, id + strlen(id), SHORT_SHAPE))
		number_of(&scrub->short_uuids, id, strlen(id));
}

static void add_serial(struct buf *buf, size_t number)
{
	buf_addf(buf, "00-00-00-00-00-00-%02zx-%02zx", number >> 8 & 0xff, number & 0xff);
}

/* What stands at text, replaced; the length that it had, or 0: nothing to hide begins here. */
static size_t replace(struct scrub *scrub, const char *start, const char *text, const char *end,
		      struct buf *buf)
{
	if (has_shape(start, text, end, UUID_SHAPE)) {
		buf_addf(buf, "00000000-0000-0000-0000-%012zx",
			 number_of(&scrub->uuids, text, strlen(UUID_SHAPE)));
		return strlen(UUID_SHAPE);
	}
	if (has_shape(start, text, end, SERIAL_SHAPE)) {
		add_serial(buf, number_of(&scrub->serials, text, strlen(SERIAL_SHAPE)));
		return strlen(SERIAL_SHAPE);
	}
	if (has_shape(start, text, end, SHORT_SHAPE))
		for (size_t i = 0; i < scrub->short_uuids.n; i++)
			if (strncasecmp(scrub->short_uuids.items[i], text, strlen(SHORT_SHAPE)) ==
			    0) {
				buf_addf(buf, "0000-%04zx", i + 1);
				return strlen(SHORT_SHAPE);
			}
	if ((size_t)(end - text) > strlen(BY_ID) && strncmp(text, BY_ID, strlen(BY_ID)) == 0) {
		size_t length = strlen(BY_ID);

		while (text + length < end && !isspace((unsigned char)text[length]) &&
		       text[length] != '/')
			length++;
		buf_addf(buf, BY_ID "device-%zu",
			 number_of(&scrub->names, text + strlen(BY_ID), length - strlen(BY_ID)));
		return length;
	}
	return 0;
}

char *scrub_text(struct scrub *scrub, const char *text, size_t length, size_t *ret_length)
{
	const char *end = text + length;
	struct buf buf = {};

	for (const char *c = text; c < end;) {
		size_t replaced = replace(scrub, text, c, end, &buf);

		if (!replaced)
			buf_add_n(&buf, c, 1);
		c += replaced ? replaced : 1;
	}
	*ret_length = buf.length;
	return buf_take(&buf);
}

void scrub_config_space(struct scrub *scrub, unsigned char *config, size_t length)
{
	char text[sizeof(SERIAL_SHAPE)];
	uint64_t serial;
	size_t offset, number;

	if (!config_space_serial(config, length, &serial, &offset))
		return;
	for (int i = 0; i < 8; i++)
		snprintf(text + 3 * i, sizeof(text) - 3 * (size_t)i, "%02x%s",
			 (unsigned)(serial >> (56 - 8 * i)) & 0xff, i < 7 ? "-" : "");
	number = number_of(&scrub->serials, text, strlen(SERIAL_SHAPE));
	memset(config + offset, 0, 8);
	config[offset] = number & 0xff;
	config[offset + 1] = number >> 8 & 0xff;
}
