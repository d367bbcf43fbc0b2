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

/* More are not kept: of a router with the tables of the Internet nothing is to be told from them. */
#define ROUTES_KEPT 4096

struct route {
	char *interface;
	bool ipv6;
	uint8_t destination[16]; /* in network order; of IPv4 the first four */
	unsigned prefix_length;
};

struct network {
	struct interface *items; /* sorted by name */
	size_t n, capacity;
	VEC_OF(struct route) routes; /* of the main tables, that are up and reject nothing */
};

void network_done(struct network *network);
struct interface *network_find(const struct network *network, const char *name);
