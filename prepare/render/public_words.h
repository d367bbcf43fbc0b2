/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words that name neither a machine nor a person, on whichever host they stand. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * The words in the literals of this program and those of the file public-words, which a reader of a snapshot looks
 * for; sorted, in lower case. The Makefile collects them. What a parser or a check looks for is among them, so that
 * nothing is decided otherwise without the rest.
 */
extern const char *const vocabulary[];
extern const size_t n_vocabulary;

/* Words that are public here beside the vocabulary; zeroed, in lower case. */
struct public_words {
	void *tree;
};

void public_words_done(struct public_words *words);
/* Adds the parts of a name, such as a driver's. */
void public_words_add(struct public_words *words, const char *name);

/* Are the n letters and digits at c such a word? */
bool is_public_word(const struct public_words *words, const char *c, size_t n);
/* Or a name that the kernel gives, a size, a modalias? */
bool is_public_name(const struct public_words *words, const char *c, size_t n);

/* A letter or digit that is there; what is no ASCII belongs to a word, too. */
bool is_alnum(const char *c, const char *end);
/* So many characters from c to before end are of that kind. */
size_t span(const char *c, const char *end, int (*is)(int));
