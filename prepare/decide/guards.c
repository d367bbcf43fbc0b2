/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/guards.h"

#include <stdarg.h>
#include <string.h>

#include "base/text.h"
#include "decide/guarded.h"
#include "decide/network.h"
#include "decide/storage.h"
#include "model/profile.h"

unsigned guard_opened_by(enum finding_type type)
{
	return type == FINDING_STORAGE   ? ALLOW_STORAGE
	       : type == FINDING_NETWORK ? ALLOW_NETWORK
	       : type == FINDING_DISPLAY ? ALLOW_DISPLAY
					 : 0;
}

bool guards_leave_disks(const struct guard_list *guards)
{
	vec_foreach(guard, guards)
		if (guard->type == FINDING_HOST_DISK || guard->type == FINDING_HOST_DISK_UNKNOWN ||
		    guard->type == FINDING_STORAGE || guard->type == FINDING_IN_USE)
			return false;
	return true;
}

bool guard_waits(enum finding_type type, enum phase phase)
{
	if (type == FINDING_HOST_DISK_UNKNOWN || type == FINDING_NETWORK)
		return phase < PHASE_SYSTEM;
	/* In use: udev looks at each new disk. */
	return (type == FINDING_STORAGE || type == FINDING_IN_USE) && phase == PHASE_PREMOUNT;
}

bool guard_passes(enum finding_type type, enum phase phase, unsigned allow)
{
	if (type == FINDING_STORAGE && phase == PHASE_PREMOUNT)
		return false;
	if (type == FINDING_IN_USE)
		return phase == PHASE_FORCED;
	return allow & guard_opened_by(type);
}

bool guard_is_of_now(const struct guard *guard)
{
	return (guard->type == FINDING_IN_USE && !guard->lasts) ||
	       guard->type == FINDING_VFIO_IN_USE || guard->type == FINDING_LIVE_VFS;
}

struct guard_decision {
	const struct inventory *inventory;
	enum phase phase;
	struct guards *guards;
	struct carriers carriers;
	bool *seen;  /* beside the interfaces: looked at for the reason at hand */
	bool unread; /* something of the host could not be read */
};

/* The first reason is enough, but for one that is not known to be one. */
static void _printf_(4, 5)
	raise_guard(struct guard_decision *decision, const struct pci_function *function,
		    enum finding_type type, const char *format, ...)
{
	struct guard_list *list =
		&decision->guards->functions[function - decision->inventory->items];
	struct guard *place = NULL;
	va_list arguments;

	vec_foreach(guard, list)
		if (guard->type == type)
			place = guard;
	if (place && !place->unknown)
		return;
	place = place ? place : vec_add(list);
	free(place->detail);
	va_start(arguments, format);
	*place = (struct guard){.type = type, .detail = xvasprintf(format, arguments)};
	va_end(arguments);
}

static void raise_at(struct guard_decision *decision, const struct pci_address_list *carriers,
		     enum finding_type type, const char *detail)
{
	vec_foreach(address, carriers) {
		const struct pci_function *function = inventory_find(decision->inventory, address);

		if (function)
			raise_guard(decision, function, type, "%s", detail);
	}
}

/* --- which guards concern a function -------------------------------------------------------- */

static bool has_driver(const struct inventory *inventory _unused_,
		       const struct pci_function *function)
{
	return function->driver;
}

static bool is_display(const struct inventory *inventory _unused_,
		       const struct pci_function *function)
{
	return function->class >> 16 == 0x03;
}

/* A network card, a USB port that one may be plugged into, or what an interface is known of. */
static bool may_have_interfaces(const struct inventory *inventory,
				const struct pci_function *function)
{
	if (function->class >> 16 == 0x02 || function->class >> 8 == 0x0c03)
		return true;
	vec_foreach(interface, &inventory->network)
		if (pci_address_list_has(&interface->carriers, &function->address))
			return true;
	return false;
}

/*
 * The USB port of a graphics card goes with the card. That the host does not stand on what is
 * plugged in there all the same, the guard of the host's disks sees.
 */
static bool may_have_disks(const struct inventory *inventory, const struct pci_function *function)
{
	return function_may_carry_disks(function) &&
	       !inventory_is_of_display_card(inventory, function);
}

/* --- storage ------------------------------------------------------------------------------- */

