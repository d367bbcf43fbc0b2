/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/snapshot.h"

#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "decide/boot_log.h"
#include "host/boot_log.h"
#include "host/bootloader.h"
#include "host/foreign.h"
#include "host/modules.h"
#include "host/network.h"
#include "host/platform.h"
#include "host/profile_files.h"
#include "host/scan.h"
#include "host/sriov.h"
#include "host/storage.h"
#include "host/users.h"
#include "parse/image.h"
#include "render/scrub.h"
#include "render/snapshot.h"
#include "verbs/verb.h"

static void record_text(struct recorder *recorder, const char *path, char *text)
{
	recorder_add_bytes(recorder, path, RECORD_FILE, text, strlen(text));
	free(text);
}

static void record_attribute(struct recorder *recorder, const struct pci_function *function,
			     const char *name, char *text)
{
	_cleanup_free_ char *link = xasprintf("sys/bus/pci/devices/%s",
					      PCI_ADDRESS_TEXT(&function->address)),
			    *path = NULL;
	const struct record *record = recorder_add(recorder, link, RECORD_DIRECTORY);

	/* "../../../devices/pci0000:00/...", from sys/bus/pci/devices */
	if (record->kind == RECORD_LINK && strncmp(record->bytes, "../../../", 9) == 0)
		path = xasprintf("sys/%s/%s", record->bytes + 9, name);
	else
		path = xasprintf("%s/%s", link, name);
	record_text(recorder, path, text);
}

/* What can block was read by a child, so that what it read has to be told here. */
static void record_bounded(struct recorder *recorder, const struct inventory *inventory)
{
	vec_foreach(function, inventory) {
		if (!(function->unknown & FUNCTION_OVERRIDE))
			record_attribute(recorder, function, "driver_override",
					 xasprintf("%s\n", function->driver_override
								   ? function->driver_override
								   : "(null)"));
		if (function->num_vfs >= 0)
			record_attribute(recorder, function, "sriov_numvfs",
					 xasprintf("%d\n", function->num_vfs));
		if (function->vfs_autoprobe >= 0)
			record_attribute(recorder, function, "sriov_drivers_autoprobe",
					 xasprintf("%d\n", function->vfs_autoprobe));
	}
}

/*
 * Reads what each boot loader would say, as import and other profiles may ask for another one; which of
 * their files are older than the boot is added to *older.
 */
static void read_bootloaders(struct root *root, struct buf *older)
{
	for (enum bootloader_kind kind = BOOTLOADER_NONE; kind <= BOOTLOADER_AUTO; kind++) {
		struct bootloader bootloader;

		scan_bootloader(root, kind, &bootloader);
		if (bootloader.next_is_older)
			buf_addf(older, "%s\n", bootloader.next_path);
		bootloader_done(&bootloader);
	}
}

/* Reads everything that any verb reads, with root->recorder set. */
static int read_everything(struct root *root, const struct options *options,
			   struct inventory *inventory, struct buf *older)
{
	struct pci_address_list functions = {};
	struct restart_reasons reasons;
	struct boot_log log;
	struct findings findings = {};
	struct profile profile = {};
	struct strv none = {};
	int r = scan_host(root, SCAN_DETAILS | SCAN_NAMES | SCAN_IOMMU, NULL, inventory);

	if (r < 0)
		return r;
	boot_log_read(root, &log);
	boot_log_find_hanging(&log, inventory);
	boot_log_done(&log);
	scan_overrides(root, inventory, any_function, NULL);
	scan_platform(root, inventory, &none, any_function, NULL);
	scan_serials(root, inventory);
	scan_vfs(root, inventory, any_function, NULL);
	scan_condition(root, inventory, true, any_function, NULL);
	scan_modules(root, inventory, any_function, NULL);
	scan_builtin_modules(root, inventory);
	if (inventory->kernel)
		modules_touch(root, inventory->kernel);
	vec_foreach(function, inventory)
		*vec_add(&functions) = function->address;
	scan_storage(root, &inventory->args, true, &functions, &inventory->storage);
	free(functions.items);
	scan_network(root, true, &inventory->network);
	scan_foreign(root, &inventory->args, &inventory->foreign);
	scan_images(root, inventory->kernel, &inventory->images);
	profile_load(root, options->profile, &profile, &findings);
	read_bootloaders(root, older);
	restart_reasons_read(root, &reasons);
	restart_reasons_done(&reasons);
	for (size_t i = 0; i < N_MANAGED_FILES; i++) {
		char *text;

		if (root_read_file(root, managed_files[i], OWN_FILE_MAX, &text, NULL) == 0)
			free(text);
	}
	profile_done(&profile);
	findings_done(&findings);
	return 0;
}

