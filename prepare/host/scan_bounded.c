/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/scan_bounded.h"

#include "host/bounded.h"
#include "host/scan.h"

struct work {
	struct root *root;
	struct inventory *inventory;
	const struct bounded_read *what;
	size_t *functions;      /* the pieces: which of the inventory's */
	unsigned char *answers; /* beside them, shared with the child */
	bool *answered;         /* the same */
};

static void *answer_of(const struct work *work, size_t piece)
{
	return work->answers + piece * work->what->size;
}

static void read_piece(void *userdata, size_t piece)
{
	const struct work *work = userdata;
	int dir = device_lend(work->root, &work->inventory->items[work->functions[piece]].address);

	if (dir < 0)
		return;
	work->what->read(work->root, dir, answer_of(work, piece));
	work->answered[piece] = true;
}

static void piece_ended(void *userdata, size_t piece, enum bounded_end end,
			uint32_t elapsed_ms _unused_)
{
	const struct work *work = userdata;
	bool answered = end == BOUNDED_DONE && work->answered[piece];

	work->what->take(work->root, &work->inventory->items[work->functions[piece]],
			 answered ? answer_of(work, piece) : NULL);
}

void scan_bounded(struct root *root, struct inventory *inventory, const struct bounded_read *what,
		  bool (*chosen)(void *userdata, const struct pci_function *function),
		  void *userdata)
{
	_cleanup_free_ size_t *functions = xcalloc(inventory->n, sizeof(*functions));
	struct work work = {.root = root,
			    .inventory = inventory,
			    .what = what,
			    .functions = functions};
	struct bounded_job job = {
		.piece_ms = what->piece_ms,
		.total_ms = what->total_ms,
		.userdata = &work,
		.run = read_piece,
		.ended = piece_ended,
	};
	size_t bytes;

	vec_foreach(function, inventory) {
		if (!chosen(userdata, function))
			continue;
		/* Nobody would get the process back that reads it. */
		if (function->hangs)
			what->take(root, function, NULL);
		else
			functions[job.n++] = (size_t)(function - inventory->items);
	}
	if (!job.n)
		return;
	bytes = job.n * (what->size + sizeof(bool));
	work.answers = bounded_memory(bytes);
	if (!work.answers) {
		for (size_t i = 0; i < job.n; i++)
			what->take(root, &inventory->items[functions[i]], NULL);
		return;
	}
	work.answered = (bool *)(work.answers + job.n * what->size);
	bounded_run(&job);
	bounded_free(work.answers, bytes);
}
