/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/kernel_args.h"

#include <string.h>

#include "base/text.h"
#include "decide/iommu_args.h"
#include "decide/passthrough.h"
#include "parse/kernel_args.h"

struct argument_decision {
	const struct profile *profile;
	const struct inventory *inventory;
	const struct bootloader *bootloader;
	struct argument_plan *plan;
	bool x86; /* where the kernel reads iommu= */
};

void argument_plan_done(struct argument_plan *plan)
{
	if (!plan)
		return;
	vec_foreach(argument, plan) {
		free(argument->text);
		free(argument->reason);
		free(argument->conflict);
		free(argument->unwritable);
		kernel_args_done(&argument->words);
	}
	free(plan->items);
	strv_done(&plan->ours);
	strv_done(&plan->kept);
	findings_done(&plan->findings);
	*plan = (struct argument_plan){};
}

/* --- what a line of arguments comes to --- */

/* What may be given more than once, each time with another meaning (admin-guide/kernel-parameters). */
static bool may_repeat(const char *name)
{
	static const char *const names[] = {
		"acpi_osi",   "blacklist",
		"console",    "crashkernel",
		"earlycon",   "earlyprintk",
		"hugepages",  "hugepagesz",
		"ifname",     "initrd",
		"ip",         "isolcpus",
		"memmap",     "modprobe.blacklist",
		"nameserver", "nfsroot",
		"pci",        "video",
	};

	return text_starts_with(name, "rd.") || text_starts_with(name, "systemd.") ||
	       TEXT_IN(names, name);
}

static bool same_argument(const struct kernel_arg *a, const struct kernel_arg *b)
{
	return strcmp(a->name, b->name) == 0 && text_same(a->value, b->value);
}

/* Are the words there, one behind the other? */
static bool has_row(const struct kernel_args *args, const struct kernel_args *want)
{
	for (size_t i = 0; i + want->n <= args->n; i++) {
		size_t n = 0;

		while (n < want->n && same_argument(&args->items[i + n], &want->items[n]))
			n++;
		if (n == want->n)
			return true;
	}
	return false;
}

enum verdict { SAYS_NOTHING, SAYS_SO, SAYS_OTHERWISE };

/* iommu_item_state(), with what other arguments do to it. */
static int item_state(const struct argument_decision *decision, const struct kernel_args *args,
		      const char *name, const char *item, const char **ret_text)
{
	struct turned_off off;

	/* iommu=off wins over it. */
	if (strcmp(name, "intel_iommu") == 0 && text_starts_with(item, "on") &&
	    iommu_turned_off(args, IOMMU_KIND_INTEL, &off)) {
		*ret_text = off.by->text;
		return -1;
	}
	if (strcmp(name, "iommu") == 0 && decision->x86 && text_starts_with(item, "pt"))
		return passthrough_state(decision->inventory, args, ret_text);
	if (strcmp(name, "iommu") == 0 && decision->x86 && text_starts_with(item, "nopt"))
		return -passthrough_state(decision->inventory, args, ret_text);
	return iommu_item_state(args, name, item, ret_text);
}

static enum verdict list_says(const struct argument_decision *decision,
			      const struct kernel_args *args, const struct kernel_args *want,
			      const char **ret_text)
{
	const struct kernel_arg *list = &want->items[0];
	const char *position = NULL, *item, *unused = NULL;
	enum verdict verdict = SAYS_SO;

	while ((item = iommu_next_item(list, &position))) {
		int state;

		/* A later item of the same list undoes it. */
		if (item_state(decision, want, list->name, item, &unused) < 0)
			continue;
		state = item_state(decision, args, list->name, item, ret_text);
		if (state < 0)
			return SAYS_OTHERWISE;
		if (!state)
			verdict = SAYS_NOTHING;
	}
	return verdict;
}

/* What a line says of what is wanted; *ret_text: the word that says otherwise. */
static enum verdict line_says(const struct argument_decision *decision,
			      const struct kernel_args *args, const struct kernel_args *want,
			      const char **ret_text)
{
	const struct kernel_arg *first = &want->items[0], *last;
	const char *unused = NULL, *position = NULL;
	int wanted, state;

	if (iommu_is_list(first->name) && iommu_next_item(first, &position))
		return list_says(decision, args, want, ret_text);
	wanted = passthrough_state(decision->inventory, want, &unused);
	if (wanted) {
		state = passthrough_state(decision->inventory, args, ret_text);
		return !state ? SAYS_NOTHING : state == wanted ? SAYS_SO : SAYS_OTHERWISE;
	}
	if (want->n > 1 || may_repeat(first->name))
		return has_row(args, want) ? SAYS_SO : SAYS_NOTHING;
	last = kernel_args_last(args, first->name);
	if (!last)
		return SAYS_NOTHING;
	*ret_text = last->text;
	return same_argument(last, first) ? SAYS_SO : SAYS_OTHERWISE;
}

