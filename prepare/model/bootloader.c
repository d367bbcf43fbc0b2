/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/bootloader.h"

#include <string.h>

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

enum bootloader_kind bootloader_from_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(names[i], name) == 0)
			return (enum bootloader_kind)i;
	return BOOTLOADER_NONE;
}
