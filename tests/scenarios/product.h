/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run of the product on a tree, as if from a command line. */
#pragma once

#include <stdbool.h>

#include "base/buf.h"

struct product_run {
	const char *tree;
	const char *arguments; /* as in a shell, with quotes */
	bool agree;            /* instead of the product runs the list of fake/agree.h */
	bool live;             /* the product takes the tree for the running host */
	bool no_openat2;       /* as on a kernel without that system call */
	bool side_by_side;     /* devices are unbound in lanes, as in truth */
	bool hasty;            /* its deadlines are a tenth of what they are */

	const char *silent; /* a path of the tree that does not answer; NULL: none */
	bool unread;        /* its output is a pipe that nobody reads */
	/* Names of findings between spaces, whose text it is to spell out; NULL: all, and nothing is told. */
	const char *spelled;
	const char *files; /* a pattern of paths, whose new content is spelled out; NULL: none */

	unsigned kill_at; /* it is killed at that system call, from the lock on; 0: it is not */

	/* what came of it */
	bool killed;
	int status; /* 128 and more: the signal that ended it */
	struct buf out, err;
	struct buf report, findings; /* what it reported, as reported.h has it */
};

/*
 * Runs it in a child process, or in this one where product_stay() was told so; ends the process where that
 * cannot be done.
 */
void product_run(struct product_run *run);
void product_run_done(struct product_run *run);

/* Whether runs of the product stay in this process, but for those that are to be killed. */
void product_stay(bool stay);

bool on_valgrind(void);
