/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/storage.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "decide/mounts.h"

#define MAX_STACK 32       /* deeper than anybody stacks; ends a loop in a broken tree */
#define MAX_FOLLOWED 65536 /* in all, for one need: in a broken tree each stack can fork */

/* One need on its way down. */
struct search {
	const struct storage *storage;
	struct carriers *carriers;
	const char *what; /* "/", "swap", "root=UUID=..." */
	bool optional;
	bool is_lost; /* an end of it cannot be followed */
	bool ended;   /* and one was found, on a device or on the network */
	const char *trail[MAX_STACK];
	size_t depth;
	size_t n_followed;
};

static void add_carrier(struct search *search, const struct pci_address *address)
{
	struct buf what = {};

	search->ended = true;
	if (carriers_find(search->carriers, address))
		return;
	buf_add(&what, search->what);
	for (size_t i = 0; i < search->depth; i++)
		buf_addf(&what, "%s%s", i ? " on " : " (", search->trail[i]);
	buf_add(&what, search->depth ? ")" : "");
	*vec_add(search->carriers) = (struct carrier){*address, buf_take(&what)};
}

static void lose(struct search *search, const char *why)
{
	char **lost = search->optional ? &search->carriers->lost_optional : &search->carriers->lost;

	search->is_lost = true;
	if (!*lost)
		*lost = xasprintf("%s: %s", search->what, why);
}

static void follow_file(struct search *search, const char *path);
static void follow_pool(struct search *search, const char *dataset);
static void note_network(struct search *search, const char *source);

/* Down from a block device to the functions that carry it. */
static void follow(struct search *search, const struct block_device *device)
{
	if (search->depth == MAX_STACK || search->n_followed++ >= MAX_FOLLOWED) {
		lose(search, "the block devices form a loop");
		return;
	}
	search->trail[search->depth++] = device->name;
	vec_foreach(carrier, &device->carriers)
		add_carrier(search, carrier);
	for (size_t i = 0; i < device->below.n; i++) {
		const struct block_device *below = storage_find(search->storage,
								device->below.items[i]);

		if (below)
			follow(search, below);
		else
			lose(search, "a device below it is not in sysfs");
	}
	if (device->backing_file)
		follow_file(search, device->backing_file);
	else if (device->dataset)
		follow_pool(search, device->dataset);
	else if (device->over_network)
		note_network(search, device->name);
	else if (device->off_pci)
		search->ended = true;
	else if (!device->carriers.n && !device->below.n && !device->in_memory) {
		_cleanup_free_ char *why = xasprintf("sysfs does not show the devices below %s",
						     device->name);

		lose(search, why);
	}
	search->depth--;
}

static bool same(const char *a, const char *b)
{
	return a && b && strcasecmp(a, b) == 0;
}

/* A file system can lie on several devices that all have its UUID: btrfs, bcachefs. */
static void follow_with_siblings(struct search *search, const struct block_device *device)
{
	bool spread = text_same(device->type, "btrfs") || text_same(device->type, "bcachefs");

	follow(search, device);
	vec_foreach(other, &search->storage->devices)
		if (spread && other != device && same(other->uuid, device->uuid) &&
		    same(other->type, device->type))
			follow(search, other);
}

/* How a device is named by what lies on it: "UUID=...", or a link that udev makes of that. */
static const struct tag {
	const char *name, *directory;
	size_t member; /* offset of the text in struct block_device */
	bool any_case;
} tags[] = {
	{"UUID=", "/dev/disk/by-uuid/", offsetof(struct block_device, uuid), true},
	{"LABEL=", "/dev/disk/by-label/", offsetof(struct block_device, label), false},
	{"PARTUUID=", "/dev/disk/by-partuuid/", offsetof(struct block_device, partuuid), true},
	{"PARTLABEL=", "/dev/disk/by-partlabel/", offsetof(struct block_device, partlabel), false},
};

