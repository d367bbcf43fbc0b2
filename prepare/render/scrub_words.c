/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/scrub_words.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <search.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/text.h"

#define WORD "word"
#define ID_DIGITS 6       /* of an id that is one number, at least */
#define LONGEST_GROUP 8   /* of an id that has several */
#define ADDRESS_GROUPS 20 /* of InfiniBand; longer ones are cut */

const struct scrub_limits scrub_short = {.decimal = 5, .hex = 4};

struct numbered {
	char *text;
	size_t number;
};

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct numbered *)a)->text, ((const struct numbered *)b)->text);
}

static void free_numbered(void *node)
{
	free(((struct numbered *)node)->text);
	free(node);
}

void scrub_done(struct scrub *scrub)
{
	tdestroy(scrub->ids, free_numbered);
	tdestroy(scrub->words, free_numbered);
	public_words_done(&scrub->known);
	scrub_addresses_done(&scrub->addresses);
	free(scrub->release);
	*scrub = (struct scrub){};
}

/* The number of a text in its tree, where it gets the next one if it has none. */
static size_t number_of(const struct scrub *scrub, void **tree, size_t *n, const char *text)
{
	struct numbered key = {.text = (char *)text}, *made, **node = tfind(&key, tree, compare);

	if (node || scrub->reserving)
		return node ? (*node)->number : 0;
	made = xcalloc(1, sizeof(*made));
	*made = (struct numbered){xstrdup(text), ++*n};
	tsearch(made, tree, compare);
	return made->number;
}

struct ip scrub_ip(struct scrub *scrub, const struct ip *ip)
{
	if (scrub->reserving)
		scrub_addresses_add(&scrub->addresses, ip);
	return scrub->reserving ? *ip : scrub_address(&scrub->addresses, ip);
}

static void reserve(const struct scrub *scrub, size_t *n, size_t number)
{
	if (scrub->reserving && number > *n)
		*n = number;
}

/* Where a text is read and written. */
struct scan {
	struct scrub *scrub;
	const struct scrub_limits *limits;
	const char *start, *c, *end;
	struct buf buf;
	bool replaced; /* a part of the word that goes on here was */
};

static bool is_at(const char *c, const char *end, char wanted)
{
	return c < end && *c == wanted;
}

static void copy(struct scan *scan, size_t length)
{
	buf_add_n(&scan->buf, scan->c, length);
	scan->c += length;
}

/* "0000:01:00.0", "01:00.*": its length, or 0. */
static size_t pci_address_length(const char *c, const char *end)
{
	size_t domain = span(c, end, isxdigit), n = 0;

	if (domain >= 4 && domain <= 8 && is_at(c + domain, end, ':'))
		n = domain + 1;
	if (span(c + n, end, isxdigit) != 2 || !is_at(c + n + 2, end, ':') ||
	    span(c + n + 3, end, isxdigit) != 2 || !is_at(c + n + 5, end, '.'))
		return 0;
	n += 6;
	return c + n < end && strchr("01234567*", c[n]) && c[n] && !is_alnum(c + n + 1, end) ? n + 1
											     : 0;
}

/* Do these digits begin with a base class of PCI? */
static bool is_class(const char *c, size_t n)
{
	return n >= 2 && n <= 6 && n % 2 == 0 && (*c == '0' || *c == '1');
}

static bool is_hex_kept(const struct scan *scan, const char *c, size_t n)
{
	/* "beef" is a word. */
	bool has_digit = strcspn(c, "0123456789") < n;

	return n <= 2 || (n <= scan->limits->decimal && span(c, c + n, isdigit) == n) ||
	       (has_digit && n <= scan->limits->hex) || (n == 6 && is_class(c, n)) ||
	       (n <= 8 && (strspn(c, "f") >= n || strspn(c, "F") >= n));
}

/* --- what is replaced ------------------------------------------------------------------------------ */

