/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "fake/build.h"

/* Where an interface is below /sys; the caller's. */
static char *interface_path(const struct build *build, const struct net *net)
{
	_cleanup_free_ char *above = NULL;
	const struct function *function;

	if (!net->on)
		return xasprintf("/devices/virtual/net/%s", net->name);
	function = host_function(build->host, net->on);
	if (!function) {
		fprintf(stderr, "there is no function %s\n", net->on);
		exit(1);
	}
	above = sysfs_path(build->host, function);
	return xasprintf("%s/net/%s", above, net->name);
}

static const struct net *find(const struct build *build, const char *name)
{
	vec_foreach(net, &build->host->nets)
		if (strcmp(net->name, name) == 0)
			return net;
	fprintf(stderr, "there is no interface %s\n", name);
	exit(1);
}

static void put_neighbour(const struct build *build, const struct net *net, const char *side,
			  const struct net *other)
{
	_cleanup_free_ char *path = interface_path(build, net), *to = interface_path(build, other);
	_cleanup_free_ char *link = xasprintf("/sys%s/%s_%s", path, side, other->name);
	_cleanup_free_ char *target = xasprintf("../../../..%s", to);

	put_link(build, link, target);
}

static void put_interface(const struct build *build, const struct net *net)
{
	_cleanup_free_ char *path = interface_path(build, net);
	_cleanup_free_ char *class = xasprintf("/sys/class/net/%s", net->name);
	_cleanup_free_ char *target = xasprintf("../..%s", path);
	_cleanup_free_ char *state = xasprintf("/sys%s/operstate", path),
			    *flags = xasprintf("/sys%s/flags", path);

	put(build, state, "%s\n", net->up ? "up" : "down");
	put(build, flags, "0x%x\n", net->up || net->enabled ? 0x1003U : 0x1002U);
	put_link(build, class, target);
	for (size_t i = 0; i < net->lower.n; i++) {
		const struct net *lower = find(build, net->lower.items[i]);

		put_neighbour(build, net, "lower", lower);
		put_neighbour(build, lower, "upper", net);
	}
}

static void put_routes(const struct build *build)
{
	struct buf routes = {}, routes6 = {};

	buf_add(&routes,
		"Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n");
	vec_foreach(net, &build->host->nets) {
		if (net->route)
			buf_addf(&routes,
				 "%s\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n",
				 net->name);
		if (net->route6)
			buf_addf(&routes6,
				 "%032d 00 %032d 00 %s 00000400 00000001 00000000 "
				 "00000003 %8s\n",
				 0, 0, "fe800000000000000000000000000001", net->name);
	}
	put(build, "/proc/net/route", "%s", buf_text(&routes));
	put(build, "/proc/net/ipv6_route", "%s", buf_text(&routes6));
	buf_done(&routes);
	buf_done(&routes6);
}

void put_interfaces(const struct build *build)
{
	/* Each kernel has it, also where nothing is in it. */
	put_directory(build, "/sys/class/net");
	vec_foreach(net, &build->host->nets)
		put_interface(build, net);
	if (build->host->nets.n)
		put_routes(build);
}
