/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/iommu_args.h"

#include <string.h>

#include "base/text.h"
#include "parse/kernel_args.h"

/* The next item of a comma list; position is moved on. NULL: there is none. */
static const char *next_item(const char **position)
{
	const char *item;

	*position += strspn(*position, ",");
	item = *position;
	*position += strcspn(item, ",");
	return *item ? item : NULL;
}

const char *iommu_next_item(const struct kernel_arg *list, const char **position)
{
	const char *item;

	if (!*position)
		*position = list->value ? list->value : "";
	item = next_item(position);
	/* iommu_setup() reads no further behind it. */
	if (item && strcmp(list->name, "iommu") == 0 && text_starts_with(item, "usedac"))
		*position += strlen(*position);
	return item;
}

/* Each item of all arguments of a name, in order. */
#define foreach_item(item, arg, args, wanted)                     \
	vec_foreach(arg, args)                                    \
		if (strcmp(arg->name, wanted) == 0)               \
			for (const char *position_ = NULL, *item; \
			     (item = iommu_next_item(arg, &position_));)

/* The last "on" or "off" wins. */
static void walk(const struct kernel_args *args, const char *name, struct turned_off *state)
{
	foreach_item(item, arg, args, name)
	{
		if (text_starts_with(item, "off"))
			state->by = arg;
		if (text_starts_with(item, "on"))
			*state = (struct turned_off){.beaten = arg};
	}
}

/* The first "off" of a name that nothing takes back. */
static const struct kernel_arg *sticky(const struct kernel_args *args, const char *name)
{
	foreach_item(item, arg, args, name) if (text_starts_with(item, "off")) return arg;
	return NULL;
}

bool iommu_turned_off(const struct kernel_args *args, enum iommu_kind kind, struct turned_off *ret)
{
	bool any = kind == IOMMU_KIND_NONE;
	struct turned_off intel = {}, amd = {};

	if (kind == IOMMU_KIND_ARM || kind == IOMMU_KIND_OTHER)
		return false;
	walk(args, "intel_iommu", &intel);
	walk(args, "amd_iommu", &amd);
	*ret = (struct turned_off){
		.by = sticky(args, "iommu"),
		.beaten = kind == IOMMU_KIND_AMD ? amd.beaten : intel.beaten,
	};
	if (!ret->by && (any || kind == IOMMU_KIND_AMD))
		ret->by = sticky(args, "amd_iommu");
	if (!ret->by && (any || kind == IOMMU_KIND_INTEL))
		ret->by = intel.by;
	if (ret->beaten == ret->by)
		ret->beaten = NULL;
	return ret->by;
}

bool iommu_is_list(const char *name)
{
	static const char *const names[] = {"intel_iommu", "amd_iommu", "iommu"};

	return TEXT_IN(names, name);
}

