/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verbs/situation.h"

#include <errno.h>
#include <string.h>

#include "act/act.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "decide/boot_log.h"
#include "decide/guard_record.h"
#include "decide/modules.h"
#include "decide/planner.h"
#include "decide/rules.h"
#include "decide/sriov.h"
#include "host/profile_files.h"
#include "host/survey.h"
#include "host/watched.h"
#include "parse/profile.h"
#include "render/files.h"

static int load_profile(struct root *root, const char *file, enum goal goal, struct profile *ret)
{
	_cleanup_(findings_done) struct findings findings = {}, none = {};
	/* These two make a profile. */
	bool needless = goal == GOAL_INIT || goal == GOAL_IMPORT;
	/* A host without a usable profile can be looked at all the same; what was bound can be given back. */
	bool dispensable = needless || goal == GOAL_LIST ||
			   goal == GOAL_LIST_ASSIGNABLE || goal == GOAL_SNAPSHOT;
	int r = needless ? -ENOENT : profile_load(root, file, ret, &findings);

	if (r == -ENOENT && !dispensable && goal != GOAL_RELEASE)
		log_error("there is no profile: write %s, or name one with --profile",
			  PROFILE_PATH);
	if (goal != GOAL_SNAPSHOT)
		log_findings(&findings);
	if (r < 0 && (dispensable || (r == -ENOENT && goal == GOAL_RELEASE)))
		r = profile_parse(&(struct ini){}, ret, &none);
	return r < 0 ? STATUS_USAGE : STATUS_DONE;
}

/* One turn: what is needed is read. 1: something was; 0: nothing is needed any more; -errno. */
static int take_turn(struct root *root, const struct purpose *purpose, const struct boot_log *log,
		     struct situation *situation)
{
	struct inventory *inventory = &situation->inventory;
	const size_t n = inventory->n;
	_cleanup_(needs_done) struct needs needs = {};
	int r;

	if (!situation->planned) {
		match_done(&situation->match);
		match_make(&situation->profile, inventory, &situation->match);
	}
	if (!needs_make(purpose, &situation->profile, inventory, &situation->match,
			situation->planned ? &situation->plan : NULL, &needs))
		return 0;
	r = survey(root, &needs, inventory);
	if (r < 0)
		return r;
	if (log && inventory->n != n)
		boot_log_find_hanging(log, inventory);
	return 1;
}

int situation_look(struct root *root, const struct purpose *purpose, const struct boot_log *log,
		   struct situation *situation)
{
	int r;

	root->remembers = true;
	while ((r = take_turn(root, purpose, log, situation)) > 0)
		;
	root->remembers = false;
	if (r == 0)
		return STATUS_DONE;
	return log_fail(STATUS_FAILED, "the PCI functions of the host cannot be read: %s",
			strerror(-r));
}

/* Says of what did not answer that it is unknown. */
static void tell_silent(const struct root *root, struct findings *findings)
{
	char top[PATH_MAX] = "";
	const char *path;

	fd_path(root->fd, top);
	for (size_t i = 0; (path = watched_silent(i)); i++) {
		/* As it is seen from the root. */
		if (!root->live && text_starts_with(path, top))
			path += strlen(top);
		finding_remedy(finding_add(findings, SEVERITY_WARNING, FINDING_NO_ANSWER, path,
					   "the kernel does not answer when this is read, so that "
					   "what it says is unknown"),
			       "the kernel log may tell which driver, disk or server hangs: dmesg");
	}
}

int situation_load(struct root *root, const struct options *options, const struct purpose *purpose,
		   const struct boot_log *log, struct situation *ret)
{
	int status;

	*ret = (struct situation){};
	if (watched_is_over()) {
		tell_silent(root, &ret->plan.findings);
		return log_fail(STATUS_FAILED,
				"%s and other paths do not answer, so that the host cannot be read",
				watched_silent(0));
	}
	root->remembers = true;
	status = load_profile(root, options->profile, purpose->goal, &ret->profile);
	if (status == STATUS_DONE)
		status = situation_look(root, purpose, log, ret);
	if (status == STATUS_DONE && purpose_has_plan(purpose)) {
		plan_make(&ret->profile, purpose->phase, &ret->match, &ret->plan);
		ret->planned = true;
		status = situation_look(root, purpose, log, ret);
	}
	root->remembers = false;
	tell_silent(root, &ret->plan.findings);
	return status;
}

/* --- acting -------------------------------------------------------------------------------- */

/* What needs no lock is given this much, and no more, even when the time of all is over. */
#define RESTORE_MS 1000

/* What is left of the time that all devices have together; least: if that is less, this, for each and for all. */
static struct act_limits limits_left(const struct profile *profile, int64_t started_ms, int least)
{
	int left = (int)profile->timeout_s * 1000 - (int)(now_ms() - started_ms);

	return left > least ? (struct act_limits){(int)profile->device_timeout_s * 1000, left}
			    : (struct act_limits){least, least};
}

