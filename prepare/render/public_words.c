/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/public_words.h"

#include <ctype.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"

#define WORD_MAX 63 /* longer ones are in no vocabulary */

bool is_alnum(const char *c, const char *end)
{
	return c < end && (isalnum((unsigned char)*c) || (unsigned char)*c >= 0x80);
}

size_t span(const char *c, const char *end, int (*is)(int))
{
	size_t n = 0;

	while (c + n < end && is((unsigned char)c[n]))
		n++;
	return n;
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

void public_words_done(struct public_words *words)
{
	tdestroy(words->tree, free);
	*words = (struct public_words){};
}

void public_words_add(struct public_words *words, const char *name)
{
	for (const char *c = name, *end = name + strlen(name); c < end;) {
		char *word;
		size_t n = 0;

		while (is_alnum(c + n, end))
			n++;
		word = xstrndup(c, n);
		for (char *letter = word; *letter; letter++)
			*letter = (char)tolower((unsigned char)*letter);
		if (n == 0 || *(char **)tsearch(word, &words->tree, compare) != word)
			free(word);
		c += n ? n : 1;
	}
}

static int compare_words(const void *key, const void *item)
{
	return strcmp(key, *(const char *const *)item);
}

bool is_public_word(const struct public_words *words, const char *word, size_t n)
{
	char lower[WORD_MAX + 1] = "";
	const char *key = lower;

	if (n == 0 || n > WORD_MAX)
		return false;
	for (size_t i = 0; i < n; i++)
		lower[i] = (char)tolower((unsigned char)word[i]);
	return n == 1 || tfind(lower, &words->tree, compare) ||
	       bsearch(key, vocabulary, n_vocabulary, sizeof(*vocabulary), compare_words);
}

/* "v00008086d000010D3sv", the beginning of a modalias, whose next part may be '*' */
static bool is_modalias(const char *c, size_t n)
{
	static const struct {
		const char *key;
		size_t digits;
	} parts[] = {{"v", 8}, {"d", 8}, {"sv", 8}, {"sd", 8}, {"bc", 2}, {"sc", 2}, {"i", 2}};
	const char *end = c + n;
	size_t part = 0;

	for (; part < ARRAY_SIZE(parts) && c < end; part++) {
		size_t key = strlen(parts[part].key);

		if ((size_t)(end - c) < key || strncmp(c, parts[part].key, key) != 0)
			return false;
		c += key;
		if (c == end && part)
			return true;
		if ((size_t)(end - c) < parts[part].digits)
			return false;
		for (size_t i = 0; i < parts[part].digits; i++, c++)
			if (!isxdigit((unsigned char)*c))
				return false;
	}
	return part >= 2 && c == end;
}

/* "eth0", "enp1s0f0np0", "nvme0n1p2", "sda1", "win10": letters that may stay, then numbers with a letter or two between. */
static bool is_kernel_name(const struct public_words *words, const char *c, size_t n)
{
	static const char *const disks[] = {"sd", "vd", "hd", "xvd", "dasd"};
	static const char *const cards[] = {"en", "wl", "ww", "ib"};
	const char *end = c + n;
	size_t letters = span(c, end, isalpha), digits = span(c + letters, end, isdigit), most;
	bool named = is_public_word(words, c, letters), is_card = false;

	for (size_t i = 0; i < ARRAY_SIZE(disks) && letters + digits == n && digits <= 3; i++)
		if (strncmp(c, disks[i], strlen(disks[i])) == 0 && letters > strlen(disks[i]) &&
		    letters <= strlen(disks[i]) + 2)
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(cards); i++)
		is_card = is_card || strncmp(c, cards[i], 2) == 0;
	if (!named && !is_card)
		return false;
	most = letters == 1 ? 2 : 5;
	for (c += named ? letters : 2; c < end; c += digits, named = false) {
		letters = 0;
		while (c < end && letters < 2 && strchr("Ppsfnduvcio", *c)) {
			letters++;
			c++;
		}
		digits = span(c, end, isdigit);
		if (digits == 0 || digits > most || (letters == 0 && !named))
			return false;
	}
	return true;
}

/* "64k", "2MB", "300s" */
static bool is_size(const char *c, size_t n)
{
	static const char *const units[] = {"k",  "m",  "g",  "t",   "b",   "s",  "ms",
					    "kb", "mb", "gb", "kib", "mib", "gib"};
	size_t digits = span(c, c + n, isdigit);

	for (size_t i = 0; i < ARRAY_SIZE(units) && digits && digits <= 5; i++)
		if (strlen(units[i]) == n - digits &&
		    strncasecmp(c + digits, units[i], n - digits) == 0)
			return true;
	return false;
}

bool is_public_name(const struct public_words *words, const char *c, size_t n)
{
	return is_public_word(words, c, n) || is_kernel_name(words, c, n) || is_size(c, n) ||
	       is_modalias(c, n);
}