/* Replaces the digits of an id, and leaves what stands between them where it is. */
static void add_id(struct scan *scan, size_t length)
{
	_cleanup_free_ char *key = xcalloc(length + 1, 1);
	size_t n = 0, left, number;

	for (size_t i = 0; i < length; i++)
		if (isxdigit((unsigned char)scan->c[i]))
			key[n++] = (char)tolower((unsigned char)scan->c[i]);
	scan->replaced = true;
	if (strspn(key, "0") + 4 >= n) {
		reserve(scan->scrub, &scan->scrub->n_ids, strtoul(key, NULL, 16));
		copy(scan, length);
		return;
	}
	number = number_of(scan->scrub, &scan->scrub->ids, &scan->scrub->n_ids, key);
	left = n;
	for (size_t i = 0; i < length; i++) {
		if (isxdigit((unsigned char)scan->c[i]))
			buf_addf(&scan->buf, "%zx", --left < 16 ? number >> 4 * left & 0xf : 0);
		else
			buf_add_n(&scan->buf, scan->c + i, 1);
	}
	scan->c += length;
}

/* The number of the text that the scan comes to, which gets replaced. */
static size_t take(struct scan *scan, void **tree, size_t *n, size_t length)
{
	_cleanup_free_ char *text = xstrndup(scan->c, length);

	scan->replaced = true;
	scan->c += length;
	return number_of(scan->scrub, tree, n, text);
}

/* "10.0.0.1". This and the next ones say whether they found and added what they look for. */
static bool add_ip4(struct scan *scan)
{
	uint8_t parts[4];
	size_t length = 0;
	struct ip ip;

	for (size_t i = 0; i < 4; i++) {
		const char *part = scan->c + length;
		size_t digits = span(part, scan->end, isdigit);
		uint64_t value;

		if (digits > 3 || number_parse_n(part, digits, 10, 255, &value) < 0)
			return false;
		parts[i] = (uint8_t)value;
		length += digits;
		if (i < 3 && !is_at(part + digits, scan->end, '.'))
			return false;
		length += i < 3;
	}
	if (is_alnum(scan->c + length, scan->end))
		return false;
	/* Of no host: any, the own, a mask. */
	if (parts[0] == 0 || parts[0] == 127 || parts[0] == 255) {
		copy(scan, length);
		return true;
	}
	ip = ip_of_4(parts);
	ip = scrub_ip(scan->scrub, &ip);
	buf_addf(&scan->buf, "%u.%u.%u.%u", ip.bytes[12], ip.bytes[13], ip.bytes[14], ip.bytes[15]);
	scan->c += length;
	return true;
}

/* Hexadecimal numbers with ':' or '-' between them, of which one pair may be "::". */
struct groups {
	size_t lengths[ADDRESS_GROUPS], n, digits, length;
	size_t with_ip4; /* the length with what may be an IPv4 address at the end, 0: there is none */
	char separator;
	bool gap;
};

static struct groups read_groups(const char *c, const char *end)
{
	struct groups groups = {};
	size_t at = 0;

	if (end - c > 2 && c[0] == ':' && c[1] == ':') {
		groups.gap = true;
		groups.separator = ':';
		at = 2;
	}
	while (groups.n < ADDRESS_GROUPS) {
		size_t n = span(c + at, end, isxdigit);
		const char *after = c + at + n;

		if (groups.separator == ':' && is_at(after, end, '.') &&
		    span(after + 1, end, isdigit)) {
			groups.with_ip4 = at + strspn(c + at, "0123456789.");
			break;
		}
		/* Behind a longer id, which stands alone; of a version. */
		if (n == 0 || is_alnum(after, end) ||
		    (groups.n && groups.separator == '-' && n == 1) ||
		    (groups.n == 1 && groups.lengths[0] > LONGEST_GROUP))
			break;
		groups.lengths[groups.n++] = n;
		groups.digits += n;
		groups.length = at += n;
		if (after == end || (*after != ':' && *after != '-') ||
		    (groups.separator && *after != groups.separator))
			break;
		groups.separator = *after;
		at++;
		if (*after == ':' && is_at(after + 1, end, ':')) {
			if (groups.gap)
				break;
			groups.gap = true;
			at++;
			/* "fe80::" */
			if (!is_alnum(c + at, end) && !is_at(c + at, end, ':'))
				groups.length = at;
		}
	}
	return groups;
}

