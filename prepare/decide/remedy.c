/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/remedy.h"

#include <stdarg.h>
#include <string.h>

#include "base/buf.h"
#include "decide/selector.h"

/* What can be done about obstacles: for each way those that it concerns. */
struct ways {
	struct buf free;     /* addresses of those that may go along */
	struct buf excepted; /* addresses that the section leaves out */
	struct buf
		opened; /* addresses that guards hold which the key allow opens, with these flags: */
	unsigned allow;
	struct buf lost;     /* why these guards hold them */
	struct buf now;      /* what cannot go before a restart, and why */
	struct buf silent;   /* what cannot go before it has power again, and why */
	struct buf never;    /* what stays for good, and why */
	struct buf native;   /* edits of sections that bring functions to native drivers */
	struct buf claimed;  /* what another finding is about */
	struct buf unbind;   /* commands that free bridges of their drivers, until the next boot */
	struct strv modules; /* of these drivers */
};

static void ways_done(struct ways *ways)
{
	buf_done(&ways->free);
	buf_done(&ways->excepted);
	buf_done(&ways->opened);
	buf_done(&ways->lost);
	buf_done(&ways->now);
	buf_done(&ways->silent);
	buf_done(&ways->never);
	buf_done(&ways->native);
	buf_done(&ways->claimed);
	buf_done(&ways->unbind);
	strv_done(&ways->modules);
}

static void _printf_(3, 4)
	add_item(struct buf *list, const char *separator, const char *format, ...)
{
	_cleanup_free_ char *item = NULL;
	va_list arguments;

	va_start(arguments, format);
	item = xvasprintf(format, arguments);
	va_end(arguments);
	buf_addf(list, "%s%s", list->length ? separator : "", item);
}

static void add_bridge(struct ways *ways, const struct inventory *inventory,
		       const struct pci_function *bridge)
{
	const char *address = PCI_ADDRESS_TEXT(&bridge->address);

	add_item(&ways->unbind, "; ",
		 "echo none >/sys/bus/pci/devices/%s/driver_override; echo %s "
		 ">/sys/bus/pci/drivers/%s/unbind",
		 address, address, bridge->driver);
	for (size_t i = 0; i < bridge->modules.n; i++)
		if (!strv_contains(&inventory->builtin_modules, bridge->modules.items[i]))
			strv_add_new(&ways->modules, bridge->modules.items[i]);
}

static void add_obstacle(struct ways *ways, const struct inventory *inventory,
			 const struct obstacle *obstacle)
{
	const struct pci_function *function = obstacle->function;
	const char *address = PCI_ADDRESS_TEXT(&function->address);
	const struct stay *stay = &obstacle->stay;
	_cleanup_free_ char *why = stay_text(inventory, function, stay);
	unsigned allow = stay->guard ? guard_opened_by(stay->guard->type) : 0;
	bool told = obstacle->section &&
		    driver_leaves_group_viable(wanted_driver(obstacle->section, function));

	if (stay->reason == STAY_BRIDGE && function->driver) {
		add_bridge(ways, inventory, function);
	} else if (told && (allow || !stay->reason || stay_is_of_now(stay))) {
		add_item(&ways->claimed, " ", "%s", address);
	} else if (allow) {
		add_item(&ways->opened, " ", "%s", address);
		add_item(&ways->lost, ", ", "%s: %s", address, why);
		ways->allow |= allow;
	} else if (stay->reason) {
		add_item(stay->reason == STAY_SILENT ? &ways->silent
			 : stay_is_of_now(stay)      ? &ways->now
						     : &ways->never,
			 ", ", "%s: %s", address, why);
	} else {
		_cleanup_free_ char *edit = obstacle->section
						    ? remedy_leave_out(inventory, obstacle->section,
								       &function->address)
						    : NULL;

		if (edit)
			add_item(&ways->native, "; ", "%s", edit);
		add_item(obstacle->excepted ? &ways->excepted : &ways->free, " ", "%s", address);
	}
}

char *remedy_allow(const struct device_section *section, unsigned allow)
{
	struct buf text = {};

	for (size_t i = 0; i < N_ALLOW; i++)
		if ((section->allow | allow) & 1U << i)
			add_item(&text, " ", "%s", allow_names[i]);
	return buf_take(&text);
}

/* What goes into the profile so that all go along. */
static void add_edits(struct buf *remedy, const struct ways *ways,
		      const struct device_section *section)
{
	bool expand = section->group == GROUP_EXPAND;
	_cleanup_free_ char *allow = remedy_allow(section, ways->allow);

	if (ways->native.length)
		add_item(remedy, "; ", "%s", buf_text(&ways->native));
	if (ways->excepted.length)
		add_item(remedy, "; ", "remove %s from except in section [device %s]",
			 buf_text(&ways->excepted), section->label);
	if (ways->allow && expand)
		add_item(remedy, "; ", "write allow = %s in section [device %s]", allow,
			 section->label);
	else if (ways->allow)
		add_item(remedy, "; ", "list %s%s%s in a section with allow = %s",
			 buf_text(&ways->opened), ways->free.length ? " " : "",
			 buf_text(&ways->free), allow);
	if (ways->allow)
		buf_addf(remedy, ", if the host works without it (%s)", buf_text(&ways->lost));
	else if (ways->free.length && expand)
		add_item(remedy, "; ", "list %s in the profile too", buf_text(&ways->free));
	else if (ways->free.length)
		add_item(remedy, "; ",
			 "list %s in the profile too, or write group = expand in section "
			 "[device %s]",
			 buf_text(&ways->free), section->label);
	if (ways->claimed.length)
		add_item(remedy, "; ", "first settle what other findings say of %s",
			 buf_text(&ways->claimed));
}