static bool wants_vfs(const struct plan *plan)
{
	vec_foreach(device, plan)
		if (device->state == DEVICE_VFS)
			return true;
	return false;
}

/* As plan_merge() does it with the plans: both lists are in the order of their addresses. */
static void merge(struct outcomes *outcomes, struct outcomes *other)
{
	struct outcomes merged = {};
	size_t n = 0;

	vec_foreach(outcome, other) {
		while (n < outcomes->n &&
		       pci_address_compare(&outcomes->items[n].address, &outcome->address) < 0)
			*vec_add(&merged) = outcomes->items[n++];
		while (n < outcomes->n &&
		       pci_address_compare(&outcomes->items[n].address, &outcome->address) == 0)
			outcome_done(&outcomes->items[n++]);
		*vec_add(&merged) = *outcome;
	}
	while (n < outcomes->n)
		*vec_add(&merged) = outcomes->items[n++];
	free(outcomes->items);
	other->n = 0;
	*outcomes = merged;
}

/* The first plan and what came of it; the inventory of the second look. */
struct look {
	const struct inventory *inventory;
	const struct plan *plan;
	const struct outcomes *outcomes;
};

/* Has it just been made? */
static bool is_new(void *userdata, const struct planned_device *device)
{
	const struct look *look = userdata;
	const struct pci_function *function = inventory_find(look->inventory, &device->address);
	const struct planned_device *physfn = function && function->is_vf
						      ? plan_find(look->plan, &function->physfn)
						      : NULL;
	const struct outcome *outcome = physfn ? &look->outcomes->items[physfn - look->plan->items]
					       : NULL;

	return outcome && outcome->vfs && outcome->result == RESULT_DONE;
}

int situation_act(struct root *root, const struct options *options, const struct purpose *purpose,
		  const struct boot_log *log, int64_t started_ms, struct situation *situation,
		  struct outcomes *ret, struct situation *ret_again)
{
	const struct profile *profile = &situation->profile;
	struct plan *plan = &situation->plan;
	struct act_limits limits = limits_left(profile, started_ms, 0);
	_cleanup_(outcomes_done) struct outcomes virtual = {};
	/* Its own directories: what was decided on at first stays lent for what is put back. */
	struct root again = *root;
	/* Nobody uses yet what was made just now. */
	const struct purpose later = {.goal = purpose->goal,
				      .phase = PHASE_SYSTEM,
				      .at_boot = purpose->at_boot};
	int status;

	*ret_again = (struct situation){};
	act_run(root, plan, &limits, ret, &plan->findings);
	if (!wants_vfs(plan))
		return STATUS_DONE;
	limits = limits_left(profile, started_ms, 0);
	if (act_vfs_make(root, plan, &limits, ret, &plan->findings) == 0)
		return STATUS_DONE;
	again.places = (struct places){};
	again.unread = NULL;
	status = situation_load(&again, options, &later, log, ret_again);
	if (status == STATUS_DONE) {
		plan_keep(&ret_again->plan, is_new,
			  &(struct look){&ret_again->inventory, plan, ret});
		limits = limits_left(profile, started_ms, 0);
		act_run(&again, &ret_again->plan, &limits, &virtual, &plan->findings);
	}
	root_forget(&again);
	root_heed(&again);
	limits = limits_left(profile, started_ms, RESTORE_MS);
	act_vfs_restore(root, plan, &limits, ret, &plan->findings);
	plan_merge(plan, &ret_again->plan);
	merge(ret, &virtual);
	return status;
}

/* --- what the configuration should be -------------------------------------------------------- */

/* rare: most hosts have no use for the file, so that it is not spoken of where it is not there. */
static void plan_file(const struct situation *situation, enum managed_file file, bool rare,
		      char *content, struct planned_files *files)
{
	const struct own_file *now = &situation->inventory.own_files[file];
	bool there = now->error != -ENOENT && now->error != -ENOTDIR;

	if (now->error < 0 && there)
		planned_file_unreadable(files, managed_files[file], now->error, content);
	else if (!rare || there || *content)
		planned_file_add(files, managed_files[file], now->text, content);
	free(content);
}

static void decide_policy(struct situation *situation, struct plan *plan)
{
	module_policy_done(&situation->policy);
	module_policy_make(&situation->profile, &situation->inventory, plan, &situation->policy);
}

static void decide_arguments(struct situation *situation)
{
	argument_plan_done(&situation->arguments);
	arguments_decide(&situation->profile, &situation->inventory, &situation->policy,
			 &situation->inventory.bootloader, &situation->arguments);
}

void situation_plan_arguments(struct situation *situation)
{
	/* What is found on the way there concerns files, which this is not about. */
	struct plan unheard = {.items = situation->plan.items, .n = situation->plan.n};

	decide_policy(situation, &unheard);
	findings_done(&unheard.findings);
	decide_arguments(situation);
}

