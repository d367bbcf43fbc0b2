/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/scrub.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "parse/config_space.h"

void scrub_done(struct scrub *scrub)
{
	strv_done(&scrub->uuids);
	strv_done(&scrub->ids);
	strv_done(&scrub->serials);
	strv_done(&scrub->macs);
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

/* Do so many bytes at text make a word, not the middle of a longer one? */
static bool is_word(const char *start, const char *text, const char *end, size_t length)
{
	return (size_t)(end - text) >= length &&
	       (text == start || !isalnum((unsigned char)text[-1])) &&
	       ((size_t)(end - text) == length || !isalnum((unsigned char)text[length]));
}

/* Does a word at text have this shape: 'x' a hex digit, all else itself? */
static bool has_shape(const char *start, const char *text, const char *end, const char *shape)
{
	size_t length = strlen(shape);

	if (!is_word(start, text, end, length))
		return false;
	for (size_t i = 0; i < length; i++)
		if (shape[i] == 'x' ? !isxdigit((unsigned char)text[i]) : text[i] != shape[i])
			return false;
	return true;
}

#define UUID_SHAPE "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"
#define SERIAL_SHAPE "xx-xx-xx-xx-xx-xx-xx-xx"
#define MAC_SHAPE "xx:xx:xx:xx:xx:xx"
#define BOOTIF_SHAPE "01-xx-xx-xx-xx-xx-xx" /* the same, as PXE loaders write it */
#define ID_MIN 8                            /* shorter ones would be found in other text too */
#define BY_ID "/by-id/"

void scrub_learn(struct scrub *scrub, const char *id)
{
	size_t length = strlen(id);

	if (length >= ID_MIN && !has_shape(id, id, id + length, UUID_SHAPE))
		number_of(&scrub->ids, id, length);
}

/* What was learned, if it stands at text: zeros and its number at the end. Its length, or 0. */
static size_t replace_learned(const struct scrub *scrub, const char *start, const char *text,
			      const char *end, struct buf *buf)
{
	for (size_t i = 0; i < scrub->ids.n; i++) {
		size_t length = strlen(scrub->ids.items[i]);

		if (!is_word(start, text, end, length) ||
		    strncasecmp(scrub->ids.items[i], text, length) != 0)
			continue;
		for (size_t j = 0; j < length - 4; j++)
			buf_add(buf, isalnum((unsigned char)text[j]) ? "0" : "-");
		buf_addf(buf, "%04zx", (i + 1) & 0xffff);
		return length;
	}
	return 0;
}

/* A MAC address at text, in either form, by the same number. Its length, or 0. */
static size_t replace_mac(struct scrub *scrub, const char *start, const char *text, const char *end,
			  struct buf *buf)
{
	bool bootif = has_shape(start, text, end, BOOTIF_SHAPE);
	char mac[sizeof(MAC_SHAPE)];
	size_t number;

	if (!bootif && !has_shape(start, text, end, MAC_SHAPE))
		return 0;
	snprintf(mac, sizeof(mac), "%s", bootif ? text + strlen("01-") : text);
	for (char *c = mac; *c; c++)
		if (*c == '-')
			*c = ':';
	number = number_of(&scrub->macs, mac, strlen(mac));
	buf_addf(buf, bootif ? "01-00-00-00-00-%02zx-%02zx" : "00:00:00:00:%02zx:%02zx",
		 number >> 8 & 0xff, number & 0xff);
	return strlen(bootif ? BOOTIF_SHAPE : MAC_SHAPE);
}

/* Behind these stands what lets somebody in, or, behind the last, what names a device. */
static const char *const value_keys[] = {"password=", "password_in=", "password2=", "passwd=",
					 "pass=",     "secret=",      "iscsi:",     "Uniq="};
#define N_SECRETS (ARRAY_SIZE(value_keys) - 1)

/* Hides a value behind one of the first n_keys keys, up to a blank, a comma or an '@'. Its length, or 0. */
static size_t replace_value(size_t n_keys, const char *start, const char *text, const char *end,
			    struct buf *buf)
{
	for (size_t i = 0; i < n_keys; i++) {
		size_t n = strlen(value_keys[i]), length = 0;
		bool logs_in = strchr(value_keys[i], ':');

		if ((size_t)(text - start) < n || strncmp(text - n, value_keys[i], n) != 0)
			continue;
		while (text + length < end && !isspace((unsigned char)text[length]) &&
		       text[length] != ',' && text[length] != '@')
			length++;
		/* Without an '@' there is no name with a password, but the address of the server. */
		if (!length || (logs_in && (text + length == end || text[length] != '@')))
			return 0;
		buf_add(buf, "hidden");
		return length;
	}
	return 0;
}

/* Shapes of ids beside UUIDs: of MS-DOS partitions, FAT, MD, and MAC addresses in the names of interfaces. */
static const char *const id_shapes[] = {
	"xxxxxxxx-xx",
	"xxxx-xxxx",
	"xxxxxxxx:xxxxxxxx:xxxxxxxx:xxxxxxxx",
};
#define INTERFACE "enx"

/* Hexadecimal words as long as this name a machine, a disk or an address, unless they are zero. */
#define LONG_ID 24
/* The same with "0x" before, as of a WWN; sysfs writes addresses of memory so, which stand for themselves. */
#define WWN "wwn-0x"

/* Is it a part of something longer that has dashes? */
static bool is_part(const char *start, const char *text, const char *end, size_t length)
{
	return (text > start && text[-1] == '-') || (text + length < end && text[length] == '-');
}

/* The length of an id at text, by its shape alone; 0: there is none. */
static size_t id_length(const char *start, const char *text, const char *end)
{
	size_t n = 0;

	for (size_t i = 0; i < sizeof(id_shapes) / sizeof(*id_shapes); i++)
		if (has_shape(start, text, end, id_shapes[i]) &&
		    !is_part(start, text, end, strlen(id_shapes[i])))
			return strlen(id_shapes[i]);
	while (text + n < end && isxdigit((unsigned char)text[n]))
		n++;
	if (n >= LONG_ID && is_word(start, text, end, n) && strspn(text, "0") < n)
		return n;
	if ((size_t)(text - start) >= strlen(WWN) && n >= 16 &&
	    strncmp(text - strlen(WWN), WWN, strlen(WWN)) == 0)
		return n;
	if ((size_t)(text - start) >= strlen(INTERFACE) && n == 12 &&
	    strncmp(text - strlen(INTERFACE), INTERFACE, strlen(INTERFACE)) == 0)
		return n;
	return 0;
}

/* An id, by its number: what is no digit stays where it is. */
static size_t replace_id(struct scrub *scrub, const char *start, const char *text, const char *end,
			 struct buf *buf)
{
	size_t length = id_length(start, text, end), number, shown = 0, zeros = 0;

	for (size_t i = length; i > 0; i--)
		shown += isxdigit((unsigned char)text[i - 1]) != 0;
	for (size_t i = 0, seen = 0;
	     i < length && (text[i] == '0' || !isxdigit((unsigned char)text[i])); i++)
		zeros = seen += isxdigit((unsigned char)text[i]) != 0;
	/* What is a number already stays one. */
	if (!length || zeros + 4 >= shown)
		return 0;
	number = number_of(&scrub->ids, text, length);
	for (size_t i = 0; i < length; i++) {
		if (!isxdigit((unsigned char)text[i])) {
			buf_add_n(buf, &text[i], 1);
			continue;
		}
		shown--;
		buf_addf(buf, "%zx", shown < 4 ? number >> 4 * shown & 0xf : (size_t)0);
	}
	return length;
}

/* What stands at text, replaced; the length that it had, or 0: nothing to hide begins here. */
static size_t replace(struct scrub *scrub, const char *start, const char *text, const char *end,
		      struct buf *buf)
{
	size_t mac, number;

	if (has_shape(start, text, end, UUID_SHAPE)) {
		buf_addf(buf, "00000000-0000-0000-0000-%012zx",
			 number_of(&scrub->uuids, text, strlen(UUID_SHAPE)));
		return strlen(UUID_SHAPE);
	}
	if (has_shape(start, text, end, SERIAL_SHAPE)) {
		number = number_of(&scrub->serials, text, strlen(SERIAL_SHAPE));
		buf_addf(buf, "00-00-00-00-00-00-%02zx-%02zx", number >> 8 & 0xff, number & 0xff);
		return strlen(SERIAL_SHAPE);
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
	mac = replace_mac(scrub, start, text, end, buf);
	mac = mac ? mac : replace_learned(scrub, start, text, end, buf);
	mac = mac ? mac : replace_id(scrub, start, text, end, buf);
	return mac ? mac : replace_value(ARRAY_SIZE(value_keys), start, text, end, buf);
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

char *scrub_secrets(const char *text, size_t length, size_t *ret_length)
{
	const char *end = text + length;
	struct buf buf = {};

	for (const char *c = text; c < end;) {
		size_t replaced = replace_value(N_SECRETS, text, c, end, &buf);

		if (!replaced)
			buf_add_n(&buf, c, 1);
		c += replaced ? replaced : 1;
	}
	*ret_length = buf.length;
	return buf_take(&buf);
}

void scrub_config_space(struct scrub *scrub, unsigned char *config, size_t length)
{
	_cleanup_free_ char *text = NULL;
	uint64_t serial;
	size_t offset, number;

	if (!config_space_serial(config, length, &serial, &offset))
		return;
	text = serial_text(serial);
	number = number_of(&scrub->serials, text, strlen(SERIAL_SHAPE));
	memset(config + offset, 0, 8);
	config[offset] = number & 0xff;
	config[offset + 1] = number >> 8 & 0xff;
}
