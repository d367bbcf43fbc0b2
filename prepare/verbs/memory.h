/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memory of the boot (render/boot.h) as the verbs that act keep and ask it. */
#ifndef VERBS_MEMORY_H
#define VERBS_MEMORY_H

#include "host/root.h"
#include "render/boot.h"

/* A phase that begins now. */
struct boot_phase memory_begin(const char *phase);
/* Adds the phase, which ends now. That it cannot be written is told, and no failure. */
void memory_add(struct root *root, struct boot_phase *phase, const struct outcomes *outcomes,
		const struct findings *findings);
/* The same, unless the memory says all that is to be said already: for what people may do at any time. */
void memory_add_news(struct root *root, struct boot_phase *phase, const struct outcomes *outcomes,
		     const struct findings *findings);

/* What the memory holds now, empty where there is none; to be freed with boot_free(). */
struct boot *memory_read(struct root *root);

/* Fills in which devices a driver did not let go of in this boot. */
void memory_hanging(struct root *root, struct inventory *inventory);

#endif
