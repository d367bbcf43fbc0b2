/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where foreign settings stand, and how they are read. */
#pragma once

#include "parse/foreign.h"

/* A file that is read, or the files of a directory whose names end in end ("": all of them). */
struct source {
	enum foreign_source source;
	foreign_parser *parse;
	const char *path, *end;
	unsigned depth; /* so many levels of directories in it are looked into, too */
	bool private; /* it may have nothing to do with passthrough, and then is nobody's business */
	const char *
		unread; /* why other files do nothing, which are told; NULL: they are not looked at */
	bool programs; /* then the programs that were found are looked into */
	bool wanted; /* the units that a target wants which stands there, and not the path's own files */
	char *(*excerpt)(const char *text); /* what a snapshot may have of it; NULL: all */
	/* Where there is no path: of files of one name only that in the first of these directories counts. */
	const char *masked[5];
};

/* In the order in which a boot comes to them; the last one has no parser. */
extern const struct source foreign_sources[];
