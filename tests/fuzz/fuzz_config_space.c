/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The capability list of a device is what the device says. The input is put where the list begins,
 * so that a corpus needs no 256 bytes before it.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "model/config_space.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t serial = 4711, again = 0;
	uint8_t *config;

	if (size > PCI_CONFIG_BYTES - 0x100)
		return 0;
	config = xcalloc(0x100 + size, 1);
	if (size)
		memcpy(config + 0x100, data, size);
	if (config_space_serial(config, 0x100 + size, &serial)) {
		assert(size >= 12);
		assert(config_space_serial(config, 0x100 + size, &again) && again == serial);
	} else {
		assert(serial == 4711);
	}
	free(config);
	return 0;
}
