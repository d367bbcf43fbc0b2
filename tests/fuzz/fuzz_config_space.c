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

/* Hides the serial number, and keeps nothing else behind the header. */
static void scrub(const uint8_t *config, size_t length)
{
	static const char path[] = "sys/devices/x/config";
	struct scrub scrub = {};
	uint64_t serial;
	size_t n;
	char *scrubbed = scrub_file(&scrub, path, (const char *)config, length, &n);

	assert(n == length && memcmp(scrubbed, config, PCI_CONFIG_HEADER_BYTES) == 0);
	/* Its last four digits are kept where all others are zero. */
	assert(config_space_serial((uint8_t *)scrubbed, n, &serial, NULL) && serial <= 0xffff);
	for (size_t i = PCI_CONFIG_HEADER_BYTES; i < length; i++)
		assert((i >= 0x100 && i < 0x10c) || !scrubbed[i]);
	scrub_done(&scrub);
	free(scrubbed);
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
		scrub(config, 0x100 + size);
	} else {
		assert(serial == 4711 && offset == 0);
	}
	free(config);
	return 0;
}
