/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/profile_keys.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/profile.h"
#include "parse/address.h"
#include "parse/config_space.h"

#define KERNEL_ARGUMENTS_MAX 2048 /* COMMAND_LINE_SIZE of x86 and arm64 */

static int fail(struct value_error *error, const char *word, const char *expected)
{
	snprintf(error->seen, sizeof(error->seen), "%.79s", word);
	error->expected = expected;
	return -EINVAL;
}

static int read_text(struct value_error *error, void *target, const char *value)
{
	char **text = target;

	for (const char *c = value; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return fail(error, value, "text without control characters");
	free(*text);
	*text = xstrdup(value);
	return 0;
}

static int read_bool(struct value_error *error, void *target, const char *value)
{
	return bool_parse(value, target) < 0 ? fail(error, value, NULL) : 0;
}

static int read_choice(struct value_error *error, unsigned *target, const char *value,
		       const char *const *words, size_t n)
{
	int word = text_index(words, n, value);

	if (word < 0)
		return fail(error, value, NULL);
	*target = (unsigned)word;
	return 0;
}

static int read_passthrough(struct value_error *error, void *target, const char *value)
{
	enum passthrough *passthrough = target;
	bool wanted;

	if (strcmp(value, "auto") == 0)
		*passthrough = PASSTHROUGH_AUTO;
	else if (bool_parse(value, &wanted) == 0)
		*passthrough = wanted ? PASSTHROUGH_YES : PASSTHROUGH_NO;
	else
		return fail(error, value, NULL);
	return 0;
}

static int read_backend(struct value_error *error, void *target, const char *value)
{
	static const char *const words[] = {
		[BACKEND_AUTO] = "auto", [BACKEND_GROUP] = "group", [BACKEND_IOMMUFD] = "iommufd"};

	return read_choice(error, target, value, words, ARRAY_SIZE(words));
}

static int read_bootloader(struct value_error *error, void *target, const char *value)
{
	return bootloader_from_name(value, target) ? 0 : fail(error, value, NULL);
}

/* Behind a quote that does not end, the kernel takes all arguments for one. */
static int read_kernel_arguments(struct value_error *error, void *target, const char *value)
{
	bool open = false;

	if (strlen(value) >= KERNEL_ARGUMENTS_MAX)
		return fail(error, value, "at most 2047 characters");
	for (const char *c = value; *c; c++)
		open = open != (*c == '"');
	if (open)
		return fail(
			error, value,
			"a second \" for each \"; ' around the whole value where it has # or ;");
	return read_text(error, target, value);
}

/* A key is read once: the list is empty before. */
static int read_blacklist(struct value_error *error, void *target, const char *value)
{
	struct profile *profile = target;
	struct strv *words = &profile->blacklist;

	strv_split(words, value, " \t,");
	vec_foreach(word, words)
		if (!is_module_name(*word))
			return fail(error, value, NULL);
	if (!words->n)
		return fail(error, value, NULL);
	free(TAKE_PTR(profile->blacklist_mode));
	if (strcmp(value, "auto") == 0 || strcmp(value, "none") == 0) {
		profile->blacklist_mode = xstrdup(value);
		strv_done(words);
	}
	return 0;
}

static int read_driver(struct value_error *error, void *target, const char *value)
{
	_cleanup_free_ char *name = driver_registered_name(value);

	return is_module_name(value) ? read_text(error, target, name) : fail(error, value, NULL);
}

static int read_group(struct value_error *error, void *target, const char *value)
{
	static const char *const words[] = {
		[GROUP_REQUIRE] = "require", [GROUP_EXPAND] = "expand", [GROUP_IGNORE] = "ignore"};

	return read_choice(error, target, value, words, ARRAY_SIZE(words));
}

static int read_reset(struct value_error *error, void *target, const char *value)
{
	static const char *const words[] = {
		[RESET_WARN] = "warn", [RESET_REQUIRE] = "require", [RESET_IGNORE] = "ignore"};

	return read_choice(error, target, value, words, ARRAY_SIZE(words));
}

static int read_number(struct value_error *error, unsigned *target, const char *value, uint64_t max)
{
	uint64_t number;

	if (number_parse(value, 10, max, &number) < 0 || number == 0)
		return fail(error, value, NULL);
	*target = (unsigned)number;
	return 0;
}

static int read_count(struct value_error *error, void *target, const char *value)
{
	struct device_section *section = target;

	section->has_count = true;
	return read_number(error, &section->count, value, PROFILE_MAX_COUNT);
}

static int read_timeout(struct value_error *error, void *target, const char *value)
{
	return read_number(error, target, value, PROFILE_MAX_TIMEOUT_S);
}

static int read_vfs(struct value_error *error, void *target, const char *value)
{
	return read_number(error, target, value, 65535);
}

/* Reads the words of a list, each with element(target, word). */
static int read_list(struct value_error *error, const char *value,
		     int (*element)(void *target, const char *word), void *target)
{
	_cleanup_(strv_done) struct strv words = {};

	strv_split(&words, value, " \t,");
	if (words.n == 0)
		return fail(error, value, NULL);
	if (words.n > PROFILE_MAX_LIST)
		return fail(error, "a longer list", "at most 512 items in one key");
	vec_foreach(word, &words)
		if (element(target, *word) < 0)
			return fail(error, *word, NULL);
	return 0;
}

/* An element of a list whose own parser makes it. */
#define ADD_PARSED(name, list_type, element_type, parse) \
	static int name(void *target, const char *word)  \
	{                                                \
		struct list_type *list = target;         \
		struct element_type element;             \
		int r = parse(word, &element);           \
                                                         \
		if (r == 0)                              \
			*vec_add(list) = element;        \
		return r;                                \
	}
ADD_PARSED(add_address, address_list, address_pattern, address_pattern_parse)
ADD_PARSED(add_id, id_list, id_pattern, id_pattern_parse)
ADD_PARSED(add_class, id_list, id_pattern, class_pattern_parse)

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

static int add_serial(void *target, const char *word)
{
	struct serial_list *list = target;
	uint64_t serial;

	if (serial_parse(word, &serial) < 0)
		return -EINVAL;
	*vec_add(list) = serial;
	return 0;
}

static int add_allow(void *target, const char *word)
{
	int i = text_index(allow_names, N_ALLOW, word);

	if (i < 0)
		return -EINVAL;
	*(unsigned *)target |= 1U << i;
	return 0;
}

#define LIST_READER(name, element)                                                  \
	static int name(struct value_error *error, void *target, const char *value) \
	{                                                                           \
		return read_list(error, value, element, target);                    \
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

static const struct profile_key host_keys[] = {
	{"description", read_text, offsetof(struct profile, description), "text"},
};
static const struct profile_key iommu_keys[] = {
	{"required", read_bool, offsetof(struct profile, iommu_required), YES_NO},
	{"passthrough", read_passthrough, offsetof(struct profile, iommu_passthrough),
	 "auto, yes or no"},
	{"backend", read_backend, offsetof(struct profile, iommu_backend),
	 "auto, group or iommufd"},
	{"unsafe-interrupts", read_bool, offsetof(struct profile, unsafe_interrupts), YES_NO},
};
static const struct profile_key kernel_keys[] = {
	{"arguments", read_kernel_arguments, offsetof(struct profile, kernel_arguments),
	 "kernel arguments"},
	{"bootloader", read_bootloader, offsetof(struct profile, bootloader), BOOTLOADER_NAMES},
};
static const struct profile_key bind_keys[] = {
	{"device-timeout", read_timeout, offsetof(struct profile, device_timeout_s),
	 "seconds, from 1 to 55"},
	{"timeout", read_timeout, offsetof(struct profile, timeout_s), "seconds, from 1 to 55"},
};
static const struct profile_key modules_keys[] = {
	{"blacklist", read_blacklist, 0, "auto, none or names of modules"},
};
static const struct profile_key device_keys[] = {
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
	{"optional", read_bool, offsetof(struct device_section, optional), YES_NO},
	{"allow", read_allow, offsetof(struct device_section, allow),
	 "any of display, network, storage"},
	{"vfs", read_vfs, offsetof(struct device_section, vfs), "a number from 1 to 65535"},
	{"reset", read_reset, offsetof(struct device_section, reset), "require, warn or ignore"},
	{"alias", read_text, offsetof(struct device_section, alias), "text"},
	{"numa", read_text, offsetof(struct device_section, numa), "text"},
	{"resource-class", read_text, offsetof(struct device_section, resource_class), "text"},
	{"traits", read_text, offsetof(struct device_section, traits), "text"},
	{"physical-network", read_text, offsetof(struct device_section, physical_network), "text"},
	{"trusted", read_text, offsetof(struct device_section, trusted), "text"},
	{"live-migratable", read_text, offsetof(struct device_section, live_migratable), "text"},
	{"consumer", read_text, offsetof(struct device_section, consumer), "text"},
};

const struct section_kind section_kinds[N_SECTION_KINDS] = {
	{"host", host_keys, ARRAY_SIZE(host_keys)},
	{"iommu", iommu_keys, ARRAY_SIZE(iommu_keys)},
	{"kernel", kernel_keys, ARRAY_SIZE(kernel_keys)},
	{"modules", modules_keys, ARRAY_SIZE(modules_keys)},
	{"bind", bind_keys, ARRAY_SIZE(bind_keys)},
	{"device", device_keys, ARRAY_SIZE(device_keys)},
};
