/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What validate comes to. Unknown is not ready. */
#pragma once

enum readiness { READY, NOT_READY, REBOOT_REQUIRED, READINESS_UNKNOWN, N_READINESS };

const char *readiness_name(enum readiness readiness);
