/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One step of a plan: the write, the look at what it came to, and how it is taken back. A table has these
 * for each enum action_type. Runs in a child, as each access may block for ever (host/bounded.h), and tells
 * the parent in a struct slot.
 */
#pragma once

#include <stdint.h>

#include "host/bounded.h"
#include "host/root.h"
#include "host/sriov.h"
#include "model/plan.h"
#include "model/profile.h"

#define ATTRIBUTE_MAX 4096 /* PAGE_SIZE: sysfs gives and takes no more */

/* What a step came to where the kernel took the write; above 0, as an error of the kernel is below. */
enum complaint {
	COMPLAINT_NO_EFFECT = 1, /* the attribute reads as before, or the driver stayed */
	COMPLAINT_NO_DRIVER,     /* no driver took the physical function */
	COMPLAINT_GUESTS,        /* a driver for guests took the physical function */
	COMPLAINT_FEWER,         /* the driver made fewer virtual functions than it was asked for */
	COMPLAINT_INCOMPLETE,    /* the virtual functions lack what a bind needs of them */
};

/* What the child tells of a piece, in memory that outlives it. */
struct slot {
	enum action_type step; /* the current one, or the one that failed */
	unsigned begun;        /* a bit for each enum action_type */
	enum bounded_end end;  /* BOUNDED_UNSTARTED until the parent knows */
	int error;             /* of the step: 0, -errno or enum complaint */
	bool undoing;          /* the steps are being taken back */
	int undo_error;        /* of the first one that could not be taken back */
	bool after_known;
	char after[DRIVER_NAME_MAX];    /* the driver as it was read last; "": none */
	bool right;                     /* the device is where the plan wants it */
	bool override_known;            /* read only where the device is not right */
	char override[DRIVER_NAME_MAX]; /* "": none */
	struct vfs_state vfs;           /* of a physical function, as it was read last */
	int n_came;                     /* virtual functions, with COMPLAINT_FEWER */
	uint32_t elapsed_ms;
};

/* A piece at work. */
struct attempt {
	struct root *root;
	const struct planned_device *device; /* NULL: it is a module */
	int dir;                             /* the device's directory in sysfs */
	int piece_ms;                        /* the time that the piece has */
	char override[ATTRIBUTE_MAX];        /* as it was before the first step */
	struct vfs_state vfs;                /* as it was before the first step */
	struct slot *slot;
};

/* What the step does, for a message: "unbinding". */
const char *step_text(enum action_type step);

/* Reads the device's driver into the slot. */
void step_read_driver(const struct attempt *attempt);
/* Reads the device's override in the form in which it is written: "\n" for none. */
void step_read_override(const struct attempt *attempt, char ret[static ATTRIBUTE_MAX]);

/* Takes the step and looks at what it came to: 0, -errno or enum complaint. */
int step_take(const struct attempt *attempt, const struct action *action);

/* Writes the address to an attribute after which the device should have a driver; 0: it has one. */
int step_try_driver(const struct attempt *attempt, const char *path);

/* Takes back the steps that were begun; the slot says which one could not be. */
void steps_undo(const struct attempt *attempt);
