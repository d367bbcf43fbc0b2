/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that say how many virtual functions a physical one has: netplan, systemd.link(5), NetworkManager. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "parse/address.h"
#include "parse/foreign_vfs.h"
#include "parse/lines.h"
#include "parse/shell.h"

/* Levels of a YAML file that are told apart. */
#define MAX_LEVELS 16

void foreign_add_vfs(const struct foreign_file *file, unsigned line, const char *text,
		     const char *whose, const char *numbers)
{
	_cleanup_(strv_done) struct strv words = {};
	struct foreign_setting *setting;
	bool none = true, known = true;
	uint64_t n;

	strv_split(&words, numbers, ", ");
	for (size_t i = 0; i < words.n; i++) {
		known = known && number_parse(words.items[i], 10, UINT16_MAX, &n) == 0;
		none = none && known && n == 0;
	}
	/* 0 stands before each other number in a script (drivers/pci/iov.c). */
	if (none)
		return;
	setting = foreign_file_add(file, FOREIGN_VFS, line, text, whose);
	for (size_t i = 0; known && i < words.n; i++)
		foreign_add_value(setting, words.items[i]);
}

bool foreign_take_hardware_address(const char *text, char ret[FOREIGN_HARDWARE_ADDRESS])
{
	size_t n = 0;

	for (; isxdigit((unsigned char)text[n]) || text[n] == ':' || text[n] == '-'; n++) {
		if (n + 1 >= FOREIGN_HARDWARE_ADDRESS ||
		    (n % 3 == 2) == !!isxdigit((unsigned char)text[n]))
			return false;
		ret[n] = text[n] == '-' ? ':' : (char)tolower((unsigned char)text[n]);
	}
	ret[n] = '\0';
	return n + 1 == FOREIGN_HARDWARE_ADDRESS && !text[n];
}

/* The interface or the address in the path of an attribute of sysfs, "": it cannot be told; NULL: there is none. */
static char *whose(const char *path)
{
	const char *net = strstr(path, "/net/"), *end = strrchr(path, '/'), *start = end;
	struct pci_address address;
	_cleanup_free_ char *name = NULL;

	while (start && start > path && start[-1] != '/')
		start--;
	name = net     ? xstrndup(net + 5, strcspn(net + 5, "/"))
	       : start ? xstrndup(start, (size_t)(end - start))
		       : xstrdup("");
	if (strpbrk(name, SHELL_UNKNOWN "*?[") || (!net && strchr(path, SHELL_UNKNOWN[0])))
		return xstrdup("");
	return net || pci_address_parse(name, &address) == 0 ? TAKE_PTR(name) : NULL;
}

bool foreign_add_numvfs(const struct foreign_file *file, unsigned line, const char *text,
			const char *path, const char *number)
{
	_cleanup_free_ char *name = text_ends_with(path, "/sriov_numvfs") ? whose(path) : NULL;
	_cleanup_free_ char *digits = name ? foreign_shown(number) : NULL;

	if (name)
		foreign_add_vfs(file, line, text, name, digits);
	return name;
}

/* So many bytes of a text, without space and quotes around them, fit to be shown; the caller's. */
static char *bare(const char *text, size_t length)
{
	_cleanup_free_ char *copy = xstrndup(text, length);

	for (char *c = copy; *c; c++)
		if (*c == '"' || *c == '\'')
			*c = ' ';
	return foreign_shown(copy);
}

/* "key: value # comment" or "key = value"; false: it is neither. */
static bool split(const char *text, char separator, char **ret_key, char **ret_value)
{
	const char *at = strchr(text, separator);

	if (!at)
		return false;
	*ret_key = bare(text, (size_t)(at - text));
	*ret_value = bare(at + 1, strcspn(at + 1, "#"));
	return true;
}

void foreign_whose_take(struct foreign_whose *whose, enum foreign_whose_by by, char *name)
{
	if (by >= whose->by && *name) {
		free(whose->name);
		whose->by = by;
		whose->name = TAKE_PTR(name);
	}
	free(name);
}

void foreign_whose_take_hardware(struct foreign_whose *whose, const char *text)
{
	char address[FOREIGN_HARDWARE_ADDRESS];

	if (foreign_take_hardware_address(text, address))
		foreign_whose_take(whose, WHOSE_HARDWARE, xstrdup(address));
}

/* An interface of netplan: its id, what it matches, and how many are made of it. */
struct netplan {
	char *id;
	struct foreign_whose whose;
	char *text, *number;
	unsigned line;
	size_t n_linked; /* so many others stand on it as virtual functions */
};

