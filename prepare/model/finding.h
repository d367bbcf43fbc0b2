/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is wrong, or worth knowing, and what to do about it. A finding is for a person and for a
 * program: its type has a stable name, subject is what it is about (an address, a file and line,
 * "host"), detail is what was seen and what that means, remedy is a command or an edit.
 */
#pragma once

#include <stdbool.h>

#include "base/alloc.h"

/* What validate comes to. Unknown is not ready. */
enum readiness { READY, NOT_READY, REBOOT_REQUIRED, READINESS_UNKNOWN, N_READINESS };

extern const char *const readiness_names[N_READINESS];

enum severity {
	SEVERITY_NOTE,    /* nothing to do */
	SEVERITY_WARNING, /* works, but not as well or not for ever */
	SEVERITY_ERROR,   /* a device that the profile wants is not, or will not be, ready */
};

/* What is true of each finding of a type. */
enum finding_kind {
	KIND_GUARD = 1 << 0,   /* the host would lose the device (decide/guards.h) */
	KIND_DUE = 1 << 1,     /* apply, and the programs that it names, settle it */
	KIND_RESTART = 1 << 2, /* says that a restart is due */
	KIND_FOREIGN = 1 << 3, /* another tool, or a person, has configured the device */
};

/*
 * The table of findings: the type, its name, what an error of it makes of the verdict (finding_verdict()),
 * and its kinds. No name decides anything. vfio-prepare-findings(7) has an entry for each.
 */