static bool has_tag(const struct block_device *device, const struct tag *tag, const char *value)
{
	const void *member = (const char *)device + tag->member;
	const char *text = *(char *const *)member;

	return tag->any_case ? same(text, value) : text_same(text, value);
}

static void follow_tag(struct search *search, const struct tag *tag, const char *text)
{
	_cleanup_free_ char *value = xstrdup(text);
	bool found = false;
	size_t length;

	/* UUID="..." as some write it; PARTUUID=.../PARTNROFF=1 names a neighbour on the same disk. */
	if (strcmp(tag->name, "PARTUUID=") == 0)
		value[strcspn(value, "/")] = '\0';
	length = strlen(value);
	if (length > 1 && value[0] == '"' && value[length - 1] == '"') {
		memmove(value, value + 1, length - 2);
		value[length - 2] = '\0';
	}
	vec_foreach(device, &search->storage->devices)
		if (device->probed && has_tag(device, tag, value)) {
			follow_with_siblings(search, device);
			found = true;
		}
	if (!found)
		lose(search, "no readable disk has it");
}

/* How device mapper joins the names of a volume group and a volume: "vg" and "lv-a" to "vg-lv--a". */
static char *mapper_name(const char *group_and_volume)
{
	struct buf name = {};

	for (const char *c = group_and_volume; *c; c++)
		buf_add(&name, *c == '-' ? "--" : *c == '/' ? "-" : (char[]){*c, '\0'});
	return buf_take(&name);
}

static const struct block_device *find_mapped(const struct storage *storage, const char *name)
{
	vec_foreach(device, &storage->devices)
		if (text_same(device->dm_name, name))
			return device;
	return NULL;
}

static const struct block_device *find_by_path(const struct storage *storage, const char *path)
{
	const struct block_device *device = NULL;
	const char *name = path + strlen("/dev/");

	vec_foreach(link, &storage->links)
		if (strcmp(link->path, path) == 0)
			device = storage_find(storage, link->name);
	if (device)
		return device;
	if (text_starts_with(name, "mapper/"))
		return find_mapped(storage, name + strlen("mapper/"));
	device = storage_find(storage, name);
	if (!device && strchr(name, '/')) {
		_cleanup_free_ char *mapped = mapper_name(name);

		device = find_mapped(storage, mapped);
	}
	return device;
}

static void follow_path(struct search *search, const char *path)
{
	const struct block_device *device;

	for (size_t i = 0; i < ARRAY_SIZE(tags); i++)
		if (text_starts_with(path, tags[i].directory) &&
		    !find_by_path(search->storage, path)) {
			follow_tag(search, &tags[i], path + strlen(tags[i].directory));
			return;
		}
	device = find_by_path(search->storage, path);
	if (device)
		follow_with_siblings(search, device);
	else
		lose(search, "no such device exists");
}

/* The members of a ZFS pool have its name as their label. */
static void follow_pool(struct search *search, const char *dataset)
{
	_cleanup_free_ char *pool = xstrndup(dataset, strcspn(dataset, "/"));
	bool found = false;

	vec_foreach(device, &search->storage->devices)
		if (text_same(device->type, "zfs_member") && text_same(device->label, pool)) {
			follow(search, device);
			found = true;
		}
	if (!found)
		lose(search, "no readable disk belongs to this ZFS pool");
}

static const struct mount *mount_of_file(const struct storage *storage, const char *path)
{
	const struct mount *best = NULL;
	size_t best_length = 0;

	vec_foreach(mount, &storage->mounts) {
		size_t length = strlen(mount->target);

		if (strncmp(path, mount->target, length) != 0 ||
		    (length > 1 && path[length] != '/' && path[length]))
			continue;
		if (length >= best_length) {
			best = mount;
			best_length = length;
		}
	}
	return best;
}

static void follow_mount(struct search *search, const struct mount *mount);

