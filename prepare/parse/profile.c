/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/profile.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "parse/address.h"

#define KERNEL_ARGUMENTS_MAX 2048 /* COMMAND_LINE_SIZE of x86 and arm64 */

/* One pass over the entries: what is being read, and where its errors go. */
struct reader {
	const struct ini_entry *entry;
	struct findings *findings;
	char seen[80];        /* what of the value is wrong */
	const char *expected; /* what should stand there instead of the key's own text */
};

/* A key of a section: how its value is read into the struct that the section fills. */
struct key {
	const char *name;
	int (*read)(struct reader *reader, void *target, const char *value);
	size_t offset;
	const char *expected;
};

static void complain_at(struct findings *findings, const char *file, unsigned line,
			const char *detail, const char *remedy)
{
	_cleanup_free_ char *subject = xasprintf("%s:%u", file, line);

	finding_remedy(finding_add(findings, SEVERITY_ERROR, FINDING_PROFILE, subject, "%s",
				   detail),
		       "%s", remedy);
}

static void complain(struct reader *reader, const char *detail, const char *remedy)
{
	complain_at(reader->findings, reader->entry->file, reader->entry->line, detail, remedy);
}

/* Levenshtein's distance, for short names; good enough to say "did you mean". */
static size_t distance(const char *a, const char *b)
{
	size_t row[65], n = strlen(b);

	if (n >= ARRAY_SIZE(row))
		return n;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < n; j++) {
			size_t substitute = diagonal + (a[i] != b[j]);

			diagonal = row[j + 1];
			size_t shorter = diagonal < row[j] ? diagonal : row[j];
			row[j + 1] = substitute < shorter + 1 ? substitute : shorter + 1;
		}
	}
	return row[n];
}

static const char *nearest(const char *word, const char *const *names, size_t n)
{
	const char *best = NULL;
	size_t best_distance = 3;

	for (size_t i = 0; i < n; i++) {
		size_t d = distance(word, names[i]);

		if (d < best_distance && d < strlen(names[i])) {
			best_distance = d;
			best = names[i];
		}
	}
	return best;
}

/* Readers of values: 0, or -EINVAL with reader->seen set to what does not fit. */

static int fail(struct reader *reader, const char *word, const char *expected)
{
	snprintf(reader->seen, sizeof(reader->seen), "%.79s", word);
	reader->expected = expected;
	return -EINVAL;
}

static int read_text(struct reader *reader, void *target, const char *value)
{
	char **text = target;

	for (const char *c = value; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return fail(reader, value, "text without control characters");
	free(*text);
	*text = xstrdup(value);
	return 0;
}

static int read_bool(struct reader *reader, void *target, const char *value)
{
	return bool_parse(value, target) < 0 ? fail(reader, value, NULL) : 0;
}

static int read_word(struct reader *reader, const char *value, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i], value) == 0)
			return (int)i;
	return fail(reader, value, NULL);
}

static int read_bootloader(struct reader *reader, void *target, const char *value)
{
	static const char *const words[] = {"auto",           "grub",   "grubby",
					    "kernel-install", "ostree", "none"};
	int word = read_word(reader, value, words, ARRAY_SIZE(words));

	return word < 0 ? word : read_text(reader, target, value);
}

static int read_kernel_arguments(struct reader *reader, void *target, const char *value)
{
	if (strlen(value) >= KERNEL_ARGUMENTS_MAX)
		return fail(reader, value, "at most 2047 characters");
	return read_text(reader, target, value);
}

bool is_module_name(const char *word)
{
	size_t length = strlen(word);

	for (size_t i = 0; i < length; i++)
		if (!isalnum((unsigned char)word[i]) && word[i] != '-' && word[i] != '_')
			return false;
	return length > 0 && length < DRIVER_NAME_MAX;
}

