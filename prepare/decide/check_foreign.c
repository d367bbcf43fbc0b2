/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "decide/check.h"
#include "decide/foreign.h"
#include "decide/foreign_reach.h"
#include "parse/address.h"

/* What stands in the same file and does the same to other devices is told at once. */
static bool continues(const struct foreign_setting *first, const struct foreign_setting *setting)
{
	return setting > first && setting->source == first->source &&
	       setting->effect == first->effect && setting->effect != FOREIGN_MISSING &&
	       setting->line && first->file && text_same(setting->flaw, first->flaw) &&
	       text_same(setting->file, first->file) && text_same(setting->name, first->name) &&
	       setting->mechanism == first->mechanism;
}

/* Was it told with an earlier one? */
static bool is_continued(const struct foreign *foreign, const struct foreign_setting *setting)
{
	vec_foreach(first, foreign)
		if (continues(first, setting))
			return true;
	return false;
}

/* " and lines 4, 7" */
static void add_lines(const struct foreign *foreign, const struct foreign_setting *first,
		      struct buf *buf)
{
	_cleanup_(buf_done) struct buf lines = {};
	size_t n = 0;

	vec_foreach(setting, foreign)
		if (continues(first, setting))
			buf_addf(&lines, "%s%u", n++ ? ", " : "", setting->line);
	if (n)
		buf_addf(buf, " and line%s %s", n > 1 ? "s" : "", buf_text(&lines));
}

/* "/etc/rc.local:3", "lines 3, 4, 7 of /etc/rc.local"; the caller's. */
static char *all_places(const struct foreign *foreign, const struct foreign_setting *first)
{
	_cleanup_(buf_done) struct buf lines = {};

	vec_foreach(setting, foreign)
		if (continues(first, setting))
			buf_addf(&lines, ", %u", setting->line);
	return lines.length ? xasprintf("lines %u%s of %s", first->line, lines.text, first->file)
			    : foreign_place(first);
}

static void add_finding(struct checks *checks, const struct foreign_setting *setting,
			enum severity severity, const char *detail, bool import)
{
	_cleanup_free_ char *place = foreign_place(setting),
			    *places = all_places(&checks->inventory->foreign, setting),
			    *removal = foreign_removal(setting, places);

	finding_remedy(finding_add(checks->findings, severity, foreign_finding(setting), place,
				   "\"%s\"%s", setting->text, detail),
		       "%s%s",
		       import ? "vfio-prepare import prints a profile for these devices; then "
			      : "",
		       removal);
}

/* It brings devices to a driver. */
static void check_binding(struct checks *checks, const struct foreign_setting *setting)
{
	const struct foreign *foreign = &checks->inventory->foreign;
	_cleanup_free_ char *module = module_of_driver(setting->name);
	_cleanup_(foreign_reach_done) struct foreign_reach reach = {};
	_cleanup_(buf_done) struct buf detail = {};

	foreign_reach_add(checks, setting, &reach);
	vec_foreach(later, foreign)
		if (continues(setting, later))
			foreign_reach_add(checks, later, &reach);
	/* What is neither the profile's nor a guest's business is nobody's here. */
	if ((reach.other.n || reach.same.n || module_is_for_guests(module) ||
	     (setting->mechanism == FOREIGN_BY_REMOVE && !reach.unlisted.n)) &&
	    !foreign_is_told_by_unit(foreign, setting)) {
		add_lines(foreign, setting, &detail);
		foreign_describe(setting, &reach, &detail);
		add_finding(checks, setting, foreign_severity(setting, &reach), buf_text(&detail),
			    reach.unlisted.n && !reach.same.n && !reach.other.n);
	}
}

static bool is_on(const struct pci_function *function, const char *module)
{
	_cleanup_free_ char *driver = function->driver ? module_of_driver(function->driver) : NULL;

	return driver && strcmp(driver, module) == 0;
}

