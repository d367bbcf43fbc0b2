/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host's network interfaces, as far as losing one of them would matter. Plain data. */
#ifndef MODEL_NETWORK_H
#define MODEL_NETWORK_H

#include "model/storage.h"

struct interface {
	char *name;
	struct pci_address_list carriers; /* PCI functions that it hangs on; virtio children too */
	struct strv lower; /* interfaces that it stands on: a bridge's ports, a VLAN's device */
	struct strv upper; /* interfaces that stand on it: bond, bridge, team, VLAN */
	bool up;           /* has a link (operstate up) */
	bool enabled; /* switched on (IFF_UP), with a link or without; false where not asked for */
	bool default_route; /* IPv4 or IPv6 */
};

struct network {
	struct interface *items; /* sorted by name */
	size_t n, capacity;
	bool routes_unknown; /* they cannot be read: any interface may have a default route */
};

void network_done(struct network *network);
struct interface *network_find(const struct network *network, const char *name);

/* Adds the names of the interfaces of default routes in /proc/net/route and /proc/net/ipv6_route. */
void routes_parse(const char *text, struct strv *ret);
void routes6_parse(const char *text, struct strv *ret);

#endif