/* Of these the last one counts, but for the "off" of amd_iommu= and iommu=, which stays. */
static bool are_opposites(const char *name, const char *a, const char *b)
{
	static const struct {
		const char *name, *item, *opposite;
	} rows[] = {
		{"intel_iommu", "on", "off"},
		{"intel_iommu", "sm_on", "sm_off"},
		{"amd_iommu", "on", "off"},
		{"amd_iommu", "force_enable", "off"},
		{"amd_iommu", "pgtbl_v1", "pgtbl_v2"},
		{"iommu", "pt", "nopt"},
		{"iommu", "merge", "nomerge"},
		{"iommu", "biomerge", "nomerge"},
		{"iommu", "force", "noforce"},
		{"iommu", "panic", "nopanic"},
		{"iommu", "fullflush", "nofullflush"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (strcmp(rows[i].name, name) == 0 &&
		    ((text_starts_with(a, rows[i].item) && text_starts_with(b, rows[i].opposite)) ||
		     (text_starts_with(b, rows[i].item) && text_starts_with(a, rows[i].opposite))))
			return true;
	return false;
}

int iommu_item_state(const struct kernel_args *args, const char *name, const char *item,
		     const char **ret_text)
{
	bool off_stays = strcmp(name, "intel_iommu") != 0;
	int state = 0;

	foreach_item(other, arg, args, name)
	{
		bool same = strncmp(other, item, strcspn(item, ",")) == 0;

		if (!same && !are_opposites(name, item, other))
			continue;
		state = same ? 1 : -1;
		*ret_text = arg->text;
		if (off_stays && text_starts_with(other, "off"))
			return state;
	}
	return state;
}

bool intel_iommu_turned_on(const struct kernel_args *args)
{
	return iommu_item_state(args, "intel_iommu", "on", &(const char *){NULL}) > 0;
}

bool interrupt_remapping_turned_off(const struct kernel_args *args, struct turned_off *ret)
{
	struct turned_off state = {};
	const struct kernel_arg *no = kernel_args_last(args, "nointremap");

	walk(args, "intremap", &state);
	/* Whichever comes later has the last word. */
	if (no && (!state.beaten || no > state.beaten) && !state.by)
		state.by = no;
	*ret = state;
	return state.by;
}

/* --- arguments that do nothing ---------------------------------------------------------------- */

/*
 * The values that a list knows; the kernel compares prefixes. relax_rmrr is that of a patch, on which those who
 * have it rely: whether it works the regions of the groups show.
 */
static const struct list {
	const char *name, *values; /* separated by blanks */
} lists[] = {
	{"intel_iommu", "on off igfx_off intgpu_off sm_on sm_off sp_off strict forcedac "
			"tboot_noforce relax_rmrr"},
	{"amd_iommu",
	 "off force_enable force_isolation fullflush pgtbl_v1 pgtbl_v2 irtcachedis nohugepages "
	 "v2_pgsizes_only"},
	{"iommu",
	 "off noforce force pt nopt soft merge nomerge biomerge panic nopanic usedac nodac "
	 "forcesac "
	 "allowdac fullflush nofullflush noagp noaperture memaper leak allowed"},
	{"intremap", "on off nosid no_x2apic_optout nopost posted_msi"},
};

static bool list_knows(const struct list *list, const char *item)
{
	_cleanup_(strv_done) struct strv values = {};

	strv_split(&values, list->values, " ");
	vec_foreach(value, &values)
		if (text_starts_with(item, *value))
			return true;
	return false;
}

static struct finding *without_effect(const struct checks *checks, const struct kernel_arg *arg,
				      char *detail)
{
	struct finding *finding =
		finding_add(checks->findings,
			    checks->inventory->iommu == IOMMU_ON ? SEVERITY_NOTE : SEVERITY_WARNING,
			    FINDING_ARGUMENT_WITHOUT_EFFECT, arg->text, "%s", detail);

	free(detail);
	finding_remedy(finding, "remove it from the kernel's arguments");
	return finding;
}

static void check_values(const struct checks *checks, const struct list *list,
			 const struct kernel_arg *arg)
{
	const char *position = arg->value ? arg->value : "", *item;
	bool any = false, known = false;

	for (const char *each = position; (item = next_item(&each));)
		known = known || list_knows(list, item);
	while ((item = next_item(&position))) {
		int length = (int)strcspn(item, ",");
		struct finding *finding;

		any = true;
		if (list_knows(list, item))
			continue;
		finding = without_effect(
			checks, arg,
			xasprintf(
				"the kernel does not know the value \"%.*s\" of %s= and ignores it",
				length, item, list->name));
		if (known)
			finding_remedy(finding, "remove \"%.*s\" from %s in the kernel's arguments",
				       length, item, arg->text);
		else if (strcmp(list->name, "intel_iommu") == 0)
			finding_remedy(finding, "replace it by intel_iommu=on");
		else if (strcmp(list->name, "amd_iommu") == 0)
			finding_remedy(finding, "remove it from the kernel's arguments: an AMD "
						"IOMMU is on by itself");
	}
	if (!any)
		without_effect(checks, arg,
			       xasprintf("the argument has no value, and the kernel ignores it"));
}

/* false: it is for another machine. */
static bool check_machine(const struct checks *checks, const struct kernel_arg *arg)
{
	enum iommu_kind kind = inventory_machine_iommu(checks->inventory);
	const char *why = NULL;

	if (!inventory_machine(checks->inventory)->x86)
		why = "only x86 kernels read the argument, and this processor is no x86";
	else if (kind == IOMMU_KIND_AMD && strcmp(arg->name, "intel_iommu") == 0)
		why = "the argument is for Intel's IOMMU, and this machine has AMD's";
	else if (kind == IOMMU_KIND_INTEL && strcmp(arg->name, "amd_iommu") == 0)
		why = "the argument is for AMD's IOMMU, and this machine has Intel's";
	if (why)
		without_effect(checks, arg, xstrdup(why));
	return !why;
}

static const struct list *list_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		if (strcmp(lists[i].name, name) == 0)
			return &lists[i];
	return NULL;
}

/* Does the kernel, or a module that matters here, read an argument of that name? */
static bool concerns_us(const char *name)
{
	return list_of(name) || strcmp(name, "nointremap") == 0 ||
	       text_starts_with(name, "iommu.") || text_starts_with(name, "vfio") ||
	       text_starts_with(name, "modprobe.blacklist") ||
	       strcmp(name, "module_blacklist") == 0;
}

static void check_behind(const struct checks *checks)
{
	_cleanup_(kernel_args_done) struct kernel_args behind = {};

	kernel_args_parse_behind(checks->inventory->cmdline, &behind);
	vec_foreach(arg, &behind)
		if (concerns_us(arg->name))
			finding_remedy(
				without_effect(
					checks, arg,
					xstrdup("the argument follows \"--\", so init gets it and "
						"the kernel does not")),
				"move it in front of \"--\", or remove it");
}

/*
 * "kernel.iommu = pt": a boot configuration is put in front of the command line after the kernel has
 * taken its early arguments out of it (init/main.c start_kernel()).
 */
static void check_bootconfig(const struct checks *checks)
{
	static const char *const early[] = {"kernel.iommu", "kernel.intremap", "kernel.nointremap"};
	const char *text = checks->inventory->platform.bootconfig;

	for (; text && *text; text = text_next_line(text))
		for (size_t i = 0; i < ARRAY_SIZE(early); i++) {
			size_t length = strlen(early[i]);

			if (strncmp(text, early[i], length) != 0 || !strchr(" =.\n", text[length]))
				continue;
			_cleanup_free_ char *line = xstrndup(text, strcspn(text, "\n"));

			finding_remedy(
				without_effect(
					checks, &(struct kernel_arg){.text = line},
					xstrdup("the line is in the boot configuration, which the "
						"kernel reads after it has read this argument")),
				"add it to the kernel's arguments instead");
		}
}

void check_iommu_arguments(struct checks *checks)
{
	vec_foreach(arg, &checks->inventory->args) {
		const struct list *list = list_of(arg->name);

		if (list && check_machine(checks, arg))
			check_values(checks, list, arg);
	}
	check_behind(checks);
	check_bootconfig(checks);
}
