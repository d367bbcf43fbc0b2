/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/boot_files.h"

void boot_entry_done(struct boot_entry *entry)
{
	free(entry->kernel);
	free(entry->version);
	free(entry->arguments);
	strv_done(&entry->initrds);
	*entry = (struct boot_entry){};
}

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
	strv_done(&bootloader->next_images);
	free(bootloader->next_kernel);
	*bootloader = (struct bootloader){};
}

const char *bootloader_path(const struct bootloader *bootloader)
{
	return bootloader->next_path ? bootloader->next_path : bootloader->source_path;
}

bool bootloader_is_older(const struct bootloader *bootloader)
{
	return bootloader->next_path ? bootloader->next_is_older : bootloader->source_is_older;
}

static void image_set_done(struct image_set *set)
{
	strv_done(&set->paths);
	free(set->stale);
	free(set->newer_input);
}

const struct host_command *rebuild_command(const struct rebuild *rebuild, enum bootloader_kind kind)
{
	return &bootloaders[kind].commands[rebuild->command[kind]];
}

void rebuild_done(struct rebuild *rebuild)
{
	if (!rebuild)
		return;
	image_set_done(&rebuild->images);
	image_set_done(&rebuild->entries);
	strv_done(&rebuild->entry_files);
	strv_done(&rebuild->kernels);
	strv_done(&rebuild->kernel_paths);
	strv_done(&rebuild->kernels_unseen);
	*rebuild = (struct rebuild){};
}
