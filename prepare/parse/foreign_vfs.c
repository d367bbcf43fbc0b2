/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that say how many virtual functions a physical one has: netplan, systemd.link(5), sysfs.conf. */
#include <string.h>

#include "base/text.h"
#include "parse/address.h"
#include "parse/foreign.h"
#include "parse/lines.h"

/* Levels of a YAML file that are told apart. */
#define MAX_LEVELS 16

void foreign_add_vfs(const struct foreign_file *file, unsigned line, const char *text,
		     const char *whose, const char *number)
{
	uint64_t n;

	/* 0 stands before each other number in a script (drivers/pci/iov.c). */
	if (*whose && number_parse(number, 10, UINT16_MAX, &n) == 0 && n)
		foreign_add_value(foreign_file_add(file, FOREIGN_VFS, line, text, whose), number);
}

/* The interface or the address in the path of an attribute of sysfs; the caller's, "": there is none. */
static char *whose(const char *path)
{
	const char *net = strstr(path, "/net/"), *end = strrchr(path, '/'), *start = end;
	struct pci_address address;
	char *name;

	if (net)
		return xstrndup(net + 5, strcspn(net + 5, "/"));
	while (start && start > path && start[-1] != '/')
		start--;
	name = start ? xstrndup(start, (size_t)(end - start)) : xstrdup("");
	if (pci_address_parse(name, &address) < 0)
		*name = '\0';
	return name;
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

/* ethernets: NAME: virtual-function-count: N, each deeper than the one before. */
void foreign_parse_netplan(const struct foreign_file *file)
{
	_cleanup_(lines_done) struct lines lines = {.rest = file->text};
	struct {
		size_t indent;
		char *key;
	} levels[MAX_LEVELS] = {};
	size_t n = 0;

	while (lines_next(&lines)) {
		size_t indent = strspn(lines.text, " ");
		_cleanup_free_ char *key = NULL, *value = NULL;

		if (strchr("#-", lines.text[indent]) || !split(lines.text, ':', &key, &value))
			continue;
		while (n && levels[n - 1].indent >= indent)
			free(levels[--n].key);
		if (n && strcmp(key, "virtual-function-count") == 0)
			foreign_add_vfs(file, lines.first, lines.text, levels[n - 1].key, value);
		if (n < MAX_LEVELS) {
			levels[n].indent = indent;
			levels[n++].key = TAKE_PTR(key);
		}
	}
	while (n)
		free(levels[--n].key);
}

/* [Match] Path=pci-0000:81:00.1 or OriginalName=NAME; [Link] SR-IOVVirtualFunctions=N. */
void foreign_parse_link(const struct foreign_file *file)
{
	_cleanup_(lines_done) struct lines lines = {.rest = file->text};
	_cleanup_free_ char *name = xstrdup("");

	while (lines_next(&lines)) {
		_cleanup_free_ char *key = NULL, *value = NULL;

		if (strchr("#;[", *lines.text) || !split(lines.text, '=', &key, &value))
			continue;
		if (strcmp(key, "SR-IOVVirtualFunctions") == 0) {
			foreign_add_vfs(file, lines.first, lines.text, name, value);
		} else if (strcmp(key, "OriginalName") == 0 || strcmp(key, "Path") == 0) {
			free(name);
			name = xstrdup(text_starts_with(value, "pci-") ? value + 4 : value);
		}
	}
}

/* bus/pci/devices/0000:81:00.1/sriov_numvfs = N: sysfsutils, and sysfs.d. */
void foreign_parse_sysfs(const struct foreign_file *file)
{
	_cleanup_(lines_done) struct lines lines = {.rest = file->text};

	while (lines_next(&lines)) {
		_cleanup_free_ char *key = NULL, *value = NULL, *path = NULL;

		if (*lines.text == '#' || !split(lines.text, '=', &key, &value) || strchr(key, ' '))
			continue;
		path = xasprintf("/%s", key);
		foreign_add_numvfs(file, lines.first, lines.text, path, value);
	}
}
