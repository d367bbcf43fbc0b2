/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/vfs.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>

#include "host/bounded.h"
#include "host/scan.h"

/* Who holds the lock may be the probe of its own driver, which takes seconds. */
#define NUMBER_MS 5000
#define NUMBERS_MS 10000

void scan_physfns(struct root *root, struct inventory *inventory)
{
	vec_foreach(function, inventory) {
		_cleanup_close_ int dir = device_open(root, &function->address);

		if (dir >= 0)
			scan_physfn(root, dir, function);
	}
}

void vfs_read(struct root *root, int dir, struct vfs_state *ret)
{
	ret->total = scan_decimal(root, dir, "sriov_totalvfs", -1);
	ret->autoprobe = scan_decimal(root, dir, "sriov_drivers_autoprobe", -1);
	ret->number = scan_decimal(root, dir, "sriov_numvfs", -1);
}

struct work {
	struct root *root;
	struct inventory *inventory;
	size_t *functions;        /* the pieces: which of the inventory's */
	struct vfs_state *states; /* beside them, shared with the child */
};

static void read_state(void *userdata, size_t piece)
{
	struct work *work = userdata;
	_cleanup_close_ int dir =
		device_open(work->root, &work->inventory->items[work->functions[piece]].address);

	work->states[piece] = (struct vfs_state){-1, -1, -1};
	if (dir >= 0)
		vfs_read(work->root, dir, &work->states[piece]);
}

static void state_ended(void *userdata, size_t piece, enum bounded_end end,
			uint32_t elapsed_ms _unused_)
{
	struct work *work = userdata;
	struct pci_function *function = &work->inventory->items[work->functions[piece]];
	const struct vfs_state *state = &work->states[piece];

	if (end != BOUNDED_DONE)
		return;
	function->total_vfs = state->total;
	function->num_vfs = state->number;
	function->vfs_autoprobe = state->autoprobe;
	if (state->total < 0 || state->number >= 0)
		function->unknown &= ~(unsigned)FUNCTION_VFS;
}

void scan_vfs(struct root *root, struct inventory *inventory,
	      bool (*chosen)(void *userdata, const struct pci_function *function), void *userdata)
{
	size_t n = 0, bytes = inventory->n * sizeof(struct vfs_state);
	_cleanup_free_ size_t *functions = xcalloc(inventory->n, sizeof(*functions));
	struct work work = {root, inventory, functions, bounded_memory(bytes)};
	struct bounded_job job = {
		.piece_ms = NUMBER_MS,
		.total_ms = NUMBERS_MS,
		.userdata = &work,
		.run = read_state,
		.ended = state_ended,
	};

	vec_foreach(function, inventory)
		if (chosen(userdata, function) && !function->hangs)
			functions[n++] = (size_t)(function - inventory->items);
	job.n = n;
	if (n && work.states)
		bounded_run(&job);
	bounded_free(work.states, bytes);
}

static bool is_there(int dir, const char *name)
{
	_cleanup_close_ int fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	return fd >= 0;
}

bool vfs_complete(struct root *root, int dir, int n, bool grouped)
{
	char link[sizeof("virtfn") + 3 * sizeof(int)], name[PATH_MAX];

	for (int i = 0; i < n; i++) {
		_cleanup_close_ int virtual = -1;
		struct pci_address address;

		snprintf(link, sizeof(link), "virtfn%d", i);
		if (attribute_read_link_name(root, dir, link, name, sizeof(name)) < 0 ||
		    pci_address_parse(name, &address) < 0)
			return false;
		virtual = device_open(root, &address);
		if (virtual < 0 ||
		    attribute_read(root, virtual, "vendor", name, sizeof(name)) <= 0 ||
		    (grouped && attribute_read_link_name(root, virtual, "iommu_group", name,
							 sizeof(name)) < 0) ||
		    !is_there(virtual, "driver_override"))
			return false;
	}
	return true;
}
