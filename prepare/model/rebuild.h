/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is made of the configuration before a boot reads it, and whether it is up to date. */
#pragma once

#include "base/strv.h"

enum image_tool { IMAGE_TOOL_NONE, IMAGE_TOOL_UPDATE_INITRAMFS, IMAGE_TOOL_DRACUT };

/* Images of the initramfs, one for each kernel. */
struct image_set {
	struct strv paths;
	char *stale;       /* one that is older than what goes into it; NULL: none */
	char *newer_input; /* than that image */
};

struct rebuild {
	enum image_tool tool;
	struct image_set images;  /* that the tool looks after */
	struct image_set entries; /* that kernel-install has laid out for the boot loader */
	struct strv entry_files;  /* all that it has laid out of these kernels, images too */
	bool newer_than_boot;     /* what the next boot starts from is not what this one did */
	bool grub_cfg_stale;      /* grub.cfg is older than the directory of ours in grub.d */
	bool has_update_grub;
	bool has_proxmox;
	struct strv kernels; /* releases that kernel-install knows, and where each kernel lies */
	struct strv kernel_paths;
	struct strv kernels_unseen; /* of these, those that it has not laid out where we look */
};

void rebuild_done(struct rebuild *rebuild);
