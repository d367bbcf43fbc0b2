/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads that the kernel may never answer: of a file whose file system does not answer (NFS, FUSE, a dying disk),
 * of an attribute whose driver does not, or whose lock a hanging unbind holds. Each system call of that kind is
 * made with watched(), which notes in memory what it asks for, so that the process that supervises the run
 * (host/supervisor.h) sees how long it takes and at which path. That costs no system call.
 *
 * What did not answer is not asked again in this run: the call fails with ETIME, and its caller treats it as any
 * read that fails. A child with deadlines of its own (host/bounded.h) is not watched.
 */
#pragma once

#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* After so many paths nothing more is read. */
#define WATCHED_MAX_SILENT 4

/* What the supervisor and the processes that it watches one after another share; zeroed at first. */
struct watch {
	_Atomic unsigned turn; /* odd: the call that the next two tell of is being made */
	int dir;
	char name[PATH_MAX];
	size_t n_silent;
	char silent[WATCHED_MAX_SILENT][PATH_MAX]; /* paths that did not answer */
	bool over;                                 /* there were more of them: the run ends */
};

/* From here on the calls of this process are noted there; NULL: nowhere. */
void watched_by(struct watch *watch);
/* The path that did not answer of that index, NULL behind the last. */
const char *watched_silent(size_t index);
/* Did so many paths not answer that the run has to end? */
bool watched_is_over(void);

/* The path of a name in a directory that process has open, or of the open file where name is "". */
void watched_path(pid_t process, int dir, const char *name, char ret[static PATH_MAX]);

/* Notes a call for name in the directory. 0; -1, errno ETIME: it did not answer before. watched_end() is due. */
int watched_begin(int dir, const char *name);
/* The call came back; returns its result and keeps errno. */
long watched_end(long result);

/* Makes a call that gives -1 and errno; name "": it is for the open file itself. */
#define watched(dir, name, call) (watched_begin(dir, name) < 0 ? -1 : watched_end(call))
