/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/dpkg.h"

#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

/* The start of the paragraph that c lies in. */
static const char *paragraph_start(const char *text, const char *c)
{
	while (c > text && !(c[-1] == '\n' && (c - 1 == text || c[-2] == '\n')))
		c--;
	return c;
}

/* The value of a field of the paragraph; NULL: it has none. The caller's. */
static char *field(const char *paragraph, const char *name)
{
	for (const char *line = paragraph; *line && *line != '\n'; line = text_next_line(line))
		if (text_starts_with(line, name)) {
			line += strlen(name);
			return xstrndup(line, strcspn(line, "\n"));
		}
	return NULL;
}

bool dpkg_find_conffile(const char *status, const char *path, struct dpkg_conffile *ret)
{
	_cleanup_free_ char *line = xasprintf("\n %s ", path), *package = NULL, *state = NULL;
	const char *found = strstr(status, line), *sum, *paragraph;

	if (!found)
		return false;
	sum = found + strlen(line);
	/* Behind the sum stands "obsolete" or "remove-on-upgrade". */
	if (strspn(sum, "0123456789abcdef") != MD5_HEX_LENGTH ||
	    (sum[MD5_HEX_LENGTH] != '\n' && sum[MD5_HEX_LENGTH]))
		return false;
	paragraph = paragraph_start(status, found);
	package = field(paragraph, "Package: ");
	state = field(paragraph, "Status: ");
	if (!package || !state)
		return false;
	ret->removed = text_ends_with(state, " config-files");
	if (!ret->removed && !text_ends_with(state, " installed"))
		return false;
	ret->package = TAKE_PTR(package);
	memcpy(ret->md5, sum, MD5_HEX_LENGTH);
	ret->md5[MD5_HEX_LENGTH] = '\0';
	return true;
}
