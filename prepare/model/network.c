/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/network.h"

#include <string.h>

#include "base/number.h"

#define RTF_UP 0x1
#define RTF_REJECT 0x200

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
	free(network->guarded.items);
	*network = (struct network){};
}

void guarded_parse(const char *text, struct guarded_list *ret)
{
	struct strv lines = {};

	strv_split(&lines, text, "\n");
	for (size_t i = 0; i < lines.n; i++) {
		struct guarded guarded;
		struct strv words = {};

		strv_split(&words, lines.items[i], " ");
		if (words.n == 2 && pci_address_parse(words.items[0], &guarded.address) == 0 &&
		    id_pattern_parse(words.items[1], &guarded.id) == 0)
			*vec_add(ret) = guarded;
		strv_done(&words);
	}
	strv_done(&lines);
}

struct interface *network_find(const struct network *network, const char *name)
{
	vec_foreach(interface, network)
		if (strcmp(interface->name, name) == 0)
			return interface;
	return NULL;
}

/* Field number "index" of a line of fields. */
static const char *field(const struct strv *fields, size_t index)
{
	return index < fields->n ? fields->items[index] : "";
}

static void each_line(const char *text, struct strv *ret,
		      const char *(*entry)(const struct strv *fields))
{
	_cleanup_free_ char *copy = xstrdup(text);
	char *position = copy, *line;

	while ((line = strsep(&position, "\n"))) {
		struct strv fields = {};
		const char *name;

		strv_split(&fields, line, " \t");
		name = entry(&fields);
		if (name && !strv_contains(ret, name))
			strv_add(ret, name);
		strv_done(&fields);
	}
}

/* "Iface Destination Gateway Flags RefCnt Use Metric Mask ...", numbers in hex */
static const char *default_interface(const struct strv *fields)
{
	uint64_t flags;

	if (fields->n < 8 || strcmp(field(fields, 1), "00000000") != 0 ||
	    strcmp(field(fields, 7), "00000000") != 0 ||
	    number_parse(field(fields, 3), 16, UINT32_MAX, &flags) < 0)
		return NULL;
	return (flags & RTF_UP) && !(flags & RTF_REJECT) ? field(fields, 0) : NULL;
}

void routes_parse(const char *text, struct strv *ret)
{
	each_line(text, ret, default_interface);
}

/* "destination prefix-length source prefix-length next-hop metric refs use flags interface" */
static const char *default_interface6(const struct strv *fields)
{
	uint64_t flags;

	if (fields->n < 10 || strcmp(field(fields, 0), "00000000000000000000000000000000") != 0 ||
	    strcmp(field(fields, 1), "00") != 0 ||
	    number_parse(field(fields, 8), 16, UINT32_MAX, &flags) < 0)
		return NULL;
	/* The kernel's own entries for what has no route stand on lo. */
	return (flags & RTF_UP) && !(flags & RTF_REJECT) && strcmp(field(fields, 9), "lo") != 0
		       ? field(fields, 9)
		       : NULL;
}

void routes6_parse(const char *text, struct strv *ret)
{
	each_line(text, ret, default_interface6);
}
