/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/export_nova.h"

#include <string.h>

#include "base/text.h"
#include "model/nova.h"

#define PLACEMENT_NAME_MAX 255
/* A flavor's property has 255 characters, with the number behind the name, and a word for other functions. */
#define ALIAS_MAX 240

static char *section_text(const struct device_section *section)
{
	return xasprintf("device %s", section->label);
}

static void refuse(struct findings *findings, const struct device_section *section,
		   const char *remedy, const char *format, ...) _printf_(4, 5);
static void refuse(struct findings *findings, const struct device_section *section,
		   const char *remedy, const char *format, ...)
{
	_cleanup_free_ char *subject = section_text(section), *detail = NULL;
	va_list arguments;

	va_start(arguments, format);
	detail = xvasprintf(format, arguments);
	va_end(arguments);
	finding_remedy(finding_add(findings, SEVERITY_ERROR, FINDING_EXPORT, subject, "%s", detail),
		       "%s", remedy);
}

/* Printable ASCII without what oslo.config replaces: whatever reads it reads the same value. */
static bool is_plain(const char *text, const char *forbidden)
{
	for (const char *c = text; *c; c++)
		if (*c < ' ' || *c > '~' || *c == '$' || strchr(forbidden, *c))
			return false;
	return *text && *text != ' ' && text[strlen(text) - 1] != ' ';
}

static void check_name(const struct nova_alias *alias, struct findings *findings)
{
	if (!is_plain(alias->name, ":,") || strlen(alias->name) > ALIAS_MAX)
		refuse(findings, alias->section,
		       "set the key alias of the section to a name of ASCII letters, digits, '.', '_' "
		       "and '-'",
		       "the name \"%s\" cannot stand in a flavor and in nova.conf, which allow "
		       "%d characters of ASCII without '$', ':' and ','",
		       alias->name, ALIAS_MAX);
}

static void check_yes_no(const struct device_section *section, const char *key, const char *value,
			 struct findings *findings)
{
	_cleanup_free_ char *remedy = xasprintf("set %s to yes or no, or remove it", key);
	bool ignored;

	if (value && bool_parse(value, &ignored) < 0)
		refuse(findings, section, remedy, "%s = %s is neither yes nor no", key, value);
}

static void check_numa(const struct export *export, const struct device_section *section,
		       struct findings *findings)
{
	if (!section->numa)
		return;
	if (!TEXT_IN(nova_numa_policies, section->numa))
		refuse(findings, section,
		       "set numa to legacy, preferred, required or socket, or remove it",
		       "numa = %s is no policy of nova's", section->numa);
	else if (strcmp(section->numa, "socket") == 0 && !export_is_since(export, "23"))
		refuse(findings, section, "set numa to preferred or required",
		       "nova has the policy numa = socket since release 23");
}

/* A class or trait as nova prefixes it. */
static bool is_placement_name(const char *name)
{
	return *name && strlen("CUSTOM_") + strlen(name) <= PLACEMENT_NAME_MAX;
}

static void check_placement(const struct export *export, const struct nova_alias *alias,
			    struct findings *findings)
{
	const struct device_section *section = alias->section;
	_cleanup_free_ char *class = nova_resource_class(alias);
	_cleanup_(strv_done) struct strv traits = {};

	if (section->resource_class && !is_placement_name(class))
		refuse(findings, section,
		       "set resource-class to a name such as CUSTOM_GPU, of letters, digits and '_'",
		       "resource-class = %s is no name that Placement takes",
		       section->resource_class);
	nova_traits(section, &traits);
	vec_foreach(trait, &traits)
		if (!is_plain(*trait, "") || !is_placement_name(*trait))
			refuse(findings, section,
			       "set traits to names such as HW_GPU_API_VULKAN, CUSTOM_FAST",
			       "\"%s\" of the key traits is no name that Placement takes", *trait);
	if (nova_has_network(section) && (section->resource_class || section->traits ||
					  (section->alias && nova_schedules(export))))
		refuse(findings, section,
		       "remove physical-network, or remove alias, resource-class and traits",
		       "nova keeps devices with a physical network out of Placement, so that "
		       "no flavor can ask for them by name, class or trait");
}

static void check_section(const struct export *export, const struct nova_alias *alias,
			  struct findings *findings)
{
	const struct device_section *section = alias->section;

	if (alias->is_asked)
		check_name(alias, findings);
	if (section->physical_network && !is_plain(section->physical_network, ""))
		refuse(findings, section,
		       "set physical-network to the name that Neutron has for it",
		       "physical-network = %s has characters other than those of ASCII, or a '$', "
		       "which oslo.config replaces",
		       section->physical_network);
	check_yes_no(section, "trusted", section->trusted, findings);
	check_yes_no(section, "live-migratable", section->live_migratable, findings);
	check_numa(export, section, findings);
	if (nova_reports(export))
		check_placement(export, alias, findings);
}

