/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the running host has over the network (file systems of servers, disks), and which interface leads
 * there. Pure. What it starts from over the network, decide/storage.h follows.
 */
#pragma once

#include "model/inventory.h"

struct network_need {
	char *what;   /* "/srv (192.168.20.5:/export)" */
	char *server; /* its one address; NULL: not known, or there are several */
};

struct network_needs {
	VEC(struct network_need);
};

/* Mounts, disks, and those entries of fstab that name a server's address. */
void network_needs_make(const struct storage *storage, struct network_needs *ret);
void network_needs_done(struct network_needs *needs);

/* The interface that the main routing tables send an address by; NULL: none, or it is no address. */
const char *network_way(const struct network *network, const char *server);
/* Can it reach anything: does a route beyond the link itself lead over it? */
bool interface_has_route(const struct network *network, const char *name);
