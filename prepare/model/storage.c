/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/storage.h"

#include <string.h>

#include "base/buf.h"
#include "base/number.h"

#define MAX_FIELDS 16

static void mounts_done(struct mount_list *mounts)
{
	vec_foreach(mount, mounts) {
		free(mount->source);
		free(mount->target);
		free(mount->type);
	}
	free(mounts->items);
}

void storage_done(struct storage *storage)
{
	if (!storage)
		return;
	vec_foreach(device, &storage->devices) {
		free(device->name);
		free(device->carriers.items);
		strv_done(&device->below);
		free(device->dm_name);
		free(device->backing_file);
		free(device->type);
		free(device->uuid);
		free(device->label);
		free(device->partuuid);
		free(device->partlabel);
	}
	free(storage->devices.items);
	mounts_done(&storage->mounts);
	mounts_done(&storage->swaps);
	mounts_done(&storage->fstab);
	mounts_done(&storage->crypttab);
	vec_foreach(link, &storage->links) {
		free(link->path);
		free(link->name);
	}
	free(storage->links.items);
	*storage = (struct storage){};
}

struct block_device *storage_find(const struct storage *storage, const char *name)
{
	size_t low = 0, high = storage->devices.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(storage->devices.items[middle].name, name);

		if (order == 0)
			return &storage->devices.items[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* The fields of a line, which is cut up; returns how many, at most MAX_FIELDS. */
static size_t split(char *line, char *fields[static MAX_FIELDS])
{
	size_t n = 0;
	char *field;

	while (n < MAX_FIELDS && (field = strsep(&line, " \t")))
		if (*field)
			fields[n++] = field;
	return n;
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

static bool has_option(const char *options, const char *option)
{
	size_t length = strlen(option);

	for (const char *word = options; *word; word += strcspn(word, ",")) {
		word += *word == ',';
		if (strcspn(word, ",") == length && strncmp(word, option, length) == 0)
			return true;
	}
	return false;
}

static struct mount *add(struct mount_list *mounts, const char *source, const char *target,
			 const char *type)
{
	struct mount *mount = vec_add(mounts);

	mount->source = unescaped(source);
	mount->target = unescaped(target);
	mount->type = xstrdup(type);
	return mount;
}

/* Calls entry for the fields of each line that is neither empty nor a comment. */
static void each_line(const char *text, struct mount_list *mounts,
		      void (*entry)(struct mount_list *mounts, char **fields, size_t n))
{
	_cleanup_free_ char *copy = xstrdup(text);
	char *position = copy, *line, *fields[MAX_FIELDS];

	while ((line = strsep(&position, "\n"))) {
		size_t n = split(line, fields);

		if (n && fields[0][0] != '#')
			entry(mounts, fields, n);
	}
}

/* "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue" */
static void mountinfo_entry(struct mount_list *mounts, char **fields, size_t n)
{
	uint64_t major, minor;
	size_t dash = 6;
	struct mount *mount;
	char *colon;

	while (dash < n && strcmp(fields[dash], "-") != 0)
		dash++;
	if (dash + 2 >= n)
		return;
	colon = strchr(fields[2], ':');
	if (!colon ||
	    number_parse_n(fields[2], (size_t)(colon - fields[2]), 10, UINT32_MAX, &major) < 0 ||
	    number_parse(colon + 1, 10, UINT32_MAX, &minor) < 0)
		return;
	mount = add(mounts, fields[dash + 2], fields[4], fields[dash + 1]);
	mount->major = (unsigned)major;
	mount->minor = (unsigned)minor;
}

void mountinfo_parse(const char *text, struct mount_list *ret)
{
	each_line(text, ret, mountinfo_entry);
}

static void fstab_entry(struct mount_list *mounts, char **fields, size_t n)
{
	struct mount *mount;

	if (n < 3)
		return;
	mount = add(mounts, fields[0], fields[1], fields[2]);
	mount->optional = n > 3 &&
			  (has_option(fields[3], "noauto") || has_option(fields[3], "nofail"));
	mount->network = n > 3 && has_option(fields[3], "_netdev");
}

void fstab_parse(const char *text, struct mount_list *ret)
{
	each_line(text, ret, fstab_entry);
}

/* "name device keyfile options" */
static void crypttab_entry(struct mount_list *mounts, char **fields, size_t n)
{
	struct mount *mount;

	if (n < 2)
		return;
	mount = add(mounts, fields[1], fields[0], "crypt");
	mount->optional = n > 3 &&
			  (has_option(fields[3], "noauto") || has_option(fields[3], "nofail"));
}

void crypttab_parse(const char *text, struct mount_list *ret)
{
	each_line(text, ret, crypttab_entry);
}

/* "Filename Type Size Used Priority" stands above. */
static void swaps_entry(struct mount_list *mounts, char **fields, size_t n)
{
	if (n > 1 && strcmp(fields[0], "Filename") != 0)
		add(mounts, fields[0], "swap", fields[1]);
}

void swaps_parse(const char *text, struct mount_list *ret)
{
	each_line(text, ret, swaps_entry);
}

/* A field that holds no white space and is never empty; "-" stands for none. */
static void add_field(struct buf *buf, const char *text)
{
	buf_add(buf, " ");
	if (!text || !*text)
		buf_add(buf, "-");
	for (const char *c = text; c && *c; c++) {
		if ((unsigned char)*c <= ' ' || *c == '\\' || *c == 0x7f ||
		    (c == text && *c == '-'))
			buf_addf(buf, "\\%03o", (unsigned char)*c);
		else
			buf_add_n(buf, c, 1);
	}
}

/* The second field is the sum of these. */
enum contents_flags { HAS_PARTITIONS = 1, IS_CLAIMED = 2, NOT_PROBED = 4 };

char *contents_format(const struct storage *storage)
{
	struct buf buf = {};

	vec_foreach(device, &storage->devices) {
		if (!device->probed && !device->claimed)
			continue;
		buf_addf(&buf, "%s %d", device->name,
			 HAS_PARTITIONS * device->has_partitions + IS_CLAIMED * device->claimed +
				 NOT_PROBED * !device->probed);
		add_field(&buf, device->type);
		add_field(&buf, device->uuid);
		add_field(&buf, device->label);
		add_field(&buf, device->partuuid);
		add_field(&buf, device->partlabel);
		buf_add(&buf, "\n");
	}
	return buf_take(&buf);
}

static char *field_value(const char *field)
{
	return strcmp(field, "-") == 0 ? NULL : unescaped(field);
}

void contents_parse(const char *text, struct storage *storage)
{
	_cleanup_free_ char *copy = xstrdup(text);
	char *position = copy, *line, *fields[MAX_FIELDS];

	while ((line = strsep(&position, "\n"))) {
		struct block_device *device;
		uint64_t flags;

		if (split(line, fields) != 7 || !(device = storage_find(storage, fields[0])) ||
		    device->probed || number_parse(fields[1], 10, UINT32_MAX, &flags) < 0)
			continue;
		device->claimed = flags & IS_CLAIMED;
		if (flags & NOT_PROBED)
			continue;
		device->probed = true;
		device->has_partitions = flags & HAS_PARTITIONS;
		device->type = field_value(fields[2]);
		device->uuid = field_value(fields[3]);
		device->label = field_value(fields[4]);
		device->partuuid = field_value(fields[5]);
		device->partlabel = field_value(fields[6]);
	}
}
