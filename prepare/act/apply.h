/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Carries out what apply has planned: writes the files, each the old one or the new one at any moment,
 * and has the host's programs take them over; undoes both where something fails.
 */
#pragma once

#include "host/root.h"
#include "model/command.h"
#include "model/policy.h"
#include "model/rebuild.h"

/* What the programs said, of the last run. */
#define REBUILD_LOG_PATH "/var/log/vfio-prepare/rebuild.log"

/*
 * Keeps other runs out until the descriptor is closed, and removes what those that were killed have
 * left. The descriptor; -EWOULDBLOCK: another one is at work; -errno.
 */
int apply_begin(struct root *root, const struct planned_files *files,
		const struct rebuild *rebuild);

/*
 * Writes and removes; sets the files' results. force: also what is foreign. 0, or the error of the file
 * that failed: then all are as they were, or *ret_undone is the error of putting them back, else 0.
 */
int apply_files(struct root *root, struct planned_files *files, bool force, int *ret_undone);

/* Puts back what apply_files() changed; the first error. */
int apply_undo(struct root *root, struct planned_files *files);

/*
 * Runs the commands one after another until one fails, with what they say on standard error and in the
 * log; sets their results. 0, or -ECANCELED after a failure: then images, what kernel-install has laid
 * out and the boot loader's files are as they were, or the error of putting them back. *ret_others: what
 * is not as it was, or may not be, with what to do about it; nothing without a failure.
 */
int apply_commands(struct root *root, struct command_list *commands, const struct rebuild *rebuild,
		   struct strv *ret_others);
