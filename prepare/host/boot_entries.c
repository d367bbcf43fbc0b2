/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/boot_entries.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "host/watched.h"
#include "parse/boot_files.h"
#include "parse/unified.h"

#define FILE_MAX (1024 * 1024)
#define CMDLINE_MAX (64 * 1024)

bool boot_file_exists(struct root *root, const char *path)
{
	const char *name = strrchr(path, '/');
	_cleanup_free_ char *directory = xstrndup(path, (size_t)(name - path));
	_cleanup_(strv_done) struct strv names = {};

	root_list(root, directory, &names);
	return strv_contains(&names, name + 1);
}

void boot_entries_done(struct boot_entries *entries)
{
	for (size_t i = 0; i < N_BOOT_PLACES; i++) {
		strv_done(&entries->names[i]);
		strv_done(&entries->unified[i]);
	}
	strv_done(&entries->releases);
	free(entries->environment);
	*entries = (struct boot_entries){};
}

void found_entry_done(struct found_entry *found)
{
	free(found->path);
	boot_entry_done(&found->entry);
	strv_done(&found->images);
	*found = (struct found_entry){};
}

static void add_names(struct root *root, size_t place, const char *below, const char *end,
		      struct strv *ret)
{
	_cleanup_free_ char *directory = xasprintf("%s/%s", boot_places[place], below);
	_cleanup_(strv_done) struct strv names = {};

	root_list(root, directory, &names);
	for (size_t i = 0; i < names.n; i++)
		if (text_ends_with(names.items[i], end) && !strstr(names.items[i], "rescue"))
			strv_add(ret, names.items[i]);
}

static void list(struct boot_entries *entries, size_t place)
{
	if (entries->listed[place])
		return;
	entries->listed[place] = true;
	add_names(entries->root, place, LOADER_ENTRIES, ".conf", &entries->names[place]);
	add_names(entries->root, place, UNIFIED_IMAGES, ".efi", &entries->unified[place]);
}

/* Is it named TOKEN-RELEASE, as kernel-install(8) does it? What follows counts tries, or snapshots. */
static bool is_laid_out(struct boot_entries *entries, const char *name)
{
	if (!entries->releases.n) {
		char *running = root_read_line(entries->root, "/proc/sys/kernel/osrelease");

		root_list(entries->root, "/lib/modules", &entries->releases);
		if (running)
			strv_take(&entries->releases, running);
	}
	for (size_t i = 0; i < entries->releases.n; i++) {
		_cleanup_free_ char *part = xasprintf("-%s", entries->releases.items[i]);
		const char *found = strstr(name, part);

		if (found && found > name && strchr(".+-", found[strlen(part)]))
			return true;
	}
	return false;
}

bool boot_entries_fit(struct boot_entries *entries, enum entries_sign sign)
{
	bool any = false, laid_out = false;

	if (sign == ENTRIES_ANY)
		return true;
	for (size_t i = 0; i < (sign == ENTRIES_IN_BOOT ? 1 : N_BOOT_PLACES); i++) {
		const struct strv *lists[] = {&entries->names[i], &entries->unified[i]};

		list(entries, i);
		for (size_t j = 0; j < ARRAY_SIZE(lists); j++)
			vec_foreach(name, lists[j]) {
				any = any || j == 0 || sign != ENTRIES_IN_BOOT;
				laid_out = laid_out || is_laid_out(entries, *name);
			}
	}
	return sign == ENTRIES_IN_BOOT    ? any
	       : sign == ENTRIES_LAID_OUT ? laid_out
					  : laid_out || !any;
}

/* --- which one ------------------------------------------------------------------------------- */

struct choice {
	size_t place;
	const char *name; /* NULL: none */
	bool unified;
};

/* Takes the newer one, as versions are sorted. */
static void choose(struct choice *choice, size_t place, const char *name, bool unified)
{
	if (!choice->name || strverscmp(name, choice->name) > 0)
		*choice = (struct choice){place, name, unified};
}

/* The newest one that the pattern fits, with or without the end of its name. */
static struct choice find_named(const struct boot_entries *entries, const char *pattern)
{
	_cleanup_free_ char *longer = pattern ? xasprintf("%s.conf", pattern) : NULL;
	struct choice choice = {};

	for (size_t i = 0; i < N_BOOT_PLACES && pattern && !choice.name; i++) {
		vec_foreach(name, &entries->names[i])
			if (fnmatch(pattern, *name, FNM_CASEFOLD) == 0 ||
			    fnmatch(longer, *name, FNM_CASEFOLD) == 0)
				choose(&choice, i, *name, false);
		vec_foreach(name, &entries->unified[i])
			if (!choice.name && fnmatch(pattern, *name, FNM_CASEFOLD) == 0)
				choose(&choice, i, *name, true);
	}
	return choice;
}

static struct choice find_default(const struct boot_entries *entries)
{
	struct choice choice = find_named(entries, entries->traces->preferred);

	for (size_t i = 0; i < N_BOOT_PLACES && !choice.name; i++) {
		_cleanup_free_ char *path = xasprintf("%s/loader/loader.conf", boot_places[i]);
		_cleanup_free_ char *text = root_read_text(entries->root, path, FILE_MAX);
		_cleanup_free_ char *pattern = text ? loader_conf_default(text) : NULL;

		choice = find_named(entries, text_same(pattern, "@saved")
						     ? entries->traces->selected
						     : pattern);
	}
	if (!choice.name && entries->environment) {
		_cleanup_free_ char *saved = grub_environment_value(entries->environment,
								    "saved_entry");

		choice = find_named(entries, saved);
	}
	return choice;
}

