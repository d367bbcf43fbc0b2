/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which programs have to be run so that the next boot has what is configured. Pure. */
#ifndef DECIDE_COMMANDS_H
#define DECIDE_COMMANDS_H

#include "decide/arguments.h"
#include "model/bootloader.h"
#include "model/command.h"
#include "model/rebuild.h"

/*
 * In their order: what makes the images of the initramfs, then what tells the boot loader. Only what is
 * needed. image_changes, loader_changes: a file that goes into the one or the other is about to change.
 */
void commands_decide(const struct bootloader *bootloader, const struct argument_plan *arguments,
		     const struct rebuild *rebuild, bool image_changes, bool loader_changes,
		     struct command_list *ret);

#endif
