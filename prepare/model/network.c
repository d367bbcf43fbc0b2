/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/network.h"

#include <string.h>

void network_done(struct network *network)
{
	if (!network)
		return;
	vec_foreach(interface, network) {
		free(interface->name);
		free(interface->carriers.items);
		strv_done(&interface->lower);
		strv_done(&interface->upper);
	}
	free(network->items);
	vec_foreach(route, &network->routes)
		free(route->interface);
	free(network->routes.items);
	*network = (struct network){};
}

struct interface *network_find(const struct network *network, const char *name)
{
	vec_foreach(interface, network)
		if (strcmp(interface->name, name) == 0)
			return interface;
	return NULL;
}
