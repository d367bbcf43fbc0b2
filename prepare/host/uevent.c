/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/uevent.h"

#include <stdio.h>
#include <sys/mount.h>

#include "host/pci.h"

#define UEVENT_PATH_MAX (DEVICE_PATH_MAX + sizeof("/uevent"))

static const char *uevent_path(const struct pci_address *address, char path[static UEVENT_PATH_MAX])
{
	char device[DEVICE_PATH_MAX];

	snprintf(path, UEVENT_PATH_MAX, "%s/uevent", device_path(address, device));
	return path;
}

void uevent_hide(struct root *root, const struct pci_address *address)
{
	char path[UEVENT_PATH_MAX];

	if (root->live)
		mount("/dev/null", uevent_path(address, path), NULL, MS_BIND, NULL);
}

void uevent_show(struct root *root, const struct pci_address *address)
{
	char path[UEVENT_PATH_MAX];

	/* The attribute may have been hidden more than once. */
	while (root->live && umount2(uevent_path(address, path), MNT_DETACH | UMOUNT_NOFOLLOW) == 0)
		;
}
