/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Carries out one file of tests/scenarios/cases; README.md says what stands there. */
#pragma once

#include "base/buf.h"
#include "fake/script.h"
#include "fake/tree.h"
#include "scenarios/product.h"
#include "scenarios/state.h"

struct scenario {
	const char *hosts; /* directory of the hosts' files */
	const char *tree;  /* directory to build the tree in; emptied first */
	struct script script;
	struct host *host;
	bool built;                                                /* there is a tree */
	bool live, brief, hasty, side_by_side, no_openat2, unread; /* see README.md */
	bool broken;                /* something is wrong that no expectation can make right */
	const char *files, *silent; /* for the next run */
	bool verbatim;              /* the next run's output is expected to the letter */
	struct buf asked,
		spelled;   /* findings whose texts the next run spells out, and the last one did */
	struct buf faults; /* for the next run */
	struct product_run last; /* the last run, with what came of it */
	struct buf actual;       /* the file as it would be if what happened were expected */
	size_t copied;           /* lines of the script that are in it */
};

/*
 * Runs the file at path. scenario->actual is then the same text with what really happened in place
 * of what is expected.
 */
void scenario_run(struct scenario *scenario, const char *path);
void scenario_done(struct scenario *scenario);

/* Removes a directory with all that is in it. */
void remove_tree(const char *path);

/* For sweep.c: a fresh tree as the statements before this one make it. */
void scenario_build(struct scenario *scenario, const struct statement *before);
/* Runs the product and forgets its faults; complaints of the fake kernel are told and break the scenario. */
void scenario_product(struct scenario *scenario, struct product_run *run);
/* Adds an expectation: a block of "| " lines, nothing for an empty text. */
void scenario_expect(struct scenario *scenario, const char *name, const char *text);

/* Runs the command of a statement once for each way in which each of its writes can go wrong. */
void sweep(struct scenario *scenario, const struct statement *statement);

/* Runs the command of a statement once for each system call at which it can be killed. */
void sweep_kill(struct scenario *scenario, const struct statement *statement);
