/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/bootloader.h"

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
