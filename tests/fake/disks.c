/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "fake/build.h"
#include "host/storage.h"
#include "render/snapshot.h"

#define MAJOR 259

static _Noreturn void no_such(const char *what, const char *name)
{
	fprintf(stderr, "there is no %s %s\n", what, name);
	exit(1);
}

static char *function_path(const struct build *build, const char *address)
{
	const struct function *function = host_function(build->host, address);

	if (!function)
		no_such("function", address);
	return sysfs_path(build->host, function);
}

static bool is_nvme(const struct block *block)
{
	return strncmp(block->name, "nvme", 4) == 0;
}

/* "0" of "nvme0n1" */
static int controller_number(const struct block *block)
{
	return atoi(block->name + strlen("nvme"));
}

static bool has_paths(const struct block *block)
{
	return block->on.n > 1;
}

/* Where a block device is below /sys; the caller's. */
static char *block_path(const struct build *build, const struct block *block)
{
	_cleanup_free_ char *above = NULL;
	const struct block *disk;

	if (has_paths(block))
		return xasprintf("/devices/virtual/nvme-subsystem/nvme-subsys%d/%s",
				 controller_number(block), block->name);
	if (!block->on.n)
		return xasprintf("/devices/virtual/block/%s", block->name);
	disk = host_block(build->host, block->on.items[0]);
	if (disk) {
		above = block_path(build, disk);
		return xasprintf("%s/%s", above, block->name);
	}
	above = function_path(build, block->on.items[0]);
	if (is_nvme(block))
		return xasprintf("%s/nvme/nvme%d/%s", above, controller_number(block), block->name);
	return xasprintf("%s/ata1/host0/target0:0:0/0:0:0:0/block/%s", above, block->name);
}

/* One namespace behind several controllers, as the kernel's native NVMe multipath shows it. */
static void put_paths(const struct build *build, const struct block *block)
{
	int first = controller_number(block);
	_cleanup_free_ char *subsystem = xasprintf("/devices/virtual/nvme-subsystem/nvme-subsys%d",
						   first);
	_cleanup_free_ char *class = xasprintf("/sys/class/nvme-subsystem/nvme-subsys%d", first);
	_cleanup_free_ char *to = xasprintf("../..%s", subsystem);

	put_link(build, class, to);
	for (size_t i = 0; i < block->on.n; i++) {
		int number = first + (int)i;
		_cleanup_free_ char *function = function_path(build, block->on.items[i]);
		_cleanup_free_ char *controller = xasprintf("%s/nvme/nvme%d", function, number);
		_cleanup_free_ char *directory = xasprintf("/sys%s", controller);
		_cleanup_free_ char *target = xasprintf("../..%s", controller);
		_cleanup_free_ char *link = xasprintf("/sys/class/nvme/nvme%d", number);
		_cleanup_free_ char *back = xasprintf("/sys%s/nvme%d", subsystem, number);
		_cleanup_free_ char *from = xasprintf("../../../..%s", controller);

		put_directory(build, directory);
		put_link(build, link, target);
		put_link(build, back, from);
	}
}

