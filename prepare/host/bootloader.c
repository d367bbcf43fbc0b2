/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/bootloader.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/text.h"
#include "host/boot_entries.h"
#include "host/command.h"
#include "model/policy.h"
#include "parse/boot_files.h"
#include "parse/kernel_args.h"

#define FILE_MAX (1024 * 1024)
#define GRUB_CFG_MAX (8 * 1024 * 1024)

/* The host's boot loader while it is being read. */
struct reading {
	struct root *root;
	struct bootloader *bootloader;
	struct boot_traces traces;
	struct boot_entries entries;
};

static bool shows(struct reading *reading, const struct bootloader_sign *sign)
{
	for (size_t i = 0; i < ARRAY_SIZE(sign->files) && sign->files[i]; i++)
		if (!root_exists(reading->root, sign->files[i]))
			return false;
	if (sign->program && !program_exists(reading->root, sign->program))
		return false;
	if (sign->booted && !(sign->booted & BOOTED(reading->traces.by)))
		return false;
	return boot_entries_fit(&reading->entries, sign->entries);
}

static enum bootloader_kind detect(struct reading *reading)
{
	for (size_t i = 0; i < n_bootloader_signs; i++)
		if (shows(reading, &bootloader_signs[i]))
			return bootloader_signs[i].kind;
	return BOOTLOADER_NONE;
}

size_t bootloader_command(struct root *root, enum bootloader_kind kind)
{
	size_t found = 0;

	for (size_t i = 0; i < BOOTLOADER_COMMANDS_MAX; i++) {
		const struct host_command *command = &bootloaders[kind].commands[i];

		if (command->program && program_exists(root, command->program) &&
		    (!command->file || root_exists(root, command->file)))
			found = i;
	}
	return found;
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

/*
 * An image as grub.cfg names it, from the root of the file system that holds /boot: with or without /boot, or
 * with a subvolume in front. NULL: it is not there. The caller's.
 */
static char *find_grub_image(struct root *root, const char *name)
{
	const char *bare = *name == '(' && strchr(name, ')') ? strchr(name, ')') + 1 : name;
	const char *boot = strstr(bare, "/boot/"), *base = strrchr(bare, '/');
	char *paths[] = {boot ? xstrdup(boot) : NULL, xasprintf("/boot%s", bare),
			 base ? xasprintf("/boot%s", base) : NULL};
	char *found = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		if (!found && paths[i] && boot_file_exists(root, paths[i]))
			found = TAKE_PTR(paths[i]);
		free(paths[i]);
	}
	return found;
}

/* A grub.cfg may hold the hash of a password: a recorder gets only the lines that matter. */
static void record_grub_cfg(struct recorder *recorder, const char *path,
			    const struct boot_entry *entry)
{
	_cleanup_free_ char *initrds = strv_join(&entry->initrds, " ");
	_cleanup_free_ char *lines = xasprintf("linux %s %s\n%s%s\n", entry->kernel,
					       entry->arguments, *initrds ? "initrd " : "",
					       initrds);

	recorder_add_bytes(recorder, path, RECORD_FILE, lines, strlen(lines));
}

static void read_grub_cfg(struct reading *reading)
{
	const char *const *places = bootloaders[reading->bootloader->kind].next;
	struct root *root = reading->root;

	for (size_t i = 0; places[i] && !reading->bootloader->next_path; i++) {
		struct recorder *recorder = TAKE_PTR(root->recorder);
		int64_t time = 0;
		_cleanup_free_ char *text = read_next(root, places[i], GRUB_CFG_MAX, &time);
		_cleanup_(boot_entry_done) struct boot_entry entry = {};
		bool found = text && grub_cfg_entry(text, &entry);

		root->recorder = recorder;
		if (!found)
			continue;
		if (recorder)
			record_grub_cfg(recorder, places[i], &entry);
		set_next(reading, xstrdup(places[i]), time, TAKE_PTR(entry.arguments));
		vec_foreach(initrd, &entry.initrds) {
			char *path = find_grub_image(root, *initrd);

			if (path)
				strv_take(&reading->bootloader->next_images, path);
		}
	}
}

static void read_entries(struct reading *reading)
{
	_cleanup_(found_entry_done) struct found_entry found = {};
	struct bootloader *bootloader = reading->bootloader;

	if (!boot_entries_next(&reading->entries, &found))
		return;
	bootloader->next_images = found.images;
	found.images = (struct strv){};
	bootloader->next_kernel = TAKE_PTR(found.entry.version);
	if (found.entry.arguments)
		set_next(reading, TAKE_PTR(found.path), found.time,
			 TAKE_PTR(found.entry.arguments));
}

/* Where nothing else tells, the next boot starts the image of this one (EFI stub, rEFInd, syslinux). */
static void read_started_image(struct reading *reading)
{
	const char *initrd = reading->traces.initrd;

	for (size_t i = 0; i < N_BOOT_PLACES && initrd; i++) {
		_cleanup_free_ char *path = xasprintf("%s%s", boot_places[i], initrd);

		if (!reading->bootloader->next_images.n && boot_file_exists(reading->root, path))
			strv_add_new(&reading->bootloader->next_images, path);
	}
}