struct netplans {
	VEC(struct netplan);
};

static struct netplan *netplan_find(struct netplans *plans, const char *id)
{
	struct netplan *plan;

	vec_foreach(known, plans)
		if (strcmp(known->id, id) == 0)
			return known;
	plan = vec_add(plans);
	plan->id = xstrdup(id);
	return plan;
}

static void netplan_match(struct foreign_whose *whose, const char *key, const char *value)
{
	if (strcmp(key, "macaddress") == 0)
		foreign_whose_take_hardware(whose, value);
	else if (strcmp(key, "name") == 0)
		foreign_whose_take(whose, WHOSE_PATTERN, xstrdup(value));
	else if (strcmp(key, "driver") == 0)
		foreign_whose_take(whose, WHOSE_DRIVER, xasprintf("module %s", value));
}

static void netplan_place(struct netplan *plan, const struct lines *lines)
{
	free(plan->text);
	plan->text = xstrdup(lines->text);
	plan->line = lines->first;
}

/* A key of an interface, below "parent" where it stands deeper. */
static void netplan_take(struct netplans *plans, const char *id, const char *parent,
			 const char *key, const char *value, const struct lines *lines)
{
	struct netplan *plan = netplan_find(plans, id);

	if (strcmp(parent, "match") == 0) {
		netplan_match(&plan->whose, key, value);
	} else if (*parent) {
		return;
	} else if (strcmp(key, "set-name") == 0) {
		foreign_whose_take(&plan->whose, WHOSE_NAME, xstrdup(value));
	} else if (strcmp(key, "virtual-function-count") == 0 || strcmp(key, "num_vfs") == 0) {
		free(plan->number);
		plan->number = xstrdup(value);
		netplan_place(plan, lines);
	} else if (strcmp(key, "link") == 0 && *value) {
		plan = netplan_find(plans, value);
		plan->n_linked++;
		if (!plan->line)
			netplan_place(plan, lines);
	}
}

/* "{name: ens5f1, driver: i40e}" */
static void netplan_take_flow(struct netplans *plans, const char *id, const char *parent,
			      const char *flow, const struct lines *lines)
{
	_cleanup_(strv_done) struct strv words = {};

	strv_split(&words, flow, "{},");
	vec_foreach(word, &words) {
		_cleanup_free_ char *key = NULL, *value = NULL;

		if (split(*word, ':', &key, &value))
			netplan_take(plans, id, parent, key, value, lines);
	}
}

struct yaml_level {
	size_t indent;
	char *key;
};

/* What stands in a line below "ethernets", or the "interfaces" of the shim of OpenStack's charms. */
static void netplan_line(struct netplans *plans, const struct yaml_level *levels, size_t n,
			 const char *key, const char *value, const struct lines *lines)
{
	size_t top = 0;

	while (top < n && strcmp(levels[top].key, "ethernets") != 0 &&
	       strcmp(levels[top].key, "interfaces") != 0)
		top++;
	if (n == top + 1 && *value == '{')
		netplan_take_flow(plans, key, "", value, lines);
	else if (n == top + 2 && *value == '{')
		netplan_take_flow(plans, levels[top + 1].key, key, value, lines);
	else if (n == top + 2 || n == top + 3)
		netplan_take(plans, levels[top + 1].key, n == top + 3 ? levels[top + 2].key : "",
			     key, value, lines);
}

static void netplan_end(const struct foreign_file *file, struct netplans *plans)
{
	vec_foreach(plan, plans) {
		_cleanup_free_ char *linked = xasprintf("%zu", plan->n_linked);

		/* netplan/cli/sriov.py: as many as stand on it, unless a number says more. */
		if (plan->line)
			foreign_add_vfs(file, plan->line, plan->text,
					plan->whose.name ? plan->whose.name : plan->id,
					plan->number ? plan->number : linked);
		free(plan->id);
		free(plan->whose.name);
		free(plan->text);
		free(plan->number);
	}
	free(plans->items);
}

/* ethernets: ID: virtual-function-count: N, each deeper than the one before; or others with link: ID. */
void foreign_parse_netplan(const struct foreign_file *file)
{
	_cleanup_(lines_done) struct lines lines = {.rest = file->text};
	struct yaml_level levels[MAX_LEVELS] = {};
	struct netplans plans = {};
	size_t n = 0;

	while (lines_next(&lines)) {
		size_t indent = strspn(lines.text, " ");
		_cleanup_free_ char *key = NULL, *value = NULL;

		if (strchr("#-", lines.text[indent]) || !split(lines.text, ':', &key, &value))
			continue;
		while (n && levels[n - 1].indent >= indent)
			free(levels[--n].key);
		netplan_line(&plans, levels, n, key, value, &lines);
		if (n < MAX_LEVELS)
			levels[n++] = (struct yaml_level){indent, TAKE_PTR(key)};
	}
	while (n)
		free(levels[--n].key);
	netplan_end(file, &plans);
}

