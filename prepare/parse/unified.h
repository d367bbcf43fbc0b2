/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A unified kernel image is a PE file, in sections of which kernel, initramfs and arguments lie (Unified Kernel
 * Image specification of the UAPI group; PE format of Microsoft).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The headers of an image end within so many bytes. */
#define UNIFIED_HEAD_BYTES 4096

struct unified_section {
	uint64_t offset, size; /* in the file, in bytes */
};

/* The first section of that name, such as ".initrd"; head: the file's first n bytes. False: there is none. */
bool unified_find(const unsigned char *head, size_t n, const char *name,
		  struct unified_section *ret);
