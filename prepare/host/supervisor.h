/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A run that ends whatever the kernel does not answer. A child does it, and this process only watches: where
 * one read of the child (host/watched.h) lasts too long, the child is killed, and a new one does the run from its
 * beginning without that path. A signal alone would not do: of most waits in the kernel only the end of the process
 * gets it out (NFS, FUSE), and of some not even that (state D); such a child is left, never waited for.
 *
 * So a run may be begun several times, at any point of the one before, as after a crash: each verb is made for
 * that.
 */
#pragma once

struct supervised {
	/* The run, in a child; an exit status. */
	int (*run)(void *userdata);
	void *userdata;
	/* How often the child is looked at, and how many looks one read may last: at first, and once a path was silent. */
	int look_ms;
	unsigned first_looks, later_looks;
};

/*
 * Carries the run out; its exit status, or 1 where too much did not answer. What does not is logged. Signals that
 * end a process go to the child, and this process ends by the signal by which the child did.
 */
int supervise(const struct supervised *supervised);