/* The UUID of a vendor that this program knows, as of EFI. */
static bool is_public_uuid(const struct scan *scan, const struct groups *groups)
{
	const char *c = scan->c;
	bool known = groups->n == 5 && groups->lengths[0] == 8;

	for (size_t i = 0; i < groups->n && known; c += groups->lengths[i++] + 1)
		known = is_public_word(&scan->scrub->known, c, groups->lengths[i]);
	return known;
}

static bool add_ip6(struct scan *scan, const struct groups *groups)
{
	size_t length = groups->with_ip4 ? groups->with_ip4 : groups->length;
	_cleanup_free_ char *text = xstrndup(scan->c, length);
	size_t last = groups->n ? groups->lengths[groups->n - 1] : 0;
	struct ip ip;

	/* "::1"; "8086::0300" and "::030000" of a profile. */
	if (groups->gap && !groups->with_ip4 &&
	    (groups->n == 1 ? *text == ':' && (last <= 4 || is_class(text + 2, last))
			    : groups->n == 2 && groups->lengths[0] == 4 && last >= 4 &&
				      is_class(text + length - last, last))) {
		copy(scan, length);
		return true;
	}
	/* An address with a port behind it stands in brackets. */
	if (is_at(scan->c + length, scan->end, ':') || is_alnum(scan->c + length, scan->end) ||
	    inet_pton(AF_INET6, text, ip.bytes) != 1)
		return false;
	ip = scrub_ip(scan->scrub, &ip);
	for (size_t i = 0; i < sizeof(ip.bytes); i += 2)
		buf_addf(&scan->buf, "%s%x", i ? ":" : "", ip.bytes[i] << 8 | ip.bytes[i + 1]);
	scan->c += length;
	return true;
}

/* "8086:10d3:8086:a01f:020000", "0000:01:00" */
static bool is_pci_groups(const struct groups *groups)
{
	const size_t *lengths = groups->lengths;

	if (groups->separator != ':' || groups->n > 6)
		return false;
	if (groups->n == 3 && lengths[0] >= 4 && lengths[1] == 2 && lengths[2] == 2)
		return true;
	for (size_t i = 2; i < groups->n; i++)
		if (lengths[i] > (i < 4 ? 4 : 8))
			return false;
	return lengths[0] == 4 && lengths[1] == 4;
}

/* "fd000000-fdffffff", where the kernel writes places in memory */
static bool is_range(const struct scan *scan, const struct groups *groups)
{
	return scan->limits->hex > scrub_short.hex && groups->n == 2 && groups->separator == '-' &&
	       groups->lengths[0] <= scan->limits->hex && groups->lengths[1] <= scan->limits->hex;
}

/* UUIDs, MAC addresses, serial numbers, ids of FAT, MD and partition tables. */
static bool add_groups(struct scan *scan)
{
	struct groups groups = read_groups(scan->c, scan->end);
	bool is_mac = groups.n >= 6;

	if (groups.n == 0 && !groups.with_ip4)
		return false;
	for (size_t i = 0; i < groups.n; i++)
		is_mac = is_mac && groups.lengths[i] == 2;
	if (!is_mac && add_ip6(scan, &groups))
		return true;
	if (groups.n < 2)
		return false;
	if (is_pci_groups(&groups) || is_range(scan, &groups) || is_public_uuid(scan, &groups)) {
		copy(scan, groups.length);
		return true;
	}
	if (!is_mac && groups.digits < 8)
		return false;
	/* Of BOOTIF=, where the kind of the network stands in front. */
	if (is_mac && groups.n == 7 && groups.separator == '-') {
		copy(scan, 3);
		groups.length -= 3;
	}
	add_id(scan, groups.length);
	return true;
}