/* A module that is kept out: whom does that concern? */
static void check_blocked(struct checks *checks, const struct foreign_setting *setting,
			  const char *name)
{
	_cleanup_free_ char *module = module_of_driver(name);
	bool wanted = false, native = false, by_image = setting->source == FOREIGN_DRACUT;
	_cleanup_(strv_done) struct strv others = {};
	_cleanup_(buf_done) struct buf detail = {};

	/* blacklist-spelling tells of a name that is compared with '_' alone. */
	if (strchr(name, '-') && setting->effect == FOREIGN_BLACKLIST && !by_image)
		return;

	vec_foreach(device, checks->plan)
		wanted = wanted || strcmp(device->module, module) == 0;
	vec_foreach(function, checks->inventory) {
		const struct planned_device *device = plan_find(checks->plan, &function->address);

		if (!strv_contains(&function->modules, module) && !is_on(function, module))
			continue;
		native = native || device;
		if (!device && (!function->driver || is_on(function, module)))
			strv_add_new(&others, PCI_ADDRESS_TEXT(&function->address));
	}
	/* Of what the kernel itself refuses module-blacklisted tells. */
	if (wanted && !text_same(setting->name, "module_blacklist")) {
		buf_addf(&detail, "; the profile wants devices on %s, which %s", module,
			 by_image ? "is then missing in images that dracut makes"
			 : setting->effect == FOREIGN_INSTALL
				 ? "only vfio-prepare loads in spite of that command"
				 : "is still loaded when it is requested by name");
		if (setting->idle)
			buf_addf(&detail, "; it does nothing: %s", setting->flaw);
		add_finding(checks, setting,
			    by_image && !setting->idle ? SEVERITY_WARNING : SEVERITY_NOTE,
			    buf_text(&detail), false);
	} else if (native && !wanted && (others.n || !foreign_is_expected(setting))) {
		if (setting->flaw)
			buf_addf(&detail, "; %s", setting->flaw);
		else
			text_add_names(&detail, "; it also keeps the driver from ", &others,
				       ", which no section lists");
		add_finding(checks, setting,
			    (others.n || setting->flaw) && !setting->idle ? SEVERITY_WARNING
									  : SEVERITY_NOTE,
			    detail.length
				    ? detail.text
				    : "; the profile already keeps the devices from that driver",
			    false);
	}
}

static void check_loads(struct checks *checks, const struct foreign_setting *setting)
{
	const struct foreign *foreign = &checks->inventory->foreign;
	_cleanup_free_ char *why = foreign_why(setting);
	bool gone = false, for_guests = false;
	_cleanup_(buf_done) struct buf detail = {};

	vec_foreach(same, foreign)
		for (size_t i = 0;
		     i < same->values.n && (same == setting || continues(setting, same)); i++) {
			_cleanup_free_ char *module = module_of_driver(same->values.items[i]);

			for_guests = for_guests || module_is_for_guests(module);
			gone = gone || strcmp(module, "vfio_virqfd") == 0;
		}
	gone = gone && inventory_kernel_is_at_least(checks->inventory, 6, 2);
	add_lines(foreign, setting, &detail);
	if (gone)
		buf_add(&detail, "; kernels since 6.2 have no vfio_virqfd");
	buf_addf(&detail, "; %s", why);
	if (for_guests && (gone || setting->flaw || !foreign_is_expected(setting)))
		add_finding(checks, setting,
			    (gone || setting->flaw) && !setting->idle ? SEVERITY_WARNING
								      : SEVERITY_NOTE,
			    buf_text(&detail), false);
}

/* Somebody else makes virtual functions of a physical one that the profile has some of. */
static void check_vfs(struct checks *checks, const struct foreign_setting *setting)
{
	_cleanup_free_ char *place = foreign_place(setting),
			    *removal = foreign_removal(setting, place);

	vec_foreach(device, checks->plan) {
		const struct pci_function *function = inventory_find(checks->inventory,
								     &device->address);
		_cleanup_free_ char *number = NULL;
		unsigned n = 0;
		bool same;

		if (!device->vfs || !function ||
		    !foreign_makes_vfs(checks->inventory, setting, function, &n))
			continue;
		same = n == device->vfs;
		number = n ? xasprintf("%u", n) : xstrdup("some");
		finding_remedy(
			finding_add(
				checks->findings, same ? SEVERITY_NOTE : SEVERITY_WARNING,
				FINDING_FOREIGN_VFS, place,
				"\"%s\" gives %s %s virtual functions, and section [device %s] "
				"gives it %u: %s",
				setting->text, PCI_ADDRESS_TEXT(&device->address), number,
				device->section, device->vfs,
				same ? "who comes second has nothing to do"
				     : "another number is refused while there are some (EBUSY), "
				       "or takes away those that guests have"),
			"%s, or remove vfs from section [device %s] and list the virtual functions by "
			"their addresses",
			removal, device->section);
	}
}

/* It names what is not there, as of a recipe that was taken back in part. */
static void check_missing(struct checks *checks, const struct foreign_setting *setting)
{
	_cleanup_free_ char *names = strv_join(&setting->values, ", "), *detail = NULL;
	/* modprobe runs the command in place of loading the module. */
	bool fails = setting->source == FOREIGN_MODPROBE;

	detail = xasprintf("; %s is not there, so that %s", names,
			   fails           ? "modprobe cannot load the module"
			   : setting->name ? "no image gets it"
					   : "the line does nothing");
	add_finding(checks, setting, fails ? SEVERITY_WARNING : SEVERITY_NOTE, detail, false);
}

