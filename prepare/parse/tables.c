/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/tables.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "parse/address.h"
#include "parse/config_space.h"

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
	/* Of NFS and SMB: fs/nfs/super.c, fs/smb/client/cifsfs.c. */
	for (const char *option = dash + 3 < n ? fields[dash + 3] : ""; *option;
	     option += *option == ',') {
		size_t length = strcspn(option, ",");

		if (!mount->server && text_starts_with(option, "addr=") && length > 5)
			mount->server = xstrndup(option + 5, length - 5);
		option += length;
	}
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

static void add_route(struct network *network, const struct route *route, const char *flags_text)
{
	uint64_t flags;

	if (number_parse(flags_text, 16, UINT32_MAX, &flags) < 0 || !(flags & RTF_UP) ||
	    (flags & RTF_REJECT) || (route->prefix_length && network->routes.n >= ROUTES_KEPT))
		return;
	*vec_add(&network->routes) = *route;
	network->routes.items[network->routes.n - 1].interface = xstrdup(route->interface);
}

/* "Iface Destination Gateway Flags RefCnt Use Metric Mask ...", hex as the processor has numbers in memory */
static void routes_entry(void *ret, char **fields, size_t n _unused_)
{
	struct route route = {.interface = fields[0]};
	uint64_t destination, mask;
	uint32_t bytes;

	if (number_parse(fields[1], 16, UINT32_MAX, &destination) < 0 ||
	    number_parse(fields[7], 16, UINT32_MAX, &mask) < 0)
		return;
	bytes = (uint32_t)destination;
	memcpy(route.destination, &bytes, sizeof(bytes));
	for (; mask; mask &= mask - 1)
		route.prefix_length++;
	add_route(ret, &route, fields[3]);
}
TABLE_PARSER(routes, struct network)

/* "destination prefix-length source prefix-length next-hop metric refs use flags interface" */
static void routes6_entry(void *ret, char **fields, size_t n)
{
	struct route route = {.ipv6 = true};
	uint64_t number;

	/* The kernel's own entries for what has no route stand on lo. */
	if (n < 10 || strcmp(fields[9], "lo") == 0 || strlen(fields[0]) != 32 ||
	    number_parse(fields[1], 16, 128, &number) < 0)
		return;
	route.interface = fields[9];
	route.prefix_length = (unsigned)number;
	for (size_t i = 0; i < 16; i++) {
		if (number_parse_n(fields[0] + 2 * i, 2, 16, 0xff, &number) < 0)
			return;
		route.destination[i] = (uint8_t)number;
	}
	add_route(ret, &route, fields[8]);
}
TABLE_PARSER(routes6, struct network)

/* --- the tool's own ------------------------------------------------------------------------ */

static void guarded_entry(void *ret, char **fields, size_t n)
{
	struct guarded guarded = {.type = N_FINDING_TYPES};

	if (n < 2 || pci_address_parse(fields[0], &guarded.address) < 0 ||
	    id_pattern_parse(fields[1], &guarded.id) < 0)
		return;
	for (size_t i = 0; i < N_GUARDED_TYPES; i++)
		if (strcmp(n == 2 ? "network" : fields[2], finding_name(guarded_types[i])) == 0)
			guarded.type = guarded_types[i];
	if (guarded.type == N_FINDING_TYPES)
		return;
	for (size_t i = 3; i < n; i++) {
		const char *value = strchrnul(fields[i], '=');

		if (text_starts_with(fields[i], "path="))
			guarded.path = xstrdup(value + 1);
		else if (text_starts_with(fields[i], "contents="))
			strv_split(&guarded.contents, value + 1, ",");
		else if (text_starts_with(fields[i], "serial="))
			guarded.has_serial = serial_parse(value + 1, &guarded.serial) == 0;
	}
	*vec_add((struct guarded_list *)ret) = guarded;
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
