/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said of settings that do not become sections. */
#pragma once

#include "decide/import.h"

/* Adds a remark. setting: whose place and line it is about; NULL: none. */
void _printf_(4, 5) import_add_remark(struct import *import, const struct foreign_setting *setting,
				      bool lost, const char *format, ...);
