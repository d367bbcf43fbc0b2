/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "decide/check.h"
#include "decide/foreign.h"
#include "decide/group.h"
#include "decide/planner.h"
#include "parse/platform.h"

/* --- can the drivers be loaded? --------------------------------------------------------------- */

/* The option of the kernel's configuration that makes a module; N_KERNEL_OPTIONS: not looked at. */
static enum kernel_option option_of(const char *module)
{
	if (strcmp(module, "vfio_pci") == 0)
		return KERNEL_VFIO_PCI;
	return strcmp(module, "vfio_iommu_type1") == 0 ? KERNEL_VFIO_IOMMU_TYPE1 : N_KERNEL_OPTIONS;
}

static void find_missing(const struct checks *checks, const char *module)
{
	const struct platform *platform = &checks->inventory->platform;
	enum kernel_option option = option_of(module);
	struct finding *finding =
		finding_add(checks->findings, SEVERITY_ERROR, FINDING_MODULE_MISSING, module,
			    "the module is not loaded, and kernel %s has no such module",
			    checks->inventory->kernel);

	if (option != N_KERNEL_OPTIONS && platform->config[option] == ANSWER_NO)
		finding_remedy(finding,
			       "start a kernel that is built with %s=m; %s does not set it",
			       kernel_option_name(option), platform->config_path);
	else
		finding_remedy(
			finding,
			"install the package that has the module (Ubuntu: linux-modules-extra-%s, "
			"Fedora: kernel-modules), or correct driver= in the profile",
			checks->inventory->kernel);
}

/* Does module_blacklist= name it? Of several only the last counts (kernel/module/main.c). */
static const struct kernel_arg *blacklisted_by(const struct kernel_args *args, const char *module)
{
	const struct kernel_arg *arg = kernel_args_last(args, "module_blacklist");
	struct kernel_args last = {.items = (struct kernel_arg *)arg, .n = arg != NULL};

	return kernel_args_list_has(&last, "module_blacklist", module) ? arg : NULL;
}

static void check_module(struct checks *checks, const char *module)
{
	const struct inventory *inventory = checks->inventory;
	const struct kernel_arg *blacklisted = blacklisted_by(&inventory->args, module);

	if (inventory->platform.modules_known != ANSWER_YES)
		finding_remedy(
			finding_add(
				checks->findings, SEVERITY_ERROR, FINDING_MODULE_UNKNOWN, module,
				"the module is not loaded, and whether this kernel has it is not "
				"known, as the tables of its modules cannot be read"),
			"depmod %s", inventory->kernel ? inventory->kernel : "$(uname -r)");
	else if (strv_contains(&inventory->platform.modules_missing, module))
		find_missing(checks, module);
	if (blacklisted)
		finding_remedy(finding_add(checks->findings, SEVERITY_ERROR,
					   FINDING_MODULE_BLACKLISTED, module,
					   "kernel argument %s forbids to load the module",
					   blacklisted->text),
			       "remove the module from %s in the kernel's arguments and restart",
			       blacklisted->text);
}

/* What forbids modules altogether, where one has to be loaded. */
static void check_policy(const struct checks *checks, const char *module)
{
	const struct platform *platform = &checks->inventory->platform;
	bool locked = platform->lockdown && strcmp(platform->lockdown, "none") != 0;

	if (platform->modules_disabled == ANSWER_YES)
		finding_remedy(
			finding_add(checks->findings, SEVERITY_ERROR, FINDING_MODULES_DISABLED,
				    "host",
				    "module %s has to be loaded, and kernel.modules_disabled = 1 "
				    "forbids to load modules",
				    module),
			"echo %s >/etc/modules-load.d/vfio.conf, and restart: "
			"kernel.modules_disabled cannot be reset",
			module);
	else if (locked || platform->signatures_enforced == ANSWER_YES)
		finding_remedy(
			finding_add(
				checks->findings, SEVERITY_WARNING, FINDING_MODULE_SIGNATURE,
				module,
				"the module has to be loaded, and this kernel loads only modules "
				"that are signed with a key that it trusts (%s)",
				locked ? platform->lockdown : "module.sig_enforce"),
			"modinfo -F signer %s; if that prints nothing, sign the module and enrol "
			"the key with mokutil --import",
			module);
}

static void check_loading(struct checks *checks)
{
	const char *first = NULL;

	vec_foreach(action, &checks->plan->actions)
		if (action->type == ACTION_LOAD_MODULE) {
			check_module(checks, action->value);
			first = first ? first : action->value;
		}
	if (first)
		check_policy(checks, first);
}

/* --- blacklists on the kernel command line ---------------------------------------------------- */

