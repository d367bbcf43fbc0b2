/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/rules.h"

#include <string.h>

#include "decide/planner.h"

/* One section on its way into rules. */
struct work {
	const struct device_section *section;
	struct device_rules *rules;
	const char *driver; /* NULL: not known */
	const char *module;
	unsigned looks;
	bool asks_program;
	bool full; /* RULES_MAX */
};

static const struct id_pattern any = {.vendor = -1, .device = -1};

static void add_rule(struct work *work, const struct address_pattern *place,
		     const struct id_pattern *id, const struct id_pattern *subsystem)
{
	if (work->rules->n >= RULES_MAX) {
		work->full = true;
		return;
	}
	*vec_add(work->rules) = (struct device_rule){
		.anywhere = !place,
		.place = place ? *place : (struct address_pattern){},
		.id = *id,
		.subsystem_vendor = subsystem->vendor,
		.subsystem_device = subsystem->device,
		.driver = xstrdup_null(work->driver),
		.module = xstrdup_null(work->module),
		.looks = work->looks,
		.asks_program = work->asks_program,
	};
}

/* The class of both patterns; false: none can be of both. */
static bool join_class(struct id_pattern *id, const struct id_pattern *class)
{
	if ((id->class ^ class->class) & id->class_mask & class->class_mask)
		return false;
	id->class |= class->class;
	id->class_mask |= class->class_mask;
	return true;
}

/* A pattern of the list, or where it is empty the one that means any. */
static const struct id_pattern *pattern_at(const struct id_list *list, size_t i)
{
	return list->n ? &list->items[i] : &any;
}

static size_t n_patterns(const struct id_list *list)
{
	return list->n ? list->n : 1;
}

static bool shows(const struct pci_function *function, const struct id_pattern *id,
		  const struct id_pattern *subsystem)
{
	return id_pattern_matches(id, function->vendor, function->device, function->class) &&
	       id_pattern_matches(subsystem, function->subsystem_vendor, function->subsystem_device,
				  0);
}

/* A rule for each combination of what the section says of the identity; of function, if there is one. */
static void add_section_rules(struct work *work, const struct address_pattern *place,
			      const struct pci_function *function)
{
	const struct device_section *section = work->section;

	for (size_t i = 0; i < n_patterns(&section->ids); i++)
		for (size_t j = 0; j < n_patterns(&section->classes); j++) {
			struct id_pattern id = *pattern_at(&section->ids, i);

			if (!join_class(&id, pattern_at(&section->classes, j)))
				continue;
			for (size_t k = 0; k < n_patterns(&section->subsystems) && !work->full;
			     k++) {
				const struct id_pattern *subsystem =
					pattern_at(&section->subsystems, k);

				if (!function || shows(function, &id, subsystem))
					add_rule(work, place, &id, subsystem);
			}
		}
}

static bool has_identity(const struct device_section *section)
{
	return section->ids.n || section->classes.n || section->subsystems.n;
}

/*
 * Which of several cards of one model is meant, a rule cannot tell from where it is today, unless that is
 * what the section says: when buses are renumbered or cards are swapped, another is there.
 */
static bool asks_program(const struct device_section *section)
{
	return !section->addresses.n || section->paths.n || section->serials.n;
}

/* What is known of the driver before a device is there. */
static void set_driver(struct work *work, const char *driver, const char *module)
{
	bool known = strcmp(work->section->driver, "auto") != 0;

	work->driver = known ? driver : NULL;
	work->module = known ? module : NULL;
}

/*
 * What the host stands on, no rule can tell, so that disks always wait for the program's look; the USB
 * port of a graphics card goes with the card, as in the guards.
 */
static unsigned looks_at(const struct device_section *section, const struct inventory *inventory,
			 const struct pci_function *function)
{
	unsigned looks = (ALLOW_DISPLAY | ALLOW_NETWORK) & ~section->allow;

	if (!function || !inventory_is_of_display_card(inventory, function))
		looks |= ALLOW_STORAGE;
	return looks;
}

/* Is each device that ever shows the section's identity meant? */
static bool is_for_any_address(const struct profile *profile, const struct device_section *section,
			       const struct plan *plan)
{
	if (section->addresses.n || section->paths.n || section->serials.n || section->except.n ||
	    section->has_count || section->vfs || !has_identity(section))
		return false;
	vec_foreach(other, &profile->sections)
		if (strcmp(other->driver, section->driver) != 0)
			return false;
	vec_foreach(device, plan)
		if (strcmp(device->section, section->label) == 0 && !device_is_given(device))
			return false;
	return true;
}

static void add_device(struct work *work, const struct profile *profile,
		       const struct inventory *inventory, const struct plan *plan,
		       const struct planned_device *device)
{
	const struct pci_function *function = inventory_find(inventory, &device->address);
	struct address_pattern place = {.address = device->address};

	work->section = profile_section(profile, device->section);
	/* Virtual functions that a section makes get their overrides as they are made. */
	if (!function || !work->section || !device_is_given(device) || work->section->vfs)
		return;
	if (!device->companion && is_for_any_address(profile, work->section, plan))
		return;
	work->driver = device->want;
	work->module = device->module;
	work->asks_program = asks_program(work->section);
	work->looks = looks_at(work->section, inventory, function);
	if (work->section->addresses.n && has_identity(work->section) && !device->companion)
		add_section_rules(work, &place, function);
	else
		add_rule(work, &place,
			 &(struct id_pattern){.vendor = function->vendor,
					      .device = function->device},
			 &any);
}

/* Only what its section knows by sight is let in. */
static void add_absent(struct work *work, const struct inventory *inventory,
		       const struct plan *plan, const struct absence *absence)
{
	struct address_pattern place = {.address = absence->address};
	const struct planned_device *device;

	work->section = absence->section;
	if (!has_identity(work->section) || work->section->vfs)
		return;
	vec_foreach(pattern, &work->section->addresses)
		if (pattern->any_function && address_pattern_matches(pattern, &absence->address))
			place = *pattern;
	device = plan_find(plan, &absence->address);
	if (device)
		set_driver(work, device->want, device->module);
	work->looks = looks_at(work->section, inventory, NULL);
	work->asks_program = asks_program(work->section);
	add_section_rules(work, &place, NULL);
}

void device_rules_make(const struct profile *profile, const struct inventory *inventory,
		       const struct match *match, struct plan *plan, struct device_rules *ret)
{
	struct device_rules rules = {};
	struct work work = {.rules = &rules};

	vec_foreach(section, &profile->sections)
		if (is_for_any_address(profile, section, plan)) {
			_cleanup_free_ char *module = module_of_driver(section->driver);

			work.section = section;
			work.looks = looks_at(section, inventory, NULL);
			set_driver(&work, section->driver, module);
			add_section_rules(&work, NULL, NULL);
		}
	vec_foreach(device, plan)
		add_device(&work, profile, inventory, plan, device);
	vec_foreach(absence, &match->absent)
		add_absent(&work, inventory, plan, absence);
	if (work.full)
		finding_remedy(
			finding_add(
				&plan->findings, SEVERITY_WARNING, FINDING_RULES_LEFT_OUT, "host",
				"udev's rules end after %d; what the others mean is bound at boot only",
				RULES_MAX),
			"select fewer combinations of id, class and subsystem in one section");
	*ret = rules;
}
