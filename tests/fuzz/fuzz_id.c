/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An id or class pattern that is read matches what it names. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "model/profile.h"
#include "parse/address.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct id_pattern *pattern)
{
	uint16_t vendor = pattern->vendor < 0 ? 0x1234 : (uint16_t)pattern->vendor;
	uint16_t device = pattern->device < 0 ? 0x5678 : (uint16_t)pattern->device;

	assert(pattern->vendor >= -1 && pattern->vendor <= 0xffff);
	assert(pattern->device >= -1 && pattern->device <= 0xffff);
	assert((pattern->class & ~pattern->class_mask) == 0 && pattern->class_mask <= 0xffffff);
	assert(id_pattern_matches(pattern, vendor, device, pattern->class));
	if (pattern->vendor >= 0)
		assert(!id_pattern_matches(pattern, vendor ^ 1, device, pattern->class));
	if (pattern->class_mask)
		assert(!id_pattern_matches(pattern, vendor, device, pattern->class ^ 0x800000));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xcalloc(size + 1, 1);
	struct id_pattern pattern;

	if (size)
		memcpy(text, data, size);
	if (id_pattern_parse(text, &pattern) == 0)
		check(&pattern);
	if (class_pattern_parse(text, &pattern) == 0) {
		assert(pattern.vendor == -1 && pattern.device == -1 && pattern.class_mask);
		check(&pattern);
	}
	free(text);
	return 0;
}
