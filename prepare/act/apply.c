/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "act/apply.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "decide/commands.h"
#include "host/backup.h"
#include "host/boot_log.h"
#include "host/command.h"
#include "host/files.h"

static char *directory_of(const char *path)
{
	return xstrndup(path, (size_t)(strrchr(path, '/') - path));
}

/* Removes the copies that a run which was killed left beside the file. */
static void remove_temporary_beside(struct root *root, const char *path)
{
	_cleanup_free_ char *directory = directory_of(path);

	root_remove_temporary(root, directory);
}

int apply_begin(struct root *root, const struct planned_files *files, const struct rebuild *rebuild)
{
	_cleanup_close_ int fd = -1;
	int r = root_make_directory(root, RUN_DIRECTORY);

	fd = r < 0 ? r : run_lock_take(root, LOCK_FILES, 0);
	if (fd < 0)
		return fd;
	vec_foreach(file, files)
		remove_temporary_beside(root, file->path);
	vec_foreach(path, &rebuild->images.paths)
		remove_temporary_beside(root, *path);
	vec_foreach(path, &rebuild->entry_files)
		remove_temporary_beside(root, *path);
	root_remove_temporary(root, RUN_DIRECTORY);
	return TAKE_FD(fd);
}

static int put(struct root *root, const char *path, const char *content, mode_t mode)
{
	_cleanup_free_ char *directory = directory_of(path);
	int r;

	if (!content || !*content)
		return root_remove_file(root, path);
	r = root_make_directory(root, directory);
	return r < 0 ? r : root_replace_file(root, path, content, mode);
}

int apply_undo(struct root *root, struct planned_files *files)
{
	int first = 0;

	for (size_t i = files->n; i > 0; i--) {
		struct planned_file *file = &files->items[i - 1];
		int r;

		if (file->result != FILE_WRITTEN && file->result != FILE_REMOVED)
			continue;
		r = put(root, file->path, file->now, file->mode);
		file->result = r < 0 ? FILE_FAILED : FILE_RESTORED;
		file->error = r < 0 ? r : -r;
		if (r < 0 ? first >= 0 : first == 0)
			first = r;
	}
	return first;
}

int apply_files(struct root *root, struct planned_files *files, bool force, int *ret_undone)
{
	*ret_undone = 0;
	vec_foreach(file, files) {
		int r;

		if (file->state == FILE_SAME)
			continue;
		if (!planned_file_is_due(file, force)) {
			file->result = FILE_REFUSED;
			continue;
		}
		file->mode = root_file_mode(root, file->path, 0644);
		r = put(root, file->path, file->content, file->mode);
		file->result = r < 0 ? FILE_FAILED : *file->content ? FILE_WRITTEN : FILE_REMOVED;
		file->error = r < 0 ? r : 0;
		if (r != 0) {
			*ret_undone = apply_undo(root, files);
			return r < 0 ? r : -r;
		}
	}
	return 0;
}

/* --- the host's programs --- */

static void tell_line(void *userdata, const char *text)
{
	const int *log = userdata;
	_cleanup_free_ char *line = xasprintf("%s\n", text);

	log_notice("%s", text);
	if (*log >= 0)
		write_all(*log, line, strlen(line));
}

static void list_entries(struct root *root, struct strv *ret)
{
	for (size_t i = 0; i < N_BOOT_PLACES; i++) {
		_cleanup_free_ char *directory = xasprintf("%s/" LOADER_ENTRIES, boot_places[i]);
		_cleanup_(strv_done) struct strv names = {};

		root_list(root, directory, &names);
		for (size_t j = 0; j < names.n; j++)
			strv_take(ret, xasprintf("%s/%s", directory, names.items[j]));
	}
}

static void add_unkept(const char *path, int error, struct strv *others)
{
	if (error < 0)
		strv_take(
			others,
			xasprintf("%s could not be kept (%s), and may be new, or written in part: "
				  "look at it before a restart",
				  path,
				  error == -ENOSPC ? "no room for a copy beside it"
						   : strerror(-error)));
}