static void check_setting(struct checks *checks, const struct foreign_setting *setting)
{
	_cleanup_free_ char *detail = NULL, *why = foreign_why(setting);

	if (setting->effect != FOREIGN_BLACKLIST && setting->effect != FOREIGN_SOFTDEP &&
	    is_continued(&checks->inventory->foreign, setting))
		return;
	switch (setting->effect) {
	case FOREIGN_ADDRESSES:
	case FOREIGN_IDS:
		check_binding(checks, setting);
		break;
	case FOREIGN_BLACKLIST:
		for (size_t i = 0; i < setting->values.n; i++)
			check_blocked(checks, setting, setting->values.items[i]);
		break;
	case FOREIGN_INSTALL:
		check_blocked(checks, setting, setting->name);
		break;
	case FOREIGN_SOFTDEP:
		for (size_t i = 0; i < setting->values.n && !detail; i++)
			if (module_is_for_guests(setting->values.items[i]))
				detail = xasprintf("; %s", why);
		if (detail && !foreign_is_expected(setting))
			add_finding(checks, setting, SEVERITY_NOTE, detail, false);
		break;
	case FOREIGN_LOAD:
		check_loads(checks, setting);
		break;
	case FOREIGN_VFS:
		check_vfs(checks, setting);
		break;
	case FOREIGN_COPY:
		if (setting->values.n)
			add_finding(checks, setting, SEVERITY_NOTE,
				    "; it goes into each image of the initramfs, where it does "
				    "nothing unless something there runs or reads it",
				    false);
		break;
	case FOREIGN_HOOKS:
		break;
	case FOREIGN_MISSING:
		check_missing(checks, setting);
		break;
	case FOREIGN_OPTION:
		if (strcmp(setting->name, "pcie_acs_override") == 0)
			add_finding(
				checks, setting, SEVERITY_WARNING,
				"; only patched kernels know it, and it isolates nothing: devices "
				"in groups that it splits can still reach each other",
				false);
		break;
	}
}

/*
 * Of several ids= of one module the last counts, and what modprobe is called with comes last. 0: it is no
 * ids= of the module.
 */
static int rank(const struct foreign_setting *setting, const char *driver)
{
	if (setting->mechanism != FOREIGN_BY_IDS || setting->idle ||
	    strcmp(setting->name, driver) != 0)
		return 0;
	return setting->source == FOREIGN_MODPROBE            ? 1
	       : setting->source == FOREIGN_ARGUMENT          ? 2
	       : setting->source == FOREIGN_INITRAMFS_MODULES ? 3
							      : 0;
}

static bool has_all(const struct foreign_setting *winner, const struct foreign_setting *loser)
{
	for (size_t i = 0; i < loser->values.n; i++)
		if (!strv_contains(&winner->values, loser->values.items[i]))
			return false;
	return true;
}

static void check_ids_conflict(struct checks *checks, const char *driver)
{
	const struct foreign *foreign = &checks->inventory->foreign;
	const struct foreign_setting *winner = NULL;
	_cleanup_(strv_done) struct strv losers = {};
	_cleanup_(buf_done) struct buf names = {};
	bool lost = false, ours = true;

	vec_foreach(setting, foreign)
		if (rank(setting, driver) &&
		    (!winner || rank(setting, driver) >= rank(winner, driver)))
			winner = setting;
	vec_foreach(setting, foreign) {
		_cleanup_free_ char *place = NULL;

		if (!rank(setting, driver))
			continue;
		ours = ours && setting->ours;
		if (setting == winner)
			continue;
		place = foreign_place(setting);
		strv_add_new(&losers, place);
		lost = lost || !has_all(winner, setting);
	}
	if (losers.n && !ours) {
		_cleanup_free_ char *subject = foreign_place(winner);

		text_add_names(&names, "", &losers, "");
		finding_remedy(
			finding_add(
				checks->findings, lost ? SEVERITY_WARNING : SEVERITY_NOTE,
				FINDING_IDS_CONFLICT, subject,
				"ids= of %s is set more than once, and only the last one counts: "
				"this one, and not %s",
				driver, buf_text(&names)),
			"remove all but one; devices that the profile lists need none");
	}
}

void check_foreign(struct checks *checks)
{
	const struct foreign *foreign = &checks->inventory->foreign;

	for (size_t i = 0; i < foreign->unread.n; i++)
		finding_remedy(
			finding_add(
				checks->findings, SEVERITY_WARNING, FINDING_FOREIGN_UNREADABLE,
				"host",
				"a file or directory that may configure devices is not known: %s",
				foreign->unread.items[i]),
			"run vfio-prepare validate as root, or make it a readable text file");
	/* What a guest gets is no fault of the host's configuration. */
	vec_foreach(setting, foreign)
		if (!setting->ours && setting->source != FOREIGN_GUEST)
			check_setting(checks, setting);
	check_ids_conflict(checks, "vfio-pci");
	check_ids_conflict(checks, "pci-stub");
	if ((foreign->managers & FOREIGN_OWNER(FOREIGN_OF_VDSM)) && checks->plan->n)
		finding_remedy(
			finding_add(checks->findings, SEVERITY_NOTE, FINDING_FOREIGN_VDSM,
				    "/etc/vdsm/vdsm.conf",
				    "oVirt manages this host: when a guest stops, vdsm has libvirt "
				    "reattach the device, which clears driver_override; oVirt's "
				    "engine also sets kernel arguments"),
			"keep blacklist = auto in section [modules], and change the kernel "
			"arguments that the engine has set in its Kernel tab");
}