static void put_block(const struct build *build, const struct block *block, unsigned minor)
{
	_cleanup_free_ char *path = block_path(build, block), *class = NULL, *target = NULL;
	char attribute[512];

#define ATTRIBUTE(...)                                                                   \
	({                                                                               \
		int end = snprintf(attribute, sizeof(attribute), "/sys%s/", path);       \
		snprintf(attribute + end, sizeof(attribute) - (size_t)end, __VA_ARGS__); \
		attribute;                                                               \
	})
	class = xasprintf("/sys/class/block/%s", block->name);
	target = xasprintf("../..%s", path);
	put(build, ATTRIBUTE("dev"), "%u:%u\n", MAJOR, minor);
	put_directory(build, ATTRIBUTE("slaves"));
	if (block->on.n && host_block(build->host, block->on.items[0]))
		put(build, ATTRIBUTE("partition"), "%s", "1\n");
	for (size_t i = 0; i < block->slaves.n; i++) {
		const struct block *slave = host_block(build->host, block->slaves.items[i]);
		_cleanup_free_ char *below = NULL, *to = NULL;

		if (!slave)
			no_such("block device", block->slaves.items[i]);
		below = block_path(build, slave);
		to = xasprintf("../../../../..%s", below);
		put_link(build, ATTRIBUTE("slaves/%s", slave->name), to);
	}
	if (block->dm) {
		_cleanup_free_ char *mapper = xasprintf("/dev/mapper/%s", block->dm);
		_cleanup_free_ char *node = xasprintf("../%s", block->name);

		put(build, ATTRIBUTE("dm/name"), "%s\n", block->dm);
		put_link(build, mapper, node);
	}
	if (block->file)
		put(build, ATTRIBUTE("loop/backing_file"), "%s\n", block->file);
	if (has_paths(block))
		put_paths(build, block);
	put_link(build, class, target);
#undef ATTRIBUTE
}

/* In the product's own form, so that there is one place that knows it. */
static void put_contents(const struct build *build)
{
	_cleanup_free_ char *text = NULL;
	struct storage storage = {};

	vec_foreach(block, &build->host->blocks)
		*vec_add(&storage.devices) = (struct block_device){
			.name = block->name,
			.probed = !block->unread,
			.type = block->type,
			.uuid = block->uuid,
			.label = block->label,
			.partuuid = block->partuuid,
			.partlabel = block->partlabel,
			.has_partitions = block->table,
			.claimed = block->claimed,
		};
	text = render_contents(&storage);
	put(build, SNAPSHOT_CONTENTS, "%s", text);
	free(storage.devices.items); /* the texts are the host's */
}

/* The index of the block device behind a path in /dev; -1: it is none. */
static int block_of(const struct host *host, const char *source)
{
	if (strncmp(source, "/dev/", 5) != 0)
		return -1;
	source += 5;
	for (size_t i = 0; i < host->blocks.n; i++) {
		const struct block *block = &host->blocks.items[i];

		if (strcmp(block->name, source) == 0 ||
		    (block->dm && strncmp(source, "mapper/", 7) == 0 &&
		     strcmp(block->dm, source + 7) == 0))
			return (int)i;
	}
	return -1;
}

static void put_mounts(const struct build *build)
{
	struct buf text = {};
	unsigned id = 20;

	vec_foreach(mount, &build->host->mounts) {
		int block = block_of(build->host, mount->source);
		/* btrfs has a device number of its own, whatever it lies on. */
		bool own = block >= 0 && strcmp(mount->type, "btrfs") != 0;

		id++;
		buf_addf(&text, "%u 1 %u:%u / %s rw,relatime - %s %s rw\n", id, own ? MAJOR : 0,
			 own ? (unsigned)block : id, mount->target, mount->type, mount->source);
	}
	put(build, "/proc/self/mountinfo", "%s", buf_text(&text));
	buf_done(&text);
}

static void put_swaps(const struct build *build)
{
	struct buf text = {};

	buf_add(&text, "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
	for (size_t i = 0; i < build->host->swaps.n; i++) {
		const char *source = build->host->swaps.items[i];

		buf_addf(&text, "%s\t%s\t999420\t0\t-2\n", source,
			 strncmp(source, "/dev/", 5) == 0 ? "partition" : "file");
	}
	put(build, "/proc/swaps", "%s", buf_text(&text));
	buf_done(&text);
}

void put_block_devices(const struct build *build)
{
	for (size_t i = 0; i < build->host->blocks.n; i++)
		put_block(build, &build->host->blocks.items[i], (unsigned)i);
	if (build->host->blocks.n)
		put_contents(build);
	if (build->host->mounts.n)
		put_mounts(build);
	if (build->host->swaps.n)
		put_swaps(build);
}
