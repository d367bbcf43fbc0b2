/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run of a verb that acts, from the lock to its entry in the log of the boot (model/boot_log.h). */
#pragma once

#include "host/boot_log.h"
#include "model/profile.h"

/* How long a run that a person started waits for another run. */
#define WAIT_BY_HAND_MS 60000

struct phase_run {
	struct logged_phase phase;
	struct boot_log log; /* without the phase */
	int lock;            /* -1: there is none */
};

/*
 * Begins a phase now and locks the log until phase_end(). 0, or -EAGAIN: another run had the lock for
 * wait_ms, which is logged. Without a lock, as in an image without /run, it goes on. From here on no signal
 * ends the process (base/process.h).
 */
int phase_begin(struct root *root, enum boot_phase phase, int wait_ms, struct phase_run *ret);
/*
 * Shows udev the devices of these outcomes again that a phase hid from it (host/uevent.h) and that are done
 * now.
 */
void phase_show(struct root *root, const struct phase_run *run, const struct outcomes *outcomes);
/*
 * Adds the phase, which ends now, to the log, and makes the claims (host/claims.h) those of the devices that are
 * bound. A phase by hand or of hotplug, which may come at any time, is added only where the log does not tell its
 * outcomes yet. 0, or -errno: it is not in the log, or not in the claims.
 */
int phase_log(struct root *root, struct phase_run *run, const struct profile *profile,
	      const struct outcomes *outcomes, const struct findings *findings);
void phase_end(struct phase_run *run);
