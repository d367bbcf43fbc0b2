/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arguments of boot entries that somebody has to choose in the menu. */
#pragma once

#include "host/root.h"
#include "model/boot_files.h"
#include "model/foreign.h"

/* Adds those that neither this boot nor the next one has, so far as the default is known. */
void scan_foreign_entries(struct root *root, const struct bootloader *bootloader,
			  struct foreign *foreign);
