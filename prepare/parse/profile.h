/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes a profile of the entries of its files. */
#pragma once

#include "model/finding.h"
#include "model/profile.h"

/*
 * Reads entries into a profile. Everything wrong becomes a finding (check "profile", subject
 * "file:line"); with any error ret is left empty and -EINVAL returned. An empty profile is valid.
 */
int profile_parse(const struct ini *ini, struct profile *ret, struct findings *findings);
