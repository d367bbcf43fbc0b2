/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of a boot, /run/vfio-prepare/boot.json, which survives the switch to the real root:
 * {"version":1,"bound":[{"section","driver","addresses":[...]}],"released":["ADDRESS"],
 *  "phases":[{"phase","started_ms","elapsed_ms","off","left_out","outcomes":[...],"findings":[...]}]},
 * outcomes and findings as bind reports them. Times are milliseconds; started_ms counts from the start
 * of the kernel. "bound" and "released" are what the phases came to, those that have given way too.
 * Of what was done by hand ("manual", "release") a phase has only the outcomes that these do not tell,
 * and "left_out" counts the others: with all of them each bind would cost more than the one before.
 */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "model/binding.h"
#include "model/finding.h"
#include "model/inventory.h"
#include "model/outcome.h"

#define BOOT_PATH "/run/vfio-prepare/boot.json"
/* More phases than a boot has; with them a file that something writes in a loop stays small. */
#define BOOT_MAX_PHASES 16
#define BOOT_MAX_BYTES (4 * 1024 * 1024)

struct boot_phase {
	const char *phase;
	const char *off; /* the argument that turned it off; NULL: it was not */
	uint64_t started_ms;
	uint32_t elapsed_ms;
};

/* A memory that was read; to be freed with boot_free(). */
struct boot;

/* text: NULL, or what is no memory, gives an empty one. Never NULL. */
struct boot *boot_parse(const char *text);
void boot_free(struct boot *boot);

/*
 * The memory with one more phase, as text; what boot holds is changed. Where there are too many phases, or
 * they are too long, the oldest give way, and before those of the boot those that came later: hotplug and
 * what was done by hand.
 */
char *render_boot(struct boot *boot, const struct boot_phase *phase,
		  const struct outcomes *outcomes, const struct findings *findings);

/* The devices that are bound, as the memory has it. */
void boot_bindings(const struct boot *boot, struct bindings *ret);

/*
 * Fills in which devices a phase gave up because the kernel did not answer, and no later attempt was
 * better.
 */
void boot_hanging(const struct boot *boot, struct inventory *inventory);

/* Adds the devices that were given up so at any time, whatever came later; one may stand there more than once. */
void boot_given_up(const struct boot *boot, struct pci_address_list *ret);

/* How often hotplug has tried in vain to bring the device to its driver, since somebody did something by hand. */
unsigned boot_failures(const struct boot *boot, const struct pci_address *address);

/* Adds the story that the memory tells, a line for each phase and device; false: it tells none. */
bool text_boot(struct buf *buf, const struct boot *boot);
