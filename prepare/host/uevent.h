/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keeps udev from a device whose lock a driver does not give back.
 *
 * udev and journald (which adds to each message of the kernel what is known of its device) read the
 * attribute uevent, and a coldplug writes to it. A kernel that takes the device's lock to answer
 * (drivers/base/core.c uevent_show(), 6.1.192) does not before the driver has let go of the device. Where
 * that is never, they hang, and with them the boot. So /dev/null takes the attribute's place for as long:
 * the device is not announced, and has nothing to say, until a later attempt succeeds (verbs/phase.h). The
 * mount goes along to the real root with /sys.
 */
#pragma once

#include "host/root.h"
#include "model/address.h"

/* Hides the attribute; has no effect below another root, and where a mount is not allowed, as in a sandbox. */
void uevent_hide(struct root *root, const struct pci_address *address);
/* Shows the attribute again, however often it was hidden. */
void uevent_show(struct root *root, const struct pci_address *address);