/* --- what is wanted --- */

/* Does the profile's own line settle it, this way or the other? */
static bool profile_says(const struct argument_decision *decision, const char *text)
{
	const char *unused = NULL;
	_cleanup_(kernel_args_done) struct kernel_args args = {}, want = {};

	kernel_args_parse(decision->profile->kernel_arguments, &args);
	kernel_args_parse(text, &want);
	return line_says(decision, &args, &want, &unused) != SAYS_NOTHING;
}

static void want(struct argument_decision *decision, enum severity severity, char *text,
		 const char *reason)
{
	struct wanted_argument *argument = vec_add(decision->plan);

	argument->text = text;
	argument->reason = xstrdup(reason);
	argument->severity = severity;
	kernel_args_parse(text, &argument->words);
}

/*
 * What the kernel was built with says whether it turns Intel's IOMMU on by itself, as Debian's does; and
 * so does that it is on without the argument. The answer must not change once the argument did its work:
 * else apply would take it away.
 */
static bool wants_intel(const struct inventory *inventory)
{
	if (inventory->iommu_kind != IOMMU_KIND_INTEL &&
	    !strv_contains(&inventory->firmware_tables, "DMAR"))
		return false;
	if (inventory->platform.config[KERNEL_INTEL_IOMMU_DEFAULT_ON] == ANSWER_YES ||
	    inventory->platform.config[KERNEL_INTEL_IOMMU] == ANSWER_NO)
		return false;
	return inventory->iommu == IOMMU_OFF || intel_iommu_turned_on(&inventory->args);
}

static void want_iommu(struct argument_decision *decision)
{
	const struct inventory *inventory = decision->inventory;
	const char *passthrough = passthrough_argument(inventory);

	if (wants_intel(inventory) && !profile_says(decision, "intel_iommu=on"))
		want(decision,
		     decision->profile->iommu_required ? SEVERITY_ERROR : SEVERITY_WARNING,
		     xstrdup("intel_iommu=on"),
		     inventory->platform.config[KERNEL_INTEL_IOMMU_DEFAULT_ON] == ANSWER_NO
			     ? "this kernel leaves Intel's IOMMU off by default"
			     : "whether this kernel turns Intel's IOMMU on by default is not known");
	if (passthrough && passthrough_wanted(decision->profile, inventory, decision->bootloader) &&
	    !profile_says(decision, passthrough))
		want(decision, SEVERITY_WARNING, xstrdup(passthrough),
		     "the profile wants passthrough, which keeps the host's own devices at full "
		     "speed");
}

/* The words of the profile; a number of huge pages belongs to the size in front of it. */
static void want_profile(struct argument_decision *decision)
{
	_cleanup_(kernel_args_done) struct kernel_args args = {};

	kernel_args_parse(decision->profile->kernel_arguments, &args);
	for (size_t i = 0; i < args.n; i++) {
		const struct kernel_arg *arg = &args.items[i], *next = arg + 1;
		bool pair = i + 1 < args.n && strcmp(arg->name, "hugepagesz") == 0 &&
			    strcmp(next->name, "hugepages") == 0;

		want(decision, SEVERITY_ERROR,
		     pair ? xasprintf("%s %s", arg->text, next->text) : xstrdup(arg->text),
		     "section [kernel] of the profile lists the argument");
		i += pair;
	}
}

/* --- what is to be done --- */

/*
 * What passes unchanged through the shell of grub-mkconfig, the one of GRUB, and the files of the
 * others: no quotes, and nothing that a shell has a use for.
 */
static bool is_plain(const char *text)
{
	for (const char *c = text; *c; c++)
		if (*c < ' ' || *c == 0x7f || strchr("\"'\\$`;&|<>{}#*?~!", *c))
			return false;
	return true;
}

static size_t count_name(const struct kernel_args *args, const char *name)
{
	size_t n = 0;

	vec_foreach(arg, args)
		n += strcmp(arg->name, name) == 0;
	return n;
}

/* Of a name grubby keeps one argument, and throws others away for it. */
static bool grubby_loses(const struct argument_decision *decision, const struct kernel_args *words)
{
	bool loses = false;

	vec_foreach(word, words) {
		size_t n = count_name(&decision->bootloader->others, word->name);

		vec_foreach(argument, decision->plan)
			n += count_name(&argument->words, word->name);
		loses = loses || n > 1;
	}
	return loses;
}

