/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a device is, as lspci -d takes it: vendor, device and class, each of which may be any. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/alloc.h"

/* "vendor:device[:class]" as lspci -d takes it. */
struct id_pattern {
	int32_t vendor; /* -1: any */
	int32_t device;
	uint32_t class; /* left-aligned in 24 bits, to be compared under class_mask (0: any) */
	uint32_t class_mask;
};

struct id_list {
	VEC(struct id_pattern);
};

bool id_pattern_matches(const struct id_pattern *pattern, uint16_t vendor, uint16_t device,
			uint32_t class);