static void add_word(struct scan *scan, size_t n)
{
	struct scrub *scrub = scan->scrub;
	size_t digits = span(scan->c, scan->end, isxdigit);
	bool is_hex = digits == n, has_digit = strcspn(scan->c, "0123456789") < n;

	if (n > strlen(WORD) && strncmp(scan->c, WORD, strlen(WORD)) == 0 &&
	    span(scan->c + strlen(WORD), scan->end, isdigit) == n - strlen(WORD)) {
		reserve(scrub, &scrub->n_words, strtoul(scan->c + strlen(WORD), NULL, 10));
		scan->replaced = true;
		copy(scan, n);
	} else if ((is_hex && is_hex_kept(scan, scan->c, n) && !(scan->replaced && n >= 4)) ||
		   is_public_word(&scrub->known, scan->c, n) ||
		   (!(is_hex && n >= ID_DIGITS) && is_public_name(&scrub->known, scan->c, n))) {
		copy(scan, n);
	} else if (is_hex && has_digit && n >= ID_DIGITS) {
		add_id(scan, n);
	} else {
		buf_addf(&scan->buf, WORD "%zu", take(scan, &scrub->words, &scrub->n_words, n));
	}
}

/* "0x5000c500a1b2c3d4", "enx525400abcdef" */
static bool add_prefixed(struct scan *scan, const char *prefix, size_t longest, size_t n)
{
	size_t length = strlen(prefix);

	if (n <= length || strncmp(scan->c, prefix, length) != 0 ||
	    span(scan->c + length, scan->end, isxdigit) != n - length)
		return false;
	copy(scan, length);
	if (n - length > longest)
		add_id(scan, n - length);
	else
		copy(scan, n - length);
	return true;
}

/* "\040", "\x20", "\u00e4": their lengths; of a backslash alone 1. */
static size_t escape_length(const struct scan *scan)
{
	const char *c = scan->c + 1;

	if (is_at(c, scan->end, 'x') && span(c + 1, scan->end, isxdigit) >= 2)
		return 4;
	if (is_at(c, scan->end, 'u') && span(c + 1, scan->end, isxdigit) >= 4)
		return 6;
	if (span(c, scan->end, isdigit) >= 3)
		return 4;
	return scan->limits->json && c < scan->end ? 2 : 1;
}

static void scan_one(struct scan *scan)
{
	const char *release = scan->scrub->release, *c = scan->c;
	size_t n = 0, longest_hex = scan->limits->hex > 8 ? scan->limits->hex : 8;

	while (is_alnum(c + n, scan->end))
		n++;
	if (n == 0) {
		if (is_at(c, scan->end, ':') && is_at(c + 1, scan->end, ':') &&
		    (c == scan->start || !(is_alnum(c - 1, c) || c[-1] == ':')) && add_groups(scan))
			return;
		if (isspace((unsigned char)*c) || strchr("/,=\"'", *c))
			scan->replaced = false;
		copy(scan, *c == '\\' ? escape_length(scan) : 1);
	} else if (release && n <= strlen(release) && (size_t)(scan->end - c) >= strlen(release) &&
		   strncmp(c, release, strlen(release)) == 0 &&
		   !isdigit((unsigned char)c[strlen(release)])) {
		copy(scan, strlen(release));
	} else if (pci_address_length(c, scan->end)) {
		copy(scan, pci_address_length(c, scan->end));
	} else if (!add_ip4(scan) && !add_groups(scan) &&
		   !add_prefixed(scan, "0x", longest_hex, n) && !add_prefixed(scan, "enx", 4, n)) {
		add_word(scan, n);
	}
}

char *scrub_words(struct scrub *scrub, const struct scrub_limits *limits, const char *text,
		  size_t length, size_t *ret_length)
{
	struct scan scan = {
		.scrub = scrub, .limits = limits, .start = text, .c = text, .end = text + length};

	while (scan.c < scan.end)
		scan_one(&scan);
	*ret_length = scan.buf.length;
	return buf_take(&scan.buf);
}

void scrub_start(struct scrub *scrub)
{
	scrub_addresses_sort(&scrub->addresses);
	scrub->reserving = false;
}

void scrub_know_release(struct scrub *scrub, const char *release)
{
	size_t n = strspn(release, "0123456789.-");

	while (n && !isdigit((unsigned char)release[n - 1]))
		n--;
	free(scrub->release);
	scrub->release = n && !is_alnum(release + n, release + strlen(release))
				 ? xstrndup(release, n)
				 : NULL;
}
