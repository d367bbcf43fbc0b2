/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables of storage and network, each of which is read from the same text: no entry comes from
 * nothing, and what is found of the host's needs is either followed to its end or told as lost.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "decide/storage.h"
#include "model/network.h"
#include "model/storage.h"
#include "parse/kernel_args.h"
#include "parse/tables.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t count_lines(const char *text)
{
	size_t n = 1;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static void check_mounts(const struct mount_list *mounts, size_t n_lines)
{
	assert(mounts->n <= n_lines);
	for (size_t i = 0; i < mounts->n; i++)
		assert(mounts->items[i].source && mounts->items[i].target &&
		       *mounts->items[i].type);
}

static void check_routes(const struct network *network, size_t n_lines)
{
	assert(network->routes.n <= n_lines);
	vec_foreach(route, &network->routes)
		assert(*route->interface && route->prefix_length <= (route->ipv6 ? 128 : 32));
}

/* A disk with a partition, and a volume on it. */
static void add_devices(struct storage *storage)
{
	static const char *const names[] = {"dm-0", "sda", "sda1"};

	for (unsigned i = 0; i < 3; i++) {
		struct block_device *device = vec_add(&storage->devices);

		device->name = xstrdup(names[i]);
		device->major = 8;
		device->minor = i;
		device->probed = true;
	}
	strv_add(&storage->devices.items[0].below, "sda1");
	storage->devices.items[0].dm_name = xstrdup("vg-root");
	*vec_add(&storage->devices.items[1].carriers) = (struct pci_address){.bus = 1};
	strv_add(&storage->devices.items[2].below, "sda");
	storage->devices.items[2].type = xstrdup("ext4");
	storage->devices.items[2].uuid = xstrdup("1-2");
	storage->devices.items[2].label = xstrdup("root");
}

static void follow(struct storage *storage, const char *text)
{
	struct carriers carriers;
	struct kernel_args args;

	add_devices(storage);
	kernel_args_parse(text, &args);
	storage->known = true;
	carriers_make(storage, &args, true, &carriers);
	/* There is only one, and it is told once. */
	assert(carriers.n <= 1);
	if (carriers.n)
		assert(carriers.items[0].address.bus == 1 && *carriers.items[0].what);
	/* Nothing that is said of a root, and nothing lost: that cannot be. */
	if (!carriers.n && !carriers.network && !kernel_args_last(&args, "root"))
		assert(carriers.lost);
	carriers_done(&carriers);
	kernel_args_done(&args);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xcalloc(size + 1, 1);
	struct network routes = {}, routes6 = {};
	struct storage storage = {};
	struct inventory inventory = {};
	size_t n_lines;

	if (size)
		memcpy(text, data, size);
	n_lines = count_lines(text);
	mountinfo_parse(text, &storage.mounts);
	fstab_parse(text, &storage.fstab);
	crypttab_parse(text, &storage.crypttab);
	swaps_parse(text, &storage.swaps);
	check_mounts(&storage.mounts, n_lines);
	check_mounts(&storage.fstab, n_lines);
	check_mounts(&storage.crypttab, n_lines);
	check_mounts(&storage.swaps, n_lines);
	/* The more fields a table has, the fewer lines are entries of it. */
	assert(storage.fstab.n <= storage.crypttab.n && storage.mounts.n <= storage.fstab.n);
	follow(&storage, text);
	storage_done(&storage);

	routes_parse(text, &routes);
	routes6_parse(text, &routes6);
	check_routes(&routes, n_lines);
	check_routes(&routes6, n_lines);
	network_done(&routes);
	network_done(&routes6);
	*vec_add(&inventory) = (struct pci_function){.address = {.bus = 1}};
	users_parse(text, &inventory);
	assert(!inventory.items->user || strstr(text, inventory.items->user));
	inventory_done(&inventory);
	free(text);
	return 0;
}