static int read_blacklist(struct reader *reader, void *target, const char *value)
{
	struct profile *profile = target;
	struct strv words = {};
	int r = 0;

	strv_split(&words, value, " \t,");
	for (size_t i = 0; i < words.n && r == 0; i++)
		if (!is_module_name(words.items[i]))
			r = fail(reader, value, NULL);
	if (r == 0 && words.n == 0)
		r = fail(reader, value, NULL);
	if (r < 0) {
		strv_done(&words);
		return r;
	}
	if (words.n == 1 && (strcmp(value, "auto") == 0 || strcmp(value, "none") == 0)) {
		free(profile->blacklist_mode);
		profile->blacklist_mode = xstrdup(value);
		strv_done(&words);
		return 0;
	}
	strv_done(&profile->blacklist);
	free(TAKE_PTR(profile->blacklist_mode));
	profile->blacklist = words;
	return 0;
}

static int read_driver(struct reader *reader, void *target, const char *value)
{
	return is_module_name(value) ? read_text(reader, target, driver_canonical_name(value))
				     : fail(reader, value, NULL);
}

static int read_group(struct reader *reader, void *target, const char *value)
{
	static const char *const words[] = {
		[GROUP_REQUIRE] = "require", [GROUP_EXPAND] = "expand", [GROUP_IGNORE] = "ignore"};
	int word = read_word(reader, value, words, ARRAY_SIZE(words));

	if (word >= 0)
		*(enum group_mode *)target = (enum group_mode)word;
	return word < 0 ? word : 0;
}

static int read_reset(struct reader *reader, void *target, const char *value)
{
	static const char *const words[] = {
		[RESET_WARN] = "warn", [RESET_REQUIRE] = "require", [RESET_IGNORE] = "ignore"};
	int word = read_word(reader, value, words, ARRAY_SIZE(words));

	if (word >= 0)
		*(enum reset_mode *)target = (enum reset_mode)word;
	return word < 0 ? word : 0;
}

static int read_number(struct reader *reader, unsigned *target, const char *value, uint64_t max)
{
	uint64_t number;

	if (number_parse(value, 10, max, &number) < 0 || number == 0)
		return fail(reader, value, NULL);
	*target = (unsigned)number;
	return 0;
}

static int read_count(struct reader *reader, void *target, const char *value)
{
	struct device_section *section = target;

	section->has_count = true;
	return read_number(reader, &section->count, value, PROFILE_MAX_COUNT);
}

static int read_timeout(struct reader *reader, void *target, const char *value)
{
	return read_number(reader, target, value, PROFILE_MAX_TIMEOUT_S);
}

static int read_vfs(struct reader *reader, void *target, const char *value)
{
	return read_number(reader, target, value, 65535);
}

/* Reads the words of a list, each with element(target, word). */
static int read_list(struct reader *reader, const char *value,
		     int (*element)(void *target, const char *word), void *target)
{
	struct strv words = {};
	int r = 0;

	strv_split(&words, value, " \t,");
	if (words.n == 0)
		r = fail(reader, value, NULL);
	else if (words.n > PROFILE_MAX_LIST)
		r = fail(reader, "a longer list", "at most 512 items in one key");
	for (size_t i = 0; i < words.n && r == 0; i++)
		if (element(target, words.items[i]) < 0)
			r = fail(reader, words.items[i], NULL);
	strv_done(&words);
	return r;
}

static int add_address(void *target, const char *word)
{
	struct address_list *list = target;
	struct address_pattern pattern;
	int r = address_pattern_parse(word, &pattern);

	if (r == 0)
		*vec_add(list) = pattern;
	return r;
}

static int add_id(void *target, const char *word)
{
	struct id_list *list = target;
	struct id_pattern pattern;
	int r = id_pattern_parse(word, &pattern);

	if (r == 0)
		*vec_add(list) = pattern;
	return r;
}

static int add_class(void *target, const char *word)
{
	struct id_list *list = target;
	struct id_pattern pattern;
	int r = class_pattern_parse(word, &pattern);

	if (r == 0)
		*vec_add(list) = pattern;
	return r;
}

/* "vendor:device", nothing behind it. */
static int add_subsystem(void *target, const char *word)
{
	const char *colon = strchr(word, ':');

	return colon && strchr(colon + 1, ':') ? -EINVAL : add_id(target, word);
}

