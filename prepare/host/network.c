/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/network.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <string.h>

#include "base/text.h"
#include "model/policy.h"
#include "parse/address.h"
#include "parse/tables.h"

#define NET "/sys/class/net"
#define IPV4_ROUTES "/proc/net/route"
#define ROUTES_MAX (16 * 1024 * 1024)

static int read_routes(struct root *root, const char *path,
		       void (*parse)(const char *, struct network *), struct network *ret)
{
	_cleanup_free_ char *text = NULL;
	int r = root_read_file(root, path, ROUTES_MAX, &text, NULL);

	if (text)
		parse(text, ret);
	return r;
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

	if (!text && root->live)
		root_unread(root, path, -ENOENT);
	return text && strncmp(text, "0x", 2) == 0 &&
	       number_parse(text + 2, 16, UINT32_MAX, &flags) == 0 && (flags & IFF_UP);
}

/*
 * The MAC address of the card that the boot loader was fetched over, as sysfs has it: "01-52-54-00-AB-cd-ef", where
 * 01 is Ethernet, is 52:54:00:ab:cd:ef (pxelinux's IPAPPEND 2). The caller's; NULL: the argument is missing.
 */
static char *boot_address(const struct kernel_args *args)
{
	const struct kernel_arg *arg = kernel_args_last(args, "BOOTIF");
	char *address = arg && arg->value && strlen(arg->value) == strlen("01-") + 17
				? xstrdup(arg->value + strlen("01-"))
				: NULL;

	for (char *c = address; c && *c; c++)
		*c = *c == '-' ? ':' : (char)tolower((unsigned char)*c);
	return address;
}

static bool has_address(struct root *root, const char *name, const char *address)
{
	_cleanup_free_ char *path = xasprintf(NET "/%s/address", name);
	_cleanup_free_ char *text = root_read_line(root, path);

	return text_same(text, address);
}

void scan_network(struct root *root, const struct kernel_args *args, bool flags,
		  struct network *ret)
{
	_cleanup_free_ char *booted_over = boot_address(args);
	_cleanup_(strv_done) struct strv names = {};
	int r, r_routes = read_routes(root, IPV4_ROUTES, routes_parse, ret);

	read_routes(root, "/proc/net/ipv6_route", routes6_parse, ret);
	/* A kernel has the directory, and flags each interface; a tree has what was captured. */
	r = root_list(root, NET, &names);
	if (root->live)
		root_unread(root, NET, r);
	for (size_t i = 0; i < names.n; i++) {
		_cleanup_free_ char *link = xasprintf(NET "/%s", names.items[i]);
		_cleanup_free_ char *state_path = xasprintf(NET "/%s/operstate", names.items[i]);
		_cleanup_free_ char *state = NULL;
		struct interface *interface;
		char path[PATH_MAX];

		r = root_read_link(root, link, path, sizeof(path));
		/* bonding_masters is a file; what was listed is there. */
		if (r < 0) {
			if (r != -EINVAL)
				root_unread(root, link, r);
			continue;
		}
		interface = vec_add(ret);
		interface->name = xstrdup(names.items[i]);
		path_carriers(path, &interface->carriers);
		state = root_read_line(root, state_path);
		interface->up = state && strcmp(state, "up") == 0;
		interface->enabled = flags && interface->carriers.n &&
				     is_enabled(root, interface->name);
		interface->booted_over = booted_over && interface->carriers.n &&
					 has_address(root, interface->name, booted_over);
		vec_foreach(route, &ret->routes)
			interface->default_route = interface->default_route ||
						   (!route->prefix_length &&
						    strcmp(route->interface, interface->name) == 0);
		/* Where there is a card with an interface, there is the table; a capture may lack it. */
		if (interface->carriers.n)
			root_unread(root, IPV4_ROUTES, r_routes);
		read_neighbours(root, interface);
	}
}

void scan_guarded(struct root *root, struct guarded_list *ret)
{
	_cleanup_free_ char *text = root_read_text(root, managed_files[FILE_GUARDED], OWN_FILE_MAX);

	if (text)
		guarded_parse(text, ret);
}