/* Is it in the file that the next boot's arguments are made of, where no other tells more? */
static bool is_in_source(const struct argument_decision *decision, const struct kernel_args *words)
{
	const struct bootloader *bootloader = decision->bootloader;

	vec_foreach(word, words)
		if (!strv_contains(&bootloader->ours, word->text) &&
		    !kernel_args_have(&bootloader->others, word->text))
			return false;
	return true;
}

static void judge_one(struct argument_decision *decision, struct wanted_argument *argument)
{
	const struct bootloader *bootloader = decision->bootloader;
	const struct kernel_args *others = bootloader->others_known ? &bootloader->others
								    : &decision->inventory->args;
	const struct kernel_args *words = &argument->words;
	const char *word = NULL;
	enum verdict verdict;

	argument->running = line_says(decision, &decision->inventory->args, words, &word) ==
			    SAYS_SO;
	argument->configured = bootloader->next_path
				       ? line_says(decision, &bootloader->next, words, &word) ==
						 SAYS_SO
				       : bootloader->source_path && is_in_source(decision, words);
	verdict = line_says(decision, others, words, &word);
	if (verdict == SAYS_OTHERWISE)
		argument->conflict = xstrdup(word);
	argument->by_others = bootloader->others_known && verdict == SAYS_SO;
	if (!is_plain(argument->text))
		argument->unwritable = xstrdup(
			"it has characters that some boot loaders do not pass on unchanged");
	else if (bootloaders[bootloader->kind].single && !argument->by_others &&
		 grubby_loses(decision, words))
		argument->unwritable = xasprintf(
			"%s keeps only one argument of a name and would remove another one",
			bootloaders[bootloader->kind].name);
	else if (bootloader->cmdline_unreadable)
		argument->unwritable = xstrdup(bootloader->cmdline_unreadable);
	else if (bootloaders[bootloader->kind].store == STORE_LINE && !bootloader->cmdline)
		argument->unwritable = xstrdup(
			KERNEL_CMDLINE_PATH
			" cannot be written: it has words for init after \"--\", or neither it "
			"nor /proc/cmdline exists");
	if (!argument->conflict && !argument->unwritable && !argument->by_others)
		vec_foreach(arg, words)
			strv_add(&decision->plan->ours, arg->text);
}

/* Of what apply wrote, and nobody wants any more, what the next boot would still get. */
static void keep_old(struct argument_decision *decision)
{
	const struct bootloader *bootloader = decision->bootloader;
	_cleanup_(kernel_args_done) struct kernel_args source = {};

	kernel_args_parse(bootloader->cmdline, &source);
	for (size_t i = 0; i < bootloader->ours.n; i++) {
		const char *old = bootloader->ours.items[i];

		if (strv_contains(&decision->plan->ours, old))
			continue;
		/* In what the next boot gets, or in what that is made of, for all that is known. */
		if (bootloader->cmdline_unreadable || kernel_args_have(&bootloader->next, old) ||
		    kernel_args_have(&source, old))
			strv_add(&decision->plan->kept, old);
	}
}

/* --- what is found --- */

static void find_conflict(struct argument_decision *decision,
			  const struct wanted_argument *argument)
{
	finding_remedy(
		finding_add(
			&decision->plan->findings, argument->severity, FINDING_ARGUMENT_CONFLICT,
			argument->text,
			"%s, but %s is configured, which vfio-prepare did not write and does not "
			"change",
			argument->reason, argument->conflict),
		"remove %s from the kernel's arguments, or change the profile", argument->conflict);
}

static void remedy_by_hand(struct finding *finding, const struct bootloader *bootloader,
			   const char *text)
{
	if (bootloader->manual)
		finding_remedy(finding, "%s%s%s, and restart", bootloader->manual->before, text,
			       bootloader->manual->after);
	else if (bootloader->next_path && text_ends_with(bootloader->next_path, ".efi"))
		finding_remedy(
			finding,
			"add %s to what the unified kernel image is made of, such as " KERNEL_CMDLINE_PATH
			", make the image again, and restart",
			text);
	else if (bootloader->next_path)
		finding_remedy(finding, "add %s to the kernel's arguments in %s, and restart", text,
			       bootloader->next_path);
	else
		finding_remedy(finding,
			       "add %s by hand where the boot loader has the kernel's arguments, "
			       "and restart",
			       text);
}

static void find_missing(struct argument_decision *decision, const struct wanted_argument *argument)
{
	const struct bootloader *bootloader = decision->bootloader;
	bool by_hand = bootloaders[bootloader->kind].store == STORE_NONE;
	struct finding *finding =
		finding_add(&decision->plan->findings, argument->severity, FINDING_ARGUMENT_MISSING,
			    argument->text, "%s; %s, and %s", argument->reason,
			    decision->inventory->cmdline
				    ? "the running kernel does not have the argument"
				    : "whether the running kernel has the argument is not known",
			    !by_hand ? "it is not configured for the next boot"
			    : bootloader->manual || bootloader->next_path
				    ? "vfio-prepare does not write what this host boots from"
				    : "the boot loader of this host is not known");

	if (by_hand)
		remedy_by_hand(finding, bootloader, argument->text);
	else
		finding_remedy(finding, "vfio-prepare apply --rebuild");
}

