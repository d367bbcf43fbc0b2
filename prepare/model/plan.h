/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is to be done to a host: which device should be on which driver, the writes that bring it
 * there in their order, and what stands in the way. decide/ makes it, plan shows it, act/ carries
 * it out, validate compares the host with it.
 */
#pragma once

#include "base/strv.h"
#include "model/address.h"
#include "model/finding.h"

/*
 * When the plan is to be carried out: early in the initramfs little of the host is known yet; before the
 * root is mounted its disk is, but not what its fstab needs.
 */
enum phase {
	PHASE_EARLY,
	PHASE_PREMOUNT,
	PHASE_SYSTEM,
	/* As the system phase of the next boot, judged on the running host: for apply. */
	PHASE_APPLY,
	/* By hand, on a host that is up; the second one with --force. */
	PHASE_MANUAL,
	PHASE_FORCED,
};

enum device_state {
	DEVICE_BIND,    /* has actions */
	DEVICE_RIGHT,   /* is on the driver that it should have: nothing to do */
	DEVICE_WAITING, /* for a later phase, which will know what the host stands on */
	DEVICE_REFUSED, /* a finding says why; it is left alone */
	DEVICE_ABSENT,  /* listed by address and not on this host */
	DEVICE_VFS,     /* a physical function whose virtual ones have to be made; has actions */
};

struct planned_device {
	struct pci_address address;
	enum device_state state;
	const char *section; /* label, owned by the profile */
	bool companion;      /* joined through group = expand */
	bool next_boot;      /* refused only as it is in use now */
	bool optional;       /* that it is absent is no error */
	const struct address_list
		*kept; /* with vfs: these virtual ones stay with the host; owned by the profile */
	unsigned vfs;  /* a physical function that stays with the host and has so many; 0: none */
	char *want;    /* driver; NULL: its own, it is released; owned */
	char *module; /* that provides it or what its virtual functions get, or a modalias; NULL: it is there; owned */
	char *before; /* driver that it has, NULL: none, or not known; owned */
	bool before_known;
	int iommu_group; /* -1: none */
	/* Of a device that is released: the modules of drivers of its own, as far as that is known. */
	struct strv natives;
	bool natives_known;
};

enum action_type {
	ACTION_LOAD_MODULE, /* value: module or modalias; path: the driver's directory that shows that it is there */
	ACTION_SET_OVERRIDE,   /* value: driver */
	ACTION_CLEAR_OVERRIDE, /* value: "\n" */
	ACTION_REMOVE_ID,      /* value: vendor and device */
	ACTION_UNBIND,         /* value: address */
	ACTION_PROBE, /* value: address; done when the device's driver link names the wanted driver */
	ACTION_AUTOPROBE, /* value: 0 or 1, whether drivers take new virtual functions by themselves */
	ACTION_SET_VFS, /* value: how many virtual functions there shall be */
};

struct action {
	enum action_type type;
	size_t device; /* index in the plan's devices; SIZE_MAX: none of them */
	char *path;    /* what is written, or opened, below the root */
	char *value;
	char *reason;
};

struct action_list {
	VEC(struct action);
};

struct plan {
	/* Sorted by address. */
	VEC(struct planned_device);
	struct action_list actions;
	struct findings findings;
};

void plan_done(struct plan *plan);
/* What adds devices out of order sorts them before plan_find(), and before there are actions. */
void plan_sort(struct plan *plan);
/* The plan's device at address or NULL. */
const struct planned_device *plan_find(const struct plan *plan, const struct pci_address *address);
/*
 * Takes out the devices that are not wanted, with what was to be done to them, what was found and what only
 * they need.
 */
void plan_keep(struct plan *plan,
	       bool (*wanted)(void *userdata, const struct planned_device *device), void *userdata);
/* Adds an action; takes path and reason. */
void plan_act(struct plan *plan, enum action_type type, size_t device, char *path,
	      const char *value, char *reason);
/* Adds what is written for a device of the plan; driver: NULL clears its override. They take the reason. */
void plan_override(struct plan *plan, size_t device, const char *driver, char *reason);
void plan_unbind(struct plan *plan, size_t device, char *reason);
void plan_probe(struct plan *plan, size_t device, char *reason);
/* Adds the loading of a module, if it is not to be loaded anyhow; takes reason. */
void plan_load(struct plan *plan, const char *module, const char *shown_by, char *reason);
extern const char *const action_type_names[];
extern const char *const device_state_names[];
/* Is it of use only with a module through which VFIO maps a guest's memory? */
bool device_needs_backend(const struct planned_device *device);
/* Is it absent, and its section optional? */
bool device_may_be_absent(const struct planned_device *device);
/* Does it go to its guest, now or at the next boot? */
bool device_is_given(const struct planned_device *device);
/* Is nothing done about it, as it is refused or absent? */
bool device_is_out(const struct planned_device *device);
/* What a device in DEVICE_WAITING waits for, in words. */
const char *device_waits_for(const struct planned_device *device);
/* The driver that it has, in words: "no driver", "unknown driver". */
const char *device_driver_text(const struct planned_device *device);
