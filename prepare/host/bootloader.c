/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/bootloader.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/number.h"
#include "host/program.h"
#include "model/policy.h"
#include "parse/boot_files.h"
#include "parse/kernel_args.h"

#define FILE_MAX (1024 * 1024)
#define GRUB_CFG_MAX (8 * 1024 * 1024)

/* Where boot loaders after the specification have their entries; NULL: nowhere. */
static const char *entries_dir(struct root *root)
{
	static const char *const places[] = {"/boot/loader/entries", "/efi/loader/entries",
					     "/boot/efi/loader/entries"};

	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (root_has_entries(root, places[i]) > 0)
			return places[i];
	return NULL;
}

static enum bootloader_kind detect(struct root *root)
{
	if (root_exists(root, "/run/ostree-booted"))
		return program_exists(root, "rpm-ostree") ? BOOTLOADER_OSTREE : BOOTLOADER_NONE;
	if (program_exists(root, "grubby") && root_has_entries(root, "/boot/loader/entries") > 0)
		return BOOTLOADER_GRUBBY;
	if (root_exists(root, "/etc/kernel/proxmox-boot-uuids") &&
	    root_exists(root, KERNEL_CMDLINE_PATH))
		return BOOTLOADER_KERNEL_INSTALL;
	if (root_exists(root, GRUB_DROP_IN_DIR) ||
	    (root_exists(root, GRUB_DEFAULT_PATH) && program_exists(root, "update-grub")))
		return BOOTLOADER_GRUB;
	if (root_exists(root, KERNEL_CMDLINE_PATH) ||
	    (program_exists(root, "kernel-install") && entries_dir(root)))
		return BOOTLOADER_KERNEL_INSTALL;
	return BOOTLOADER_NONE;
}