/* Each boot loader has files of its own; those of the others go. */
void situation_plan_argument_files(const struct situation *situation, struct planned_files *ret)
{
	const struct bootloader *bootloader = &situation->inventory.bootloader;
	const struct argument_plan *arguments = &situation->arguments;
	const struct strv none = {};
	enum argument_store store = bootloaders[bootloader->kind].store;
	bool listed = store == STORE_LINE || store == STORE_COMMAND;

	plan_file(situation, FILE_GRUB, true,
		  render_grub(store == STORE_DROP_IN ? &arguments->ours : &none), ret);
	plan_file(situation, FILE_OWN_ARGUMENTS, true,
		  render_own_arguments(listed ? &arguments->ours : &none,
				       listed ? &arguments->kept : &none),
		  ret);
	if (store == STORE_LINE && bootloader->cmdline) {
		_cleanup_free_ char *content = render_cmdline(bootloader->cmdline,
							      &bootloader->ours, &arguments->ours);

		/* Without a change the file that is missing may be so. */
		if (bootloader->has_cmdline || strcmp(content, bootloader->cmdline) != 0)
			planned_file_edit(ret, managed_files[FILE_CMDLINE],
					  bootloader->has_cmdline ? bootloader->cmdline : NULL,
					  content);
	}
}

void situation_plan_files(struct situation *situation, struct planned_files *ret)
{
	const struct module_policy *policy = &situation->policy;
	_cleanup_(guarded_list_done) struct guarded_list guarded = {};
	_cleanup_(device_rules_done) struct device_rules rules = {};

	decide_policy(situation, &situation->plan);
	plan_file(situation, FILE_MODPROBE, false, render_modprobe(policy), ret);
	plan_file(situation, FILE_MODULES_LOAD, false, render_modules_load(policy), ret);
	device_rules_make(&situation->profile, &situation->match, &situation->plan, &rules);
	plan_file(situation, FILE_UDEV_RULES, false, render_udev_rules(&rules), ret);
	guarded_make(&situation->match, &guarded);
	plan_file(situation, FILE_GUARDED, true, render_guarded(&guarded), ret);
	decide_arguments(situation);
	situation_plan_argument_files(situation, ret);
}

/* The lines of a difference that begin with the sign, in one line. */
static char *changed_lines(const char *diff, char sign)
{
	struct buf buf = {};

	for (const char *line = diff; *line; line = text_next_line(line))
		if (*line == sign) {
			buf_add(&buf, buf.length ? "; " : "");
			buf_add_n(&buf, line + 1, strcspn(line + 1, "\n"));
		}
	return buf_take(&buf);
}

static void tell_outdated(const struct planned_file *file, struct findings *findings)
{
	bool modprobe = strcmp(file->path, managed_files[FILE_MODPROBE]) == 0;
	_cleanup_free_ char *gone = changed_lines(file->diff, '-'),
			    *comes = changed_lines(file->diff, '+');
	struct finding *finding;

	if (modprobe)
		finding = finding_add(
			findings, SEVERITY_WARNING, FINDING_FILE_OUTDATED, file->path,
			"the file is out of date with the devices of the host, and the next boot goes "
			"by it; vfio-prepare apply removes: %s; adds: %s",
			*gone ? gone : "nothing", *comes ? comes : "nothing");
	else
		finding = finding_add(
			findings, SEVERITY_WARNING, FINDING_FILE_OUTDATED, file->path,
			"the file is out of date with the devices of the host, and the next boot goes "
			"by it; vfio-prepare plan shows what apply changes");
	finding_remedy(finding, "vfio-prepare apply --rebuild");
}

void situation_check_files(struct situation *situation, struct findings *ret)
{
	/* By what the module loader and a boot go; of arguments the checks tell, and of images. */
	static const enum managed_file checked[] = {FILE_MODPROBE, FILE_MODULES_LOAD,
						    FILE_UDEV_RULES, FILE_GUARDED};
	_cleanup_(planned_files_done) struct planned_files files = {};
	struct findings kept = situation->plan.findings;
	bool applied = false;

	situation->plan.findings = (struct findings){};
	situation_plan_files(situation, &files);
	findings_done(&situation->plan.findings);
	situation->plan.findings = kept;
	vec_foreach(file, &files)
		applied = applied || (file->now && managed_file_of(file->path) <= FILE_UDEV_RULES);
	for (size_t i = 0; i < ARRAY_SIZE(checked); i++)
		vec_foreach(file, &files)
			if (managed_file_of(file->path) == checked[i] &&
			    (file->state == FILE_CHANGE || file->state == FILE_REMOVE ||
			     (file->state == FILE_CREATE && applied && checked[i] == FILE_GUARDED)))
				tell_outdated(file, ret);
}

void situation_done(struct situation *situation)
{
	argument_plan_done(&situation->arguments);
	module_policy_done(&situation->policy);
	plan_done(&situation->plan);
	match_done(&situation->match);
	inventory_done(&situation->inventory);
	profile_done(&situation->profile);
}