static void follow_file(struct search *search, const char *path)
{
	const struct mount *mount = mount_of_file(search->storage, path);

	if (mount && search->depth < MAX_STACK)
		follow_mount(search, mount);
	else
		lose(search, "the file is on no mounted file system");
}

static void note_network(struct search *search, const char *source)
{
	search->ended = true;
	if (!search->carriers->network)
		search->carriers->network = xasprintf("%s (%s)", search->what, source);
}

/* An entry of mountinfo. Its device number is the kernel's own word; btrfs and ZFS have none. */
static void follow_mount(struct search *search, const struct mount *mount)
{
	if (type_is_of_network(mount->type)) {
		note_network(search, mount->source);
		return;
	}
	if (strcmp(mount->type, "zfs") == 0) {
		follow_pool(search, mount->source);
		return;
	}
	if (mount->major == 0) {
		if (text_starts_with(mount->source, "/dev/") &&
		    !text_starts_with(mount->type, "fuse"))
			follow_path(search, mount->source);
		return; /* proc, tmpfs, overlay: what lies below them is mounted too */
	}
	vec_foreach(device, &search->storage->devices)
		if (device->major == mount->major && device->minor == mount->minor) {
			follow_with_siblings(search, device);
			return;
		}
	lose(search, "its device is not in sysfs");
}

/* What root=, resume=, fstab and crypttab name: a tag, a path in /dev, a ZFS dataset, the network. */
static void follow_source(struct search *search, const char *source)
{
	static const char *const network[] = {"nfs:",  "nfs4:", "/dev/nfs", "iscsi:",
					      "nbd:",  "nbd",   "dhcp",     "fcoe",
					      "cifs:", "//",    "nvmf:",    "/dev/root-nfs"};
	static const char *const wrappers[] = {"block:", "live:", "squash:"};
	/* What is fetched once and then lies in memory (cloud-initramfs-rooturl, dracut's livenet). */
	static const char *const fetched[] = {"http:", "https:", "ftp:", "tftp:"};

	for (size_t i = 0; i < ARRAY_SIZE(tags); i++)
		if (text_starts_with(source, tags[i].name)) {
			follow_tag(search, &tags[i], source + strlen(tags[i].name));
			return;
		}
	for (size_t i = 0; i < ARRAY_SIZE(network); i++)
		if (text_starts_with(source, network[i])) {
			note_network(search, source);
			return;
		}
	for (size_t i = 0; i < ARRAY_SIZE(wrappers); i++)
		if (text_starts_with(source, wrappers[i])) {
			follow_source(search, source + strlen(wrappers[i]));
			return;
		}
	for (size_t i = 0; i < ARRAY_SIZE(fetched); i++)
		if (text_starts_with(source, fetched[i]))
			return;
	if (text_starts_with(source, "/dev/ram") || text_starts_with(source, "tmpfs") ||
	    text_starts_with(source, "/dev/zram"))
		return;
	if (text_starts_with(source, "/dev/"))
		follow_path(search, source);
	else if (text_starts_with(source, "ZFS=") || text_starts_with(source, "zfs:"))
		follow_pool(search, source + 4);
	else
		lose(search, "this form of a device name is not known");
}

static void need_source(const struct storage *storage, struct carriers *carriers, const char *what,
			const char *source, bool optional)
{
	_cleanup_free_ char *named = strcmp(what, source) == 0 ? xstrdup(what)
							       : xasprintf("%s %s", what, source);
	struct search search = {.storage = storage,
				.carriers = carriers,
				.what = named,
				.optional = optional};

	follow_source(&search, source);
}

/* A root that all lies in memory, or that the host of a guest has. An overlay may lie on a disk. */
static bool is_diskless_root(const char *type)
{
	static const char *const types[] = {"tmpfs", "ramfs", "9p", "virtiofs"};

	return TEXT_IN(types, type);
}

/*
 * Is the real root mounted, on something that was followed to its end? Then root= has done its work. A system
 * that runs from its initramfs (Unraid), or from layers on a medium (casper, live-boot), names no root, and has
 * mounted what it needs of its disks.
 */