/* Reads what the next boot starts from, unless that lies where nobody looks. */
static void read_next_boot(struct reading *reading)
{
	const struct bootloader_place *place = &bootloaders[reading->bootloader->kind];
	size_t command = bootloader_command(reading->root, reading->bootloader->kind);
	bool grub_first = reading->traces.by == BOOTED_GRUB || !place->reads_entries;

	if (place->commands[command].unkept)
		return;
	if (reading->bootloader->kind == BOOTLOADER_NONE && reading->traces.by == BOOTED_OTHER)
		return;
	if (grub_first)
		read_grub_cfg(reading);
	if (place->reads_entries && !reading->bootloader->next_path)
		read_entries(reading);
	if (!reading->bootloader->next_path && reading->traces.by == BOOTED_UNKNOWN)
		read_grub_cfg(reading);
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

	if (!text || kernel_args_have_end(text))
		return NULL;
	kernel_args_parse(text, &args);
	vec_foreach(arg, &args) {
		if (!TEXT_IN(of_one_boot, arg->name))
			buf_addf(&buf, "%s%s", buf.length ? " " : "", arg->text);
	}
	buf_add(&buf, "\n");
	return buf_take(&buf);
}

/* Parses the arguments of a text whose lines may be comments; false: it has words behind them, for init. */
static bool parse_lines(const char *text, struct kernel_args *ret)
{
	_cleanup_(strv_done) struct strv lines = {};
	_cleanup_(buf_done) struct buf buf = {};

	strv_split(&lines, text, "\n");
	for (size_t i = 0; i < lines.n; i++)
		if (*lines.items[i] != '#')
			buf_addf(&buf, "%s ", lines.items[i]);
	kernel_args_parse(buf_text(&buf), ret);
	return !kernel_args_have_end(buf_text(&buf));
}

static void read_cmdline(struct root *root, struct bootloader *bootloader)
{
	static const char *const places[] = {KERNEL_CMDLINE_PATH, KERNEL_CMDLINE_VENDOR_PATH};
	_cleanup_(kernel_args_done) struct kernel_args args = {};
	int r = -ENOENT;

	for (size_t i = 0; i < ARRAY_SIZE(places) && r == -ENOENT; i++) {
		size_t length = 0;

		r = root_read_file(root, places[i], FILE_MAX, &bootloader->cmdline, &length);
		/* What is behind a NUL would be lost. */
		if (r == 0 && strlen(bootloader->cmdline) != length) {
			free(TAKE_PTR(bootloader->cmdline));
			r = -EILSEQ;
		}
		bootloader->has_cmdline = i == 0 && r == 0;
		if (r < 0 && r != -ENOENT)
			bootloader->cmdline_unreadable =
				xasprintf("%s cannot be read: %s", places[i],
					  r == -EILSEQ ? "there is a NUL in it" : strerror(-r));
	}
	if (r == -ENOENT)
		bootloader->cmdline = running_cmdline(root);
	if (!bootloader->cmdline)
		return;
	/* What stands behind "--" is init's and must stay there. */
	if (!parse_lines(bootloader->cmdline, &args)) {
		free(TAKE_PTR(bootloader->cmdline));
		return;
	}
	copy_args(&args, &bootloader->ours, &bootloader->others);
	bootloader->others_known = true;
}

/* Looks at the file that the arguments are made of, where it has to stand in for what they are made into. */
static void look_at_source(struct root *root, struct bootloader *bootloader)
{
	static const char *const sources[] = {
		[STORE_NONE] = NULL,
		[STORE_DROP_IN] = GRUB_DROP_IN_DIR "/99-vfio-prepare.cfg",
		[STORE_LINE] = KERNEL_CMDLINE_PATH,
		[STORE_COMMAND] = NULL,
	};
	const char *source = sources[bootloaders[bootloader->kind].store];
	struct stat st, log;

	if (bootloader->next_path || !source || root_stat(root, source, &st) < 0)
		return;
	bootloader->source_path = source;
	bootloader->source_is_older = is_older_than_boot(root, source, st.st_mtim.tv_sec);
	bootloader->taken_over = root->live && root_stat(root, REBUILD_LOG_PATH, &log) == 0 &&
				 log.st_mtim.tv_sec >= st.st_mtim.tv_sec;
}

static void find_manual(struct reading *reading)
{
	struct bootloader *bootloader = reading->bootloader;

	if (bootloaders[bootloader->kind].store != STORE_NONE)
		return;
	for (size_t i = 0; i < n_manual_places && !bootloader->manual; i++)
		if ((manual_places[i].booted & BOOTED(reading->traces.by)) &&
		    root_exists(reading->root, manual_places[i].file))
			bootloader->manual = &manual_places[i];
}

void scan_bootloader(struct root *root, enum bootloader_kind kind, struct bootloader *ret)
{
	struct bootloader bootloader = {};
	struct reading reading = {.root = root, .bootloader = &bootloader};
	const struct bootloader_place *place;

	boot_traces_read(root, &reading.traces);
	reading.entries.root = root;
	reading.entries.traces = &reading.traces;
	reading.entries.environment = root_read_text(root, GRUB_ENVIRONMENT_PATH, FILE_MAX);
	bootloader.kind = kind == BOOTLOADER_AUTO ? detect(&reading) : kind;
	place = &bootloaders[bootloader.kind];
	if (place->store == STORE_LINE || place->store == STORE_COMMAND)
		read_own(root, &bootloader);
	read_next_boot(&reading);
	if (!bootloader.next_images.n)
		read_started_image(&reading);
	if (place->store == STORE_DROP_IN)
		bootloader.others_known = read_grub_default(root, &bootloader);
	else if (place->store == STORE_LINE)
		read_cmdline(root, &bootloader);
	if (!bootloader.others_known && bootloader.next_path) {
		copy_args(&bootloader.next, &bootloader.ours, &bootloader.others);
		bootloader.others_known = true;
	}
	look_at_source(root, &bootloader);
	find_manual(&reading);
	boot_entries_done(&reading.entries);
	boot_traces_done(&reading.traces);
	*ret = bootloader;
}
