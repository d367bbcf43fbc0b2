/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Can a function be given away, what is the first reason why not, and what has to go with it. Pure.
 *
 * A guest gets a whole IOMMU group or nothing of it: the kernel lets a group be used only while each of its
 * functions is on a vfio driver, pci-stub, pcieport or no driver at all (drivers/iommu/iommu.c
 * iommu_device_use_default_domain(); Documentation/driver-api/vfio.rst). The functions of a graphics card, and
 * those that device links tie together, work only as one.
 */
#pragma once

#include "decide/guards.h"

/* May a device on this driver stay in a group that a guest uses? */
bool driver_leaves_group_viable(const char *driver);
/* The same of a function with the driver that it has. */
bool function_leaves_group_viable(const struct inventory *inventory,
				  const struct pci_function *function);
/*
 * Would the function keep its group from the guest? Early in a boot no driver has it yet, so a module that may
 * come counts like a driver; for a bridge only the driver does, as modules such as shpchp offer themselves for
 * all of them and take few. What is behind a VMD controller is gone once the controller goes.
 */
bool function_stands_in_the_way(const struct inventory *inventory,
				const struct pci_function *function);

/*
 * Is it behind a VMD controller, in whose group it is, or will be once the IOMMU is on? The group has the
 * controller's driver as long as the function exists.
 */
bool function_is_behind(const struct inventory *inventory, const struct pci_function *function);

/* The inventory's functions, ordered by group. */
struct group_index {
	VEC(const struct pci_function *);
};

void group_index_make(const struct inventory *inventory, struct group_index *ret);
void group_index_done(struct group_index *index);
/* A part of the index, which stays its owner: the functions of a group; none where group is negative. */
struct group_index group_members(const struct group_index *index, int group);

/*
 * Adds the other functions of the card that a function is on, by what ties them: device links, and for a
 * graphics card its slot and vendor. The functions of a network card are each their own, and the slot of a
 * processor's display is no card.
 */
void tied_find(const struct inventory *inventory, const struct pci_function *function,
	       struct pci_address_list *ret);

enum stay_reason {
	STAY_NOT,
	STAY_UNREADABLE,
	STAY_BRIDGE,
	STAY_MEMORY,
	STAY_PLATFORM,
	STAY_BEHIND, /* a VMD controller, with which it shares its group */
	STAY_DENYLISTED,
	STAY_SILENT,
	STAY_HANGS,
	STAY_GUARD,
};

struct stay {
	enum stay_reason reason;
	const struct guard *guard; /* of the guards that were asked */
};

/* Why the function itself stays with the host, for a section that allows these (enum allow_flag). */
struct stay function_stay(const struct inventory *inventory, const struct guards *guards,
			  const struct pci_function *function, enum phase phase, unsigned allow);
/* Is it over once the host has been restarted, or power-cycled? */
bool stay_is_of_now(const struct stay *stay);
/* The reason in words, to follow "the device": "it is a bridge (class 060400), ...". The caller's. */
char *stay_text(const struct inventory *inventory, const struct pci_function *function,
		const struct stay *stay);

/* In the order from good to bad. */
enum assignable_when { ASSIGNABLE_NOW, ASSIGNABLE_AFTER_RESTART, ASSIGNABLE_NEVER };

struct assignable {
	enum assignable_when when;
	char *why;                          /* not now; NULL: nothing speaks against it */
	const struct pci_function *because; /* of which why speaks: itself, or one of its unit */
	enum finding_type guard;            /* with why: of which guard; or N_FINDING_TYPES */
	bool unknown;                       /* with why: that something is not known */
	unsigned
		allow; /* enum allow_flag: what guards of it, and of what goes with it, could be allowed */
	size_t unit;   /* what goes together has one number */
	bool required; /* it has to go with each other function of its unit */
};

struct assignables {
	struct assignable *functions; /* beside the inventory's */
	size_t n;
};

/*
 * The verdict on each function, for a section that allows these (enum allow_flag): 0 for one that is not asked
 * to give up anything. Of a function the others of its unit that are required have to go with it. Needs
 * FACT_DISPLAY and FACT_MODULES of all functions; with FACT_HEADER also reserved regions and silent devices count.
 */
void assignables_make(const struct inventory *inventory, const struct guards *guards,
		      unsigned allow, struct assignables *ret);
void assignables_done(struct assignables *assignables);