static bool need_mounts(const struct storage *storage, const struct kernel_args *args, bool started,
			struct carriers *carriers)
{
	static const char *const without_root[] = {"rootfs", "overlay", "aufs"};
	bool root_followed = false, stays = false, any = false;

	vec_foreach(mount, &storage->mounts) {
		struct search search = {.storage = storage,
					.carriers = carriers,
					.what = mount->target};

		if (strcmp(mount->target, "/") == 0 || !type_is_of_network(mount->type))
			follow_mount(&search, mount);
		any = any || search.ended;
		stays = stays || (strcmp(mount->target, "/") == 0 && started &&
				  TEXT_IN(without_root, mount->type));
		if (strcmp(mount->target, "/") == 0 && !search.is_lost)
			root_followed = search.ended || (started && is_diskless_root(mount->type));
	}
	return root_followed || (stays && any && !kernel_args_last(args, "root"));
}

static void need_tables(const struct storage *storage, struct carriers *carriers)
{
	vec_foreach(swap, &storage->swaps) {
		struct search search = {.storage = storage, .carriers = carriers, .what = "swap"};

		if (text_starts_with(swap->source, "/dev/"))
			follow_path(&search, swap->source);
		else
			follow_file(&search, swap->source);
	}
	vec_foreach(entry, &storage->fstab)
		if (entry_needs_device(entry)) {
			_cleanup_free_ char *what = xasprintf("fstab %s",
							      strcmp(entry->target, "none") == 0
								      ? entry->type
								      : entry->target);

			need_source(storage, carriers, what, entry->source, entry->optional);
		}
	vec_foreach(entry, &storage->crypttab) {
		_cleanup_free_ char *what = xasprintf("crypttab %s", entry->target);

		if (text_starts_with(entry->source, "/dev/") || strchr(entry->source, '='))
			need_source(storage, carriers, what, entry->source, entry->optional);
	}
}

static void need_arguments(const struct storage *storage, const struct kernel_args *args,
			   bool root_followed, struct carriers *carriers)
{
	static const struct {
		const char *name;
		bool optional;
	} names[] = {{"root", false}, {"mount.usr", false}, {"resume", true}};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const struct kernel_arg *arg = kernel_args_last(args, names[i].name);

		if (arg && arg->value && *arg->value)
			need_source(storage, carriers, names[i].name, arg->value,
				    names[i].optional || (i == 0 && root_followed));
	}
	if (kernel_args_last(args, "netroot") && !carriers->network)
		carriers->network = xstrdup("netroot=");
}

void carriers_make(const struct storage *storage, const struct kernel_args *args, bool started,
		   struct carriers *ret)
{
	struct carriers carriers = {};
	bool root_followed;

	if (!storage->known)
		carriers.lost = xstrdup("the host's disks and mounts cannot be read");
	root_followed = need_mounts(storage, args, started, &carriers);
	need_tables(storage, &carriers);
	need_arguments(storage, args, root_followed, &carriers);
	/* Neither mounted nor named: the root is still to come from somewhere. */
	if (!root_followed && !kernel_args_last(args, "root") && !carriers.lost)
		carriers.lost = xstrdup(
			"root: it is not mounted, and the kernel's arguments do not name it");
	*ret = carriers;
}

void carriers_done(struct carriers *carriers)
{
	if (!carriers)
		return;
	vec_foreach(carrier, carriers)
		free(carrier->what);
	free(carriers->items);
	free(carriers->lost);
	free(carriers->lost_optional);
	free(carriers->network);
	*carriers = (struct carriers){};
}

const char *carriers_find(const struct carriers *carriers, const struct pci_address *address)
{
	vec_foreach(carrier, carriers)
		if (pci_address_compare(&carrier->address, address) == 0)
			return carrier->what;
	return NULL;
}
