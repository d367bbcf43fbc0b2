/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/unified.h"

#include <string.h>

#define NAME_BYTES 8
#define SECTION_BYTES 40
#define FILE_HEADER_BYTES 24 /* with the signature */

static uint32_t number(const unsigned char *bytes, size_t n)
{
	uint32_t value = 0;

	while (n--)
		value = value << 8 | bytes[n];
	return value;
}

bool unified_find(const unsigned char *head, size_t n, const char *name,
		  struct unified_section *ret)
{
	char wanted[NAME_BYTES] = {0};
	size_t pe, at, n_sections;

	if (n < 64 || memcmp(head, "MZ", 2) != 0)
		return false;
	pe = number(head + 60, 4);
	if (pe > n - FILE_HEADER_BYTES || memcmp(head + pe, "PE\0", 4) != 0)
		return false;
	memcpy(wanted, name, strnlen(name, NAME_BYTES));
	n_sections = number(head + pe + 6, 2);
	at = pe + FILE_HEADER_BYTES + number(head + pe + 20, 2);
	for (; n_sections-- && at + SECTION_BYTES <= n; at += SECTION_BYTES) {
		const unsigned char *section = head + at;
		uint32_t size = number(section + 8, 4), raw = number(section + 16, 4);

		if (memcmp(section, wanted, NAME_BYTES) != 0)
			continue;
		/* What lies in the file is padded. */
		*ret = (struct unified_section){number(section + 20, 4),
						size && size < raw ? size : raw};
		return true;
	}
	return false;
}
