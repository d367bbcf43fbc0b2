/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The report of the verb bind. */
#pragma once

#include "model/boot_log.h"
#include "render/format.h"

char *render_bind(enum format format, enum boot_phase phase, const struct outcomes *outcomes,
		  const struct findings *findings);

/* One outcome as a line without newline, as the kernel log gets it. */
char *render_outcome(const struct outcome *outcome);
