/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Work that the kernel may never answer, with a deadline on each piece.
 *
 * A write to unbind, a probe, a module's init, and on kernels before 6.12.91 even the read of
 * driver_override take the device's lock and wait for it in state D, where no signal helps
 * (drivers/base/dd.c). So a child process does the pieces one after another. The parent only
 * watches: when one piece takes too long it gives the child up, does not wait for it, and lets a
 * new child go on with the pieces that remain. The time for all of them only keeps pieces from being
 * begun: one that is cut would leave a device between two drivers. So a job takes that time and, at most,
 * one piece's. A child whose parent is gone does no further piece.
 *
 * Pieces may be spread over lanes: those of one lane go one after another, lanes side by side, each
 * with a child of its own.
 *
 * What a piece finds out it writes into memory that both share (bounded_memory()), so that it can
 * be read even when the child is stuck.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum bounded_end {
	BOUNDED_DONE,      /* the piece ran to its end */
	BOUNDED_TIMEOUT,   /* it did not, in its time */
	BOUNDED_DIED,      /* the child ended in the middle of it */
	BOUNDED_SKIPPED,   /* not begun: wanted() said no */
	BOUNDED_LATE,      /* not begun: the time for all pieces was over */
	BOUNDED_UNSTARTED, /* not begun: no child could be made for it */
};

struct bounded_job {
	size_t n;     /* pieces, numbered from 0 */
	int piece_ms; /* for one of them */
	int total_ms; /* after which none is begun */
	void *userdata;
	/* The lane of a piece, below n_lanes; NULL: there is one lane. */
	size_t (*lane)(void *userdata, size_t piece);
	size_t n_lanes;
	/* Does one piece, in the child. */
	void (*run)(void *userdata, size_t piece);
	/* May it be begun, after what became of others? In the child. NULL: always. */
	bool (*wanted)(void *userdata, size_t piece);
	/* Is told each piece's end and how long it took, in the order of its lane, in the parent. */
	void (*ended)(void *userdata, size_t piece, enum bounded_end end, uint32_t elapsed_ms);
};

/*
 * Runs the job; when it returns each piece has had its end told. 0, or where a child could not be made, why:
 * -errno.
 */
int bounded_run(const struct bounded_job *job);

/* Runs one piece in a child, which may take that long; how it ended. */
enum bounded_end bounded_once(void (*run)(void *userdata, size_t piece), void *userdata, int ms);

/* Zeroed memory that parent and children share, or NULL; munmap() by bounded_free(). */
void *bounded_memory(size_t bytes);
void bounded_free(void *memory, size_t bytes);
