/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/network.h"

#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <string.h>

#include "base/text.h"
#include "model/policy.h"
#include "parse/address.h"
#include "parse/tables.h"

#define NET "/sys/class/net"
#define ROUTES_MAX (16 * 1024 * 1024)

/* A kernel without IPv6 has no table of its routes; what is there and cannot be read may have any. */
static bool read_routes(struct root *root, const char *path,
			void (*parse)(const char *, struct strv *), struct strv *ret)
{
	_cleanup_free_ char *text = NULL;
	int r = root_read_file(root, path, ROUTES_MAX, &text, NULL);

	if (r == 0)
		parse(text, ret);
	return r == 0 || r == -ENOENT;
}

/* Links named lower_NAME and upper_NAME stand in the interface's directory (net/core/dev.c). */
static void read_neighbours(struct root *root, struct interface *interface)
{
	_cleanup_free_ char *directory = xasprintf(NET "/%s", interface->name);
	_cleanup_(strv_done) struct strv names = {};

	root_list(root, directory, &names);
	for (size_t i = 0; i < names.n; i++) {
		if (strncmp(names.items[i], "lower_", 6) == 0)
			strv_add(&interface->lower, names.items[i] + 6);
		else if (strncmp(names.items[i], "upper_", 6) == 0)
			strv_add(&interface->upper, names.items[i] + 6);
	}
}

static bool is_enabled(struct root *root, const char *name)
{
	_cleanup_free_ char *path = xasprintf(NET "/%s/flags", name);
	_cleanup_free_ char *text = root_read_line(root, path);
	uint64_t flags;

	return text && strncmp(text, "0x", 2) == 0 &&
	       number_parse(text + 2, 16, UINT32_MAX, &flags) == 0 && (flags & IFF_UP);
}

void scan_network(struct root *root, bool flags, struct network *ret)
{
	_cleanup_(strv_done) struct strv names = {}, routes = {};

	if (!read_routes(root, "/proc/net/route", routes_parse, &routes) ||
	    !read_routes(root, "/proc/net/ipv6_route", routes6_parse, &routes))
		ret->routes_unknown = true;
	root_list(root, NET, &names);
	for (size_t i = 0; i < names.n; i++) {
		_cleanup_free_ char *link = xasprintf(NET "/%s", names.items[i]);
		_cleanup_free_ char *state_path = xasprintf(NET "/%s/operstate", names.items[i]);
		_cleanup_free_ char *state = NULL;
		struct interface *interface;
		char path[PATH_MAX];

		/* bonding_masters is a file */
		if (root_read_link(root, link, path, sizeof(path)) <= 0)
			continue;
		interface = vec_add(ret);
		interface->name = xstrdup(names.items[i]);
		path_carriers(path, &interface->carriers);
		state = root_read_line(root, state_path);
		interface->up = state && strcmp(state, "up") == 0;
		interface->enabled = flags && interface->carriers.n &&
				     is_enabled(root, interface->name);
		interface->default_route = strv_contains(&routes, interface->name);
		read_neighbours(root, interface);
	}
}

void scan_guarded(struct root *root, struct network *ret)
{
	_cleanup_free_ char *text = root_read_text(root, managed_files[FILE_GUARDED], OWN_FILE_MAX);

	if (text)
		guarded_parse(text, &ret->guarded);
}
