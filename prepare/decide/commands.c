/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/commands.h"

#include <string.h>

#include "base/buf.h"

/* Why images are to be made anew, the caller's; NULL: they are not. */
static char *image_reason(const struct image_set *set, bool image_changes)
{
	if (set->stale)
		return xasprintf("%s is older than %s", set->stale, set->newer_input);
	return image_changes ? xstrdup("what the initramfs holds has changed") : NULL;
}

static void decide_images(const struct rebuild *rebuild, enum bootloader_kind kind,
			  bool image_changes, struct command_list *ret)
{
	static const char *const words[] = {
		[IMAGE_TOOL_UPDATE_INITRAMFS] = "update-initramfs -u -k all",
		[IMAGE_TOOL_DRACUT] = "dracut --regenerate-all --force",
	};
	const struct image_set *images = &rebuild->images;
	_cleanup_free_ char *reason = NULL;

	/* Where that layout is, dracut follows it of itself. */
	if (!images->paths.n && rebuild->tool == IMAGE_TOOL_DRACUT &&
	    kind != BOOTLOADER_KERNEL_INSTALL)
		images = &rebuild->entries;
	reason = image_reason(images, image_changes);
	if (rebuild->tool != IMAGE_TOOL_NONE && images->paths.n && reason)
		command_add(ret, reason, words[rebuild->tool]);
}

/* Of the arguments that are ours those that the next boot does not have yet. */
static void find_new(const struct bootloader *bootloader, const struct argument_plan *arguments,
		     struct strv *ret)
{
	for (size_t i = 0; i < arguments->ours.n; i++)
		if (!kernel_args_have(&bootloader->next, arguments->ours.items[i]))
			strv_add(ret, arguments->ours.items[i]);
}

static char *joined(const char *option, const struct strv *words)
{
	struct buf buf = {};

	buf_add(&buf, option);
	for (size_t i = 0; i < words->n; i++)
		buf_addf(&buf, "%s%s", i ? " " : "", words->items[i]);
	return buf_take(&buf);
}

static const char reason_changed[] = "the next boot's arguments of the kernel change";

/* Makes grub.cfg of the files in /etc. */
static void decide_grub(const struct rebuild *rebuild, struct command_list *ret)
{
	command_add(ret, reason_changed,
		    rebuild->has_update_grub ? "update-grub"
					     : "grub-mkconfig -o /boot/grub/grub.cfg");
}

static void decide_grubby(const struct strv *new, const struct strv *old, struct command_list *ret)
{
	struct command *command = command_add(ret, reason_changed, "grubby --update-kernel=ALL");

	if (new->n)
		strv_take(&command->argv, joined("--args=", new));
	if (old->n)
		strv_take(&command->argv, joined("--remove-args=", old));
}

/* It also lays out, or makes, the images that the boot loader takes, after the tool has made its own. */
static void decide_kernel_install(const struct rebuild *rebuild, bool differs, bool image_changes,
				  struct command_list *ret)
{
	_cleanup_free_ char *reason = differs ? xstrdup(reason_changed)
					      : image_reason(&rebuild->entries, image_changes);

	if (!reason && rebuild->tool != IMAGE_TOOL_NONE)
		reason = image_reason(&rebuild->images, false);
	if (!reason)
		return;
	if (rebuild->has_proxmox) {
		command_add(ret, reason, "proxmox-boot-tool refresh");
		return;
	}
	for (size_t i = 0; i < rebuild->kernels.n; i++) {
		struct command *command = command_add(ret, reason, "kernel-install add");

		strv_add(&command->argv, rebuild->kernels.items[i]);
		strv_add(&command->argv, rebuild->kernel_paths.items[i]);
	}
}

