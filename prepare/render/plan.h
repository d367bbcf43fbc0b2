/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The report of the verb plan. */
#pragma once

#include "model/plan.h"
#include "model/policy.h"
#include "render/format.h"

char *render_plan(enum format format, const struct plan *plan, const struct planned_files *files);