/* What of the host's may lie on the disks of a function, in words; NULL: nothing. */
static char *data_on(const struct storage *storage, const struct pci_function *function,
		     bool *ret_has_disks)
{
	vec_foreach(device, &storage->devices) {
		if (!pci_address_list_has(&device->carriers, &function->address))
			continue;
		*ret_has_disks = true;
		if (device->type)
			return xasprintf("%s contains data (%s)", device->name, device->type);
		if (device->has_partitions)
			return xasprintf("%s has a partition table", device->name);
		if (!device->probed && strncmp(device->name, "sr", 2) != 0)
			return xasprintf(
				"%s cannot be read, so whether it contains data is not known",
				device->name);
	}
	return NULL;
}

static void guard_storage(struct guard_decision *decision, const struct pci_function *function)
{
	const struct carriers *carriers = &decision->carriers;
	const char *what = carriers_find(carriers, &function->address);
	bool may_carry = may_have_disks(decision->inventory, function);
	bool has_disks = false;
	_cleanup_free_ char *data = data_on(&decision->inventory->storage, function, &has_disks);

	if (what)
		raise_guard(decision, function, FINDING_HOST_DISK,
			    "the host uses a disk of the device: %s", what);
	else if ((may_carry || has_disks) && carriers->lost)
		raise_guard(
			decision, function, FINDING_HOST_DISK_UNKNOWN,
			"the host may use a disk of the device, as not all disks of the host can be found: %s",
			carriers->lost);
	else if (may_carry && !has_disks &&
		 (carriers->lost_optional || decision->phase == PHASE_PREMOUNT))
		raise_guard(
			decision, function, FINDING_HOST_DISK_UNKNOWN,
			"the disks of the device are not known, and the host may need one of them: %s",
			carriers->lost_optional
				? carriers->lost_optional
				: "fstab of the root file system has not been read yet");
	/* Of the host's own disk there is nothing to be allowed. */
	if (data && !what)
		raise_guard(decision, function, FINDING_STORAGE, "%s", data);
}

/* --- network ------------------------------------------------------------------------------- */

static void guard_stack(struct guard_decision *decision, const struct interface *interface,
			const char *why)
{
	const struct network *network = &decision->inventory->network;
	_cleanup_free_ char *detail = xasprintf("%s %s", interface->name, why);
	bool *seen = &decision->seen[interface - network->items];

	/* Each once, however many ways lead there: in a broken tree they stand on each other. */
	if (*seen)
		return;
	*seen = true;
	raise_at(decision, &interface->carriers, FINDING_NETWORK, detail);
	for (size_t i = 0; i < interface->lower.n; i++) {
		const struct interface *lower = network_find(network, interface->lower.items[i]);
		_cleanup_free_ char *carries = xasprintf("carries %s, which %s", interface->name,
							 why);

		if (lower)
			guard_stack(decision, lower, carries);
	}
}

/* An interface whose loss would matter, and with it what it stands on. */
static void guard_interface(struct guard_decision *decision, const struct interface *interface,
			    const char *why)
{
	for (size_t i = 0; i < decision->inventory->network.n; i++)
		decision->seen[i] = false;
	guard_stack(decision, interface, why);
}

static void guard_only_link(struct guard_decision *decision)
{
	const struct interface *only = NULL;
	size_t n = 0;

	vec_foreach(interface, &decision->inventory->network)
		if (interface->up && interface->carriers.n) {
			only = interface;
			n++;
		}
	if (n == 1)
		guard_interface(decision, only, "has the only link that is up");
}

const char *network_boot(const struct kernel_args *args)
{
	static const char *const names[] = {"netroot", "BOOTIF", "ip", "nfsroot"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const struct kernel_arg *arg = kernel_args_last(args, names[i]);

		if (arg && arg->value && *arg->value && strcmp(arg->value, "off") != 0 &&
		    strcmp(arg->value, "none") != 0)
			return names[i];
	}
	return NULL;
}

/* Which card it boots over need not be known yet: then it may be any of them. */
static void guard_network_boot(struct guard_decision *decision)
{
	const char *argument = network_boot(&decision->inventory->args);
	const struct network *network = &decision->inventory->network;
	_cleanup_free_ char *why = NULL;
	bool found = false, booted_over = false;

	if (!argument && !decision->carriers.network)
		return;
	why = decision->carriers.network
		      ? xasprintf("may connect the host to a file system on the network: %s",
				  decision->carriers.network)
		      : xasprintf("may be the interface that kernel argument %s= means", argument);
	/* What came over the card of BOOTIF= lies in memory; a file system on the network may use any. */
	vec_foreach(interface, network)
		booted_over = booted_over ||
			      (interface->booted_over && !decision->carriers.network);
	vec_foreach(interface, network)
		if (booted_over ? interface->booted_over : interface->up && interface->carriers.n) {
			guard_interface(decision, interface, why);
			found = true;
		}
	if (found)
		return;
	vec_foreach(function, decision->inventory)
		if (function->class >> 16 == 0x02)
			raise_guard(decision, function, FINDING_NETWORK, "the device %s", why);
}

