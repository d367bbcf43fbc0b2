/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decides word by word what may stay of a text: words of the vocabulary and names that the kernel gives, addresses
 * and ids of PCI, small numbers. All else is replaced: digits of an id by zeros and its number, an IP address by
 * one with its number, a word by "word" and its number. A number follows the order of first appearance and is the
 * same wherever the id or the word stands, so that what referred to it still does. What was replaced stays as it is
 * when it is replaced again.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "render/public_words.h"
#include "render/scrub_addresses.h"

struct scrub {
	void *ids, *words; /* trees of what was numbered */
	size_t n_ids, n_words;
	struct public_words known; /* the names of drivers, for instance */
	struct scrub_addresses addresses;
	char *release;  /* of the kernel, as far as it has no letters; NULL: not known */
	bool reserving; /* what looks like a replacement takes its number, and nothing gets one */
};

/*
 * First all texts are scrubbed with reserving set, which tells what is there, and what they become is of no use; then
 * again, behind scrub_start().
 */
void scrub_start(struct scrub *scrub);
void scrub_done(struct scrub *scrub);
void scrub_know_release(struct scrub *scrub, const char *release);

/* The replacement of an IP address. */
struct ip scrub_ip(struct scrub *scrub, const struct ip *ip);

/* Longer numbers can name something. */
struct scrub_limits {
	unsigned char decimal, hex; /* digits */
	bool json;                  /* a backslash and a letter are one character */
};
extern const struct scrub_limits scrub_short;

/* The scrubbed text, the caller's. */
char *scrub_words(struct scrub *scrub, const struct scrub_limits *limits, const char *text,
		  size_t length, size_t *ret_length);