static struct choice find_newest(const struct boot_entries *entries)
{
	struct choice choice = {};
	bool unified = entries->traces->image != NULL;

	for (size_t i = 0; i < N_BOOT_PLACES && !choice.name && !unified; i++)
		vec_foreach(name, &entries->names[i])
			choose(&choice, i, *name, false);
	for (size_t i = 0; i < N_BOOT_PLACES && !choice.name; i++)
		vec_foreach(name, &entries->unified[i])
			choose(&choice, i, *name, true);
	return choice;
}

/* --- what it says ---------------------------------------------------------------------------- */

/* A part of a unified image as text; NULL: it has none, or it is not read. */
static char *read_section(int fd, const unsigned char *head, size_t n, const char *name)
{
	struct unified_section section;
	char *text;
	ssize_t got;

	if (!unified_find(head, n, name, &section) || section.size >= CMDLINE_MAX)
		return NULL;
	text = xcalloc((size_t)section.size + 1, 1);
	got = watched(fd, "", pread(fd, text, (size_t)section.size, (off_t)section.offset));
	if (got != (ssize_t)section.size) {
		free(text);
		return NULL;
	}
	for (char *c = text; *c; c++)
		if (*c == '\n')
			*c = ' ';
	return text;
}

static bool read_unified(struct boot_entries *entries, struct found_entry *found)
{
	_cleanup_close_ int fd = root_open(entries->root, found->path,
					   O_RDONLY | O_NONBLOCK | O_NOCTTY);
	char head[UNIFIED_HEAD_BYTES + 1] = "";
	const unsigned char *bytes = (const unsigned char *)head;
	struct recorder *recorder = entries->root->recorder;
	struct stat st;
	ssize_t n = fd < 0 ? -1 : watched(fd, "", read(fd, head, UNIFIED_HEAD_BYTES));

	if (n <= 0 || watched(fd, "", fstat(fd, &st)) < 0 || !S_ISREG(st.st_mode))
		return false;
	found->time = st.st_mtim.tv_sec;
	strv_add(&found->images, found->path);
	/* A snapshot has what the image says, not the image. */
	if (strncmp(head, "MZ", 2) != 0)
		return loader_entry_parse(head, NULL, &found->entry);
	found->entry.arguments = read_section(fd, bytes, (size_t)n, ".cmdline");
	found->entry.version = read_section(fd, bytes, (size_t)n, ".uname");
	if (found->entry.version)
		found->entry.version[strcspn(found->entry.version, " ")] = '\0';
	if (recorder && found->entry.arguments) {
		_cleanup_free_ char *text = xasprintf("options %s\n", found->entry.arguments);

		recorder_add_bytes(recorder, found->path, RECORD_FILE, text, strlen(text));
	}
	return found->entry.arguments;
}

static bool read_text(struct boot_entries *entries, size_t place, struct found_entry *found)
{
	_cleanup_free_ char *text = NULL;
	struct stat st;

	if (root_read_stat(entries->root, found->path, FILE_MAX, &st, &text, NULL) < 0 ||
	    !loader_entry_parse(text, entries->environment, &found->entry))
		return false;
	found->time = st.st_mtim.tv_sec;
	vec_foreach(initrd, &found->entry.initrds) {
		char *path = xasprintf("%s%s%s", boot_places[place], **initrd == '/' ? "" : "/",
				       *initrd);

		if (boot_file_exists(entries->root, path))
			strv_take(&found->images, path);
		else
			free(path);
	}
	return true;
}

static bool read_choice(struct boot_entries *entries, const struct choice *choice,
			struct found_entry *ret)
{
	struct found_entry found = {
		.path = xasprintf("%s/%s/%s", boot_places[choice->place],
				  choice->unified ? UNIFIED_IMAGES : LOADER_ENTRIES, choice->name)};

	if (choice->unified ? read_unified(entries, &found)
			    : read_text(entries, choice->place, &found)) {
		*ret = found;
		return true;
	}
	found_entry_done(&found);
	return false;
}

static bool starts_initrd(const struct found_entry *found, const char *initrd)
{
	const struct strv *initrds = &found->entry.initrds;

	return initrds->n && strcasecmp(initrds->items[initrds->n - 1], initrd) == 0;
}

/* The entry that has started the running kernel. Reads those that may be it. */
static bool read_started(struct boot_entries *entries, struct found_entry *ret)
{
	const char *image = entries->traces->image ? strrchr(entries->traces->image, '/') : NULL;
	struct choice choice = find_named(entries, entries->traces->selected);

	if (!choice.name && image)
		choice = find_named(entries, image + 1);
	if (choice.name)
		return read_choice(entries, &choice, ret);
	for (size_t i = 0; i < N_BOOT_PLACES && entries->traces->initrd; i++)
		vec_foreach(name, &entries->names[i]) {
			if (!read_choice(entries, &(struct choice){i, *name, false}, ret))
				continue;
			if (starts_initrd(ret, entries->traces->initrd))
				return true;
			found_entry_done(ret);
		}
	return false;
}

bool boot_entries_next(struct boot_entries *entries, struct found_entry *ret)
{
	struct choice choice;

	for (size_t i = 0; i < N_BOOT_PLACES; i++)
		list(entries, i);
	choice = find_default(entries);
	if (!choice.name)
		choice = find_newest(entries);
	else
		return read_choice(entries, &choice, ret);
	if (!choice.name)
		return false;
	/* Names that are not those of kernels do not say which one is newer. */
	if (!is_laid_out(entries, choice.name) && read_started(entries, ret))
		return true;
	return read_choice(entries, &choice, ret);
}