/* clang-format off */
#define FINDING_TYPES(X) \
	/* The profile and the tool itself. */ \
	X(FINDING_PROFILE, "profile", NOT_READY, 0) \
	X(FINDING_NOT_VALIDATED, "not-validated", READINESS_UNKNOWN, 0) \
	X(FINDING_OFF_SWITCH, "off-switch", NOT_READY, 0) \
	X(FINDING_BOOT_LOG, "boot-log", NOT_READY, 0) \
	X(FINDING_NO_ANSWER, "no-answer", NOT_READY, 0) \
	X(FINDING_FOREIGN_FILE, "foreign-file", NOT_READY, 0) \
	X(FINDING_NOT_OURS, "not-ours", NOT_READY, 0) \
	X(FINDING_COMPANION, "companion", NOT_READY, 0) \
	X(FINDING_EXPORT, "export", NOT_READY, 0) \
	/* Guards: what the host would lose. */ \
	X(FINDING_HOST_DISK, "host-disk", NOT_READY, KIND_GUARD) \
	X(FINDING_HOST_DISK_UNKNOWN, "host-disk-unknown", READINESS_UNKNOWN, KIND_GUARD) \
	X(FINDING_STORAGE, "storage", NOT_READY, KIND_GUARD) \
	X(FINDING_NETWORK, "network", NOT_READY, KIND_GUARD) \
	X(FINDING_DISPLAY, "display", NOT_READY, KIND_GUARD) \
	X(FINDING_LIVE_VFS, "live-vfs", REBOOT_REQUIRED, KIND_GUARD) \
	X(FINDING_IN_USE, "in-use", REBOOT_REQUIRED, KIND_GUARD) \
	X(FINDING_VFIO_IN_USE, "vfio-in-use", REBOOT_REQUIRED, KIND_GUARD) \
	X(FINDING_STORAGE_LATER, "storage-later", NOT_READY, 0) \
	X(FINDING_DISK_WAITS, "disk-waits", NOT_READY, 0) \
	X(FINDING_NETWORK_WAITS, "network-waits", NOT_READY, 0) \
	/* The IOMMU. */ \
	X(FINDING_IOMMU_UNKNOWN, "iommu-unknown", READINESS_UNKNOWN, 0) \
	X(FINDING_FIRMWARE_TABLE, "firmware-table", NOT_READY, 0) \
	X(FINDING_IOMMU_ARGUMENT, "iommu-argument", REBOOT_REQUIRED, 0) \
	X(FINDING_IOMMU_NOT_BUILT, "iommu-not-built", NOT_READY, 0) \
	X(FINDING_IOMMU_DEFAULT_OFF, "iommu-default-off", REBOOT_REQUIRED, 0) \
	X(FINDING_IOMMU, "iommu", REBOOT_REQUIRED, 0) \
	X(FINDING_NO_IOMMU_GROUP, "no-iommu-group", REBOOT_REQUIRED, 0) \
	X(FINDING_VFIO_NOIOMMU, "vfio-noiommu", NOT_READY, 0) \
	X(FINDING_ARGUMENT_WITHOUT_EFFECT, "argument-without-effect", NOT_READY, 0) \
	/* Kernel arguments that are wanted. */ \
	X(FINDING_ARGUMENT_MISSING, "argument-missing", NOT_READY, KIND_DUE) \
	X(FINDING_ARGUMENT_ONCE, "argument-once", NOT_READY, KIND_DUE) \
	X(FINDING_REBOOT, "reboot", NOT_READY, KIND_RESTART) \
	X(FINDING_ARGUMENT_DROPPED, "argument-dropped", NOT_READY, 0) \
	X(FINDING_ARGUMENT_CONFLICT, "argument-conflict", NOT_READY, 0) \
	X(FINDING_ARGUMENT_UNWRITABLE, "argument-unwritable", NOT_READY, 0) \
	X(FINDING_PASSTHROUGH, "passthrough", NOT_READY, 0) \
	/* Interrupts. */ \
	X(FINDING_INTERRUPT_REMAPPING, "interrupt-remapping", REBOOT_REQUIRED, 0) \
	X(FINDING_INTERRUPT_REMAPPING_UNKNOWN, "interrupt-remapping-unknown", READINESS_UNKNOWN, 0) \
	X(FINDING_UNSAFE_INTERRUPTS, "unsafe-interrupts", REBOOT_REQUIRED, 0) \
	/* Groups. */ \
	X(FINDING_GROUP_INCOMPLETE, "group-incomplete", NOT_READY, 0) \
	X(FINDING_GROUP_NOT_VIABLE, "group-not-viable", REBOOT_REQUIRED, 0) \
	X(FINDING_CARD_INCOMPLETE, "card-incomplete", NOT_READY, 0) \
	X(FINDING_RESERVED_REGION, "reserved-region", NOT_READY, 0) \
	X(FINDING_RESERVED_REGION_UNKNOWN, "reserved-region-unknown", READINESS_UNKNOWN, 0) \
	X(FINDING_IOMMU_BACKEND, "iommu-backend", REBOOT_REQUIRED, 0) \
	/* Devices. */ \
	X(FINDING_DEVICE_ABSENT, "device-absent", NOT_READY, 0) \
	X(FINDING_IDENTITY_MISMATCH, "identity-mismatch", NOT_READY, 0) \
	X(FINDING_COUNT, "count", NOT_READY, 0) \
	X(FINDING_SECTION_CONFLICT, "section-conflict", NOT_READY, 0) \
	X(FINDING_DEVICE_HANGS, "device-hangs", NOT_READY, 0) \
	X(FINDING_DEVICE_SILENT, "device-silent", NOT_READY, 0) \
	X(FINDING_UNREADABLE, "unreadable", NOT_READY, 0) \
	X(FINDING_NOT_ASSIGNABLE, "not-assignable", NOT_READY, 0) \
	X(FINDING_DENYLISTED, "denylisted", NOT_READY, 0) \
	X(FINDING_WRONG_DRIVER, "wrong-driver", REBOOT_REQUIRED, 0) \
	X(FINDING_OVERRIDE_CLEARED, "override-cleared", NOT_READY, 0) \
	X(FINDING_OVERRIDE_DIFFERS, "override-differs", NOT_READY, 0) \
	X(FINDING_OVERRIDE_UNKNOWN, "override-unknown", READINESS_UNKNOWN, 0) \
	X(FINDING_DRIFT, "drift", NOT_READY, 0) \
	X(FINDING_DRIVER_VARIANT, "driver-variant", NOT_READY, 0) \
	X(FINDING_RESET, "reset", NOT_READY, 0) \
	X(FINDING_VFS_UNSUPPORTED, "vfs-unsupported", NOT_READY, 0) \
	X(FINDING_VFS_TOO_MANY, "vfs-too-many", NOT_READY, 0) \
	X(FINDING_VFS_DRIVER, "vfs-driver", NOT_READY, 0) \
	X(FINDING_VFS_IN_USE, "vfs-in-use", REBOOT_REQUIRED, 0) \
	X(FINDING_VFS_UNKNOWN, "vfs-unknown", READINESS_UNKNOWN, 0) \
	X(FINDING_VFS_MISSING, "vfs-missing", REBOOT_REQUIRED, 0) \
	X(FINDING_VFS_AUTOPROBE, "vfs-autoprobe", NOT_READY, 0) \
	X(FINDING_VFS_WAITS, "vfs-waits", NOT_READY, 0) \
	X(FINDING_VFS_LINK_DOWN, "vfs-link-down", NOT_READY, 0) \
	X(FINDING_VF_NO_DRIVER, "vf-no-driver", NOT_READY, 0) \
	/* Modules. */ \
	X(FINDING_MODULE_MISSING, "module-missing", NOT_READY, 0) \
	X(FINDING_MODULE_UNKNOWN, "module-unknown", READINESS_UNKNOWN, 0) \
	X(FINDING_MODULE_BLACKLISTED, "module-blacklisted", NOT_READY, 0) \
	X(FINDING_MODULES_DISABLED, "modules-disabled", NOT_READY, 0) \
	X(FINDING_MODULE_SIGNATURE, "module-signature", NOT_READY, 0) \
	X(FINDING_BLACKLIST_SPELLING, "blacklist-spelling", NOT_READY, 0) \
	X(FINDING_NATIVE_MODULE, "native-module", NOT_READY, 0) \
	X(FINDING_OPTIONS_IGNORED, "options-ignored", NOT_READY, 0) \
	X(FINDING_MODULE_BUILT_IN, "module-built-in", NOT_READY, 0) \
	X(FINDING_IDS_LEFT_OUT, "ids-left-out", NOT_READY, 0) \
	X(FINDING_SIBLING, "sibling", NOT_READY, 0) \
	X(FINDING_FILE_OUTDATED, "file-outdated", NOT_READY, KIND_DUE) \
	X(FINDING_IDS_TOO_LONG, "ids-too-long", NOT_READY, 0) \
	X(FINDING_RULES_LEFT_OUT, "rules-left-out", NOT_READY, 0) \
	/* Who uses a device. */ \
	X(FINDING_CONSOLE, "console", NOT_READY, 0) \
	X(FINDING_KEYBOARD, "keyboard", NOT_READY, 0) \
	X(FINDING_FRAMEBUFFER, "framebuffer", REBOOT_REQUIRED, 0) \
	/* The initramfs. */ \
	X(FINDING_IMAGE_OLD_PROFILE, "image-old-profile", NOT_READY, 0) \
	X(FINDING_IMAGE_MISSING_TOOL, "image-missing-tool", NOT_READY, 0) \
	X(FINDING_IMAGE_MISSING_MODULE, "image-missing-module", NOT_READY, 0) \
	X(FINDING_IMAGE_ORDER, "image-order", NOT_READY, 0) \
	X(FINDING_IMAGE_DAMAGED, "image-damaged", NOT_READY, 0) \
	X(FINDING_IMAGE_UNKNOWN, "image-unknown", READINESS_UNKNOWN, 0) \
	/* Foreign configuration. */ \
	X(FINDING_FOREIGN_ARGUMENT, "foreign-argument", NOT_READY, KIND_FOREIGN) \
	X(FINDING_FOREIGN_MODPROBE, "foreign-modprobe", NOT_READY, KIND_FOREIGN) \
	X(FINDING_FOREIGN_IDS, "foreign-ids", NOT_READY, KIND_FOREIGN) \
	X(FINDING_FOREIGN_BLACKLIST, "foreign-blacklist", NOT_READY, KIND_FOREIGN) \
	X(FINDING_FOREIGN_INITRAMFS_SCRIPT, "foreign-initramfs-script", NOT_READY, KIND_FOREIGN) \
	X(FINDING_FOREIGN_UDEV_RULE, "foreign-udev-rule", NOT_READY, KIND_FOREIGN) \
	X(FINDING_FOREIGN_INITRAMFS_MODULES, "foreign-initramfs-modules", NOT_READY, KIND_FOREIGN) \
	X(FINDING_FOREIGN_DRACUT, "foreign-dracut", NOT_READY, KIND_FOREIGN) \
	X(FINDING_FOREIGN_MKINITCPIO, "foreign-mkinitcpio", NOT_READY, KIND_FOREIGN) \
	X(FINDING_FOREIGN_GUEST_HOOK, "foreign-guest-hook", NOT_READY, KIND_FOREIGN) \
	X(FINDING_FOREIGN_MODULES_LOAD, "foreign-modules-load", NOT_READY, KIND_FOREIGN) \
	X(FINDING_FOREIGN_DRIVERCTL, "foreign-driverctl", NOT_READY, KIND_FOREIGN) \
	X(FINDING_FOREIGN_VFIO_BIND, "foreign-vfio-bind", NOT_READY, KIND_FOREIGN) \
	X(FINDING_FOREIGN_UNIT, "foreign-unit", NOT_READY, KIND_FOREIGN) \
	X(FINDING_FOREIGN_RC_LOCAL, "foreign-rc-local", NOT_READY, KIND_FOREIGN) \
	X(FINDING_FOREIGN_VFS, "foreign-vfs", NOT_READY, KIND_FOREIGN) \
	X(FINDING_FOREIGN_VDSM, "foreign-vdsm", NOT_READY, KIND_FOREIGN) \
	X(FINDING_FOREIGN_UNREADABLE, "foreign-unreadable", NOT_READY, KIND_FOREIGN) \
	X(FINDING_IDS_CONFLICT, "ids-conflict", NOT_READY, KIND_FOREIGN)

enum finding_type {
#define TYPE(type, ...) type,
	FINDING_TYPES(TYPE)
#undef TYPE
	N_FINDING_TYPES
};
/* clang-format on */

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

extern const char *const severity_names[];

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
