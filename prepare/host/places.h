/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a run has read by path, so that each path is opened once: texts, names in directories, targets of
 * links, times, and directories that stay open. Plain memory; host/root_read.c fills it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/strv.h"

/* An answer is valid once its has_ is true; its error is 0 or -errno. */
struct place {
	char *path;
	int file;      /* open for reading, still to be read; -1: not */
	int directory; /* open and lent until places_done(); -1: not; places_lend() sets it */
	bool recorded; /* the recorder has seen the text and the names */
	bool has_stat, has_text, has_names, has_link;
	int stat_error, text_error, names_error, link_error;
	struct stat *st; /* NULL: none, or an error */
	char *text;
	size_t length;
	struct strv names; /* sorted */
	char *link;
};

struct places {
	void *index;   /* of struct place, by path */
	size_t n_open; /* files that are open and still to be read */
	struct lent {
		VEC(int);
	} lent; /* the open directories */
};

/* The place of that path, made if there is none; valid until places_done(). */
struct place *places_get(struct places *places, const char *path);
/* Keeps the open directory of a place; fd is the place's from here on. */
void places_lend(struct places *places, struct place *place, int fd);
/* Closes and frees all of it. */
void places_done(struct places *places);
