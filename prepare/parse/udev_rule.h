/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of udev(7)'s rules. */
#pragma once

#include <stdbool.h>

#include "base/alloc.h"

struct udev_key {
	char *name;  /* "KERNEL", "ATTR{vendor}" */
	char *value; /* what stands in quotes */
	enum udev_operator { UDEV_IS, UDEV_IS_NOT, UDEV_SETS } operator;
};

struct udev_rule {
	VEC(struct udev_key);
};

/* Reads a rule; false: the line is none, and udev passes over it. *ret has what was read by then. */
bool udev_rule_read(const char *line, struct udev_rule *ret);
void udev_rule_done(struct udev_rule *rule);
/* What the rule sets a name to; NULL: nothing. */
const char *udev_rule_sets(const struct udev_rule *rule, const char *name);
