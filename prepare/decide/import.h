/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a profile would say instead of what is configured by hand. Pure. */
#pragma once

#include "decide/match.h"

/* A device that foreign settings bring to a driver. */
struct import_device {
	struct pci_address address;
	const struct pci_function *function; /* NULL: not on this host */
	const char *driver;
	unsigned
		vfs; /* so many of its virtual functions go there, and not it itself; 0: it goes there */
	/* Why it is one, or why it is none. */
	enum import_reason {
		IMPORT_NAMED, /* by its address */
		IMPORT_BY_ID, /* by its id alone */
		IMPORT_VFS,   /* its virtual functions go there, whose number is said somewhere */
		IMPORT_UNEXPLAINED, /* it is on the driver, and no source says why */
		/* Those that follow are left out. */
		IMPORT_ABSENT, /* it is not here */
		IMPORT_KEPT,   /* on a driver that is not for guests */
		IMPORT_TWIN_NAMED, /* by its id, while another device with the id has its address there */
		IMPORT_OF_GUEST, /* it goes to the driver when a guest starts, or is expected there */
	} reason;
	VEC_OF(const struct foreign_setting *) sources; /* none: IMPORT_UNEXPLAINED */
	struct pci_address_list kept; /* virtual functions of it that stay with the host */
};

/* An id that no device of this host has. */
struct import_id {
	const struct foreign_setting *setting;
	struct foreign_id id;
};

/* What does not become a section. */
struct import_remark {
	char *text;
	bool lost; /* the profile cannot say it; otherwise it has no need to */
};

struct import {
	/* Sorted by address. */
	VEC(struct import_device);
	VEC_OF(struct import_id) ids;
	VEC_OF(struct import_remark) remarks;
	bool unsafe_interrupts;
};

/*
 * Of inventory->foreign; the inventory must outlive it. match: of the profile that the host has, which explains
 * the drivers of what it selects; NULL: it has none.
 */
void import_make(const struct inventory *inventory, const struct match *match, struct import *ret);
void import_done(struct import *import);
