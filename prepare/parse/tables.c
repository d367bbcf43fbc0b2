/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/tables.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "parse/address.h"

#define MAX_FIELDS 16
/* Flags of a route (include/uapi/linux/route.h). */
#define RTF_UP 0x1
#define RTF_REJECT 0x200

/* Calls entry for each line with its n fields, at most MAX_FIELDS; the others are "". */
static void each_line(const char *text, void *ret,
		      void (*entry)(void *ret, char **fields, size_t n))
{
	_cleanup_free_ char *copy = xstrdup(text);
	char *position = copy, *line, *field;

	while ((line = strsep(&position, "\n"))) {
		char *fields[MAX_FIELDS], empty[] = "";
		size_t n = 0;

		while (n < MAX_FIELDS && (field = strsep(&line, " \t")))
			if (*field)
				fields[n++] = field;
		for (size_t i = n; i < MAX_FIELDS; i++)
			fields[i] = empty;
		if (n && fields[0][0] != '#')
			entry(ret, fields, n);
	}
}

/* What NAME_parse() is made of: NAME_entry(), for each line. */
#define TABLE_PARSER(name, type)                       \
	void name##_parse(const char *text, type *ret) \
	{                                              \
		each_line(text, ret, name##_entry);    \
	}

/* "\040" is a space: how the kernel and fstab write what would end a field. */
static char *unescaped(const char *field)
{
	char *text = xstrdup(field), *to = text;

	for (const char *from = text; *from; from++) {
		if (from[0] == '\\' && from[1] >= '0' && from[1] <= '3' && from[2] >= '0' &&
		    from[2] <= '7' && from[3] >= '0' && from[3] <= '7') {
			*to++ = (char)((from[1] - '0') << 6 | (from[2] - '0') << 3 |
				       (from[3] - '0'));
			from += 3;
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
	return text;
}

/* --- mounts -------------------------------------------------------------------------------- */

static struct mount *add(struct mount_list *mounts, const char *source, const char *target,
			 const char *type)
{
	struct mount *mount = vec_add(mounts);

	mount->source = unescaped(source);
	mount->target = unescaped(target);
	mount->type = xstrdup(type);
	return mount;
}

static bool is_optional(const char *options)
{
	return text_list_has(options, ',', "noauto") || text_list_has(options, ',', "nofail");
}

int device_number_parse(const char *text, unsigned *ret_major, unsigned *ret_minor)
{
	const char *colon = strchrnul(text, ':');
	uint64_t major, minor;

	if (!*colon || number_parse_n(text, (size_t)(colon - text), 10, UINT32_MAX, &major) < 0 ||
	    number_parse(colon + 1, 10, UINT32_MAX, &minor) < 0)
		return -EINVAL;
	*ret_major = (unsigned)major;
	*ret_minor = (unsigned)minor;
	return 0;
}

/* "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue" */
static void mountinfo_entry(void *ret, char **fields, size_t n)
{
	unsigned major, minor;
	struct mount *mount;
	size_t dash = 6;

	while (dash < n && strcmp(fields[dash], "-") != 0)
		dash++;
	if (dash + 2 >= n || device_number_parse(fields[2], &major, &minor) < 0)
		return;
	mount = add(ret, fields[dash + 2], fields[4], fields[dash + 1]);
	mount->major = major;
	mount->minor = minor;
}
TABLE_PARSER(mountinfo, struct mount_list)

static void fstab_entry(void *ret, char **fields, size_t n)
{
	struct mount *mount;

	if (n < 3)
		return;
	mount = add(ret, fields[0], fields[1], fields[2]);
	mount->optional = is_optional(fields[3]);
	mount->network = text_list_has(fields[3], ',', "_netdev");
}
TABLE_PARSER(fstab, struct mount_list)

/* "name device keyfile options" */
static void crypttab_entry(void *ret, char **fields, size_t n)
{
	if (n >= 2)
		add(ret, fields[1], fields[0], "crypt")->optional = is_optional(fields[3]);
}
TABLE_PARSER(crypttab, struct mount_list)

/* "Filename Type Size Used Priority" stands above. */
static void swaps_entry(void *ret, char **fields, size_t n)
{
	if (n > 1 && strcmp(fields[0], "Filename") != 0)
		add(ret, fields[0], "swap", fields[1]);
}
TABLE_PARSER(swaps, struct mount_list)

/* --- routes -------------------------------------------------------------------------------- */

static void add_interface(struct strv *names, const char *name, const char *flags_text)
{
	uint64_t flags;

	if (number_parse(flags_text, 16, UINT32_MAX, &flags) == 0 && (flags & RTF_UP) &&
	    !(flags & RTF_REJECT) && !strv_contains(names, name))
		strv_add(names, name);
}

/* "Iface Destination Gateway Flags RefCnt Use Metric Mask ...", numbers in hex */
static void routes_entry(void *ret, char **fields, size_t n _unused_)
{
	if (strcmp(fields[1], "00000000") == 0 && strcmp(fields[7], "00000000") == 0)
		add_interface(ret, fields[0], fields[3]);
}
TABLE_PARSER(routes, struct strv)

/* "destination prefix-length source prefix-length next-hop metric refs use flags interface" */
static void routes6_entry(void *ret, char **fields, size_t n)
{
	/* The kernel's own entries for what has no route stand on lo. */
	if (n >= 10 && strcmp(fields[0], "00000000000000000000000000000000") == 0 &&
	    strcmp(fields[1], "00") == 0 && strcmp(fields[9], "lo") != 0)
		add_interface(ret, fields[9], fields[8]);
}
TABLE_PARSER(routes6, struct strv)

/* --- the tool's own ------------------------------------------------------------------------ */

static void guarded_entry(void *ret, char **fields, size_t n)
{
	struct guarded_list *list = ret;
	struct guarded guarded;

	if (n == 2 && pci_address_parse(fields[0], &guarded.address) == 0 &&
	    id_pattern_parse(fields[1], &guarded.id) == 0)
		*vec_add(list) = guarded;
}
TABLE_PARSER(guarded, struct guarded_list)

static char *field_value(const char *field)
{
	return strcmp(field, "-") == 0 ? NULL : unescaped(field);
}

static void contents_entry(void *ret, char **fields, size_t n)
{
	struct block_device *device = storage_find(ret, fields[0]);
	uint64_t flags;

	if (n != 7 || !device || device->probed ||
	    number_parse(fields[1], 10, UINT32_MAX, &flags) < 0)
		return;
	device->claimed = flags & CONTENTS_CLAIMED;
	if (flags & CONTENTS_NOT_PROBED)
		return;
	device->probed = true;
	device->has_partitions = flags & CONTENTS_PARTITIONS;
	device->type = field_value(fields[2]);
	device->uuid = field_value(fields[3]);
	device->label = field_value(fields[4]);
	device->partuuid = field_value(fields[5]);
	device->partlabel = field_value(fields[6]);
}
TABLE_PARSER(contents, struct storage)

/* "ADDRESS NAME (PID)"; a name may have spaces in it. */
void users_parse(const char *text, struct inventory *inventory)
{
	_cleanup_free_ char *copy = xstrdup(text);
	char *position = copy, *line;

	while ((line = strsep(&position, "\n"))) {
		const char *place = strsep(&line, " ");
		struct pci_address address;

		if (line && pci_address_parse(place, &address) == 0)
			inventory_set_user(inventory, &address, line);
	}
}