static bool is_config_space(const char *path)
{
	const char *name = strrchr(path, '/');

	return name && strcmp(name, "/config") == 0 && strncmp(path, "sys/devices/", 12) == 0;
}

/* Module tables and pci.ids are the distribution's: they name nobody, and are large. */
static bool is_of_distribution(const char *path)
{
	return strncmp(path, "lib/modules/", 12) == 0 ||
	       strncmp(path, "usr/lib/modules/", 16) == 0 || strncmp(path, "usr/share/", 10) == 0;
}

/* kernel-install names directories and entries of /boot after the machine's id: 32 hex digits. */
static void learn_machine_id(struct scrub *scrub, const char *path)
{
	for (const char *name = path; *name; name += *name == '/') {
		size_t length = strcspn(name, "/");
		_cleanup_free_ char *id = xstrndup(name, length);

		if (strspn(id, "0123456789abcdef") == 32 && (length == 32 || id[32] == '-')) {
			id[32] = '\0';
			scrub_learn(scrub, id);
		}
		name += length;
	}
}

static void scrub_records(struct recorder *recorder, const struct inventory *inventory)
{
	struct scrub scrub = {};

	vec_foreach(device, &inventory->storage.devices)
		if (device->uuid)
			scrub_learn(&scrub, device->uuid);
	vec_foreach(image, &inventory->images)
		learn_machine_id(&scrub, image->path);
	vec_foreach(record, recorder)
		learn_machine_id(&scrub, record->path);
	vec_foreach(record, recorder) {
		char *path = record->path;
		size_t length;

		if (is_of_distribution(path))
			continue;
		if (is_config_space(path))
			scrub_config_space(&scrub, (unsigned char *)record->bytes, record->length);
		else if (record->has_bytes) {
			char *bytes = scrub_text(&scrub, record->bytes, record->length, &length);

			free(record->bytes);
			record->bytes = bytes;
			record->length = length;
		}
		record->path = scrub_text(&scrub, path, strlen(path), &length);
		free(path);
	}
	scrub_done(&scrub);
}

static int run(struct root *root, const struct options *options)
{
	struct inventory inventory = {};
	struct recorder recorder = {};
	struct buf older = {};
	int r;

	root->recorder = &recorder;
	r = read_everything(root, options, &inventory, &older);
	root->recorder = NULL;
	if (r < 0) {
		log_error("the PCI functions of the host cannot be read: %s", strerror(-r));
		recorder_done(&recorder);
		buf_done(&older);
		return STATUS_FAILED;
	}
	scan_users(root, &inventory);
	record_bounded(&recorder, &inventory);
	record_text(&recorder, SNAPSHOT_CONTENTS, render_contents(&inventory.storage));
	record_text(&recorder, SNAPSHOT_USERS, render_users(&inventory));
	record_text(&recorder, SNAPSHOT_IMAGES, render_images(&inventory.images));
	record_text(&recorder, SNAPSHOT_OLDER, buf_take(&older));
	recorder_sort(&recorder);
	if (options->scrub) {
		scrub_records(&recorder, &inventory);
		recorder_sort(&recorder);
	}
	r = snapshot_write(options->operands[0], &recorder);
	if (r < 0)
		log_error("%s: the snapshot cannot be written: %s", options->operands[0],
			  strerror(-r));
	inventory_done(&inventory);
	recorder_done(&recorder);
	return r < 0 ? STATUS_FAILED : STATUS_DONE;
}

const struct verb snapshot_verb = {
	.name = "snapshot",
	.operand = "DIR|FILE.tar",
	.summary = "capture what this tool reads of the host",
	.help = "Writes everything that any verb reads of the host into a new directory or tar file:\n"
		"parts of /sys, /proc, /etc and /boot. With --root and an unpacked snapshot, list,\n"
		"import, plan and validate print on another host what they print on this one. --scrub\n"
		"hides UUIDs, ids of file systems and of the machine, device serial numbers, MAC\n"
		"addresses and the names below /dev/disk/by-id.\n",
	.run = run,
};