/* A key of [Match] in systemd.link(5). */
static void link_match(struct foreign_whose *whose, const char *key, const char *value)
{
	_cleanup_free_ char *first = xstrndup(value, strcspn(value, " \t"));

	if (strcmp(key, "OriginalName") == 0)
		foreign_whose_take(whose, WHOSE_PATTERN, TAKE_PTR(first));
	else if (strcmp(key, "Name") == 0)
		foreign_whose_take(whose, WHOSE_NAME, TAKE_PTR(first));
	else if (strcmp(key, "Path") == 0 && text_starts_with(first, "pci-"))
		foreign_whose_take(whose, WHOSE_ADDRESS,
				   xstrndup(first + 4, strcspn(first + 4, "-*")));
	else if (strcmp(key, "MACAddress") == 0 || strcmp(key, "PermanentMACAddress") == 0)
		foreign_whose_take_hardware(whose, first);
	else if (strcmp(key, "Driver") == 0)
		foreign_whose_take(whose, WHOSE_DRIVER, xasprintf("module %s", first));
	else if (strcmp(key, "Property") == 0 && text_starts_with(first, "ID_NET_NAME"))
		foreign_whose_take(whose, WHOSE_NAME,
				   xstrdup(first + strcspn(first, "=") +
					   (strchr(first, '=') != NULL)));
	else if (strcmp(key, "Property") == 0 && text_starts_with(first, "ID_PATH=pci-"))
		foreign_whose_take(whose, WHOSE_ADDRESS, xstrdup(first + strlen("ID_PATH=pci-")));
}

/* A file of sections in which one key says how many there are, and others whose. */
static void parse_sections(const struct foreign_file *file, const char *number_key,
			   void (*match)(struct foreign_whose *whose, const char *key,
					 const char *value))
{
	_cleanup_(lines_done) struct lines lines = {.rest = file->text};
	struct foreign_whose whose = {};
	char *number = NULL, *text = NULL;
	unsigned line = 0;

	while (lines_next(&lines)) {
		_cleanup_free_ char *key = NULL, *value = NULL;

		if (strchr("#;[", *lines.text) || !split(lines.text, '=', &key, &value))
			continue;
		if (strcmp(key, number_key) == 0) {
			free(number);
			free(text);
			number = TAKE_PTR(value);
			text = xstrdup(lines.text);
			line = lines.first;
		} else {
			match(&whose, key, value);
		}
	}
	if (number)
		foreign_add_vfs(file, line, text, whose.name ? whose.name : "", number);
	free(whose.name);
	free(number);
	free(text);
}

void foreign_parse_link(const struct foreign_file *file)
{
	parse_sections(file, "SR-IOVVirtualFunctions", link_match);
}

/* [connection] interface-name=, [ethernet] mac-address=; DEVICE= and HWADDR= of ifcfg-NAME. */
static void connection_match(struct foreign_whose *whose, const char *key, const char *value)
{
	if (strcmp(key, "interface-name") == 0 || strcmp(key, "DEVICE") == 0)
		foreign_whose_take(whose, WHOSE_NAME, xstrdup(value));
	else if (strcmp(key, "mac-address") == 0 || strcmp(key, "HWADDR") == 0)
		foreign_whose_take_hardware(whose, value);
}

void foreign_parse_keyfile(const struct foreign_file *file)
{
	parse_sections(file, "total-vfs", connection_match);
}

void foreign_parse_ifcfg(const struct foreign_file *file)
{
	parse_sections(file, "SRIOV_TOTAL_VFS", connection_match);
}

char *foreign_keyfile_excerpt(const char *text)
{
	static const char *const keys[] = {"interface-name", "mac-address", "total-vfs"};
	_cleanup_(lines_done) struct lines lines = {.rest = text};
	struct buf buf = {};
	unsigned line = 1;

	while (lines_next(&lines)) {
		_cleanup_free_ char *key = NULL, *value = NULL;

		/* Each stays in its line. */
		for (; line < lines.first; line++)
			buf_add(&buf, "\n");
		if (split(lines.text, '=', &key, &value) && TEXT_IN(keys, key))
			buf_add(&buf, lines.text);
	}
	buf_add(&buf, "\n");
	return buf_take(&buf);
}
