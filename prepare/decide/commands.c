/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/commands.h"

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
	const struct generator_place *generator = &generators[rebuild->generator];
	const struct image_set *images = &rebuild->images;
	_cleanup_free_ char *reason = NULL;

	/* The boot loader's own command is not called for images: the generator writes where entries lie. */
	if (!images->paths.n && generator->follows_entries &&
	    bootloaders[kind].takeover != TAKEOVER_KERNELS)
		images = &rebuild->entries;
	reason = image_reason(images, image_changes);
	if (rebuild->generator != GENERATOR_UNKNOWN && !generator->with_system && images->paths.n &&
	    reason)
		command_add(ret, reason, generator->command);
}

static const char reason_changed[] = "the next boot's arguments of the kernel change";

static bool runs_with(const struct argument_plan *arguments, const char *text)
{
	vec_foreach(argument, arguments)
		if (argument->running && kernel_args_have(&argument->words, text))
			return true;
	return false;
}

/*
 * The arguments of the tool's own that the next boot does not have yet. Where it cannot be seen what it has,
 * those that the kernel does not run with.
 */
static void find_new(const struct bootloader *bootloader, const struct argument_plan *arguments,
		     struct strv *ret)
{
	for (size_t i = 0; i < arguments->ours.n; i++) {
		const char *text = arguments->ours.items[i];
		bool known = bootloader->next_path
				     ? kernel_args_have(&bootloader->next, text)
				     : runs_with(arguments, text) ||
					       (bootloader->taken_over &&
						strv_contains(&bootloader->ours, text));

		if (!known)
			strv_add(ret, text);
	}
}

/* Has the file changed in this boot, and nothing that can be seen taken it over? */
static bool source_is_new(const struct bootloader *bootloader)
{
	return !bootloader->next_path && bootloader->source_path && bootloader->ours.n &&
	       !bootloader->source_is_older && !bootloader->taken_over;
}

static void add_options(const char *option, const struct strv *arguments, bool joined,
			struct strv *argv)
{
	_cleanup_(buf_done) struct buf buf = {};

	for (size_t i = 0; i < arguments->n; i++)
		if (joined)
			buf_addf(&buf, "%s%s", i ? " " : option, arguments->items[i]);
		else
			strv_take(argv, xasprintf("%s%s", option, arguments->items[i]));
	if (buf.length)
		strv_take(argv, buf_take(&buf));
}

/* Tells the command what to add and what to remove. */
static void decide_options(enum bootloader_kind kind, const struct rebuild *rebuild,
			   const struct strv *new, const struct strv *old, struct command_list *ret)
{
	const struct bootloader_place *place = &bootloaders[kind];
	struct command *command;

	if (!new->n && !old->n)
		return;
	command = command_add(ret, reason_changed, rebuild_command(rebuild, kind)->words);
	add_options(place->add, new, place->joined, &command->argv);
	add_options(place->remove, old, place->joined, &command->argv);
	if (place->last)
		strv_add(&command->argv, place->last);
	command->unchanged_status = place->unchanged_status;
}

/*
 * Lays out the kernels again, and with them the images that the boot loader takes: after the generator has
 * made its own. A command that stands in for kernel-install(8) does so for all kernels at once.
 */
static void decide_kernels(enum bootloader_kind kind, const struct rebuild *rebuild, bool differs,
			   bool image_changes, struct command_list *ret)
{
	_cleanup_free_ char *reason = differs ? xstrdup(reason_changed)
					      : image_reason(&rebuild->entries, image_changes);
	const char *words = rebuild_command(rebuild, kind)->words;

	if (!reason && rebuild->generator != GENERATOR_UNKNOWN)
		reason = image_reason(&rebuild->images, false);
	if (!reason)
		return;
	if (rebuild->command[kind]) {
		command_add(ret, reason, words);
		return;
	}
	for (size_t i = 0; i < rebuild->kernels.n; i++) {
		struct command *command = command_add(ret, reason, words);

		strv_add(&command->argv, rebuild->kernels.items[i]);
		strv_add(&command->argv, rebuild->kernel_paths.items[i]);
		command->lays_out = true;
	}
}

/* Do the files that are about to be written go into the images, or to the boot loader? */
static void find_changes(const struct planned_files *files, bool force, bool *ret_image,
			 bool *ret_loader)
{
	*ret_image = *ret_loader = false;
	vec_foreach(file, files) {
		enum managed_file kind;

		if (!planned_file_is_due(file, force))
			continue;
		kind = managed_file_of(file->path);
		if (kind == FILE_GRUB || kind == FILE_CMDLINE)
			*ret_loader = true;
		/* The tool alone reads the one, and the real root the other. */
		else if (kind != FILE_OWN_ARGUMENTS && kind != FILE_MODULES_LOAD)
			*ret_image = true;
	}
}

void commands_decide(const struct bootloader *bootloader, const struct argument_plan *arguments,
		     const struct rebuild *rebuild, const struct planned_files *files, bool force,
		     struct command_list *ret)
{
	struct command_list commands = {};
	_cleanup_(strv_done) struct strv new = {};
	bool differs, image_changes, loader_changes;

	find_changes(files, force, &image_changes, &loader_changes);
	decide_images(rebuild, bootloader->kind, image_changes, &commands);
	find_new(bootloader, arguments, &new);
	differs = new.n || arguments->kept.n || loader_changes || source_is_new(bootloader);
	switch (bootloaders[bootloader->kind].takeover) {
	case TAKEOVER_NONE:
		break;
	case TAKEOVER_FILE:
		if (differs || (rebuild->drop_ins_newer && !rebuild_command(rebuild, bootloader->kind)->unkept))
			command_add(&commands, reason_changed,
				    rebuild_command(rebuild, bootloader->kind)->words);
		break;
	case TAKEOVER_KERNELS:
		decide_kernels(bootloader->kind, rebuild, differs, image_changes, &commands);
		break;
	case TAKEOVER_OPTIONS:
		decide_options(bootloader->kind, rebuild, &new, &arguments->kept, &commands);
		break;
	}
	*ret = commands;
}

bool commands_are_due(const struct command_list *commands)
{
	vec_foreach(command, commands)
		if (command->result == COMMAND_DUE)
			return true;
	return false;
}

/* Will the next boot have an argument that this one lacks, if all is run that is to be run? */
static bool comes(const struct wanted_argument *argument, const struct bootloader *bootloader,
		  const struct command_list *commands)
{
	bool due = commands_are_due(commands), ran = false;

	vec_foreach(command, commands)
		ran = ran || command->result == COMMAND_DONE;
	if (argument->configured && bootloader->next_path)
		return !bootloader->next_is_older;
	if (argument->configured && !bootloader->source_is_older)
		return ran || due || bootloader->taken_over;
	return due && !argument->conflict && !argument->unwritable &&
	       bootloaders[bootloader->kind].store != STORE_NONE;
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
	vec_foreach(argument, arguments)
		if (!argument->running && comes(argument, bootloader, commands))
			restart_reasons_add(ret, REASON_ARGUMENT, argument->text);
	vec_foreach(device, plan)
		if ((device->state == DEVICE_BIND || device->state == DEVICE_VFS ||
		     (device->state == DEVICE_REFUSED && device->next_boot)) &&
		    (due || rebuild->newer_than_boot))
			restart_reasons_add_device(ret, &device->address);
}
