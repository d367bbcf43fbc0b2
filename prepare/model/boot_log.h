/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What this tool did to the devices since the host was started: its runs, the devices that it bound and
 * released, and why the host has to be restarted. Kept below /run, which survives the switch to the real
 * root (host/boot_log.h).
 */
#pragma once

#include "base/strv.h"
#include "model/finding.h"
#include "model/outcome.h"

#define RUN_DIRECTORY "/run/vfio-prepare"
#define BOOT_LOG_PATH RUN_DIRECTORY "/boot.json"
#define BOOT_LOG_MAX_BYTES (4 * 1024 * 1024)
/* A boot has fewer phases; a program that calls this tool in a loop cannot make the log grow. */
#define BOOT_LOG_MAX_PHASES 16
/* A file for each device that is bound, which has its address as its name (render/claim.h). */
#define CLAIMS_DIRECTORY RUN_DIRECTORY "/claims"
/* One line for each reason. */
#define RESTART_REASONS_PATH RUN_DIRECTORY "/reboot-required"

/* Tells the udev rules that an off switch is among the kernel's arguments, for the whole boot or the initramfs. */
#define OFF_PATH RUN_DIRECTORY "/off"
#define OFF_INITRAMFS_PATH RUN_DIRECTORY "/off-initramfs"

enum boot_phase {
	BOOT_PHASE_EARLY,    /* in the initramfs */
	BOOT_PHASE_PREMOUNT, /* in the initramfs, before the root file system is mounted */
	BOOT_PHASE_SYSTEM,
	BOOT_PHASE_HOTPLUG,
	BOOT_PHASE_MANUAL,  /* bind without --phase */
	BOOT_PHASE_RELEASE, /* the verb release */
	BOOT_PHASE_UNKNOWN, /* a name that this version does not know */
	N_BOOT_PHASES
};

/* A finding as it was reported; no decision depends on it. */
struct logged_finding {
	const char *check, *severity, *subject, *detail, *remedy;
};

/* One run. The log owns its texts, but for after and error of an outcome. */
struct logged_phase {
	enum boot_phase phase;
	const char *off;     /* the kernel argument that turned the tool off; NULL: none */
	uint64_t started_ms; /* since the start of the kernel */
	uint32_t elapsed_ms;
	size_t n_left_out; /* outcomes that only the bindings tell */
	struct outcomes outcomes;
	VEC_OF(struct logged_finding) findings;
};

/* A device on the driver that this tool brought it to. The log owns the texts. */
struct binding {
	struct pci_address address;
	const char *section; /* label; "" where there is none */
	const char *driver;
};

struct bindings {
	/* Sorted by address. */
	VEC(struct binding);
	/* Devices that were released and not bound again since; hotplug leaves them alone. */
	struct pci_address_list released;
};

struct boot_log {
	struct logged_phase *items; /* in the order of time */
	size_t n, capacity;
	struct bindings bindings; /* what all phases came to, also those that were dropped */
	struct strv texts;        /* boot_log_text() */
	bool unknown; /* it could not be read as a whole: what is missing is not known */
};

/* The name in the log, in reports and on the command line. */
extern const char *const boot_phase_names[N_BOOT_PHASES];
enum boot_phase boot_phase_parse(const char *name);
/* Did a person start it, not the boot? */
bool boot_phase_is_by_hand(enum boot_phase phase);

void boot_log_done(struct boot_log *log);
/* A copy that lives as long as the log; NULL for NULL. */
const char *boot_log_text(struct boot_log *log, const char *text);
/* Removes the phase at that index. */
void boot_log_drop(struct boot_log *log, size_t index);

void bindings_done(struct bindings *bindings);
/* The binding of a device or NULL. */
const struct binding *bindings_find(const struct bindings *bindings,
				    const struct pci_address *address);
/* Adds a binding, or replaces that of the address. Keeps the pointers; section may be NULL. */
void bindings_set(struct bindings *bindings, const struct pci_address *address, const char *section,
		  const char *driver);
void bindings_remove(struct bindings *bindings, const struct pci_address *address);
bool bindings_has_released(const struct bindings *bindings, const struct pci_address *address);
void bindings_set_released(struct bindings *bindings, const struct pci_address *address,
			   bool released);

enum reason_kind {
	REASON_COMMAND,  /* a program has to be run before the restart */
	REASON_ARGUMENT, /* an argument of the kernel that the next boot brings */
	REASON_DEVICE,   /* a device that the next boot brings to its driver */
	REASON_OTHER,    /* a line that this version does not know */
};

/* Why the host has to be restarted. */
struct restart_reason {
	enum reason_kind kind;
	struct pci_address address; /* REASON_DEVICE */
	char *text;                 /* the line that people read: "device 0000:01:00.0" */
};

struct restart_reasons {
	VEC(struct restart_reason);
};

void restart_reasons_done(struct restart_reasons *reasons);
/* The word that the lines of a kind begin with; "" for REASON_OTHER. */
extern const char *const reason_words[];
/* Adds a reason of REASON_COMMAND or REASON_ARGUMENT. */
void restart_reasons_add(struct restart_reasons *reasons, enum reason_kind kind, const char *text);
void restart_reasons_add_device(struct restart_reasons *reasons, const struct pci_address *address);