static void find(struct argument_decision *decision, const struct wanted_argument *argument)
{
	const struct bootloader *bootloader = decision->bootloader;
	struct findings *findings = &decision->plan->findings;

	if (argument->conflict && !argument->running) {
		find_conflict(decision, argument);
	} else if (argument->running && bootloader->next_path && !argument->configured) {
		finding_remedy(
			finding_add(
				findings, SEVERITY_WARNING, FINDING_ARGUMENT_ONCE, argument->text,
				"the running kernel has the argument, but the next boot will not, "
				"as %s does not have it",
				bootloader->next_path),
			"vfio-prepare apply --rebuild");
	} else if (argument->running) {
		return;
	} else if (argument->configured && bootloader_is_older(bootloader)) {
		struct finding *finding = finding_add(
			findings, argument->severity, FINDING_ARGUMENT_DROPPED, argument->text,
			"%s had the argument when this kernel was started, but the kernel does not "
			"have it",
			bootloader_path(bootloader));

		if (bootloader->next_path || bootloader->taken_over)
			finding_remedy(finding, "find out which file and entry the boot loader "
						"reads; another restart does not help");
		else
			finding_remedy(finding, "vfio-prepare apply --rebuild");
	} else if (argument->configured) {
		finding_remedy(finding_add(findings, SEVERITY_WARNING, FINDING_REBOOT,
					   argument->text, "%s has the argument for the next boot",
					   bootloader_path(bootloader)),
			       bootloader->next_path || bootloader->taken_over
				       ? "restart the host"
				       : "vfio-prepare apply --rebuild, and restart the host");
	} else if (argument->unwritable) {
		finding_remedy(
			finding_add(findings, argument->severity, FINDING_ARGUMENT_UNWRITABLE,
				    argument->text, "%s, but %s", argument->reason,
				    argument->unwritable),
			"add the argument to the boot loader's configuration by hand, and restart");
	} else {
		find_missing(decision, argument);
	}
}

/* That the next boot will have no IOMMU must be told even while this one has. */
static void find_iommu_off(struct argument_decision *decision)
{
	enum iommu_kind kind = inventory_machine_iommu(decision->inventory);
	struct turned_off off;

	if (!decision->profile->sections.n ||
	    !iommu_turned_off(&decision->bootloader->others, kind, &off))
		return;
	vec_foreach(argument, decision->plan)
		if (argument->conflict && strcmp(argument->conflict, off.by->text) == 0)
			return;
	finding_remedy(finding_add(&decision->plan->findings,
				   decision->profile->iommu_required ? SEVERITY_ERROR
								     : SEVERITY_WARNING,
				   FINDING_ARGUMENT_CONFLICT, off.by->text,
				   "the argument turns the IOMMU off in the next boot"),
		       "remove %s from the kernel's arguments", off.by->text);
}

void arguments_decide(const struct profile *profile, const struct inventory *inventory,
		      const struct module_policy *policy, const struct bootloader *bootloader,
		      struct argument_plan *ret)
{
	struct argument_plan plan = {};
	struct argument_decision decision = {profile, inventory, bootloader, &plan,
					     inventory_machine(inventory)->x86};

	if (profile->sections.n) {
		want_iommu(&decision);
		for (size_t i = 0; i < policy->arguments.n; i++)
			if (!profile_says(&decision, policy->arguments.items[i]))
				want(&decision, SEVERITY_WARNING,
				     xstrdup(policy->arguments.items[i]),
				     "its module is built into the kernel and does not read "
				     "modprobe.d");
	}
	want_profile(&decision);
	vec_foreach(argument, &plan)
		judge_one(&decision, argument);
	keep_old(&decision);
	vec_foreach(argument, &plan)
		find(&decision, argument);
	find_iommu_off(&decision);
	if (profile->sections.n)
		passthrough_check(profile, inventory, bootloader, &plan.findings);
	*ret = plan;
}

/* What apply would do about it, or its programs, is no finding where these are shown. */
void arguments_forget_due(struct argument_plan *plan, const struct bootloader *bootloader)
{
	size_t n = 0;

	if (bootloaders[bootloader->kind].store == STORE_NONE)
		return;
	vec_foreach(finding, &plan->findings)
		if (finding_is(finding->type, KIND_DUE))
			finding_done(finding);
		else
			plan->findings.items[n++] = *finding;
	plan->findings.n = n;
}
