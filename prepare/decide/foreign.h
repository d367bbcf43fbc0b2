/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is to be said of a foreign setting, whoever says it. Pure. */
#pragma once

#include "model/finding.h"
#include "model/foreign.h"

/* Of what type its findings are: FINDING_FOREIGN_RC_LOCAL. */
enum finding_type foreign_finding(const struct foreign_setting *setting);
/*
 * Its flaw, or when it is done; and what its mechanism does beside what is meant, or what undoes it. The
 * caller's.
 */
char *foreign_why(const struct foreign_setting *setting);
/* How to get rid of it; the caller's. */
char *foreign_removal(const struct foreign_setting *setting);
/* A script that names no device, run by a unit that is itself a setting? */
bool foreign_is_told_by_unit(const struct foreign *foreign, const struct foreign_setting *setting);
/* What a distribution brings along, such as blacklists of what hardly anybody wants, is no news. */
bool foreign_is_of_distribution(const struct foreign_setting *setting);
