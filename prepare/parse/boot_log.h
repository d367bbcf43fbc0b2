/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the log of the boot, which render/boot_log.h writes, and the reasons for a restart. Pure. Text
 * that is no log, or that only has parts of one, gives what can be read of it: an outcome without an address
 * or with a result that is not known is left out, as are bindings without an address or driver.
 */
#pragma once

#include "model/boot_log.h"

/*
 * text: NULL gives an empty log. Sets unknown where it is no log, or has bindings that cannot be read.
 * boot_log_done() is due.
 */
void boot_log_parse(const char *text, struct boot_log *ret);

/* One reason in each line; adds to ret. */
void restart_reasons_parse(const char *text, struct restart_reasons *ret);
