/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads what sysfs has no attribute for out of a function's configuration space. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PCI_CONFIG_BYTES 4096
#define PCI_CONFIG_HEADER_BYTES 64 /* what an ordinary user may read */

/*
 * The device serial number capability (PCIe base specification 7.9.3; PCI_EXT_CAP_ID_DSN), most
 * significant byte first as lspci prints it. false: the bytes hold none. Trusts nothing in them.
 * ret_offset: where its eight bytes, least significant first, stand; may be NULL.
 */
bool config_space_serial(const uint8_t *config, size_t length, uint64_t *ret, size_t *ret_offset);
/* As lspci prints it and the profile has it: "00-11-22-ff-ff-33-44-55". The caller's. */
char *serial_text(uint64_t serial);
/* Reads that form; 0 or -EINVAL. */
int serial_parse(const char *text, uint64_t *ret);
/*
 * Does it say that nothing answers? A read that no device completes gives ones (PCI_ERROR_RESPONSE). The ids
 * alone do not tell: a virtual function has ones there.
 */
bool config_space_is_silent(const uint8_t *config, size_t length);
