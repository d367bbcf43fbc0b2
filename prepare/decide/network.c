/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/network.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/text.h"

/* File systems of servers. What several servers share out goes to addresses that no table of the host has. */
static const struct remote_type {
	const char *name;
	bool one_server;
} remote_types[] = {
	{"nfs", true},           {"nfs4", true},
	{"cifs", true},          {"smb3", true},
	{"smbfs", true},         {"fuse.sshfs", true},
	{"davfs", true},         {"afs", false},
	{"ceph", false},         {"fuse.ceph", false},
	{"glusterfs", false},    {"fuse.glusterfs", false},
	{"beegfs", false},       {"fuse.mfs", false},
	{"gpfs", false},         {"orangefs", false},
	{"pvfs2", false},        {"fuse.moosefs", false},
	{"lustre", false},       {"fuse.seaweedfs", false},
	{"fuse.juicefs", false}, {"fuse.quobyte", false},
	{"quobyte", false},      {"fuse.weka", false},
	{"wekafs", false},
};

static const struct remote_type *remote_type(const struct mount *mount)
{
	/* The servers of Lustre mount disks of their own as that type, too. */
	if (strcmp(mount->type, "lustre") == 0 && !strstr(mount->source, ":/"))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(remote_types); i++)
		if (strcmp(mount->type, remote_types[i].name) == 0)
			return &remote_types[i];
	return NULL;
}

static bool parse_address(const char *text, bool *ret_ipv6, uint8_t ret[static 16])
{
	*ret_ipv6 = strchr(text, ':');
	return inet_pton(*ret_ipv6 ? AF_INET6 : AF_INET, text, ret) == 1;
}

/* "192.168.20.5:/export", "[fd00::5]:/export", "//192.168.20.5/share", "user@192.168.20.5:": the address. */
static char *server_of(const char *source)
{
	const char *start = text_starts_with(source, "//") ? source + 2 : source;
	const char *at = strchr(start, '@');
	_cleanup_free_ char *server = NULL;
	uint8_t address[16];
	bool ipv6;

	if (at)
		start = at + 1;
	server = *start == '[' ? xstrndup(start + 1, strcspn(start + 1, "]%"))
			       : xstrndup(start, strcspn(start, ":/\\"));
	return parse_address(server, &ipv6, address) ? TAKE_PTR(server) : NULL;
}

static void add_need(struct network_needs *needs, char *what, char *server)
{
	*vec_add(needs) = (struct network_need){what, server};
}

static bool is_mounted(const struct storage *storage, const char *target)
{
	vec_foreach(mount, &storage->mounts)
		if (strcmp(mount->target, target) == 0)
			return true;
	return false;
}

void network_needs_make(const struct storage *storage, struct network_needs *ret)
{
	vec_foreach(mount, &storage->mounts) {
		const struct remote_type *type = remote_type(mount);
		char *server = NULL;

		/* Of the root itself decide/storage.c tells. */
		if (!type || strcmp(mount->target, "/") == 0)
			continue;
		if (type->one_server)
			server = mount->server ? xstrdup(mount->server) : server_of(mount->source);
		add_need(ret, xasprintf("%s (%s)", mount->target, mount->source), server);
	}
	vec_foreach(entry, &storage->fstab) {
		const struct remote_type *type = remote_type(entry);
		char *server = type && type->one_server && !is_mounted(storage, entry->target)
				       ? server_of(entry->source)
				       : NULL;

		if (server)
			add_need(ret, xasprintf("fstab %s (%s)", entry->target, entry->source),
				 server);
	}
	/* The kernel makes devices of nbd before there is a server: what is mounted of these counts elsewhere. */
	vec_foreach(device, &storage->devices)
		if (device->over_network && !device->below.n &&
		    !text_starts_with(device->name, "nbd"))
			add_need(ret, xasprintf("disk %s", device->name), NULL);
}

void network_needs_done(struct network_needs *needs)
{
	if (!needs)
		return;
	vec_foreach(need, needs) {
		free(need->what);
		free(need->server);
	}
	free(needs->items);
	*needs = (struct network_needs){};
}

static bool leads_to(const struct route *route, const uint8_t address[static 16])
{
	unsigned bytes = route->prefix_length / 8, bits = route->prefix_length % 8;

	return memcmp(route->destination, address, bytes) == 0 &&
	       (!bits || (route->destination[bytes] ^ address[bytes]) >> (8 - bits) == 0);
}

const char *network_way(const struct network *network, const char *server)
{
	const struct route *best = NULL;
	uint8_t address[16] = {};
	bool ipv6;

	if (!server || !parse_address(server, &ipv6, address))
		return NULL;
	vec_foreach(route, &network->routes)
		if (route->ipv6 == ipv6 && route->prefix_length <= (ipv6 ? 128 : 32) &&
		    leads_to(route, address) &&
		    (!best || route->prefix_length > best->prefix_length))
			best = route;
	return best ? best->interface : NULL;
}

bool interface_has_route(const struct network *network, const char *name)
{
	/* fe80::/10 and ff00::/8 are there for each interface that is switched on. */
	vec_foreach(route, &network->routes)
		if (strcmp(route->interface, name) == 0 &&
		    !(route->ipv6 &&
		      ((route->destination[0] == 0xfe && (route->destination[1] & 0xc0) == 0x80) ||
		       route->destination[0] == 0xff)))
			return true;
	return false;
}
