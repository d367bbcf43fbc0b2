/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads what would be missed of a function: the firmware's display, and virtual functions that are there. */
#pragma once

#include "host/root.h"
#include "model/facts.h"
#include "model/inventory.h"

/*
 * Of the functions that FACT_DISPLAY is needed of: live virtual functions; of graphics cards boot_vga, the
 * framebuffer and device links.
 */
void display_read(struct root *root, const struct needs *needs, struct inventory *inventory);
