/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a device is, as lspci -d takes it: vendor, device and class, each of which may be any. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "vendor:device[:class]" as lspci -d takes it. */
struct id_pattern {
	int32_t vendor; /* -1: any */
	int32_t device;
	uint32_t class; /* left-aligned in 24 bits, to be compared under class_mask (0: any) */
	uint32_t class_mask;
};

struct id_list {
	struct id_pattern *items;
	size_t n, capacity;
};

/* Reads one "vendor:device[:class]" (an empty or "*" part is any); 0 or -EINVAL. */
int id_pattern_parse(const char *text, struct id_pattern *ret);
/* Reads 2, 4 or 6 (any number from 2 to 6) hex digits of a class code; 0 or -EINVAL. */
int class_pattern_parse(const char *text, struct id_pattern *ret);
bool id_pattern_matches(const struct id_pattern *pattern, uint16_t vendor, uint16_t device,
			uint32_t class);