static void spelling(const struct checks *checks, const struct kernel_arg *arg, char *detail,
		     const char *remedy)
{
	finding_remedy(finding_add(checks->findings, SEVERITY_WARNING, FINDING_BLACKLIST_SPELLING,
				   arg->text, "%s", detail),
		       "%s", remedy);
	free(detail);
}

static void check_names(const struct checks *checks, const struct kernel_arg *arg)
{
	_cleanup_(strv_done) struct strv names = {};

	strv_split(&names, arg->value ? arg->value : "", ",");
	vec_foreach(name, &names) {
		_cleanup_free_ char *remedy = xasprintf("write %s", *name);

		text_underscore(remedy);
		if (strchr(*name, '-'))
			spelling(
				checks, arg,
				xasprintf("\"%s\" blacklists nothing, as this argument needs names "
					  "with '_'",
					  *name),
				remedy);
	}
}

static void check_spelling(const struct checks *checks)
{
	const struct kernel_args *args = &checks->inventory->args;
	const struct kernel_arg *last = kernel_args_last(args, "module_blacklist");

	vec_foreach(arg, args) {
		bool of_kmod = strcmp(arg->name, "modprobe.blacklist") == 0;
		bool of_kernel = strcmp(arg->name, "module_blacklist") == 0;

		if (!of_kmod && !of_kernel)
			continue;
		if (of_kmod && strchr(arg->text, '"'))
			spelling(checks, arg,
				 xstrdup("the argument blacklists nothing, as modprobe does not "
					 "remove quotes"),
				 "remove the quotes");
		if (of_kernel && arg != last)
			spelling(checks, arg,
				 xasprintf("the argument has no effect, as only the last "
					   "module_blacklist= counts: %s",
					   last->text),
				 "write all names in one argument, separated by commas");
		check_names(checks, arg);
	}
}

/* --- what modprobe.d and its like cannot do -------------------------------------------------- */

/* The listed devices that a native module would drive; false: one that is not listed needs it too. */
static bool devices_of(const struct checks *checks, const char *module, struct buf *ret)
{
	vec_foreach(function, checks->inventory) {
		const struct planned_device *device;

		if (!strv_contains(&function->modules, module))
			continue;
		device = plan_find(checks->plan, &function->address);
		if (!device || !driver_leaves_group_viable(device->want))
			return false;
		buf_addf(ret, "%s%s", ret->length ? ", " : "", PCI_ADDRESS_TEXT(&device->address));
	}
	return ret->length;
}

/* Loaded by name, or because another module wants it before itself: then no blacklist applies. */
static void check_native(const struct checks *checks, const struct foreign_setting *setting,
			 const char *name)
{
	_cleanup_free_ char *module = module_of_driver(name), *place = foreign_place(setting),
			    *removal = foreign_removal(setting, place);
	_cleanup_(buf_done) struct buf devices = {};

	if (devices_of(checks, module, &devices))
		finding_remedy(
			finding_add(checks->findings, SEVERITY_NOTE, FINDING_NATIVE_MODULE, place,
				    "\"%s\" loads %s in spite of blacklists, and the driver takes "
				    "these devices if they have no driver_override yet: %s",
				    setting->text, module, buf_text(&devices)),
			"%s; no other device of this host needs %s", removal, module);
}

static void check_built_in(const struct checks *checks, const struct foreign_setting *setting)
{
	_cleanup_free_ char *module = module_of_driver(setting->name);
	_cleanup_free_ char *place = foreign_place(setting),
			    *removal = foreign_removal(setting, place);

	if (setting->source == FOREIGN_ARGUMENT ||
	    !strv_contains(&checks->inventory->builtin_modules, module))
		return;
	finding_remedy(
		finding_add(
			checks->findings, SEVERITY_WARNING, FINDING_OPTIONS_IGNORED, place,
			"\"%s\" has no effect: %s is built into this kernel, which reads options "
			"of built-in modules only from the kernel's arguments",
			setting->text, module),
		"%s; the profile binds devices by address", removal);
}

static void check_configuration(const struct checks *checks)
{
	vec_foreach(setting, &checks->inventory->foreign) {
		if (setting->ours)
			continue;
		if (setting->effect == FOREIGN_IDS)
			check_built_in(checks, setting);
		else if (setting->effect == FOREIGN_LOAD || setting->effect == FOREIGN_SOFTDEP)
			for (size_t i = 0; i < setting->values.n; i++)
				check_native(checks, setting, setting->values.items[i]);
	}
}

void check_modules(struct checks *checks)
{
	check_configuration(checks);
	check_loading(checks);
	check_spelling(checks);
}