/* What the host has over the network: the interface on the way there, or each that can lead anywhere. */
static void guard_network_need(struct guard_decision *decision, const struct network_need *need)
{
	const struct network *network = &decision->inventory->network;
	const char *way = network_way(network, need->server);
	_cleanup_free_ char *why = xasprintf("%s the host to %s", way ? "connects" : "may connect",
					     need->what);

	vec_foreach(interface, network)
		if (way ? strcmp(interface->name, way) == 0
			: interface->up && interface_has_route(network, interface->name))
			guard_interface(decision, interface, why);
}

static void guard_networks(struct guard_decision *decision)
{
	_cleanup_(network_needs_done) struct network_needs needs = {};

	vec_foreach(interface, &decision->inventory->network) {
		if (interface->default_route)
			guard_interface(decision, interface, "has a default route");
		if (interface->upper.n) {
			_cleanup_free_ char *why = xasprintf("is part of %s",
							     interface->upper.items[0]);

			guard_interface(decision, interface, why);
		}
	}
	guard_only_link(decision);
	guard_network_boot(decision);
	network_needs_make(&decision->inventory->storage, &needs);
	vec_foreach(need, &needs)
		guard_network_need(decision, need);
}

/* ------------------------------------------------------------------------------------------- */

/* What apply found so; of disks the system phase decides. */
static void guard_kept(struct guard_decision *decision, const struct pci_function *function)
{
	const struct guard_list *list =
		&decision->guards->functions[function - decision->inventory->items];

	vec_foreach(guarded, &decision->inventory->guarded) {
		bool waits = guarded->type != FINDING_NETWORK && decision->phase < PHASE_SYSTEM;
		size_t n = list->n;

		if (!guarded_is(guarded, decision->inventory, function))
			continue;
		raise_guard(decision, function, waits ? FINDING_HOST_DISK_UNKNOWN : guarded->type,
			    "guard %s held the device when vfio-prepare apply ran last",
			    finding_name(guarded->type));
		if (list->n > n)
			list->items[n].kept = true;
	}
}

/* --- what could not be read ---------------------------------------------------------------- */

/* Of which functions a guard may have missed something, as these facts are not known in full. */
static const struct {
	unsigned host;      /* enum host_fact */
	unsigned functions; /* enum function_fact */
	bool (*concerns)(const struct inventory *inventory, const struct pci_function *function);
	enum finding_type type;
	const char *text; /* behind it why it is not known */
} unknowns[] = {
	{HOST_STORAGE | HOST_CONTENTS | HOST_GUARDED, 0, may_have_disks, FINDING_HOST_DISK_UNKNOWN,
	 "the host may use a disk of the device"},
	{HOST_NETWORK | HOST_LINKS | HOST_GUARDED, 0, may_have_interfaces, FINDING_NETWORK,
	 "the host may be reached through the device"},
	{HOST_USERS, 0, has_driver, FINDING_IN_USE, "a process may have the device open"},
	{0, FACT_DISPLAY, is_display, FINDING_DISPLAY, "the device may be the display of the host"},
	{0, FACT_DISPLAY, has_driver, FINDING_LIVE_VFS, "the device may have virtual functions"},
};

static void guard_unknown(struct guard_decision *decision, const struct pci_function *function)
{
	const struct guard_list *list =
		&decision->guards->functions[function - decision->inventory->items];

	for (size_t i = 0; i < ARRAY_SIZE(unknowns); i++) {
		size_t n = list->n;
		const char *why = inventory_unread(decision->inventory, unknowns[i].host);

		if (function->unread & unknowns[i].functions)
			why = function->unread_why;
		if (why && unknowns[i].concerns(decision->inventory, function))
			raise_guard(decision, function, unknowns[i].type, "%s: %s",
				    unknowns[i].text, why);
		if (list->n > n)
			list->items[n].unknown = true;
	}
}

