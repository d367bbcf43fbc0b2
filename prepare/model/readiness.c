/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/readiness.h"

const char *readiness_name(enum readiness readiness)
{
	static const char *const names[N_READINESS] = {
		[READY] = "ready",
		[NOT_READY] = "not-ready",
		[REBOOT_REQUIRED] = "reboot-required",
		[READINESS_UNKNOWN] = "unknown",
	};

	return names[readiness];
}