static void keep_texts(struct root *root, const char *const *paths, size_t n,
		       struct kept_files *kept, struct strv *others)
{
	for (size_t i = 0; i < n && paths[i]; i++)
		add_unkept(paths[i], keep_text(root, paths[i], kept), others);
}

/* Files of boot loaders that the commands may write; small enough to be kept whole. */
static void keep_loader_files(struct root *root, const struct strv *entries,
			      struct kept_files *kept, struct strv *others)
{
	for (size_t i = BOOTLOADER_NONE + 1; i < N_BOOTLOADERS; i++) {
		keep_texts(root, bootloaders[i].next, BOOTLOADER_FILES_MAX, kept, others);
		keep_texts(root, bootloaders[i].written, BOOTLOADER_FILES_MAX, kept, others);
	}
	keep_texts(root, (const char *const *)entries->items, entries->n, kept, others);
}

static void keep_images(struct root *root, const struct strv *paths, struct kept_files *kept,
			struct strv *others)
{
	for (size_t i = 0; i < paths->n; i++)
		add_unkept(paths->items[i], keep_image(root, paths->items[i], kept), others);
}

/* Names what the programs write and no backup can bring back. */
static void add_unseen(const struct command_list *commands, const struct rebuild *rebuild,
		       struct strv *others)
{
	const char *program = NULL;

	vec_foreach(command, commands)
		if (command->lays_out)
			program = command->argv.items[0];
	for (size_t i = 0; i < rebuild->kernels_unseen.n && program; i++)
		strv_take(others, xasprintf("where %s has kernel and image of %s was not "
					    "found, and what it has written of them stays: look at "
					    "it before a restart",
					    program, rebuild->kernels_unseen.items[i]));
	for (enum bootloader_kind kind = 0; kind < N_BOOTLOADERS; kind++)
		if (rebuild_command(rebuild, kind)->unkept)
			strv_add_new(others, rebuild_command(rebuild, kind)->unkept);
}

static void add_new(struct root *root, const struct strv *before, struct strv *others)
{
	_cleanup_(strv_done) struct strv after = {};

	list_entries(root, &after);
	for (size_t i = 0; i < after.n; i++)
		if (!strv_contains(before, after.items[i]))
			strv_take(others, xasprintf("%s is new: remove it, if the next boot should "
						    "not start from it",
						    after.items[i]));
}

static void run_one(struct root *root, struct command *command, int *log)
{
	_cleanup_free_ char *text = command_text(command);
	_cleanup_free_ char *heading = xasprintf("running %s", text);

	tell_line(log, heading);
	command->status = command_run(root, &command->argv, tell_line, log);
	command->result = command->status == 0 || (command->status > 0 &&
						   command->status == command->unchanged_status)
				  ? COMMAND_DONE
				  : COMMAND_FAILED;
}

static int begin_log(struct root *root)
{
	const char *name;
	_cleanup_close_ int dir = root_make_parent(root, REBUILD_LOG_PATH, &name);

	return dir < 0 ? dir : create_file_at(dir, name, 0640);
}

int apply_commands(struct root *root, struct command_list *commands, const struct rebuild *rebuild,
		   struct strv *ret_others)
{
	_cleanup_(strv_done) struct strv entries = {}, others = {};
	_cleanup_close_ int log = begin_log(root);
	struct kept_files kept = {};
	int r = 0;
	bool failed = false;

	list_entries(root, &entries);
	keep_loader_files(root, &entries, &kept, &others);
	keep_images(root, &rebuild->images.paths, &kept, &others);
	keep_images(root, &rebuild->entry_files, &kept, &others);
	add_unseen(commands, rebuild, &others);
	vec_foreach(command, commands) {
		if (failed)
			command->result = COMMAND_SKIPPED;
		else
			run_one(root, command, &log);
		failed = failed || command->result == COMMAND_FAILED;
	}
	if (failed) {
		r = keep_restore(root, &kept);
		r = r ? r : -ECANCELED;
		add_new(root, &entries, &others);
		*ret_others = others;
		others = (struct strv){};
	}
	keep_done(root, &kept);
	return r;
}
