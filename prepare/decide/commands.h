/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which programs have to be run so that the next boot has what is configured, and whether that boot has to
 * come. Pure.
 */
#pragma once

#include "decide/kernel_args.h"
#include "model/boot_files.h"
#include "model/boot_log.h"
#include "model/command.h"
#include "model/plan.h"
#include "model/policy.h"

/*
 * In their order: what makes the images of the initramfs, then what tells the boot loader. Only what is
 * needed. files: what is about to be written; force: those that somebody else wrote, too.
 */
void commands_decide(const struct bootloader *bootloader, const struct argument_plan *arguments,
		     const struct rebuild *rebuild, const struct planned_files *files, bool force,
		     struct command_list *ret);
/* Is one of them still to be run? */
bool commands_are_due(const struct command_list *commands);

/*
 * Adds why a restart is required: a program that is still to be run before it, an argument that only the
 * next boot brings, a device that the next boot will bring to its driver. Not for what the last one
 * should have brought and did not, so that nobody restarts for ever.
 */
void find_restart_reasons(const struct plan *plan, const struct argument_plan *arguments,
			  const struct bootloader *bootloader, const struct rebuild *rebuild,
			  const struct command_list *commands, struct restart_reasons *ret);
