/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/bootloader.h"

#include "base/text.h"

static const char *const names[] = {
	[BOOTLOADER_NONE] = "none",     [BOOTLOADER_GRUB] = "grub",
	[BOOTLOADER_GRUBBY] = "grubby", [BOOTLOADER_KERNEL_INSTALL] = "kernel-install",
	[BOOTLOADER_OSTREE] = "ostree",
};

void bootloader_done(struct bootloader *bootloader)
{
	if (!bootloader)
		return;
	free(bootloader->next_path);
	free(bootloader->cmdline);
	free(bootloader->cmdline_unreadable);
	kernel_args_done(&bootloader->next);
	kernel_args_done(&bootloader->others);
	strv_done(&bootloader->ours);
	*bootloader = (struct bootloader){};
}

const char *bootloader_name(enum bootloader_kind kind)
{
	return names[kind];
}

bool bootloader_is_known(const char *name)
{
	return TEXT_IN(names, name);
}

enum bootloader_kind bootloader_from_name(const char *name)
{
	int kind = TEXT_INDEX(names, name);

	return kind < 0 ? BOOTLOADER_NONE : (enum bootloader_kind)kind;
}
