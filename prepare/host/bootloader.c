/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/bootloader.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/text.h"
#include "host/command.h"
#include "model/policy.h"
#include "parse/boot_files.h"
#include "parse/kernel_args.h"

#define FILE_MAX (1024 * 1024)
#define GRUB_CFG_MAX (8 * 1024 * 1024)

/* The host's boot loader while it is being read: each directory of entries is listed once. */
struct reading {
	struct root *root;
	struct bootloader *bootloader;
	struct strv entries[N_BOOT_PLACES];
	bool listed[N_BOOT_PLACES];
};

static char *entries_directory(size_t place)
{
	return xasprintf("%s/" LOADER_ENTRIES, boot_places[place]);
}

static const struct strv *entries_of(struct reading *reading, size_t place)
{
	_cleanup_free_ char *directory = entries_directory(place);

	if (!reading->listed[place])
		root_list(reading->root, directory, &reading->entries[place]);
	reading->listed[place] = true;
	return &reading->entries[place];
}

/* The first of n places that has entries; N_BOOT_PLACES: none. */
static size_t entries_place(struct reading *reading, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (entries_of(reading, i)->n)
			return i;
	return N_BOOT_PLACES;
}

static bool shows(struct reading *reading, const struct bootloader_sign *sign)
{
	for (size_t i = 0; i < ARRAY_SIZE(sign->files) && sign->files[i]; i++)
		if (!root_exists(reading->root, sign->files[i]))
			return false;
	if (sign->program && !program_exists(reading->root, sign->program))
		return false;
	return !sign->n_entry_places ||
	       entries_place(reading, sign->n_entry_places) < N_BOOT_PLACES;
}

static enum bootloader_kind detect(struct reading *reading)
{
	for (size_t i = 0; i < n_bootloader_signs; i++)
		if (shows(reading, &bootloader_signs[i]))
			return bootloader_signs[i].kind;
	return BOOTLOADER_NONE;
}

/* Reads it past the recorder: a snapshot does not keep the times of files, and needs none to compare them with. */
int64_t boot_time(struct root *root)
{
	struct recorder *recorder = TAKE_PTR(root->recorder);
	_cleanup_free_ char *text = root_read_text(root, "/proc/stat", FILE_MAX);
	const char *line = text;
	uint64_t seconds;

	root->recorder = recorder;
	while (line && *line && !text_starts_with(line, "btime "))
		line = text_next_line(line);
	if (!line || !*line ||
	    number_parse_n(line + 6, strspn(line + 6, "0123456789"), 10, INT64_MAX, &seconds) < 0)
		return -1;
	return (int64_t)seconds;
}

/* time: when the file was written, in seconds; of a snapshot its own list says it. */
static bool is_older_than_boot(struct root *root, const char *path, int64_t time)
{
	_cleanup_free_ char *captured = root->live ? NULL
						   : root_read_text(root, SNAPSHOT_OLDER, FILE_MAX);
	int64_t boot;

	if (captured)
		return text_list_has(captured, '\n', path);
	boot = boot_time(root);
	return boot >= 0 && time < boot;
}

/* Reads a file that the next boot reads, and when it was written; NULL: it cannot be read. */
static char *read_next(struct root *root, const char *path, size_t max, int64_t *ret_time)
{
	char *text = NULL;
	struct stat st;

	if (root_read_stat(root, path, max, &st, &text, NULL) < 0)
		return NULL;
	*ret_time = st.st_mtim.tv_sec;
	return text;
}

/* Sets the arguments of the next boot, out of one of its files; takes path and arguments over. */
static void set_next(struct reading *reading, char *path, int64_t time, char *arguments)
{
	struct bootloader *bootloader = reading->bootloader;

	bootloader->next_path = path;
	kernel_args_parse(arguments, &bootloader->next);
	bootloader->next_is_older = is_older_than_boot(reading->root, path, time);
	free(arguments);
}

static void read_grub_cfg(struct reading *reading)
{
	const char *const *places = bootloaders[reading->bootloader->kind].next;
	struct root *root = reading->root;

	for (size_t i = 0; places[i] && !reading->bootloader->next_path; i++) {
		struct recorder *recorder = TAKE_PTR(root->recorder);
		int64_t time = 0;
		_cleanup_free_ char *text = read_next(root, places[i], GRUB_CFG_MAX, &time);
		char *arguments = text ? grub_cfg_arguments(text) : NULL;

		root->recorder = recorder;
		if (!arguments)
			continue;
		/* A grub.cfg may hold the hash of a password: a recorder gets only the line that matters. */
		if (recorder) {
			_cleanup_free_ char *line = xasprintf("linux /vmlinuz %s\n", arguments);

			recorder_add_bytes(recorder, places[i], RECORD_FILE, line, strlen(line));
		}
		set_next(reading, xstrdup(places[i]), time, arguments);
	}
}

/* Reads the entry of the newest kernel: the last name as versions are sorted. */
static void read_entries(struct reading *reading)
{
	size_t place = entries_place(reading, N_BOOT_PLACES);
	_cleanup_free_ char *directory = NULL, *path = NULL, *text = NULL, *environment = NULL,
			    *arguments = NULL;
	const char *newest = NULL;
	const struct strv *names;
	int64_t time = 0;

	if (place == N_BOOT_PLACES)
		return;
	names = entries_of(reading, place);
	for (size_t i = 0; i < names->n; i++) {
		const char *name = names->items[i];

		if (text_ends_with(name, ".conf") && !strstr(name, "rescue") &&
		    (!newest || strverscmp(name, newest) > 0))
			newest = name;
	}
	if (!newest)
		return;
	directory = entries_directory(place);
	path = xasprintf("%s/%s", directory, newest);
	text = read_next(reading->root, path, FILE_MAX, &time);
	if (!text)
		return;
	environment = root_read_text(reading->root, GRUB_ENVIRONMENT_PATH, FILE_MAX);
	arguments = loader_entry_arguments(text, environment);
	if (arguments)
		set_next(reading, TAKE_PTR(path), time, TAKE_PTR(arguments));
}

