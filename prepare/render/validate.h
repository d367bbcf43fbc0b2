/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report of the verb validate. As text: the verdict, then what to do, then the devices, the
 * findings and the story of this boot.
 */
#pragma once

#include "render/monitor.h"

char *render_validate(enum format format, const struct verdict *verdict);