/* The files of a snapshot do not have their times, so that it does not have this one either. */
int64_t boot_time(struct root *root)
{
	struct recorder *recorder = TAKE_PTR(root->recorder);
	_cleanup_free_ char *text = root_read_text(root, "/proc/stat", FILE_MAX);
	const char *line = text;
	uint64_t seconds;

	root->recorder = recorder;
	while (line && strncmp(line, "btime ", 6) != 0) {
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	if (!line ||
	    number_parse_n(line + 6, strspn(line + 6, "0123456789"), 10, INT64_MAX, &seconds) < 0)
		return -1;
	return (int64_t)seconds;
}

static bool is_older_than_boot(struct root *root, const char *path)
{
	_cleanup_free_ char *captured = root->live ? NULL
						   : root_read_text(root, SNAPSHOT_OLDER, FILE_MAX);
	_cleanup_close_ int fd = root_open(root, path, O_PATH);
	int64_t boot = boot_time(root);
	struct stat st;

	if (captured) {
		struct strv paths = {};
		bool older;

		strv_split(&paths, captured, "\n");
		older = strv_contains(&paths, path);
		strv_done(&paths);
		return older;
	}
	return fd >= 0 && boot >= 0 && fstat(fd, &st) == 0 && st.st_mtim.tv_sec < boot;
}

/* The arguments of the next boot, out of one of its files; both are the bootloader's from now on. */
static void set_next(struct root *root, struct bootloader *bootloader, char *path, char *arguments)
{
	bootloader->next_path = path;
	kernel_args_parse(arguments, &bootloader->next);
	bootloader->next_is_older = is_older_than_boot(root, path);
	free(arguments);
}

/* It may have the hash of a password: of that a recorder gets only the line that matters. */
static void record_grub_cfg(struct recorder *recorder, const char *path, const char *arguments)
{
	_cleanup_free_ char *line = xasprintf("linux /vmlinuz %s\n", arguments);

	if (recorder)
		recorder_add_bytes(recorder, path + 1, RECORD_FILE, line, strlen(line));
}

static void read_grub_cfg(struct root *root, struct bootloader *bootloader)
{
	static const char *const places[] = {"/boot/grub/grub.cfg", "/boot/grub2/grub.cfg"};

	for (size_t i = 0; i < ARRAY_SIZE(places) && !bootloader->next_path; i++) {
		struct recorder *recorder = TAKE_PTR(root->recorder);
		_cleanup_free_ char *text = root_read_text(root, places[i], GRUB_CFG_MAX);
		char *arguments = text ? grub_cfg_arguments(text) : NULL;

		root->recorder = recorder;
		if (arguments)
			record_grub_cfg(recorder, places[i], arguments);
		if (arguments)
			set_next(root, bootloader, xstrdup(places[i]), arguments);
	}
}

/* The newest kernel's entry: the last name as versions are sorted. */
static void read_entries(struct root *root, struct bootloader *bootloader)
{
	const char *directory = entries_dir(root), *newest = NULL;
	_cleanup_free_ char *path = NULL, *text = NULL, *environment = NULL, *arguments = NULL;
	struct strv names = {};

	if (!directory)
		return;
	root_list(root, directory, &names);
	for (size_t i = 0; i < names.n; i++) {
		const char *name = names.items[i], *end = strrchr(name, '.');

		if (end && strcmp(end, ".conf") == 0 && !strstr(name, "rescue") &&
		    (!newest || strverscmp(name, newest) > 0))
			newest = name;
	}
	if (newest) {
		path = xasprintf("%s/%s", directory, newest);
		text = root_read_text(root, path, FILE_MAX);
	}
	strv_done(&names);
	if (!text)
		return;
	environment = root_read_text(root, "/boot/grub2/grubenv", FILE_MAX);
	arguments = loader_entry_arguments(text, environment);
	if (arguments)
		set_next(root, bootloader, TAKE_PTR(path), TAKE_PTR(arguments));
}

static void copy_args(const struct kernel_args *args, const struct strv *without,
		      struct kernel_args *ret)
{
	struct buf buf = {};

	vec_foreach(arg, args)
		if (!strv_contains(without, arg->text))
			buf_addf(&buf, "%s ", arg->text);
	kernel_args_parse(buf_text(&buf), ret);
	buf_done(&buf);
}

/* What others told grub-mkconfig; false: it cannot be told, or only a shell could. */
static bool read_grub_default(struct root *root, struct bootloader *bootloader)
{
	_cleanup_free_ char *first = root_read_text(root, GRUB_DEFAULT_PATH, FILE_MAX);
	struct grub_default grub = {};
	struct strv names = {};
	struct buf buf = {};
	bool known = first != NULL;

	grub_default_read(&grub, first ? first : "");
	root_list(root, GRUB_DROP_IN_DIR, &names);
	for (size_t i = 0; i < names.n; i++) {
		_cleanup_free_ char *path = xasprintf(GRUB_DROP_IN_DIR "/%s", names.items[i]);
		const char *end = strrchr(path, '.');
		_cleanup_free_ char *text = NULL;

		if (!end || strcmp(end, ".cfg") != 0)
			continue;
		text = root_read_text(root, path, FILE_MAX);
		if (!text) {
			known = false;
		} else if (strcmp(path, GRUB_DROP_IN_PATH) == 0 &&
			   strncmp(text, FILE_HEADER, strlen(FILE_HEADER)) == 0) {
			struct grub_default own = {};
			struct kernel_args args;

			grub_default_read(&own, text);
			kernel_args_parse(own.cmdline[GRUB_LINUX_DEFAULT]
						  ? own.cmdline[GRUB_LINUX_DEFAULT]
						  : "",
					  &args);
			vec_foreach(arg, &args)
				strv_add(&bootloader->ours, arg->text);
			kernel_args_done(&args);
			grub_default_done(&own);
		} else {
			known = true;
			grub_default_read(&grub, text);
		}
	}
	buf_addf(&buf, "%s %s", grub.cmdline[GRUB_LINUX] ? grub.cmdline[GRUB_LINUX] : "",
		 grub.cmdline[GRUB_LINUX_DEFAULT] ? grub.cmdline[GRUB_LINUX_DEFAULT] : "");
	known = known && !grub.unclear;
	if (known)
		kernel_args_parse(buf_text(&buf), &bootloader->others);
	buf_done(&buf);
	strv_done(&names);
	grub_default_done(&grub);
	return known;
}

static void read_own(struct root *root, struct bootloader *bootloader)
{
	_cleanup_free_ char *text = root_read_text(root, OWN_ARGUMENTS_PATH, FILE_MAX);

	if (text && strncmp(text, FILE_HEADER, strlen(FILE_HEADER)) == 0)
		strv_split(&bootloader->ours, text + strlen(FILE_HEADER), "\n");
}

/*
 * A host without the file gives each new kernel the arguments of the running one (90-loaderentry.install),
 * less what belongs to one boot.
 */
static char *running_cmdline(struct root *root)
{
	static const char *const of_one_boot[] = {"BOOT_IMAGE", "initrd", "vfio_prepare.enable",
						  "rd.vfio_prepare"};
	_cleanup_free_ char *text = root_read_text(root, "/proc/cmdline", FILE_MAX);
	struct kernel_args args = {};
	struct buf buf = {};

	if (!text)
		return NULL;
	kernel_args_parse(text, &args);
	vec_foreach(arg, &args) {
		bool taken = true;

		for (size_t i = 0; i < ARRAY_SIZE(of_one_boot); i++)
			taken = taken && strcmp(arg->name, of_one_boot[i]) != 0;
		if (taken)
			buf_addf(&buf, "%s%s", buf.length ? " " : "", arg->text);
	}
	buf_add(&buf, "\n");
	kernel_args_done(&args);
	return buf_take(&buf);
}

/* The arguments of a text whose lines may be comments. */
static void parse_lines(const char *text, struct kernel_args *ret)
{
	struct strv lines = {};
	struct buf buf = {};

	strv_split(&lines, text, "\n");
	for (size_t i = 0; i < lines.n; i++)
		if (*lines.items[i] != '#')
			buf_addf(&buf, "%s ", lines.items[i]);
	kernel_args_parse(buf_text(&buf), ret);
	buf_done(&buf);
	strv_done(&lines);
}

static void read_cmdline(struct root *root, struct bootloader *bootloader)
{
	static const char *const places[] = {KERNEL_CMDLINE_PATH, "/usr/lib/kernel/cmdline"};
	struct kernel_args args;
	int r = -ENOENT;

	for (size_t i = 0; i < ARRAY_SIZE(places) && r == -ENOENT; i++) {
		r = root_read_file(root, places[i], FILE_MAX, &bootloader->cmdline, NULL);
		bootloader->has_cmdline = i == 0 && r == 0;
		if (r < 0 && r != -ENOENT)
			bootloader->cmdline_unreadable = xasprintf("%s cannot be read: %s",
								   places[i], strerror(-r));
	}
	if (r == -ENOENT)
		bootloader->cmdline = running_cmdline(root);
	if (!bootloader->cmdline)
		return;
	/* What stands behind it is for init, and must stay there. */
	if (strstr(bootloader->cmdline, " -- ")) {
		free(TAKE_PTR(bootloader->cmdline));
		return;
	}
	parse_lines(bootloader->cmdline, &args);
	copy_args(&args, &bootloader->ours, &bootloader->others);
	kernel_args_done(&args);
	bootloader->others_known = true;
}

void scan_bootloader(struct root *root, const char *kind, struct bootloader *ret)
{
	struct bootloader bootloader = {
		.kind = strcmp(kind, "auto") == 0 ? detect(root) : bootloader_from_name(kind)};

	switch (bootloader.kind) {
	case BOOTLOADER_NONE:
		break;
	case BOOTLOADER_GRUB:
		read_grub_cfg(root, &bootloader);
		bootloader.others_known = read_grub_default(root, &bootloader);
		break;
	case BOOTLOADER_KERNEL_INSTALL:
		read_own(root, &bootloader);
		read_entries(root, &bootloader);
		read_cmdline(root, &bootloader);
		break;
	case BOOTLOADER_GRUBBY:
	case BOOTLOADER_OSTREE:
		read_own(root, &bootloader);
		read_entries(root, &bootloader);
		break;
	}
	if (!bootloader.others_known && bootloader.next_path) {
		copy_args(&bootloader.next, &bootloader.ours, &bootloader.others);
		bootloader.others_known = true;
	}
	*ret = bootloader;
}
