/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/finding.h"

#include <stdarg.h>
#include <stdio.h>

const char *severity_name(enum severity severity)
{
	static const char *const names[] = {
		[SEVERITY_NOTE] = "note",
		[SEVERITY_WARNING] = "warning",
		[SEVERITY_ERROR] = "error",
	};

	return names[severity];
}

static const struct {
	const char *name;
	enum readiness verdict;
	unsigned kinds; /* enum finding_kind */
} infos[N_FINDING_TYPES] = {
	/* The profile and the tool itself. */
	[FINDING_PROFILE] = {"profile", NOT_READY},
	[FINDING_NOT_VALIDATED] = {"not-validated", READINESS_UNKNOWN},
	[FINDING_OFF_SWITCH] = {"off-switch", NOT_READY},
	[FINDING_FOREIGN_FILE] = {"foreign-file", NOT_READY},
	[FINDING_NOT_OURS] = {"not-ours", NOT_READY},
	[FINDING_COMPANION] = {"companion", NOT_READY},

	/* Guards: what the host would lose. */
	[FINDING_HOST_DISK] = {"host-disk", NOT_READY, KIND_GUARD},
	[FINDING_HOST_DISK_UNKNOWN] = {"host-disk-unknown", READINESS_UNKNOWN, KIND_GUARD},
	[FINDING_STORAGE] = {"storage", NOT_READY, KIND_GUARD},
	[FINDING_NETWORK] = {"network", NOT_READY, KIND_GUARD},
	[FINDING_DISPLAY] = {"display", NOT_READY, KIND_GUARD},
	[FINDING_LIVE_VFS] = {"live-vfs", REBOOT_REQUIRED, KIND_GUARD},
	[FINDING_IN_USE] = {"in-use", REBOOT_REQUIRED, KIND_GUARD},
	[FINDING_VFIO_IN_USE] = {"vfio-in-use", REBOOT_REQUIRED, KIND_GUARD},
	[FINDING_DISK_WAITS] = {"disk-waits", NOT_READY},
	[FINDING_NETWORK_WAITS] = {"network-waits", NOT_READY},

	/* The IOMMU. */
	[FINDING_IOMMU_UNKNOWN] = {"iommu-unknown", READINESS_UNKNOWN},
	[FINDING_FIRMWARE_TABLE] = {"firmware-table", NOT_READY},
	[FINDING_IOMMU_ARGUMENT] = {"iommu-argument", REBOOT_REQUIRED},
	[FINDING_IOMMU_NOT_BUILT] = {"iommu-not-built", NOT_READY},
	[FINDING_IOMMU_DEFAULT_OFF] = {"iommu-default-off", REBOOT_REQUIRED},
	[FINDING_IOMMU] = {"iommu", REBOOT_REQUIRED},
	[FINDING_NO_IOMMU_GROUP] = {"no-iommu-group", REBOOT_REQUIRED},
	[FINDING_VFIO_NOIOMMU] = {"vfio-noiommu", NOT_READY},
	[FINDING_ARGUMENT_WITHOUT_EFFECT] = {"argument-without-effect", NOT_READY},

	/* Kernel arguments that are wanted. */
	[FINDING_ARGUMENT_MISSING] = {"argument-missing", NOT_READY, KIND_DUE},
	[FINDING_ARGUMENT_ONCE] = {"argument-once", NOT_READY, KIND_DUE},
	[FINDING_REBOOT] = {"reboot", NOT_READY, KIND_RESTART},
	[FINDING_ARGUMENT_DROPPED] = {"argument-dropped", NOT_READY},
	[FINDING_ARGUMENT_CONFLICT] = {"argument-conflict", NOT_READY},
	[FINDING_ARGUMENT_UNWRITABLE] = {"argument-unwritable", NOT_READY},

	/* Interrupts. */
	[FINDING_INTERRUPT_REMAPPING] = {"interrupt-remapping", REBOOT_REQUIRED},
	[FINDING_INTERRUPT_REMAPPING_UNKNOWN] = {"interrupt-remapping-unknown", READINESS_UNKNOWN},
	[FINDING_UNSAFE_INTERRUPTS] = {"unsafe-interrupts", REBOOT_REQUIRED},

	/* Groups. */
	[FINDING_GROUP_INCOMPLETE] = {"group-incomplete", NOT_READY},
	[FINDING_GROUP_NOT_VIABLE] = {"group-not-viable", REBOOT_REQUIRED},
	[FINDING_CARD_INCOMPLETE] = {"card-incomplete", NOT_READY},
	[FINDING_RESERVED_REGION] = {"reserved-region", NOT_READY},
	[FINDING_RESERVED_REGION_UNKNOWN] = {"reserved-region-unknown", READINESS_UNKNOWN},
	[FINDING_IOMMU_BACKEND] = {"iommu-backend", REBOOT_REQUIRED},

	/* Devices. */
	[FINDING_DEVICE_ABSENT] = {"device-absent", NOT_READY},
	[FINDING_IDENTITY_MISMATCH] = {"identity-mismatch", NOT_READY},
	[FINDING_COUNT] = {"count", NOT_READY},
	[FINDING_SECTION_CONFLICT] = {"section-conflict", NOT_READY},
	[FINDING_DEVICE_HANGS] = {"device-hangs", NOT_READY},
	[FINDING_UNREADABLE] = {"unreadable", NOT_READY},
	[FINDING_NOT_ASSIGNABLE] = {"not-assignable", NOT_READY},
	[FINDING_DENYLISTED] = {"denylisted", NOT_READY},
	[FINDING_WRONG_DRIVER] = {"wrong-driver", REBOOT_REQUIRED},
	[FINDING_OVERRIDE_CLEARED] = {"override-cleared", NOT_READY},
	[FINDING_OVERRIDE_DIFFERS] = {"override-differs", NOT_READY},
	[FINDING_OVERRIDE_UNKNOWN] = {"override-unknown", READINESS_UNKNOWN},
	[FINDING_DRIVER_VARIANT] = {"driver-variant", NOT_READY},
	[FINDING_RESET] = {"reset", NOT_READY},
	[FINDING_VFS_UNSUPPORTED] = {"vfs-unsupported", NOT_READY},
	[FINDING_VFS_TOO_MANY] = {"vfs-too-many", NOT_READY},
	[FINDING_VFS_DRIVER] = {"vfs-driver", NOT_READY},
	[FINDING_VFS_IN_USE] = {"vfs-in-use", REBOOT_REQUIRED},
	[FINDING_VFS_UNKNOWN] = {"vfs-unknown", READINESS_UNKNOWN},
	[FINDING_VFS_MISSING] = {"vfs-missing", REBOOT_REQUIRED},
	[FINDING_VFS_AUTOPROBE] = {"vfs-autoprobe", NOT_READY},
	[FINDING_VFS_WAITS] = {"vfs-waits", NOT_READY},

	/* Modules. */
	[FINDING_MODULE_MISSING] = {"module-missing", NOT_READY},
	[FINDING_MODULE_UNKNOWN] = {"module-unknown", READINESS_UNKNOWN},
	[FINDING_MODULE_BLACKLISTED] = {"module-blacklisted", NOT_READY},
	[FINDING_MODULES_DISABLED] = {"modules-disabled", NOT_READY},
	[FINDING_MODULE_SIGNATURE] = {"module-signature", NOT_READY},
	[FINDING_BLACKLIST_SPELLING] = {"blacklist-spelling", NOT_READY},
	[FINDING_NATIVE_MODULE] = {"native-module", NOT_READY},
	[FINDING_OPTIONS_IGNORED] = {"options-ignored", NOT_READY},
	[FINDING_MODULE_BUILT_IN] = {"module-built-in", NOT_READY},
	[FINDING_IDS_LEFT_OUT] = {"ids-left-out", NOT_READY},
	[FINDING_IDS_TOO_LONG] = {"ids-too-long", NOT_READY},
	[FINDING_RULES_LEFT_OUT] = {"rules-left-out", NOT_READY},

	/* Who uses a device. */
	[FINDING_CONSOLE] = {"console", NOT_READY},
	[FINDING_KEYBOARD] = {"keyboard", NOT_READY},
	[FINDING_FRAMEBUFFER] = {"framebuffer", NOT_READY},

	/* The initramfs. */
	[FINDING_IMAGE_OLD_PROFILE] = {"image-old-profile", NOT_READY},
	[FINDING_IMAGE_MISSING_TOOL] = {"image-missing-tool", NOT_READY},
	[FINDING_IMAGE_MISSING_MODULE] = {"image-missing-module", NOT_READY},
	[FINDING_IMAGE_ORDER] = {"image-order", NOT_READY},
	[FINDING_IMAGE_DAMAGED] = {"image-damaged", NOT_READY},
	[FINDING_IMAGE_UNKNOWN] = {"image-unknown", READINESS_UNKNOWN},

	/* Foreign configuration. */
	[FINDING_FOREIGN_ARGUMENT] = {"foreign-argument", NOT_READY, KIND_FOREIGN},
	[FINDING_FOREIGN_MODPROBE] = {"foreign-modprobe", NOT_READY, KIND_FOREIGN},
	[FINDING_FOREIGN_IDS] = {"foreign-ids", NOT_READY, KIND_FOREIGN},
	[FINDING_FOREIGN_BLACKLIST] = {"foreign-blacklist", NOT_READY, KIND_FOREIGN},
	[FINDING_FOREIGN_INITRAMFS_SCRIPT] = {"foreign-initramfs-script", NOT_READY, KIND_FOREIGN},
	[FINDING_FOREIGN_UDEV_RULE] = {"foreign-udev-rule", NOT_READY, KIND_FOREIGN},
	[FINDING_FOREIGN_INITRAMFS_MODULES] = {"foreign-initramfs-modules", NOT_READY,
					       KIND_FOREIGN},
	[FINDING_FOREIGN_DRACUT] = {"foreign-dracut", NOT_READY, KIND_FOREIGN},
	[FINDING_FOREIGN_MODULES_LOAD] = {"foreign-modules-load", NOT_READY, KIND_FOREIGN},
	[FINDING_FOREIGN_DRIVERCTL] = {"foreign-driverctl", NOT_READY, KIND_FOREIGN},
	[FINDING_FOREIGN_VFIO_BIND] = {"foreign-vfio-bind", NOT_READY, KIND_FOREIGN},
	[FINDING_FOREIGN_UNIT] = {"foreign-unit", NOT_READY, KIND_FOREIGN},
	[FINDING_FOREIGN_RC_LOCAL] = {"foreign-rc-local", NOT_READY, KIND_FOREIGN},
	[FINDING_FOREIGN_VDSM] = {"foreign-vdsm", NOT_READY, KIND_FOREIGN},
	[FINDING_FOREIGN_UNREADABLE] = {"foreign-unreadable", NOT_READY, KIND_FOREIGN},
	[FINDING_IDS_CONFLICT] = {"ids-conflict", NOT_READY, KIND_FOREIGN},
};

