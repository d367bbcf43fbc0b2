/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Carries out what apply planned: replaces each file at once, so that at any moment it is the old or the new
 * one, then runs the host's programs that read the files. Puts back both after a failure.
 */
#pragma once

#include "host/root.h"
#include "model/boot_files.h"
#include "model/command.h"
#include "model/policy.h"

/*
 * Locks out other runs of apply until the descriptor is closed, and removes the temporary files of runs that
 * were killed. The descriptor of the lock; -EAGAIN: another run has the lock, which is logged; -errno.
 */
int apply_begin(struct root *root, const struct planned_files *files,
		const struct rebuild *rebuild);

/*
 * Writes and removes files and sets their results. force: also files that another program wrote. 0, or the
 * error of the file that failed or was not synced; then the files are put back, and *ret_undone is as that of
 * apply_undo().
 */
int apply_files(struct root *root, struct planned_files *files, bool force, int *ret_undone);

/* Puts back the files that apply_files() changed. 0, the first error, or above 0 that of a sync. */
int apply_undo(struct root *root, struct planned_files *files);

/*
 * Runs the commands one after another until one fails and sets their results; their output goes to standard
 * error and to the log. 0; or, after a failure, -ECANCELED once images, the files of kernel-install and those
 * of the boot loader are put back, or the error of putting them back; above 0 that of a sync of them.
 * *ret_others: after a failure the files that are not as they were, or may not be, each with what to do about it.
 */
int apply_commands(struct root *root, struct command_list *commands, const struct rebuild *rebuild,
		   struct strv *ret_others);
