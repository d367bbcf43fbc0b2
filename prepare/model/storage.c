/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/storage.h"

#include <string.h>

static void mounts_done(struct mount_list *mounts)
{
	vec_foreach(mount, mounts) {
		free(mount->source);
		free(mount->target);
		free(mount->type);
		free(mount->server);
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
		free(device->dataset);
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

static int compare_name(const void *name, const void *device)
{
	return strcmp(name, ((const struct block_device *)device)->name);
}

struct block_device *storage_find(const struct storage *storage, const char *name)
{
	return vec_find(&storage->devices, name, compare_name);
}
