/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What became of each planned device, read back from the kernel. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/address.h"

enum result {
	RESULT_DONE,
	RESULT_ALREADY,
	RESULT_FAILED,
	RESULT_TIMEOUT, /* the kernel did not answer in time; the device was left alone */
	RESULT_SKIPPED, /* not on this host, or not begun */
	RESULT_REFUSED, /* a finding says why */
};
#define N_RESULTS (RESULT_REFUSED + 1)

struct outcome {
	struct pci_address address;
	/* Owned by the profile and the plan, or by the log that the outcome was read from. */
	const char *section;
	const char *want;
	const char *before; /* NULL: none, or not known */
	bool before_known;
	char *after; /* NULL: none */
	bool after_known;
	enum result result;
	char *error; /* NULL: none */
	uint32_t elapsed_ms;
	unsigned vfs; /* virtual functions that it has and should have */
};

struct outcomes {
	VEC(struct outcome);
};

void outcome_done(struct outcome *outcome);
void outcomes_done(struct outcomes *outcomes);
extern const char *const result_names[N_RESULTS];
