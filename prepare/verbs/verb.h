/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every verb gets and gives, and the work that several of them begin with. */
#pragma once

#include "decide/kernel_args.h"
#include "decide/match.h"
#include "host/root.h"
#include "model/boot_log.h"
#include "model/inventory.h"
#include "model/plan.h"
#include "model/policy.h"
#include "model/profile.h"
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
	bool modules;              /* plan */
	bool devices;              /* validate */
	bool scrub;                /* snapshot */
	char *const *operands;     /* what stands behind the verb */
	size_t n_operands;
	bool rebuild; /* apply */
	bool force;   /* bind, apply, release */
	enum format format;
};

struct verb {
	const char *name;
	const char *operand; /* what it wants behind its name; NULL: nothing */
	bool any_operands;   /* it takes any number of them, none too */
	const char *summary;
	const char *help; /* what the verb does, in a few lines */
	/* Does the work and writes the report to standard output; an enum exit_status. */
	int (*run)(struct root *root, const struct options *options);
};

extern const struct verb list_verb, init_verb, import_verb, plan_verb, apply_verb, bind_verb,
	release_verb, validate_verb, snapshot_verb;

/* A host and what the profile wants of it; each part is valid once it was loaded. */
struct situation {
	struct profile profile;
	struct inventory inventory;
	struct match match;
	struct plan plan;
	struct module_policy policy; /* this, and what follows, once it was asked for */
	struct bootloader bootloader;
	struct argument_plan arguments;
};

/*
 * Compares the kernel's arguments with what the profile wants; again, if that has been done before. Its
 * findings stay with the arguments.
 */
void situation_plan_arguments(struct root *root, struct situation *situation);

/*
 * What the configuration of the host should be, beside what it is; findings are added to the plan.
 * Includes the arguments and their files.
 */
void situation_plan_files(struct root *root, struct situation *situation,
			  struct planned_files *ret);

/*
 * Reads the profile, the host and what the decision needs of it in that phase, and makes the plan.
 * advise: read also what only findings need, no action.
 * log: the functions that hang after it are left alone. NULL: none are.
 * Reports its own errors; STATUS_DONE or the status to end with. situation_done() is due either way.
 */
int situation_load(struct root *root, const struct options *options, enum phase phase, bool advise,
		   const struct boot_log *log, struct situation *ret);
/* The files of the arguments alone. */
void situation_plan_argument_files(struct root *root, const struct situation *situation,
				   struct planned_files *ret);
void situation_done(struct situation *situation);
/* Reads what only a verdict on the plan asks for, and neither the plan nor an action. */
void situation_load_platform(struct root *root, struct situation *situation);

struct outcomes;
/* The status that these outcomes of a plan come to. */
int status_of_outcomes(const struct plan *plan, const struct outcomes *outcomes);
/* The status that a count of what went well, of what was refused and of what failed comes to. */
int status_of_counts(size_t n_good, size_t n_refused, size_t n_failed);

/* Adds to a scanned host what the guards ask of every function, its modules and serial numbers. */
void load_conditions(struct root *root, struct inventory *inventory);

/* For scans that choose: all of them. */
bool any_function(void *userdata, const struct pci_function *function);

/* Logs findings of a profile that cannot be used. */
void log_findings(const struct findings *findings);

/* Writes a report to standard output and frees it; status, or STATUS_FAILED where that fails. */
int report(char *text, int status);
