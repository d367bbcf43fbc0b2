/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/id_pattern.h"

#include <errno.h>
#include <string.h>

#include "base/number.h"

static int id_part(const char *text, size_t length, int32_t *ret)
{
	uint64_t value;

	if (length == 0 || (length == 1 && *text == '*')) {
		*ret = -1;
		return 0;
	}
	if (length > 4 || number_parse_n(text, length, 16, 0xffff, &value) < 0)
		return -EINVAL;
	*ret = (int32_t)value;
	return 0;
}

int class_pattern_parse(const char *text, struct id_pattern *ret)
{
	size_t digits = strlen(text);
	uint64_t value;

	if (digits < 2 || digits > 6 || number_parse(text, 16, 0xffffff, &value) < 0)
		return -EINVAL;
	*ret = (struct id_pattern){
		.vendor = -1,
		.device = -1,
		.class = (uint32_t)value << 4 * (6 - digits),
		.class_mask = (0xffffffU << 4 * (6 - digits)) & 0xffffffU,
	};
	return 0;
}

int id_pattern_parse(const char *text, struct id_pattern *ret)
{
	struct id_pattern pattern = {.vendor = -1, .device = -1};
	const char *colon = strchr(text, ':'), *second;

	if (!colon)
		return -EINVAL;
	second = strchrnul(colon + 1, ':');
	if (*second && second[1] && strcmp(second + 1, "*") != 0 &&
	    class_pattern_parse(second + 1, &pattern) < 0)
		return -EINVAL;
	if (id_part(text, (size_t)(colon - text), &pattern.vendor) < 0 ||
	    id_part(colon + 1, (size_t)(second - colon - 1), &pattern.device) < 0)
		return -EINVAL;
	*ret = pattern;
	return 0;
}

bool id_pattern_matches(const struct id_pattern *pattern, uint16_t vendor, uint16_t device,
			uint32_t class)
{
	return (pattern->vendor < 0 || pattern->vendor == vendor) &&
	       (pattern->device < 0 || pattern->device == device) &&
	       (class & pattern->class_mask) == pattern->class;
}