static void guard_function(struct guard_decision *decision, const struct pci_function *function)
{
	guard_storage(decision, function);
	guard_kept(decision, function);
	if (decision->unread || function->unread)
		guard_unknown(decision, function);
	if (function->boot_vga)
		raise_guard(decision, function, FINDING_DISPLAY,
			    "the firmware chose the device as the display of the host");
	if (function->boot_framebuffer)
		raise_guard(decision, function, FINDING_DISPLAY,
			    "the boot framebuffer is in the device's memory");
	if (inventory_is_only_display(decision->inventory, function))
		raise_guard(decision, function, FINDING_DISPLAY,
			    "the device is the only display of the host");
	if (function->live_vfs)
		raise_guard(decision, function, FINDING_LIVE_VFS,
			    "the device has virtual functions, which would be removed with it");
	if (function->user && function->driver && driver_is_vfio(function->driver))
		raise_guard(decision, function, FINDING_VFIO_IN_USE,
			    "%s has the device open through VFIO, and an unbind would not return",
			    function->user);
	else if (function->user)
		raise_guard(decision, function, FINDING_IN_USE, "%s has the device open",
			    function->user);
}

/* --- in use now, on a host that is up ------------------------------------------------------ */

/* Does it stack on the device, or is it a volume of the ZFS pool that the device is a member of? */
static bool uses(const struct block_device *other, const struct block_device *device)
{
	size_t length = other->dataset ? strcspn(other->dataset, "/") : 0;

	return strv_contains(&other->below, device->name) ||
	       (length && text_same(device->type, "zfs_member") && device->label &&
		strlen(device->label) == length &&
		strncmp(device->label, other->dataset, length) == 0);
}

static void guard_used_disks(struct guard_decision *decision, const struct pci_function *function)
{
	const struct storage *storage = &decision->inventory->storage;
	struct guard_list *list =
		&decision->guards->functions[function - decision->inventory->items];
	bool has_disks = false;

	/* Why the host's own disk is in use is said already. */
	if (carriers_find(&decision->carriers, &function->address))
		return;
	vec_foreach(device, &storage->devices) {
		if (!pci_address_list_has(&device->carriers, &function->address))
			continue;
		has_disks = true;
		if (device->claimed)
			raise_guard(decision, function, FINDING_IN_USE,
				    "the kernel or a process has %s open exclusively",
				    device->name);
		vec_foreach(other, &storage->devices)
			if (!pci_address_list_has(&other->carriers, &function->address) &&
			    uses(other, device))
				raise_guard(decision, function, FINDING_IN_USE, "%s uses %s",
					    other->dm_name ? other->dm_name : other->name,
					    device->name);
	}
	vec_foreach(guard, list)
		guard->lasts = guard->type == FINDING_IN_USE && has_disks;
}

static void guard_used_now(struct guard_decision *decision)
{
	vec_foreach(function, decision->inventory)
		guard_used_disks(decision, function);
	if (decision->phase < PHASE_MANUAL)
		return;
	vec_foreach(interface, &decision->inventory->network) {
		_cleanup_free_ char *detail = xasprintf("interface %s of the device is switched on",
							interface->name);

		if (interface->enabled)
			raise_at(decision, &interface->carriers, FINDING_IN_USE, detail);
	}
}

void guards_make(const struct inventory *inventory, enum phase phase, struct guards *ret)
{
	struct guards guards = {.functions = xcalloc(inventory->n, sizeof(*guards.functions)),
				.n = inventory->n};
	struct guard_decision decision = {.inventory = inventory,
					  .phase = phase,
					  .guards = &guards,
					  .unread = inventory_unread(inventory, HOST_ALL)};

	carriers_make(&inventory->storage, &inventory->args, phase >= PHASE_SYSTEM,
		      &decision.carriers);
	decision.seen = xcalloc(inventory->network.n, sizeof(*decision.seen));
	vec_foreach(function, inventory)
		guard_function(&decision, function);
	guard_networks(&decision);
	if (phase >= PHASE_APPLY)
		guard_used_now(&decision);
	free(decision.seen);
	carriers_done(&decision.carriers);
	*ret = guards;
}

void guards_done(struct guards *guards)
{
	if (!guards)
		return;
	for (size_t i = 0; i < guards->n; i++) {
		vec_foreach(guard, &guards->functions[i])
			free(guard->detail);
		free(guards->functions[i].items);
	}
	free(guards->functions);
	*guards = (struct guards){};
}
