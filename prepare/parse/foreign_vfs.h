/* SPDX-License-Identifier: GPL-2.0-or-later */
/* By what a file tells of which physical function it makes virtual ones. */
#pragma once

#include "parse/foreign.h"

struct foreign_whose {
	/* Of two, the one that is more exact, which comes later here, counts. */
	enum foreign_whose_by {
		WHOSE_UNKNOWN,
		WHOSE_DRIVER,   /* "module NAME" */
		WHOSE_PATTERN,  /* of interfaces, or the name that one has at first */
		WHOSE_HARDWARE, /* hardware address */
		WHOSE_NAME,     /* interface */
		WHOSE_ADDRESS,  /* of PCI */
	} by;
	char *name; /* as foreign_add_vfs() takes it; NULL: unknown. The caller's. */
};

/* Takes a name, which is given away, if none is known that is more exact. */
void foreign_whose_take(struct foreign_whose *whose, enum foreign_whose_by by, char *name);
/* The same with a hardware address as somebody wrote it. */
void foreign_whose_take_hardware(struct foreign_whose *whose, const char *text);