/* What has to be done first to what is in the way today only; behind it "then" says what comes next. */
static void add_waits(struct buf *remedy, const struct ways *ways, const char *then)
{
	if (ways->now.length)
		add_item(remedy, "; ", "stop what uses the device, or restart the host%s (%s)",
			 then, buf_text(&ways->now));
	if (ways->silent.length)
		add_item(remedy, "; ", "switch the host off, and its power too, then on again (%s)",
			 buf_text(&ways->silent));
}

/* A driver that is unbound comes back at the next boot, unless its module is kept away. */
static void add_unbinds(struct buf *remedy, const struct ways *ways)
{
	_cleanup_free_ char *modules = strv_join(&ways->modules, "\\nblacklist ");

	if (!ways->unbind.length)
		return;
	if (ways->modules.n)
		add_item(remedy, "; ",
			 "keep the driver away from the bridge, which works without it: printf "
			 "'blacklist %s\\n' >/etc/modprobe.d/bridges.conf, make the initramfs "
			 "anew and restart; until the next boot: %s",
			 modules, buf_text(&ways->unbind));
	else
		add_item(remedy, "; ",
			 "unbind the bridge, which works without its driver; that holds until the "
			 "next boot: %s",
			 buf_text(&ways->unbind));
}

/* Could another slot separate the listed function from what is in the way? */
static bool can_move(const struct pci_function *listed, const struct obstacles *obstacles)
{
	const char *ports = listed->port_path;

	vec_foreach(obstacle, obstacles)
		if (pci_address_same_slot(&obstacle->function->address, &listed->address))
			return false;
	/* What is on the root bus is a part of the processor or the chipset. */
	return ports ? strchr(ports, '/') != NULL : listed->address.bus != 0;
}

void remedy_group(struct finding *finding, const struct inventory *inventory,
		  const struct device_section *section, const struct pci_function *listed,
		  const struct obstacles *obstacles)
{
	_cleanup_(ways_done) struct ways ways = {};
	_cleanup_(buf_done) struct buf remedy = {};
	bool movable = can_move(listed, obstacles);

	vec_foreach(obstacle, obstacles)
		add_obstacle(&ways, inventory, obstacle);
	if (ways.never.length) {
		finding_remedy(finding,
			       "nothing in the profile helps, as a part of the group stays "
			       "with the host (%s); %s",
			       buf_text(&ways.never),
			       movable ? "move the card to a slot whose group does not have it, or "
					 "use a kernel or a firmware setup that separates the "
					 "slots (ACS)"
				       : "these are parts of one chip, which no slot separates");
		return;
	}
	add_edits(&remedy, &ways, section);
	add_waits(&remedy, &ways, ", then: vfio-prepare bind");
	add_unbinds(&remedy, &ways);
	if (movable)
		add_item(&remedy, "; ",
			 "or move the card to a slot with an IOMMU group of its own");
	finding_remedy(finding, "%s", buf_text(&remedy));
}

void remedy_card(struct finding *finding, const struct inventory *inventory,
		 const struct device_section *section, const struct obstacle *obstacle)
{
	_cleanup_(ways_done) struct ways ways = {};
	_cleanup_(buf_done) struct buf remedy = {};

	/* Whoever leaves it out knows. */
	if (obstacle->excepted)
		return;
	add_obstacle(&ways, inventory, obstacle);
	add_edits(&remedy, &ways, section);
	add_waits(&remedy, &ways, "");
	if (ways.never.length)
		add_item(&remedy, "; ",
			 "move what the host needs there to another device, or leave the card to "
			 "one guest until the host is restarted (%s)",
			 buf_text(&ways.never));
	finding_remedy(finding, "%s", buf_text(&remedy));
}

/* How many functions a section means. */
static size_t count_meant(const struct inventory *inventory, const struct device_section *section)
{
	size_t n = 0;

	vec_foreach(function, inventory)
		n += !address_list_has(&section->except, &function->address) &&
		     section_place_matches(section, function) &&
		     section_identity_matches(section, function);
	return n;
}

/* Is the address itself in the list, and not a pattern that means it? */
static bool lists_itself(const struct device_section *section, const struct pci_address *address)
{
	vec_foreach(pattern, &section->addresses)
		if (!pattern->any_function && pci_address_compare(&pattern->address, address) == 0)
			return true;
	return false;
}

char *remedy_leave_out(const struct inventory *inventory, const struct device_section *section,
		       const struct pci_address *address)
{
	size_t n = count_meant(inventory, section);
	const char *text = PCI_ADDRESS_TEXT(address);
	_cleanup_free_ char *edit = NULL;

	if (n <= 1 || (section->addresses.n == 1 && lists_itself(section, address)))
		return xasprintf("remove section [device %s]", section->label);
	edit = lists_itself(section, address) ? xasprintf("remove %s from address", text)
					      : xasprintf("add %s to except", text);
	return section->has_count ? xasprintf("%s in section [device %s] and lower count to %zu",
					      edit, section->label, n - 1)
				  : xasprintf("%s in section [device %s]", edit, section->label);
}