/* Does whoever asks by the one line also get devices of the other? */
static bool is_alike(const struct export *export, const struct nova_alias *a,
		     const struct nova_alias *b)
{
	_cleanup_free_ char *class_a = nova_resource_class(a), *class_b = nova_resource_class(b);

	if (nova_schedules(export) && (*class_a || *class_b))
		return strcmp(class_a, class_b) == 0;
	return a->device->vendor == b->device->vendor && a->device->device == b->device->device &&
	       a->device->type == b->device->type;
}

/* Two lines of one name are alternatives, which must agree. */
static void check_alternatives(const struct export *export, const struct nova_alias *a,
			       const struct nova_alias *b, struct findings *findings)
{
	if (a->device->type != b->device->type)
		refuse(findings, b->section,
		       "list devices of each type in a section of its own, with another alias",
		       "the name \"%s\" stands for devices of %s and of %s, which nova refuses",
		       a->name, nova_types[a->device->type], nova_types[b->device->type]);
	else if (b->is_main && !text_same(a->section->numa, b->section->numa))
		refuse(findings, b->section,
		       "set the key numa alike in both, or give them other aliases",
		       "section [device %s] has the name \"%s\", too, and another policy numa",
		       a->section->label, a->name);
	else if (nova_schedules(export) &&
		 (!is_alike(export, a, b) || !text_same(a->section->traits, b->section->traits) ||
		  !text_same(a->section->live_migratable, b->section->live_migratable)))
		refuse(findings, b->section,
		       "set resource-class, traits and live-migratable alike for all of them, or "
		       "give them other aliases",
		       "the name \"%s\" stands for devices of more than one kind, and nova takes "
		       "one resource class and one set of traits for a name where it schedules by "
		       "Placement",
		       a->name);
}

static void check_pair(const struct export *export, const struct nova_alias *a,
		       const struct nova_alias *b, struct findings *findings)
{
	if (a->is_asked && b->is_asked && strcmp(a->name, b->name) == 0)
		check_alternatives(export, a, b, findings);
	else if ((a->is_asked || b->is_asked) && (a->is_main || b->is_main) &&
		 !(nova_schedules(export) &&
		   (nova_has_network(a->section) || nova_has_network(b->section))) &&
		 is_alike(export, a, b))
		refuse(findings, b->section,
		       nova_could_schedule(export)
			       ? "set the key alias of both sections to one name, or give each "
				 "a resource-class of its own"
			       : "set the key alias of both sections to one name",
		       "nova cannot tell its devices from those of section [device %s], which have "
		       "the same ids: whoever asks for the ones may get the others",
		       a->section->label);
}

static bool is_of_card(const struct export_device *device, const struct pci_address *physfn)
{
	return device->type == EXPORT_TYPE_VF && !nova_has_network(device->section) &&
	       pci_address_compare(&device->physfn, physfn) == 0;
}

/* The virtual functions of one card are one provider in Placement, which has one class and one set of traits. */
static void check_card(const struct export *export, const struct export_device *device,
		       struct findings *findings)
{
	const struct device_section *section = device->section;
	const struct export_device *first = export->items;

	if (!is_of_card(device, &device->physfn))
		return;
	while (!is_of_card(first, &device->physfn))
		first++;
	if (!text_same(first->section->resource_class, section->resource_class) ||
	    !text_same(first->section->traits, section->traits))
		refuse(findings, section, "set resource-class and traits alike in both sections",
		       "%s and %s are virtual functions of one card, for which nova takes one "
		       "resource class and one set of traits",
		       PCI_ADDRESS_TEXT(&first->address), PCI_ADDRESS_TEXT(&device->address));
}

/* Is it the first line of its section that the section is for? */
static bool is_first(const struct nova_aliases *aliases, const struct nova_alias *alias)
{
	if (!alias->is_main)
		return false;
	for (const struct nova_alias *other = aliases->items; other < alias; other++)
		if (other->is_main && other->section == alias->section)
			return false;
	return true;
}

void export_check_nova(const struct export *export, struct findings *findings)
{
	_cleanup_(nova_aliases_done) struct nova_aliases aliases = {};

	nova_aliases_make(export, &aliases);
	vec_foreach(alias, &aliases) {
		if (is_first(&aliases, alias))
			check_section(export, alias, findings);
		for (const struct nova_alias *other = aliases.items; other < alias; other++)
			check_pair(export, other, alias, findings);
	}
	for (size_t i = 0; nova_reports(export) && i < export->n && !findings->n; i++)
		check_card(export, &export->items[i], findings);
}
