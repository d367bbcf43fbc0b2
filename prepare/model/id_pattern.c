/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/id_pattern.h"

bool id_pattern_matches(const struct id_pattern *pattern, uint16_t vendor, uint16_t device,
			uint32_t class)
{
	return (pattern->vendor < 0 || pattern->vendor == vendor) &&
	       (pattern->device < 0 || pattern->device == device) &&
	       (class & pattern->class_mask) == pattern->class;
}