static void decide_ostree(const struct strv *new, const struct strv *old, struct command_list *ret)
{
	struct command *command = command_add(ret, reason_changed, "rpm-ostree kargs");

	for (size_t i = 0; i < new->n; i++)
		strv_take(&command->argv, xasprintf("--append-if-missing=%s", new->items[i]));
	for (size_t i = 0; i < old->n; i++)
		strv_take(&command->argv, xasprintf("--delete-if-present=%s", old->items[i]));
	strv_add(&command->argv, "--unchanged-exit-77");
	command->unchanged_status = 77;
}

static bool is_of_arguments(const char *path)
{
	return strcmp(path, managed_files[FILE_GRUB]) == 0 ||
	       strcmp(path, managed_files[FILE_OWN_ARGUMENTS]) == 0 ||
	       strcmp(path, managed_files[FILE_CMDLINE]) == 0;
}

/* What is about to be written: does it go into the images, or to the boot loader? */
static void find_changes(const struct planned_files *files, bool force, bool *ret_image,
			 bool *ret_loader)
{
	bool image = false, loader = false;

	vec_foreach(file, files) {
		if (!planned_file_is_due(file, force))
			continue;
		/* What is loaded on the real root is not in the image. */
		if (is_of_arguments(file->path))
			loader = loader ||
				 strcmp(file->path, managed_files[FILE_OWN_ARGUMENTS]) != 0;
		else if (strcmp(file->path, managed_files[FILE_MODULES_LOAD]) != 0)
			image = true;
	}
	*ret_image = image;
	*ret_loader = loader;
}

void commands_decide(const struct bootloader *bootloader, const struct argument_plan *arguments,
		     const struct rebuild *rebuild, const struct planned_files *files, bool force,
		     struct command_list *ret)
{
	struct command_list commands = {};
	struct strv new = {};
	bool differs, image_changes, loader_changes;

	find_changes(files, force, &image_changes, &loader_changes);
	decide_images(rebuild, bootloader->kind, image_changes, &commands);
	find_new(bootloader, arguments, &new);
	differs = new.n || arguments->kept.n || loader_changes;
	switch (bootloader->kind) {
	case BOOTLOADER_NONE:
		break;
	case BOOTLOADER_GRUB:
		if (differs || rebuild->grub_cfg_stale)
			decide_grub(rebuild, &commands);
		break;
	case BOOTLOADER_GRUBBY:
		if (new.n || arguments->kept.n)
			decide_grubby(&new, &arguments->kept, &commands);
		break;
	case BOOTLOADER_KERNEL_INSTALL:
		decide_kernel_install(rebuild, differs, image_changes, &commands);
		break;
	case BOOTLOADER_OSTREE:
		if (new.n || arguments->kept.n)
			decide_ostree(&new, &arguments->kept, &commands);
		break;
	}
	strv_done(&new);
	*ret = commands;
}

bool commands_are_due(const struct command_list *commands)
{
	vec_foreach(command, commands)
		if (command->result == COMMAND_DUE)
			return true;
	return false;
}

void find_restart_reasons(const struct plan *plan, const struct argument_plan *arguments,
			  const struct bootloader *bootloader, const struct rebuild *rebuild,
			  const struct command_list *commands, struct restart_reasons *ret)
{
	bool due = commands_are_due(commands);

	vec_foreach(command, commands)
		if (command->result == COMMAND_DUE) {
			_cleanup_free_ char *text = command_text(command);

			restart_reasons_add(ret, REASON_COMMAND, text);
		}
	vec_foreach(argument, arguments) {
		bool comes = argument->configured
				     ? !bootloader->next_is_older
				     : due && !argument->conflict && !argument->unwritable;

		if (!argument->running && comes)
			restart_reasons_add(ret, REASON_ARGUMENT, argument->text);
	}
	vec_foreach(device, plan)
		if ((device->state == DEVICE_BIND || device->state == DEVICE_VFS ||
		     (device->state == DEVICE_REFUSED && device->next_boot)) &&
		    (due || rebuild->newer_than_boot))
			restart_reasons_add_device(ret, &device->address);
}