/* "[domain:]bb:dd.f/dd.f/...", kept in the form that port paths of an inventory have. */
static int add_path(void *target, const char *word)
{
	const char *slash = strchrnul(word, '/');
	_cleanup_free_ char *first = xstrndup(word, (size_t)(slash - word)), *path = NULL;
	struct pci_address address;

	if (pci_address_parse(first, &address) < 0)
		return -EINVAL;
	path = port_path_append(NULL, &address);
	for (const char *part = slash; *part;) {
		const char *end = strchrnul(part + 1, '/');
		_cleanup_free_ char *hop = xasprintf("0:0:%.*s", (int)(end - part - 1), part + 1);

		if (pci_address_parse(hop, &address) < 0)
			return -EINVAL;
		path = port_path_append(path, &address);
		part = end;
	}
	strv_take(target, TAKE_PTR(path));
	return 0;
}

/* "00-11-22-ff-ff-33-44-55": eight bytes, most significant first, as lspci prints them. */
static int add_serial(void *target, const char *word)
{
	struct serial_list *list = target;
	uint64_t serial = 0;

	if (strlen(word) != 23)
		return -EINVAL;
	for (int i = 0; i < 8; i++) {
		uint64_t byte;

		if (number_parse_n(word + 3 * i, 2, 16, 0xff, &byte) < 0 ||
		    (i < 7 && word[3 * i + 2] != '-'))
			return -EINVAL;
		serial = serial << 8 | byte;
	}
	*vec_add(list) = serial;
	return 0;
}

static int add_allow(void *target, const char *word)
{
	static const struct {
		const char *word;
		enum allow_flag flag;
	} flags[] = {{"display", ALLOW_DISPLAY},
		     {"network", ALLOW_NETWORK},
		     {"storage", ALLOW_STORAGE}};

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (strcmp(flags[i].word, word) == 0) {
			*(unsigned *)target |= flags[i].flag;
			return 0;
		}
	return -EINVAL;
}

#define LIST_READER(name, element)                                              \
	static int name(struct reader *reader, void *target, const char *value) \
	{                                                                       \
		return read_list(reader, value, element, target);               \
	}
LIST_READER(read_addresses, add_address)
LIST_READER(read_ids, add_id)
LIST_READER(read_classes, add_class)
LIST_READER(read_subsystems, add_subsystem)
LIST_READER(read_paths, add_path)
LIST_READER(read_serials, add_serial)
LIST_READER(read_allow, add_allow)

#define YES_NO "yes or no"
#define ADDRESS_LIST "addresses such as 0000:83:00.0, 83:00.0 or 0000:83:00.*"

static const struct key host_keys[] = {
	{"description", read_text, offsetof(struct profile, description), "text"},
};
static const struct key iommu_keys[] = {
	{"required", read_bool, offsetof(struct profile, iommu_required), YES_NO},
	{"passthrough", read_bool, offsetof(struct profile, iommu_passthrough), YES_NO},
	{"unsafe-interrupts", read_bool, offsetof(struct profile, unsafe_interrupts), YES_NO},
};
static const struct key kernel_keys[] = {
	{"arguments", read_kernel_arguments, offsetof(struct profile, kernel_arguments),
	 "kernel arguments"},
	{"bootloader", read_bootloader, offsetof(struct profile, bootloader),
	 "auto, grub, grubby, kernel-install, ostree or none"},
};
static const struct key bind_keys[] = {
	{"device-timeout", read_timeout, offsetof(struct profile, device_timeout_s),
	 "seconds, from 1 to 55"},
	{"timeout", read_timeout, offsetof(struct profile, timeout_s), "seconds, from 1 to 55"},
};
static const struct key modules_keys[] = {
	{"blacklist", read_blacklist, 0, "auto, none or names of modules"},
};
static const struct key device_keys[] = {
	{"address", read_addresses, offsetof(struct device_section, addresses), ADDRESS_LIST},
	{"id", read_ids, offsetof(struct device_section, ids),
	 "vendor:device[:class] in hex, such as 10de:1bb0, 10de: or ::0300"},
	{"class", read_classes, offsetof(struct device_section, classes),
	 "2 to 6 hex digits of a class, such as 0300"},
	{"subsystem", read_subsystems, offsetof(struct device_section, subsystems),
	 "vendor:device in hex, such as 10de:11b2"},
	{"path", read_paths, offsetof(struct device_section, paths),
	 "a root-port path such as 00:03.1/00.0"},
	{"serial", read_serials, offsetof(struct device_section, serials),
	 "a device serial number such as 00-11-22-ff-ff-33-44-55"},
	{"except", read_addresses, offsetof(struct device_section, except), ADDRESS_LIST},
	{"driver", read_driver, offsetof(struct device_section, driver),
	 "vfio-pci, pci-stub, auto or a module's name"},
	{"group", read_group, offsetof(struct device_section, group), "require, expand or ignore"},
	{"count", read_count, 0, "a number from 1 to 4096"},
	{"allow", read_allow, offsetof(struct device_section, allow),
	 "any of display, network, storage"},
	{"vfs", read_vfs, offsetof(struct device_section, vfs), "a number from 1 to 65535"},
	{"reset", read_reset, offsetof(struct device_section, reset), "require, warn or ignore"},
	{"alias", read_text, offsetof(struct device_section, alias), "text"},
	{"numa", read_text, offsetof(struct device_section, numa), "text"},
	{"resource-class", read_text, offsetof(struct device_section, resource_class), "text"},
	{"physical-network", read_text, offsetof(struct device_section, physical_network), "text"},
	{"trusted", read_text, offsetof(struct device_section, trusted), "text"},
};

