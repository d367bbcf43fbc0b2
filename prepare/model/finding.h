/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is wrong, or worth knowing, and what to do about it. A finding is for a person and for a
 * program: its type has a stable name (vfio-prepare-findings(7) explains each), subject is what it is
 * about (an address, a file and line, "host"), detail is what was seen, remedy can be pasted or done.
 */
#pragma once

#include <stdbool.h>

#include "base/alloc.h"
#include "model/readiness.h"

enum severity {
	SEVERITY_NOTE,    /* nothing to do */
	SEVERITY_WARNING, /* works, but not as well or not for ever */
	SEVERITY_ERROR,   /* a device that the profile wants is not, or will not be, ready */
};

/* Each has a row in the table of model/finding.c, and no name decides anything. */
enum finding_type {
	/* The profile and the tool itself. */
	FINDING_PROFILE,
	FINDING_NOT_VALIDATED,
	FINDING_OFF_SWITCH,
	FINDING_FOREIGN_FILE,
	FINDING_NOT_OURS,
	FINDING_COMPANION,

	/* Guards: what the host would lose. */
	FINDING_HOST_DISK,         /* root, boot, swap, a mount or an entry of fstab stands on it */
	FINDING_HOST_DISK_UNKNOWN, /* it could, and what the host stands on cannot be followed to its end */
	FINDING_STORAGE,           /* its disks hold data, or cannot be read; allow = storage */
	FINDING_NETWORK, /* default route, only link, bond, bridge, VLAN, network boot; allow = network */
	FINDING_DISPLAY,     /* the boot display or framebuffer; allow = display */
	FINDING_LIVE_VFS,    /* a PF whose VFs exist */
	FINDING_IN_USE,      /* a process has it open; by hand see decide/guards.h */
	FINDING_VFIO_IN_USE, /* its VFIO group is open: an unbind would wait for its end, for ever */
	FINDING_DISK_WAITS,
	FINDING_NETWORK_WAITS,

	/* The IOMMU. */
	FINDING_IOMMU_UNKNOWN,
	FINDING_FIRMWARE_TABLE,
	FINDING_IOMMU_ARGUMENT,
	FINDING_IOMMU_NOT_BUILT,
	FINDING_IOMMU_DEFAULT_OFF,
	FINDING_IOMMU,
	FINDING_NO_IOMMU_GROUP,
	FINDING_VFIO_NOIOMMU,
	FINDING_ARGUMENT_WITHOUT_EFFECT,

	/* Kernel arguments that are wanted. */
	FINDING_ARGUMENT_MISSING,
	FINDING_ARGUMENT_ONCE,
	FINDING_REBOOT,
	FINDING_ARGUMENT_DROPPED,
	FINDING_ARGUMENT_CONFLICT,
	FINDING_ARGUMENT_UNWRITABLE,

	/* Interrupts. */
	FINDING_INTERRUPT_REMAPPING,
	FINDING_INTERRUPT_REMAPPING_UNKNOWN,
	FINDING_UNSAFE_INTERRUPTS,

	/* Groups. */
	FINDING_GROUP_INCOMPLETE,
	FINDING_GROUP_NOT_VIABLE,
	FINDING_CARD_INCOMPLETE,
	FINDING_RESERVED_REGION,
	FINDING_RESERVED_REGION_UNKNOWN,
	FINDING_IOMMU_BACKEND,

	/* Devices. */
	FINDING_DEVICE_ABSENT,
	FINDING_IDENTITY_MISMATCH,
	FINDING_COUNT,
	FINDING_SECTION_CONFLICT,
	FINDING_DEVICE_HANGS,
	FINDING_UNREADABLE,
	FINDING_NOT_ASSIGNABLE,
	FINDING_DENYLISTED,
	FINDING_WRONG_DRIVER,
	FINDING_OVERRIDE_CLEARED,
	FINDING_OVERRIDE_DIFFERS,
	FINDING_OVERRIDE_UNKNOWN,
	FINDING_DRIVER_VARIANT,
	FINDING_RESET,
	FINDING_VFS_UNSUPPORTED,
	FINDING_VFS_TOO_MANY,
	FINDING_VFS_DRIVER,
	FINDING_VFS_IN_USE,
	FINDING_VFS_UNKNOWN,
	FINDING_VFS_MISSING,
	FINDING_VFS_AUTOPROBE,
	FINDING_VFS_WAITS,

