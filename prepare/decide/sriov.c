/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/sriov.h"

#include <string.h>

#include "base/text.h"
#include "decide/group.h"
#include "decide/planner.h"

static struct finding *refuse(struct match *match, struct claim *claim, enum finding_type type,
			      const char *detail)
{
	claim->refused = true;
	return finding_add(&match->findings, SEVERITY_ERROR, type,
			   PCI_ADDRESS_TEXT(&claim->function->address),
			   "section [device %s] wants %u virtual function%s, but %s",
			   claim->section->label, claim->section->vfs, PLURAL(claim->section->vfs),
			   detail);
}

bool vfs_stand(const struct match *match, const struct claim *claim)
{
	return claim->function->num_vfs == (int)claim->section->vfs &&
	       inventory_count_vfs(match->inventory, &claim->function->address) ==
		       claim->section->vfs;
}

/* Why a virtual function may not be taken away: a guard's reason, or an interface that is up. */
static char *use_of(const struct inventory *inventory, const struct guards *guards,
		    const struct pci_function *function)
{
	vec_foreach(guard, &guards->functions[function - inventory->items])
		return xstrdup(guard->detail);
	vec_foreach(interface, &inventory->network)
		if (interface->up && pci_address_list_has(&interface->carriers, &function->address))
			return xasprintf("interface %s of the virtual function is up",
					 interface->name);
	return NULL;
}

static bool is_virtual_of(const struct pci_function *virtual, const struct pci_function *physical)
{
	return virtual->is_vf && pci_address_compare(&virtual->physfn, &physical->address) == 0;
}

/* Some stand, but not so many: may they go? What is refused here keeps them. */
static void decide_standing(const struct guards *guards, struct match *match, struct claim *claim)
{
	const struct pci_function *function = claim->function;

	vec_foreach(its, match) {
		const struct pci_function *virtual = its->function;
		_cleanup_free_ char *use = NULL, *detail = NULL;

		if (!is_virtual_of(virtual, function))
			continue;
		use = use_of(match->inventory, guards, virtual);
		if (!use)
			continue;
		detail = xasprintf("the device has %d, of which %s is in use: %s",
				   function->num_vfs, PCI_ADDRESS_TEXT(&virtual->address), use);
		finding_remedy(
			refuse(match, claim, FINDING_VFS_IN_USE, detail),
			"stop what uses the virtual function, then: vfio-prepare bind; or restart "
			"the host");
		/* What keeps it from going keeps it on its driver. */
		if (its->section && !claim_is_right(its))
			its->refused = its->next_boot = true;
		claim->next_boot = true;
		return;
	}
	/* They are made anew, so that what was decided about these is void. */
	vec_foreach(its, match)
		if (is_virtual_of(its->function, function))
			*its = (struct claim){.function = its->function,
					      .concerned = its->concerned};
}

static void decide_function(const struct guards *guards, struct match *match, struct claim *claim)
{
	const struct pci_function *function = claim->function;
	_cleanup_free_ char *detail = NULL;

	if (function->unknown & FUNCTION_VFS) {
		finding_remedy(
			refuse(match, claim, FINDING_VFS_UNKNOWN,
			       "how many the device has cannot be read"),
			"ps -eo pid,stat,args | grep ' D' shows which process holds the device's "
			"lock");
	} else if (function->total_vfs <= 0) {
		finding_remedy(refuse(match, claim, FINDING_VFS_UNSUPPORTED,
				      "the kernel shows no SR-IOV for the device"),
			       "turn on SR-IOV in the firmware setup and in the card's own "
			       "configuration, or remove vfs from the section");
	} else if (function->total_vfs < (int)claim->section->vfs) {
		detail = xasprintf("the device can have %d at most", function->total_vfs);
		finding_remedy(refuse(match, claim, FINDING_VFS_TOO_MANY, detail),
			       "write vfs = %d, or raise the limit in the card's own configuration",
			       function->total_vfs);
	} else if (function->driver && driver_leaves_group_viable(function->driver)) {
		detail = xasprintf("the device is on %s, which cannot make virtual functions",
				   function->driver);
		finding_remedy(refuse(match, claim, FINDING_VFS_DRIVER, detail),
			       "vfio-prepare release --force %s, or restart the host",
			       PCI_ADDRESS_TEXT(&function->address));
	} else if (!function->driver && !function->modules.n) {
		finding_remedy(refuse(match, claim, FINDING_VFS_DRIVER,
				      "the device has no driver, and this kernel has none for it"),
			       "install the driver of the card, then: vfio-prepare bind");
	} else if (function->num_vfs > 0 && !vfs_stand(match, claim)) {
		decide_standing(guards, match, claim);
	}
}

/*
 * bnxt_sriov_configure() answers that all is well, and makes none while the interface is down;
 * bnx2x_sriov_configure() answers EINVAL.
 */
bool vfs_want_link(const struct claim *claim)
{
	static const char *const drivers[] = {"bnxt_en", "bnx2x"};
	const char *driver = claim->function->driver;

	return claim_is_physical(claim) && driver && TEXT_IN(drivers, driver);
}

