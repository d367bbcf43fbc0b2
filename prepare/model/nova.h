/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What nova, and Juju's charms for it, can be told of devices: a list of them, and names (alias) that flavors ask for
 * devices by. A name stands for ids and a type, and nova takes any device that has them (nova/pci/request.py,
 * nova/pci/stats.py); only its tracking in Placement, since 27, tells devices of the same ids apart.
 */
#pragma once

#include "model/export.h"

/* One line of nova's option alias. */
struct nova_alias {
	char *name; /* owned */
	const struct device_section *section;
	const struct export_device *device; /* the first that it stands for */
	bool is_main; /* stands for the section's devices, and not for another function of their cards */
	bool is_asked; /* false: Neutron asks for the devices, by their physical network, and there is no name */
};

struct nova_aliases {
	VEC(struct nova_alias);
};

void nova_aliases_done(struct nova_aliases *aliases);
/*
 * All lines of the export's devices, but for companions, which nova must not give away alone. The section's name is
 * that of the devices of one base class: those of other classes, such as the sound of a graphics card, have names of
 * their own, behind "-", so that nobody who asks for the card gets its sound alone.
 */
void nova_aliases_make(const struct export *export, struct nova_aliases *ret);
/* The device's line; NULL: it is a companion. */
const struct nova_alias *nova_alias_of(const struct nova_aliases *aliases,
				       const struct export_device *device);

/* A device's word for its type; also the values of numa_policy. */
extern const char *const nova_types[];
extern const char *const nova_numa_policies[4];

/* Does nova report the devices to Placement (26), and schedule by it (27)? Only where the profile has a use for it. */
bool nova_reports(const struct export *export);
bool nova_schedules(const struct export *export);
bool nova_could_schedule(const struct export *export);
/* Has the section a physical network, and not the word null, which stands for overlays? */
bool nova_has_network(const struct device_section *section);
/* The resource class that nova makes of the line; the caller's. "": by the device's ids. */
char *nova_resource_class(const struct nova_alias *alias);
/* The names of the key traits, which is a list in nova. */
void nova_traits(const struct device_section *section, struct strv *ret);
/* The number of a release that is called by its name or date: queens, epoxy, 2025.1; any other text is itself. */
const char *nova_release(const char *name);
