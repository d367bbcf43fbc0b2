/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a profile would say instead of what is configured by hand. Pure. */
#pragma once

#include "model/inventory.h"

/* A device that foreign settings bring to a driver. */
struct import_device {
	struct pci_address address;
	const struct pci_function *function; /* NULL: not on this host */
	const char *driver;
	bool by_id;    /* its address is nowhere, only its id */
	bool left_out; /* not here; or by_id, while another device with the id has its address there */
	VEC_OF(const struct foreign_setting *) sources;
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

/* Of inventory->foreign; the inventory must outlive it. */
void import_make(const struct inventory *inventory, struct import *ret);
void import_done(struct import *import);