static const struct section_kind {
	const char *name;
	const struct key *keys;
	size_t n_keys;
} kinds[] = {
	{"host", host_keys, ARRAY_SIZE(host_keys)},
	{"iommu", iommu_keys, ARRAY_SIZE(iommu_keys)},
	{"kernel", kernel_keys, ARRAY_SIZE(kernel_keys)},
	{"modules", modules_keys, ARRAY_SIZE(modules_keys)},
	{"bind", bind_keys, ARRAY_SIZE(bind_keys)},
	{"device", device_keys, ARRAY_SIZE(device_keys)},
};
#define DEVICE_KIND (&kinds[ARRAY_SIZE(kinds) - 1])

static bool is_label(const char *label)
{
	size_t length = strlen(label);

	for (size_t i = 0; i < length; i++)
		if (!isalnum((unsigned char)label[i]) && !strchr("._-", label[i]))
			return false;
	return length > 0 && length < 64;
}

/* The kind of a section by its name, "device LABEL" or one of the others; NULL after a complaint. */
static const struct section_kind *section_kind(struct reader *reader, const char **ret_label)
{
	const char *name = reader->entry->section, *space = strchr(name, ' ');
	const char *names[ARRAY_SIZE(kinds)], *near;
	size_t length = space ? (size_t)(space - name) : strlen(name);
	_cleanup_free_ char *word = xstrndup(name, length), *detail = NULL, *remedy = NULL;

	*ret_label = space ? space + 1 : NULL;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(kinds[i].name, word) != 0) {
			names[i] = kinds[i].name;
			continue;
		}
		if (&kinds[i] == DEVICE_KIND ? *ret_label && is_label(*ret_label) : !*ret_label)
			return &kinds[i];
		detail = xasprintf("section [%s] is not named as it should be", name);
		complain(
			reader, detail,
			&kinds[i] == DEVICE_KIND
				? "write [device LABEL], where LABEL is up to 63 letters, digits, '.', '_' or '-'"
				: "write the section's name alone, as in [host]");
		return NULL;
	}
	near = nearest(word, names, ARRAY_SIZE(names));
	detail = xasprintf("unknown section [%s]", name);
	remedy =
		near ? xasprintf("did you mean [%s%s]?", near,
				 strcmp(near, "device") == 0 ? " LABEL" : "")
		     : xstrdup("sections are [host], [iommu], [kernel], [modules], [bind] and [device LABEL]");
	complain(reader, detail, remedy);
	return NULL;
}

