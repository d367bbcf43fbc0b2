/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/snapshot.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "host/boot_log.h"
#include "host/bootloader.h"
#include "host/images.h"
#include "host/modules.h"
#include "host/pci.h"
#include "host/storage.h"
#include "host/users.h"
#include "render/scrub.h"
#include "render/snapshot.h"
#include "verbs/situation.h"

static void record_text(struct recorder *recorder, const char *path, char *text)
{
	recorder_add_bytes(recorder, path, RECORD_FILE, text, strlen(text));
	free(text);
}

static void record_attribute(struct root *root, const struct pci_function *function,
			     const char *name, const char *text)
{
	_cleanup_free_ char *line = xasprintf("%s\n", text);
	int dir = device_lend(root, &function->address);

	if (dir >= 0)
		attribute_record(root, dir, name, line, strlen(line));
}

static void record_number(struct root *root, const struct pci_function *function, const char *name,
			  int number)
{
	char text[3 * sizeof(number)];

	snprintf(text, sizeof(text), "%d", number);
	if (number >= 0)
		record_attribute(root, function, name, text);
}

/* What can block was read by a child, so that what it read has to be told here. */
static void record_bounded(struct root *root, const struct inventory *inventory)
{
	vec_foreach(function, inventory) {
		const char *override = function->driver_override;

		if (!(function->unknown & FUNCTION_OVERRIDE))
			record_attribute(root, function, "driver_override",
					 override ? override : "(null)");
		record_number(root, function, "sriov_numvfs", function->num_vfs);
		record_number(root, function, "sriov_drivers_autoprobe", function->vfs_autoprobe);
	}
}

/* What is no file of the host, for which a snapshot has files of its own. */
static void record_captured(struct recorder *recorder, const struct inventory *inventory)
{
	struct buf older = {};

	record_text(recorder, SNAPSHOT_CONTENTS, render_contents(&inventory->storage));
	record_text(recorder, SNAPSHOT_USERS, render_users(inventory));
	record_text(recorder, SNAPSHOT_IMAGES, render_images(&inventory->images));
	for (size_t i = 0; i < inventory->older.n; i++)
		buf_addf(&older, "%s\n", inventory->older.items[i]);
	record_text(recorder, SNAPSHOT_OLDER, buf_take(&older));
}

/* The drivers and modules of the host are the kernel's, and its release names none but a distribution. */
static void know_names(struct scrub *scrub, const struct profile *profile,
		       const struct inventory *inventory)
{
	const struct strv *const lists[] = {&inventory->drivers, &inventory->builtin_modules,
					    &inventory->loaded_modules};

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		vec_foreach(name, lists[i])
			public_words_add(&scrub->known, *name);
	vec_foreach(function, inventory)
		vec_foreach(name, &function->modules)
			public_words_add(&scrub->known, *name);
	vec_foreach(section, &profile->sections)
		if (section->driver)
			public_words_add(&scrub->known, section->driver);
	if (inventory->kernel)
		scrub_know_release(scrub, inventory->kernel);
}

/* The record without what names anyone, the caller's. */
static struct record scrub_record(struct scrub *scrub, const struct record *record)
{
	struct record scrubbed = *record;

	scrubbed.path = scrub_path(scrub, record->path);
	if (record->has_bytes && record->kind == RECORD_LINK) {
		scrubbed.bytes = scrub_path(scrub, record->bytes);
		scrubbed.length = strlen(scrubbed.bytes);
	} else if (record->has_bytes) {
		scrubbed.bytes = scrub_file(scrub, record->path, record->bytes, record->length,
					    &scrubbed.length);
	}
	return scrubbed;
}

static void scrub_records(struct recorder *recorder, const struct profile *profile,
			  const struct inventory *inventory)
{
	_cleanup_(scrub_done) struct scrub scrub = {.reserving = true};

	know_names(&scrub, profile, inventory);
	vec_foreach(record, recorder) {
		struct record scrubbed = scrub_record(&scrub, record);

		free(scrubbed.path);
		if (record->has_bytes)
			free(scrubbed.bytes);
	}
	scrub_start(&scrub);
	vec_foreach(record, recorder) {
		struct record scrubbed = scrub_record(&scrub, record);

		free(record->path);
		if (record->has_bytes)
			free(record->bytes);
		*record = scrubbed;
	}
}

static void leave_secrets_out(struct recorder *recorder)
{
	vec_foreach(record, recorder)
		if (record->has_bytes && record->kind == RECORD_FILE) {
			char *bytes = record->bytes;

			record->bytes = scrub_secrets(record->path, bytes, record->length,
						      &record->length);
			free(bytes);
		}
}

static int run(struct root *root, const struct options *options)
{
	const struct purpose purpose = {.goal = GOAL_SNAPSHOT, .phase = PHASE_MANUAL};
	_cleanup_(situation_done) struct situation situation = {};
	struct inventory *inventory = &situation.inventory;
	_cleanup_(recorder_done) struct recorder recorder = {};
	_cleanup_(boot_log_done) struct boot_log log = {};
	const char *refused;
	int status, r;

	root->recorder = &recorder;
	boot_log_read(root, &log);
	status = situation_load(root, options, &purpose, &log, &situation);
	if (status == STATUS_DONE && inventory->kernel)
		modules_touch(root, inventory->kernel);
	if (status == STATUS_DONE)
		record_bounded(root, inventory);
	root->recorder = NULL;
	if (status != STATUS_DONE)
		return status;
	record_captured(&recorder, inventory);
	recorder_sort(&recorder);
	leave_secrets_out(&recorder);
	if (options->scrub) {
		scrub_records(&recorder, &situation.profile, inventory);
		recorder_sort(&recorder);
	}
	r = snapshot_write(options->operands[0], &recorder, &refused);
	if (r == 0)
		return STATUS_DONE;
	if (refused)
		return log_fail(
			STATUS_REFUSED,
			"%s: no snapshot is written: the host has a file at %s that does not "
			"lie below its root",
			options->operands[0], refused);
	return log_fail(STATUS_FAILED, "%s: the snapshot cannot be written: %s",
			options->operands[0], strerror(-r));
}

const struct verb snapshot_verb = {
	.name = "snapshot",
	.operand = "DIR|FILE.tar",
	.operands = VALUE_FILE,
	.summary = "capture what this tool reads of the host",
	.help = "Writes everything that any verb reads of the host into a new directory or tar\n"
		"file: parts of /sys, /proc, /etc and /boot. With --root and an unpacked\n"
		"snapshot, list, import, plan and validate print on another host what they print\n"
		"on this one. --scrub replaces what can name a machine or a person, in files and\n"
		"in their names; read it before you publish it. Passwords behind their names are\n"
		"in no snapshot.\n",
	.run = run,
};