#define UNIT "/etc/systemd/system/vfio-prepare-vfs.service"

static void check_link(struct match *match, const struct claim *claim)
{
	const struct pci_function *function = claim->function;
	const struct interface *its = NULL;
	bool stand = vfs_stand(match, claim);
	struct finding *finding;

	if (!vfs_want_link(claim))
		return;
	for (size_t i = 0; i < match->inventory->network.n; i++) {
		const struct interface *interface = &match->inventory->network.items[i];

		if (!pci_address_list_has(&interface->carriers, &function->address))
			continue;
		its = interface;
		if (interface->up || interface->enabled)
			break;
	}
	finding = finding_add(&match->findings,
			      stand || (its && (its->up || its->enabled)) ? SEVERITY_NOTE
									  : SEVERITY_WARNING,
			      FINDING_VFS_LINK_DOWN, PCI_ADDRESS_TEXT(&function->address),
			      "%s makes virtual functions only while the device's interface is up "
			      "(%s is %s now); at boot vfio-prepare comes before the network, when "
			      "no interface is up",
			      function->driver, its ? its->name : "its interface",
			      its && (its->up || its->enabled) ? "up" : "down");
	finding_remedy(finding,
		       "%s%s%sfor each boot: printf '[Unit]\\nWants=network-online.target\\n"
		       "After=network-online.target\\n[Service]\\nType=oneshot\\n"
		       "ExecStart=/usr/sbin/vfio-prepare bind\\n[Install]\\n"
		       "WantedBy=multi-user.target\\n' >" UNIT
		       " && systemctl enable vfio-prepare-vfs.service, and let the network "
		       "configuration switch the interface on",
		       stand ? "" : "now: ip link set ",
		       stand ? ""
		       : its ? its->name
			     : "NAME",
		       stand ? "" : " up && vfio-prepare bind; ");
}

void vfs_decide(enum phase phase, const struct guards *guards, struct match *match)
{
	vec_foreach(claim, match) {
		const struct pci_function *function = claim->function;

		if (!claim_is_physical(claim) || claim->refused)
			continue;
		if (phase >= PHASE_SYSTEM) {
			decide_function(guards, match, claim);
			if (!claim->refused)
				check_link(match, claim);
			continue;
		}
		claim->waiting = true;
		finding_add(&match->findings, SEVERITY_NOTE, FINDING_VFS_WAITS,
			    PCI_ADDRESS_TEXT(&function->address),
			    "the device's native driver makes the virtual functions in the system "
			    "phase");
	}
}

static void add(struct plan *plan, size_t device, enum action_type type, const char *attribute,
		unsigned value, char *reason)
{
	_cleanup_free_ char *text = xasprintf("%u", value);

	plan_act(plan, type, device,
		 xasprintf(SYSFS_PCI "/devices/%s/%s",
			   PCI_ADDRESS_TEXT(&plan->items[device].address), attribute),
		 text, reason);
}

void vfs_add_actions(const struct pci_function *function, const char *driver, struct plan *plan,
		     size_t device)
{
	bool autoprobe = function->vfs_autoprobe > 0;

	if (!function->driver) {
		plan_act(plan, ACTION_LOAD_MODULE, device,
			 xasprintf(SYSFS_PCI "/devices/%s/driver",
				   PCI_ADDRESS_TEXT(&function->address)),
			 function->modalias,
			 xasprintf("no driver holds it; udev would load %s",
				   function->modules.items[0]));
		plan_probe(plan, device, xstrdup("its own driver takes it"));
	}
	if (function->num_vfs > 0)
		add(plan, device, ACTION_SET_VFS, "sriov_numvfs", 0,
		    xasprintf("it has %d, which nothing uses", function->num_vfs));
	if (autoprobe)
		add(plan, device, ACTION_AUTOPROBE, "sriov_drivers_autoprobe", 0,
		    xstrdup("no native driver shall take the virtual functions"));
	add(plan, device, ACTION_SET_VFS, "sriov_numvfs", plan->items[device].vfs,
	    xasprintf("each of them is then bound to %s", driver));
	if (autoprobe)
		add(plan, device, ACTION_AUTOPROBE, "sriov_drivers_autoprobe", 1,
		    xstrdup("when they are bound, as it was before"));
}

static bool has_finding(const struct findings *findings, const struct finding *finding)
{
	vec_foreach(known, findings)
		if (known->type == finding->type && strcmp(known->subject, finding->subject) == 0)
			return true;
	return false;
}

static bool is_not_in(void *userdata, const struct planned_device *device)
{
	return !plan_find(userdata, &device->address);
}

void plan_merge(struct plan *plan, struct plan *other)
{
	plan_keep(plan, is_not_in, other);
	vec_foreach(device, other)
		*vec_add(plan) = *device;
	other->n = 0;
	plan_sort(plan);
	vec_foreach(finding, &other->findings)
		if (!has_finding(&plan->findings, finding))
			finding_remedy(finding_add(&plan->findings, finding->severity,
						   finding->type, finding->subject, "%s",
						   finding->detail),
				       "%s", finding->remedy);
}
