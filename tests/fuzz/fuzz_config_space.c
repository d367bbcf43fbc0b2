/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The capability list of a device is what the device says. The input is put where the list begins,
 * so that a corpus needs no 256 bytes before it.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "parse/config_space.h"
#include "render/scrub.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Hides the serial number, and touches nothing else. */
static void scrub(uint8_t *config, size_t length, size_t offset)
{
	struct scrub scrub = {};
	uint8_t *before = xcalloc(length, 1);

	memcpy(before, config, length);
	memset(before + offset, 0, 8);
	before[offset] = 1;
	scrub_config_space(&scrub, config, length);
	assert(memcmp(config, before, length) == 0);
	scrub_done(&scrub);
	free(before);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t serial = 4711, again = 0;
	size_t offset = 0;
	uint8_t *config;

	if (size > PCI_CONFIG_BYTES - 0x100)
		return 0;
	config = xcalloc(0x100 + size, 1);
	if (size)
		memcpy(config + 0x100, data, size);
	if (config_space_serial(config, 0x100 + size, &serial, &offset)) {
		assert(size >= 12 && offset >= 0x104 && offset + 8 <= 0x100 + size);
		assert(config_space_serial(config, 0x100 + size, &again, NULL) && again == serial);
		scrub(config, 0x100 + size, offset);
	} else {
		assert(serial == 4711 && offset == 0);
	}
	free(config);
	return 0;
}
