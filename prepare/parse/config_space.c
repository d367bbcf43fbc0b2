/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/config_space.h"

#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

#define EXT_CAP_START 0x100
#define EXT_CAP_ID_DSN 0x0003
/* As many as fit, as in the kernel's pci_find_next_ext_capability(): a loop ends here. */
#define EXT_CAP_MAX ((PCI_CONFIG_BYTES - EXT_CAP_START) / 8)

static uint32_t read32(const uint8_t *bytes)
{
	return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
	       (uint32_t)bytes[3] << 24;
}

bool config_space_serial(const uint8_t *config, size_t length, uint64_t *ret, size_t *ret_offset)
{
	size_t offset = EXT_CAP_START;

	for (unsigned n = 0; n < EXT_CAP_MAX && offset >= EXT_CAP_START && offset + 12 <= length;
	     n++) {
		uint32_t header = read32(config + offset);

		if (header == 0 || header == UINT32_MAX)
			return false;
		if ((header & 0xffff) == EXT_CAP_ID_DSN) {
			*ret = (uint64_t)read32(config + offset + 8) << 32 |
			       read32(config + offset + 4);
			if (ret_offset)
				*ret_offset = offset + 4;
			return true;
		}
		offset = header >> 20 & ~3U;
	}
	return false;
}

char *serial_text(uint64_t serial)
{
	uint8_t bytes[8];

	for (int i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(serial >> 8 * (7 - i));
	return xasprintf("%02x-%02x-%02x-%02x-%02x-%02x-%02x-%02x", bytes[0], bytes[1], bytes[2],
			 bytes[3], bytes[4], bytes[5], bytes[6], bytes[7]);
}

int serial_parse(const char *text, uint64_t *ret)
{
	uint64_t serial = 0;

	if (strlen(text) != strlen("00-11-22-ff-ff-33-44-55"))
		return -EINVAL;
	for (int i = 0; i < 8; i++) {
		uint64_t byte;

		if (number_parse_n(text + 3 * i, 2, 16, 0xff, &byte) < 0 ||
		    (i < 7 && text[3 * i + 2] != '-'))
			return -EINVAL;
		serial = serial << 8 | byte;
	}
	*ret = serial;
	return 0;
}

bool config_space_is_silent(const uint8_t *config, size_t length)
{
	if (length < PCI_CONFIG_HEADER_BYTES)
		return false;
	for (size_t i = 0; i < PCI_CONFIG_HEADER_BYTES; i++)
		if (config[i] != 0xff)
			return false;
	return true;
}