const char *finding_name(enum finding_type type)
{
	return infos[type].name;
}

bool finding_is(enum finding_type type, enum finding_kind kind)
{
	return infos[type].kinds & kind;
}

enum readiness finding_verdict(enum finding_type type)
{
	return infos[type].verdict;
}

struct finding *finding_add(struct findings *findings, enum severity severity,
			    enum finding_type type, const char *subject, const char *format, ...)
{
	struct finding *finding = vec_add(findings);
	va_list arguments;

	va_start(arguments, format);
	*finding = (struct finding){
		.type = type,
		.severity = severity,
		.subject = xstrdup(subject),
		.detail = xvasprintf(format, arguments),
		.remedy = xstrdup(""),
	};
	va_end(arguments);
	return finding;
}

void finding_remedy(struct finding *finding, const char *format, ...)
{
	va_list arguments;

	free(finding->remedy);
	va_start(arguments, format);
	finding->remedy = xvasprintf(format, arguments);
	va_end(arguments);
}

bool findings_have(const struct findings *findings, enum severity severity)
{
	vec_foreach(finding, findings)
		if (finding->severity == severity)
			return true;
	return false;
}

void finding_done(struct finding *finding)
{
	free(finding->subject);
	free(finding->detail);
	free(finding->remedy);
}

void findings_move(struct findings *from, struct findings *to)
{
	vec_foreach(finding, from)
		*vec_add(to) = *finding;
	free(from->items);
	*from = (struct findings){};
}

void findings_done(struct findings *findings)
{
	if (!findings)
		return;
	vec_foreach(finding, findings)
		finding_done(finding);
	free(findings->items);
	*findings = (struct findings){};
}
