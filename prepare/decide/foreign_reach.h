/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a foreign setting that brings devices to a driver does to those of the profile, and how that is told. Pure. */
#pragma once

#include "base/buf.h"
#include "decide/check.h"

/* What a setting does to the devices that it means, beside what the profile wants of them. */
struct foreign_reach {
	struct strv same;  /* the profile wants the same driver for them */
	struct strv other; /* it wants another one: "0000:01:00.0 ([device nic] wants vfio-pci)" */
	struct strv unlisted; /* it does not list them */
	struct strv absent;   /* the host does not have them, nor does the profile */
	struct strv bad;      /* ids that the driver passes over */
};

void foreign_reach_done(struct foreign_reach *reach);
/* Adds the devices that a setting means. */
void foreign_reach_add(const struct checks *checks, const struct foreign_setting *setting,
		       struct foreign_reach *reach);
/* Is no device of the host meant? What cannot be told is another matter. */
bool foreign_takes_nothing(const struct foreign_setting *setting,
			   const struct foreign_reach *reach);
enum severity foreign_severity(const struct foreign_setting *setting,
			       const struct foreign_reach *reach);
/* Adds what it does, each part with "; " in front. */
void foreign_describe(const struct foreign_setting *setting, const struct foreign_reach *reach,
		      struct buf *buf);

/* Adds "a, b and 3 more" with what stands around it; nothing where there are no names. */
void text_add_names(struct buf *buf, const char *before, const struct strv *names,
		    const char *behind);
