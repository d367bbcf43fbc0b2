/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A piece is one module, or the steps of one device. The device is read before the first step and after the
 * last; steps that did not bring it where the plan wants it are taken back.
 */
#pragma once

#include "act/step.h"

struct piece {
	const struct action *actions;
	size_t n_actions;
	const struct planned_device *device; /* NULL: a module */
	bool final; /* one step that comes after all others of the device, and is not taken back */
};

/*
 * Takes the steps, in the child; the slot has what became of them. -ESTALE: the device is not as it was when
 * the plan was made, and is left alone.
 */
void piece_run(struct root *root, const struct piece *piece, int piece_ms, struct slot *slot);
