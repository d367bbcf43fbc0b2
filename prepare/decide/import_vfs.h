/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Virtual functions that go to guests: the physical one stands for them in what is imported. */
#pragma once

#include "decide/import.h"

/* Once each device has its reason; adds physical functions, which are not sorted in. */
void import_settle_vfs(struct import *import, const struct inventory *inventory);
