/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host's network interfaces, as far as losing one of them would matter. Plain data. */
#pragma once

#include "model/address.h"
#include "model/storage.h"

struct interface {
	char *name;
	struct pci_address_list carriers; /* PCI functions that it hangs on; virtio children too */
	struct strv lower; /* interfaces that it stands on: a bridge's ports, a VLAN's device */
	struct strv upper; /* interfaces that stand on it: bond, bridge, team, VLAN */
	bool up;           /* has a link (operstate up) */
	bool enabled; /* switched on (IFF_UP), with a link or without; false where not asked for */
	bool default_route; /* IPv4 or IPv6 */
	bool booted_over; /* has the MAC address of kernel argument BOOTIF= */
};

/* Functions that the host is reached by; by their ids, too, as another may come to the address. */
struct guarded_list {
	struct guarded {
		struct pci_address address;
		struct id_pattern id;
	} * items;
	size_t n, capacity;
};

struct network {
	struct interface *items; /* sorted by name */
	size_t n, capacity;
	bool routes_unknown; /* they cannot be read: any interface may have a default route */
	/* What apply found so, for a boot, in which no network is up yet; empty where not asked for. */
	struct guarded_list guarded;
};

void network_done(struct network *network);
struct interface *network_find(const struct network *network, const char *name);
