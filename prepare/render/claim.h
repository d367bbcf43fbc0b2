/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The record of a device that this tool has bound, for those who would otherwise take it for free: device plugins,
 * DRA drivers, vdsm. Lines KEY="VALUE", as udev's IMPORT{file} reads them.
 */
#pragma once

#include "model/boot_log.h"
#include "model/profile.h"

/* The claim; section: that of the binding, NULL: the profile has it no more. The caller's. */
char *render_claim(const struct binding *binding, const struct device_section *section);
