/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files that a host gets; pure. Each begins with FILE_HEADER, or is "" where it is not needed. */
#pragma once

#include "model/network.h"
#include "model/policy.h"

/* modprobe.d(5) */
char *render_modprobe(const struct module_policy *policy);
/* modules-load.d(5) */
char *render_modules_load(const struct module_policy *policy);

/* What guarded_parse() reads. */
char *render_guarded(const struct guarded_list *guarded);
