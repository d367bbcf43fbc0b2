/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is made of the configuration before a boot reads it, and whether it is up to date. */
#ifndef MODEL_REBUILD_H
#define MODEL_REBUILD_H

#include "base/strv.h"

enum image_tool { IMAGE_TOOL_NONE, IMAGE_TOOL_UPDATE_INITRAMFS, IMAGE_TOOL_DRACUT };

struct rebuild {
	enum image_tool tool;
	struct strv images;   /* of the initramfs, one for each kernel */
	char *stale_image;    /* one that is older than what goes into it; NULL: none */
	char *newer_input;    /* than that image */
	bool newer_than_boot; /* what the next boot starts from is not what this one did */
	bool grub_cfg_stale;  /* grub.cfg is older than the directory of ours in grub.d */
	bool has_update_grub;
	bool has_proxmox;
	struct strv kernels; /* releases that kernel-install knows, and where each kernel lies */
	struct strv kernel_paths;
};

void rebuild_done(struct rebuild *rebuild);

#endif
