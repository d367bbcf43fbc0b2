/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every verb gets and gives, and the work that several of them begin with. */
#pragma once

#include "host/root.h"
#include "model/finding.h"
#include "model/plan.h"
#include "render/format.h"

/* The same for every verb. */
enum exit_status {
	STATUS_DONE = 0,
	STATUS_FAILED = 1,
	STATUS_USAGE = 2,   /* or a profile that cannot be used */
	STATUS_REFUSED = 3, /* or not ready */
	STATUS_PARTLY = 4,
	STATUS_REBOOT_REQUIRED = 5,
};

/* The command line, read; all pointers into argv. */
struct options {
	const char *root;
	const char *profile;       /* NULL: the host's own files */
	const char *filter, *name; /* list, init */
	const char *address;       /* the same, and bind */
	const char *phase;         /* bind */
	bool assignable, tree;     /* list */
	bool modules, image_files; /* plan */
	bool devices, fit;         /* validate */
	bool scrub;                /* snapshot */
	bool list, from_profile;   /* export */
	const char *release, *url; /* the same */
	char *const *operands;     /* what stands behind the verb */
	size_t n_operands;
	bool rebuild; /* apply */
	bool force;   /* bind, apply, release */
	enum format format;
};

/* What an operand or the argument of an option can be, for the completion of shells. */
enum value_kind {
	VALUE_ANY, /* nothing is offered */
	VALUE_DIRECTORY,
	VALUE_FILE,
	VALUE_ADDRESS, /* of a PCI function of this host */
	VALUE_FORMAT,
	VALUE_PHASE,
	VALUE_EXPORT, /* a target, and then its parts */
};

struct verb {
	const char *name;
	const char *operand; /* what it wants behind its name; NULL: nothing */
	bool any_operands;   /* it takes any number of them, none too */
	enum value_kind operands;
	const char *summary;
	const char *help; /* what the verb does, in a few lines */
	/* Does the work and writes the report to standard output; an enum exit_status. */
	int (*run)(struct root *root, const struct options *options);
};

extern const struct verb list_verb, init_verb, import_verb, plan_verb, apply_verb, bind_verb,
	release_verb, validate_verb, export_verb, snapshot_verb;

struct outcomes;
/* The status that these outcomes of a plan come to. */
int status_of_outcomes(const struct plan *plan, const struct outcomes *outcomes);
/* The status that a count of what went well, of what was refused and of what failed comes to. */
int status_of_counts(size_t n_good, size_t n_refused, size_t n_failed);

/* The status where all that was done is not in the log of the boot, or not among the reasons for a restart. */
int status_unrecorded(int status);
/* Does standard output go to a terminal that knows colours, and did nobody ask for none (no-color.org)? */
bool wants_colour(void);
/* Do the settings of the locale say that text is UTF-8 (locale(7))? */
bool wants_utf8(void);

/* Logs findings of a profile that cannot be used. */
void log_findings(const struct findings *findings);

/* Writes a report to standard output and frees it; status, or STATUS_FAILED where that fails. */
int report(char *text, int status);
/* The same for a text with colours, in which nothing else has an escape character. */
int report_coloured(char *text, int status);
