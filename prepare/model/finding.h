/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is wrong, or worth knowing, and what to do about it. A finding is for a person and for a
 * program: check is a stable name (the manual explains each), subject is what it is about (an
 * address, a file and line, "host"), detail is what was seen, remedy can be pasted or done.
 */
#pragma once

#include <stdbool.h>

#include "base/alloc.h"

enum severity {
	SEVERITY_NOTE,    /* nothing to do */
	SEVERITY_WARNING, /* works, but not as well or not for ever */
	SEVERITY_ERROR,   /* a device that the profile wants is not, or will not be, ready */
};

struct finding {
	const char *check; /* static */
	enum severity severity;
	char *subject;
	char *detail;
	char *remedy; /* "" where there is none */
};

struct findings {
	struct finding *items;
	size_t n;
	size_t capacity;
};

const char *severity_name(enum severity severity);

/* Adds a finding with a formatted detail; the pointer is valid until the next one is added. */
struct finding *finding_add(struct findings *findings, enum severity severity, const char *check,
			    const char *subject, const char *format, ...) _printf_(5, 6);
/* Sets the remedy, formatted. */
void finding_remedy(struct finding *finding, const char *format, ...) _printf_(2, 3);
bool findings_have(const struct findings *findings, enum severity severity);
/* Moves the findings of one list behind those of another. */
void findings_move(struct findings *from, struct findings *to);
void finding_done(struct finding *finding);
void findings_done(struct findings *findings);