static void copy_args(const struct kernel_args *args, const struct strv *without,
		      struct kernel_args *ret)
{
	_cleanup_(buf_done) struct buf buf = {};

	vec_foreach(arg, args)
		if (!strv_contains(without, arg->text))
			buf_addf(&buf, "%s ", arg->text);
	kernel_args_parse(buf_text(&buf), ret);
}

/* Reads the arguments that the user told grub-mkconfig; false: only a shell can tell them, or nothing can. */
static bool read_grub_default(struct root *root, struct bootloader *bootloader)
{
	_cleanup_free_ char *first = root_read_text(root, GRUB_DEFAULT_PATH, FILE_MAX);
	_cleanup_(grub_default_done) struct grub_default grub = {};
	_cleanup_(strv_done) struct strv names = {};
	_cleanup_(buf_done) struct buf buf = {};
	bool known = first != NULL;

	grub_default_read(&grub, first ? first : "");
	root_list(root, GRUB_DROP_IN_DIR, &names);
	for (size_t i = 0; i < names.n; i++) {
		_cleanup_free_ char *path = xasprintf(GRUB_DROP_IN_DIR "/%s", names.items[i]);
		_cleanup_free_ char *text = NULL;

		if (!text_ends_with(path, ".cfg"))
			continue;
		text = root_read_text(root, path, FILE_MAX);
		if (!text) {
			known = false;
		} else if (strcmp(path, managed_files[FILE_GRUB]) == 0 &&
			   text_starts_with(text, FILE_HEADER)) {
			_cleanup_(grub_default_done) struct grub_default own = {};
			_cleanup_(kernel_args_done) struct kernel_args args = {};

			grub_default_read(&own, text);
			kernel_args_parse(own.cmdline[GRUB_LINUX_DEFAULT]
						  ? own.cmdline[GRUB_LINUX_DEFAULT]
						  : "",
					  &args);
			vec_foreach(arg, &args)
				strv_add(&bootloader->ours, arg->text);
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
	return known;
}

static void read_own(struct root *root, struct bootloader *bootloader)
{
	_cleanup_free_ char *text = root_read_text(root, managed_files[FILE_OWN_ARGUMENTS],
						   FILE_MAX);

	if (text && text_starts_with(text, FILE_HEADER))
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
	_cleanup_(kernel_args_done) struct kernel_args args = {};
	struct buf buf = {};

	if (!text)
		return NULL;
	kernel_args_parse(text, &args);
	vec_foreach(arg, &args) {
		if (!TEXT_IN(of_one_boot, arg->name))
			buf_addf(&buf, "%s%s", buf.length ? " " : "", arg->text);
	}
	buf_add(&buf, "\n");
	return buf_take(&buf);
}

/* Parses the arguments of a text whose lines may be comments. */
static void parse_lines(const char *text, struct kernel_args *ret)
{
	_cleanup_(strv_done) struct strv lines = {};
	_cleanup_(buf_done) struct buf buf = {};

	strv_split(&lines, text, "\n");
	for (size_t i = 0; i < lines.n; i++)
		if (*lines.items[i] != '#')
			buf_addf(&buf, "%s ", lines.items[i]);
	kernel_args_parse(buf_text(&buf), ret);
}

static void read_cmdline(struct root *root, struct bootloader *bootloader)
{
	static const char *const places[] = {KERNEL_CMDLINE_PATH, KERNEL_CMDLINE_VENDOR_PATH};
	_cleanup_(kernel_args_done) struct kernel_args args = {};
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
	/* Arguments behind " -- " are init's and must stay there. */
	if (strstr(bootloader->cmdline, " -- ")) {
		free(TAKE_PTR(bootloader->cmdline));
		return;
	}
	parse_lines(bootloader->cmdline, &args);
	copy_args(&args, &bootloader->ours, &bootloader->others);
	bootloader->others_known = true;
}

void scan_bootloader(struct root *root, enum bootloader_kind kind, struct bootloader *ret)
{
	struct bootloader bootloader = {};
	struct reading reading = {.root = root, .bootloader = &bootloader};
	const struct bootloader_place *place;

	bootloader.kind = kind == BOOTLOADER_AUTO ? detect(&reading) : kind;
	place = &bootloaders[bootloader.kind];
	read_grub_cfg(&reading);
	if (place->store == STORE_LINE || place->store == STORE_COMMAND)
		read_own(root, &bootloader);
	if (place->reads_entries)
		read_entries(&reading);
	if (place->store == STORE_DROP_IN)
		bootloader.others_known = read_grub_default(root, &bootloader);
	else if (place->store == STORE_LINE)
		read_cmdline(root, &bootloader);
	if (!bootloader.others_known && bootloader.next_path) {
		copy_args(&bootloader.next, &bootloader.ours, &bootloader.others);
		bootloader.others_known = true;
	}
	for (size_t i = 0; i < N_BOOT_PLACES; i++)
		strv_done(&reading.entries[i]);
	*ret = bootloader;
}
