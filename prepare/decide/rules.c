/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/rules.h"

#include <string.h>

#include "decide/planner.h"

/* One section on its way into rules. */
struct rule_decision {
	const struct device_section *section;
	struct device_rules *rules;
	const char *driver; /* NULL: not known */
	const char *module;
	unsigned looks;
	bool asks_program;
	bool full; /* RULES_MAX */
};

static const struct id_pattern any = {.vendor = -1, .device = -1};

static void add_rule(struct rule_decision *decision, const struct address_pattern *place,
		     const struct id_pattern *id, const struct id_pattern *subsystem)
{
	if (decision->rules->n >= RULES_MAX) {
		decision->full = true;
		return;
	}
	*vec_add(decision->rules) = (struct device_rule){
		.anywhere = !place,
		.place = place ? *place : (struct address_pattern){},
		.id = *id,
		.subsystem_vendor = subsystem->vendor,
		.subsystem_device = subsystem->device,
		.driver = xstrdup_null(decision->driver),
		.module = xstrdup_null(decision->module),
		.looks = decision->looks,
		.asks_program = decision->asks_program,
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

/* The list, or where it is empty the pattern that means any. */
static const struct id_list *or_any(const struct id_list *list)
{
	static const struct id_list one = {(struct id_pattern *)&any, 1, 1};

	return list->n ? list : &one;
}

static bool shows(const struct pci_function *function, const struct id_pattern *id,
		  const struct id_pattern *subsystem)
{
	return id_pattern_matches(id, function->vendor, function->device, function->class) &&
	       id_pattern_matches(subsystem, function->subsystem_vendor, function->subsystem_device,
				  0);
}

/* A rule for each combination of what the section says of the identity; of function, if there is one. */
static void add_section_rules(struct rule_decision *decision, const struct address_pattern *place,
			      const struct pci_function *function)
{
	const struct device_section *section = decision->section;

	vec_foreach(vendor, or_any(&section->ids))
		vec_foreach(class, or_any(&section->classes)) {
			struct id_pattern id = *vendor;

			if (!join_class(&id, class))
				continue;
			vec_foreach(subsystem, or_any(&section->subsystems))
				if (!decision->full &&
				    (!function || shows(function, &id, subsystem)))
					add_rule(decision, place, &id, subsystem);
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
static void set_driver(struct rule_decision *decision, const char *driver, const char *module)
{
	bool known = strcmp(decision->section->driver, "auto") != 0;

	decision->driver = known ? driver : NULL;
	decision->module = known ? module : NULL;
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

static void add_device(struct rule_decision *decision, const struct profile *profile,
		       const struct inventory *inventory, const struct plan *plan,
		       const struct planned_device *device)
{
	const struct pci_function *function = inventory_find(inventory, &device->address);
	struct address_pattern place = {.address = device->address};

	decision->section = profile_section(profile, device->section);
	/* Virtual functions that a section makes get their overrides as they are made. */
	if (!function || !decision->section || !device_is_given(device) || decision->section->vfs)
		return;
	if (!device->companion && is_for_any_address(profile, decision->section, plan))
		return;
	decision->driver = device->want;
	decision->module = device->module;
	decision->asks_program = asks_program(decision->section);
	decision->looks = looks_at(decision->section, inventory, function);
	if (decision->section->addresses.n && has_identity(decision->section) && !device->companion)
		add_section_rules(decision, &place, function);
	else
		add_rule(decision, &place,
			 &(struct id_pattern){.vendor = function->vendor,
					      .device = function->device},
			 &any);
}

/* Only what its section knows by sight is let in. */
static void add_absent(struct rule_decision *decision, const struct inventory *inventory,
		       const struct plan *plan, const struct absence *absence)
{
	struct address_pattern place = {.address = absence->address};
	const struct planned_device *device;

	decision->section = absence->section;
	if (!has_identity(decision->section) || decision->section->vfs)
		return;
	vec_foreach(pattern, &decision->section->addresses)
		if (pattern->any_function && address_pattern_matches(pattern, &absence->address))
			place = *pattern;
	device = plan_find(plan, &absence->address);
	if (device)
		set_driver(decision, device->want, device->module);
	decision->looks = looks_at(decision->section, inventory, NULL);
	decision->asks_program = asks_program(decision->section);
	add_section_rules(decision, &place, NULL);
}

void device_rules_make(const struct profile *profile, const struct match *match, struct plan *plan,
		       struct device_rules *ret)
{
	const struct inventory *inventory = match->inventory;
	struct device_rules rules = {};
	struct rule_decision decision = {.rules = &rules};

	vec_foreach(section, &profile->sections)
		if (is_for_any_address(profile, section, plan)) {
			_cleanup_free_ char *module = module_of_driver(section->driver);

			decision.section = section;
			decision.looks = looks_at(section, inventory, NULL);
			set_driver(&decision, section->driver, module);
			add_section_rules(&decision, NULL, NULL);
		}
	vec_foreach(device, plan)
		add_device(&decision, profile, inventory, plan, device);
	vec_foreach(absence, &match->absent)
		add_absent(&decision, inventory, plan, absence);
	if (decision.full)
		finding_remedy(
			finding_add(
				&plan->findings, SEVERITY_WARNING, FINDING_RULES_LEFT_OUT, "host",
				"the profile needs more than the %d udev rules that are written; "
				"devices of the other rules are bound at boot, but not when they "
				"are hotplugged",
				RULES_MAX),
			"use fewer values of id, class and subsystem in one section");
	*ret = rules;
}
