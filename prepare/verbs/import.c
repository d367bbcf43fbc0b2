/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/import.h"

#include <string.h>

#include "base/log.h"
#include "decide/foreign.h"
#include "decide/guards.h"
#include "host/profile_files.h"
#include "render/profile.h"
#include "verbs/situation.h"

static const char *unusual(const char *driver)
{
	return strcmp(driver, "vfio-pci") == 0 ? NULL : driver;
}

/* Where it stands and what it says, and below it why that loses. */
static void add_source(struct profile_member *member, const struct foreign_setting *setting)
{
	_cleanup_free_ char *place = foreign_place(setting), *why = foreign_why(setting);

	strv_take(&member->sources, xasprintf("From %s: %s", place, setting->text));
	strv_take(&member->sources, xasprintf("  loses: %s", why));
}

/* With blanks between them, the caller's; NULL: there are none. */
static char *addresses_text(const struct pci_address_list *list)
{
	_cleanup_(strv_done) struct strv words = {};

	vec_foreach(address, list)
		strv_add(&words, PCI_ADDRESS_TEXT(address));
	return words.n ? strv_join(&words, " ") : NULL;
}

static void add_device(const struct inventory *inventory, const struct guards *guards,
		       const struct import_device *device, struct profile_draft *draft)
{
	static const char *const reasons[] = {
		[IMPORT_NAMED] = "configured by hand",
		[IMPORT_BY_ID] =
			"only its id is configured, not its address: does the host keep it?",
		[IMPORT_VFS] = "its virtual functions go to guests; it stays with the host",
		[IMPORT_UNEXPLAINED] =
			"no file or argument that is looked at explains its driver: does a guest "
			"have it, or was it bound by hand?",
		[IMPORT_ABSENT] = "no device of this host has this address now",
		[IMPORT_KEPT] = "left out: the host keeps it, as its driver is none for guests",
		[IMPORT_TWIN_NAMED] =
			"left out: only its id is configured, and the address of another",
		[IMPORT_OF_GUEST] = "left out: a guest has it when it runs, and the boot does not "
				    "bind it",
	};
	struct profile_member *member = vec_add(draft);

	member->function = device->function;
	member->driver = unusual(device->driver);
	member->vfs = device->vfs;
	member->except = addresses_text(&device->kept);
	member->left_out = device->reason >= IMPORT_ABSENT;
	member->reason = reasons[device->reason];
	if (device->vfs && device->reason == IMPORT_UNEXPLAINED)
		member->reason = "no file or argument that is looked at explains its virtual "
				 "functions: were they made by hand?";
	if (!device->function) {
		member->reason = reasons[IMPORT_ABSENT];
		member->selector = xasprintf("address = %s", PCI_ADDRESS_TEXT(&device->address));
	}
	for (size_t i = 0; i < device->sources.n; i++)
		add_source(member, device->sources.items[i]);
	if (!device->function)
		return;
	member->holds_data = function_is_storage(device->function) &&
			     guards_leave_disks(
				     &guards->functions[device->function - inventory->items]);
	/* Its guards hold what would take it from the host. */
	if (device->vfs)
		return;
	vec_foreach(guard, &guards->functions[device->function - inventory->items]) {
		strv_take(&member->guards,
			  xasprintf("%s: %s", finding_name(guard->type), guard->detail));
		member->allow |= guard_opened_by(guard->type);
	}
}

static void add_id(const struct import_id *id, bool left_out, struct profile_draft *draft)
{
	struct profile_member *member = vec_add(draft);
	_cleanup_free_ char *subsystem = NULL;

	if (id->id.subvendor <= 0xffff && id->id.subdevice <= 0xffff)
		subsystem = xasprintf("\nsubsystem = %04x:%04x", id->id.subvendor,
				      id->id.subdevice);
	member->reason = "no device of this host has this id now";
	member->left_out = left_out;
	member->selector = xasprintf("id      = %04x:%04x%s", id->id.vendor, id->id.device,
				     subsystem ? subsystem : "");
	member->driver = unusual(id->setting->name);
	add_source(member, id->setting);
}

static void add_remarks(const struct import *import, bool lost, const char *head,
			struct strv *lines)
{
	vec_foreach(remark, &import->remarks) {
		if (remark->lost != lost)
			continue;
		if (head) {
			strv_add(lines, "");
			strv_add(lines, head);
		}
		head = NULL;
		strv_take(lines, xasprintf("  %s", remark->text));
		if (lost)
			log_warning("%s", remark->text);
	}
}

/* Is there anything that the profile cannot say? */
static bool is_lost(const struct import *import)
{
	vec_foreach(remark, &import->remarks)
		if (remark->lost)
			return true;
	return false;
}

static char *make_text(const struct inventory *inventory, const struct import *import)
{
	_cleanup_(profile_draft_done) struct profile_draft draft = {
		.verb = "import", .unsafe_interrupts = import->unsafe_interrupts};
	_cleanup_(guards_done) struct guards guards = {};

	if (import->n || import->ids.n)
		strv_add(
			&draft.remarks,
			"Remove what is named here before that; vfio-prepare validate tells what is left.");
	else
		strv_add(&draft.remarks,
			 is_lost(import) ? "No section could be made: each line below says why."
					 : "No device is configured by hand.");
	add_remarks(import, true, "Not imported:", &draft.remarks);
	add_remarks(import, false, "Not needed any more:", &draft.remarks);
	guards_make(inventory, PHASE_APPLY, &guards);
	vec_foreach(device, import)
		add_device(inventory, &guards, device, &draft);
	vec_foreach(id, &import->ids)
		add_id(id, inventory->n, &draft);
	return render_profile(&draft);
}

static int run(struct root *root, const struct options *options)
{
	const struct purpose purpose = {.goal = GOAL_IMPORT};
	_cleanup_(situation_done) struct situation situation = {};
	_cleanup_(import_done) struct import import = {};
	_cleanup_(profile_done) struct profile profile = {};
	_cleanup_(findings_done) struct findings findings = {};
	_cleanup_(match_done) struct match match = {};
	const struct match *selected = NULL;
	int status;

	if (options->format != FORMAT_TEXT)
		return log_fail(STATUS_USAGE,
				"import prints a profile, which is text: it has no other format");
	status = situation_load(root, options, &purpose, NULL, &situation);
	if (status != STATUS_DONE)
		return status;
	/* A profile that cannot be read explains nothing. */
	root->remembers = true;
	if (profile_load(root, NULL, &profile, &findings) == 0) {
		match_make(&profile, &situation.inventory, &match);
		selected = &match;
	}
	root->remembers = false;
	import_make(&situation.inventory, selected, &import);
	if (!import.n && !import.ids.n)
		log_notice(
			is_lost(&import)
				? "no section could be made"
				: "no device is configured by hand, so that the profile has no section");
	return report(make_text(&situation.inventory, &import), STATUS_DONE);
}

const struct verb import_verb = {
	.name = "import",
	.summary = "print a profile of what is configured by hand",
	.help = "Prints a profile for the devices that driverctl, vfio-bind, udev rules, units,\n"
		"rc.local, or ids= in modprobe.d, the modules of the initramfs or the kernel\n"
		"arguments bind to a driver on this host. Comments say where each device was\n"
		"found and why that way loses against the native driver. What a profile cannot\n"
		"express is also printed on standard error. Nothing is written.\n",
	.run = run,
};
