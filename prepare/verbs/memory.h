/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memory of the boot (render/boot.h) as the verbs that act keep and ask it. */
#pragma once

#include "host/root.h"
#include "render/boot.h"

/* So long a person waits for a run of somebody else. */
#define WAIT_BY_HAND_MS 60000

/* A phase, and the memory, which nobody else changes before memory_end(). */
struct memory {
	struct boot_phase phase;
	struct boot *boot; /* as it was before the phase */
	int lock;          /* -1: none could be had */
};

/*
 * Begins a phase now, once no other run has the memory. 0, or -EAGAIN: another has had it for wait_ms,
 * which is told. That there can be no lock, as in an image without /run, is no error. Then nothing but its
 * own end ends the process (base/process.h).
 */
int memory_begin(struct root *root, const char *phase, int wait_ms, struct memory *ret);
/*
 * Lets udev have the devices again that it was kept from in this boot, as their drivers did not answer
 * (host/uevent.h), and that did now: those that are done. To be called before the phase is added.
 */
void memory_show(struct root *root, const struct memory *memory, const struct outcomes *outcomes);
/* Adds the phase, which ends now. That it cannot be written is told, and no failure. */
void memory_add(struct root *root, struct memory *memory, const struct outcomes *outcomes,
		const struct findings *findings);
/* The same, unless the memory says all that is to be said already: for what people may do at any time. */
void memory_add_news(struct root *root, struct memory *memory, const struct outcomes *outcomes,
		     const struct findings *findings);
void memory_end(struct memory *memory);

/* What the memory holds now, empty where there is none; to be freed with boot_free(). */
struct boot *memory_read(struct root *root);

/* Fills in which devices a driver did not let go of in this boot. */
void memory_hanging(struct root *root, struct inventory *inventory);
