/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/sriov.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>

#include "base/text.h"
#include "host/pci.h"
#include "parse/address.h"

/* The lock may be held by the probe of the device's own driver, which takes seconds. */
#define NUMBER_MS 5000
#define NUMBERS_MS 10000

void vfs_read(struct root *root, int dir, struct vfs_state *ret)
{
	ret->total = pci_decimal(root, dir, "sriov_totalvfs", -1);
	ret->autoprobe = pci_decimal(root, dir, "sriov_drivers_autoprobe", -1);
	ret->number = pci_decimal(root, dir, "sriov_numvfs", -1);
}

static void read_state(struct root *root, int dir, void *answer)
{
	struct vfs_state *state = answer;
	char text[16];
	uint64_t device;

	vfs_read(root, dir, state);
	state->device = -1;
	if (attribute_read(root, dir, "sriov_vf_device", text, sizeof(text)) > 0 &&
	    number_parse(text, 16, 0xffff, &device) == 0)
		state->device = (int)device;
}

static void take_state(struct root *root _unused_, struct pci_function *function,
		       const void *answer)
{
	const struct vfs_state *state = answer;

	if (!state)
		return;
	function->total_vfs = state->total;
	function->num_vfs = state->number;
	function->vfs_autoprobe = state->autoprobe;
	function->vf_device = state->device;
	if (state->total < 0 || state->number >= 0)
		function->unknown &= ~(unsigned)FUNCTION_VFS;
}

const struct bounded_read pci_vfs = {
	.size = sizeof(struct vfs_state),
	.piece_ms = NUMBER_MS,
	.total_ms = NUMBERS_MS,
	.read = read_state,
	.take = take_state,
};

bool vfs_complete(struct root *root, int dir, int n, bool grouped)
{
	char link[sizeof("virtfn") + 3 * sizeof(int)], name[PATH_MAX];

	for (int i = 0; i < n; i++) {
		char path[DEVICE_PATH_MAX];
		_cleanup_close_ int virtual = -1, override = -1;
		struct pci_address address;

		snprintf(link, sizeof(link), "virtfn%d", i);
		if (attribute_read_link_name(root, dir, link, name, sizeof(name)) < 0 ||
		    pci_address_parse(name, &address) < 0)
			return false;
		/* The lent directory of that address may be of a function that is gone by now. */
		virtual = root_open(root, device_path(&address, path), O_PATH | O_DIRECTORY);
		if (virtual < 0 ||
		    attribute_read(root, virtual, "vendor", name, sizeof(name)) <= 0 ||
		    (grouped && attribute_read_link_name(root, virtual, "iommu_group", name,
							 sizeof(name)) < 0))
			return false;
		override = openat(virtual, "driver_override", O_PATH | O_NOFOLLOW | O_CLOEXEC);
		if (override < 0)
			return false;
	}
	return true;
}
