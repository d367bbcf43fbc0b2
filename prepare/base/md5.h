/* SPDX-License-Identifier: GPL-2.0-or-later */
/* MD5 (RFC 1321), with which dpkg tells whether a configuration file was changed. Of no use against an attacker. */
#pragma once

#include <stddef.h>

#define MD5_HEX_LENGTH 32

/* Writes the sum in hex, lower case, with a NUL behind it. */
void md5_hex(const void *bytes, size_t length, char ret[static MD5_HEX_LENGTH + 1]);