static void complain_unknown_key(struct reader *reader, const struct section_kind *kind)
{
	const char *names[ARRAY_SIZE(device_keys)], *near;
	_cleanup_free_ char *detail = NULL, *remedy = NULL;

	for (size_t i = 0; i < kind->n_keys; i++)
		names[i] = kind->keys[i].name;
	near = nearest(reader->entry->key, names, kind->n_keys);
	detail = xasprintf("unknown key \"%s\" in section [%s]", reader->entry->key,
			   reader->entry->section);
	remedy = near ? xasprintf("did you mean \"%s\"?", near)
		      : xasprintf("the manual lists the keys of [%s]", kind->name);
	complain(reader, detail, remedy);
}

static void read_entry(struct reader *reader, const struct section_kind *kind, void *target)
{
	const struct ini_entry *entry = reader->entry;

	for (size_t i = 0; i < kind->n_keys; i++) {
		const struct key *key = &kind->keys[i];

		if (strcmp(key->name, entry->key) != 0)
			continue;
		if (key->read(reader, (char *)target + key->offset, entry->value) < 0) {
			_cleanup_free_ char *detail =
				xasprintf("section [%s], key \"%s\": \"%s\" is not valid",
					  entry->section, entry->key, reader->seen);
			_cleanup_free_ char *remedy = xasprintf("expected %s",
								reader->expected ? reader->expected
										 : key->expected);

			complain(reader, detail, remedy);
		}
		return;
	}
	complain_unknown_key(reader, kind);
}

/* The section of that label, a new one where it is the first entry of it; NULL: one too many. */
static struct device_section *device_section(struct profile *profile, const struct ini_entry *entry,
					     const char *label)
{
	struct device_section *section;

	vec_foreach(known, &profile->sections)
		if (strcmp(known->label, label) == 0)
			return known;
	if (profile->sections.n == PROFILE_MAX_SECTIONS)
		return NULL;
	section = vec_add(&profile->sections);
	section->label = xstrdup(label);
	section->file = xstrdup(entry->file);
	section->line = entry->line;
	section->driver = xstrdup("vfio-pci");
	return section;
}

static void check_section(const struct device_section *section, struct findings *findings)
{
	_cleanup_free_ char *detail = NULL;

	if (section->addresses.n || section->ids.n || section->classes.n || section->subsystems.n ||
	    section->paths.n || section->serials.n)
		return;
	detail = xasprintf("section [device %s] selects no device", section->label);
	complain_at(findings, section->file, section->line, detail,
		    "give it at least one of address, id, class, subsystem, path, serial");
}

int profile_parse(const struct ini *ini, struct profile *ret, struct findings *findings)
{
	struct profile profile = {
		.iommu_required = true,
		.iommu_passthrough = true,
		.device_timeout_s = 10,
		.timeout_s = 45,
	};
	struct reader reader = {.findings = findings};
	size_t before = findings->n;
	bool readable;

	profile.bootloader = xstrdup("auto");
	profile.blacklist_mode = xstrdup("auto");
	for (size_t i = 0; i < ini->n; i++) {
		const struct section_kind *kind;
		void *target = &profile;
		const char *label;

		reader.entry = &ini->items[i];
		if (reader.entry->key && strcmp(reader.entry->section, "") == 0) {
			complain(&reader, "a key stands before the first section",
				 "put it below a line such as [host]");
			continue;
		}
		/* An unknown section is told once, by its own line, not for each of its keys. */
		struct findings none = {}, *keep = reader.findings;
		if (reader.entry->key)
			reader.findings = &none;
		kind = section_kind(&reader, &label);
		reader.findings = keep;
		findings_done(&none);
		if (!kind)
			continue;
		if (kind == DEVICE_KIND)
			target = device_section(&profile, reader.entry, label);
		if (!target) {
			complain(&reader, "more than 512 device sections",
				 "list more devices in one section");
			break;
		}
		if (reader.entry->key)
			read_entry(&reader, kind, target);
	}
	readable = findings->n == before;
	vec_foreach(section, &profile.sections) {
		/* A selector that could not be read is no missing one. */
		if (readable)
			check_section(section, findings);
		address_list_sort(&section->addresses);
		address_list_sort(&section->except);
	}

	if (findings->n > before) {
		profile_done(&profile);
		return -EINVAL;
	}
	*ret = profile;
	return 0;
}
