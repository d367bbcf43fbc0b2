/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The report of the verb validate: the verdict first, then what is wrong, then each device. */
#ifndef RENDER_VALIDATE_H
#define RENDER_VALIDATE_H

#include "model/finding.h"
#include "model/plan.h"
#include "render/format.h"

char *render_validate(enum format format, const char *status, const struct plan *plan,
		      const struct findings *findings);

#endif