	/* Modules. */
	FINDING_MODULE_MISSING,
	FINDING_MODULE_UNKNOWN,
	FINDING_MODULE_BLACKLISTED,
	FINDING_MODULES_DISABLED,
	FINDING_MODULE_SIGNATURE,
	FINDING_BLACKLIST_SPELLING,
	FINDING_NATIVE_MODULE,
	FINDING_OPTIONS_IGNORED,
	FINDING_MODULE_BUILT_IN,
	FINDING_IDS_LEFT_OUT,
	FINDING_IDS_TOO_LONG,
	FINDING_RULES_LEFT_OUT,

	/* Who uses a device. */
	FINDING_CONSOLE,
	FINDING_KEYBOARD,
	FINDING_FRAMEBUFFER,

	/* The initramfs. */
	FINDING_IMAGE_OLD_PROFILE,
	FINDING_IMAGE_MISSING_TOOL,
	FINDING_IMAGE_MISSING_MODULE,
	FINDING_IMAGE_ORDER,
	FINDING_IMAGE_DAMAGED,
	FINDING_IMAGE_UNKNOWN,

	/* Foreign configuration. */
	FINDING_FOREIGN_ARGUMENT,
	FINDING_FOREIGN_MODPROBE,
	FINDING_FOREIGN_IDS,
	FINDING_FOREIGN_BLACKLIST,
	FINDING_FOREIGN_INITRAMFS_SCRIPT,
	FINDING_FOREIGN_UDEV_RULE,
	FINDING_FOREIGN_INITRAMFS_MODULES,
	FINDING_FOREIGN_DRACUT,
	FINDING_FOREIGN_MODULES_LOAD,
	FINDING_FOREIGN_DRIVERCTL,
	FINDING_FOREIGN_VFIO_BIND,
	FINDING_FOREIGN_UNIT,
	FINDING_FOREIGN_RC_LOCAL,
	FINDING_FOREIGN_VDSM,
	FINDING_FOREIGN_UNREADABLE,
	FINDING_IDS_CONFLICT,

	N_FINDING_TYPES
};

/* What is true of each finding of a type. */
enum finding_kind {
	KIND_GUARD = 1 << 0,   /* the host would lose the device (decide/guards.h) */
	KIND_DUE = 1 << 1,     /* apply, and the programs that it names, settle it */
	KIND_RESTART = 1 << 2, /* says that a restart is due */
	KIND_FOREIGN = 1 << 3, /* another tool, or a person, has configured the device */
};

struct finding {
	enum finding_type type;
	enum severity severity;
	char *subject;
	char *detail;
	char *remedy; /* "" where there is none */
};

struct findings {
	VEC(struct finding);
};

const char *severity_name(enum severity severity);

/* "wrong-driver"; static. */
const char *finding_name(enum finding_type type);
bool finding_is(enum finding_type type, enum finding_kind kind);
/*
 * What an error of that type makes of the verdict: NOT_READY; READINESS_UNKNOWN, where what readiness
 * hangs on could not be read; REBOOT_REQUIRED, which is NOT_READY unless a restart is due, as it is true
 * of this boot alone: of what runs in it, or of a boot that began before apply had written what it needs.
 */
enum readiness finding_verdict(enum finding_type type);

/* Adds a finding with a formatted detail; the pointer is valid until the next one is added. */
struct finding *finding_add(struct findings *findings, enum severity severity,
			    enum finding_type type, const char *subject, const char *format, ...)
	_printf_(5, 6);
/* Sets the remedy, formatted. */
void finding_remedy(struct finding *finding, const char *format, ...) _printf_(2, 3);
bool findings_have(const struct findings *findings, enum severity severity);
/* Moves the findings of one list behind those of another. */
void findings_move(struct findings *from, struct findings *to);
void finding_done(struct finding *finding);
void findings_done(struct findings *findings);
