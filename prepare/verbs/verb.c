/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verbs/verb.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "decide/boot_log.h"
#include "decide/group.h"
#include "decide/guard_record.h"
#include "decide/guards.h"
#include "decide/modules.h"
#include "decide/planner.h"
#include "decide/rules.h"
#include "host/bootloader.h"
#include "host/network.h"
#include "host/platform.h"
#include "host/profile_files.h"
#include "host/scan.h"
#include "host/sriov.h"
#include "host/storage.h"
#include "host/users.h"
#include "model/outcome.h"
#include "render/bootloader.h"
#include "render/files.h"
#include "render/udev.h"

void log_findings(const struct findings *findings)
{
	vec_foreach(finding, findings)
		log_error("%s: %s; %s", finding->subject, finding->detail, finding->remedy);
}

int report(char *text, int status)
{
	bool written = fputs(text, stdout) >= 0 && fflush(stdout) == 0;

	free(text);
	if (written)
		return status;
	/* Whoever closes the pipe has read enough. */
	if (errno != EPIPE)
		log_error("the report cannot be written: %s", strerror(errno));
	return STATUS_FAILED;
}

struct question {
	const struct match *match;
	const struct inventory *inventory;
};

static bool asks_modules(void *userdata, const struct pci_function *function)
{
	const struct question *question = userdata;

	return match_asks_modules(question->match, question->inventory, function);
}

static int load_profile(struct root *root, const char *file, struct profile *ret)
{
	struct findings findings = {};
	int r = profile_load(root, file, ret, &findings);

	if (r == -ENOENT)
		log_error("there is no profile: write %s, or name one with --profile",
			  PROFILE_PATH);
	log_findings(&findings);
	findings_done(&findings);
	return r < 0 ? STATUS_USAGE : STATUS_DONE;
}

static bool asks_condition(void *userdata, const struct pci_function *function)
{
	const struct question *question = userdata;

	return match_asks_condition(question->match, question->inventory, function);
}

static bool asks_vfs(void *userdata, const struct pci_function *function)
{
	const struct question *question = userdata;

	return claim_is_physical(&question->match->claims[function - question->inventory->items],
				 function);
}

/* May disks hang on anything that the match is concerned with? Only then their contents matter. */
static bool concerns_disks(const struct question *question)
{
	vec_foreach(function, question->inventory)
		if (function_may_carry_disks(function) &&
		    match_asks_condition(question->match, question->inventory, function))
			return true;
	return false;
}

static int report_scan(int r)
{
	if (r == 0)
		return STATUS_DONE;
	log_error("the PCI functions of the host cannot be read: %s", strerror(-r));
	return STATUS_FAILED;
}

/* Matches the profile with the functions that were read; log: may be NULL. */
static void make_match(struct root *root, const struct boot_log *log, struct situation *situation)
{
	struct inventory *inventory = &situation->inventory;

	if (log)
		boot_log_find_hanging(log, inventory);
	if (profile_asks_serials(&situation->profile))
		scan_serials(root, inventory);
	if (profile_asks_vfs(&situation->profile))
		scan_physfns(root, inventory);
	match_done(&situation->match);
	match_make(&situation->profile, inventory, &situation->match);
}

/* Reads the host and matches the profile with it. places: see scan_host(). */
static int load_match(struct root *root, unsigned scan, const struct address_list *places,
		      const struct boot_log *log, struct situation *ret)
{
	int status = report_scan(scan_host(root, scan, places, &ret->inventory));

	if (status != STATUS_DONE)
		return status;
	make_match(root, log, ret);
	if (!places || !match_asks_whole_host(&ret->match, &ret->inventory))
		return STATUS_DONE;
	status = report_scan(scan_rest(root, scan, &ret->inventory));
	if (status == STATUS_DONE)
		make_match(root, log, ret);
	return status;
}

bool any_function(void *userdata _unused_, const struct pci_function *function _unused_)
{
	return true;
}

int situation_load(struct root *root, const struct options *options, enum phase phase, bool advise,
		   const struct boot_log *log, struct situation *ret)
{
	struct question question = {&ret->match, &ret->inventory};
	struct address_list places = {};
	unsigned scan = 0;
	int status;

	*ret = (struct situation){};
	status = load_profile(root, options->profile, &ret->profile);
	if (status != STATUS_DONE)
		return status;
	if (advise)
		scan |= SCAN_IOMMU;
	if (profile_asks_paths(&ret->profile))
		scan |= SCAN_PATHS;
	/* An action needs no more of the host than the places that the profile names, if it names any. */
	if (!advise && profile_places(&ret->profile, &places))
		status = load_match(root, scan, &places, log, ret);
	else
		status = load_match(root, scan, NULL, log, ret);
	free(places.items);
	if (status != STATUS_DONE)
		return status;
	if (phase >= PHASE_SYSTEM && profile_asks_vfs(&ret->profile))
		scan_vfs(root, &ret->inventory, asks_vfs, &question);
	scan_condition(root, &ret->inventory, advise || profile_asks_resets(&ret->profile),
		       asks_condition, &question);
	scan_modules(root, &ret->inventory, asks_modules, &question);
	if (!advise && options->phase)
		scan_guarded(root, &ret->inventory.network);
	/* Early there is nothing to be lost yet; later, what no driver has can only be a disk to come. */
	if (phase != PHASE_EARLY && (match_takes(&ret->match, &ret->inventory) ||
				     group_takes(&ret->inventory, &ret->match, false))) {
		bool disks = concerns_disks(&question),
		     bound = match_takes_bound(&ret->match, &ret->inventory) ||
			     group_takes(&ret->inventory, &ret->match, true);
		bool by_hand = bound && phase >= PHASE_MANUAL;
		struct pci_address_list concerned = {};

		for (size_t i = 0; i < ret->inventory.n && by_hand; i++)
			if (asks_condition(&question, &ret->inventory.items[i]))
				*vec_add(&concerned) = ret->inventory.items[i].address;
		if (disks || bound)
			scan_storage(root, &ret->inventory.args, disks, &concerned,
				     &ret->inventory.storage);
		/*
		 * What no driver holds has no interface; where the host is on the network, those of
		 * others tell which card it is not on.
		 */
		if (disks || bound || network_boot(&ret->inventory.args))
			scan_network(root, by_hand, &ret->inventory.network);
		free(concerned.items);
		if (bound)
			scan_users(root, &ret->inventory);
	}
	plan_make(&ret->profile, &ret->inventory, phase, &ret->match, &ret->plan);
	return STATUS_DONE;
}

void situation_load_platform(struct root *root, struct situation *situation)
{
	struct question question = {&situation->match, &situation->inventory};
	struct strv modules = {};

	plan_modules(&situation->plan, &situation->profile, &modules);
	scan_platform(root, &situation->inventory, &modules, asks_condition, &question);
	scan_overrides(root, &situation->inventory, asks_condition, &question);
	scan_builtin_modules(root, &situation->inventory);
	scan_modules(root, &situation->inventory, asks_condition, &question);
	strv_done(&modules);
}

void load_conditions(struct root *root, struct inventory *inventory)
{
	scan_condition(root, inventory, true, any_function, NULL);
	scan_modules(root, inventory, any_function, NULL);
	scan_serials(root, inventory);
	scan_storage(root, &inventory->args, true, NULL, &inventory->storage);
	scan_network(root, false, &inventory->network);
	scan_users(root, inventory);
}

static void plan_file(struct root *root, const char *path, char *content,
		      struct planned_files *files)
{
	_cleanup_free_ char *now = NULL;
	int r = root_read_file(root, path, OWN_FILE_MAX, &now, NULL);

	if (r < 0 && r != -ENOENT && r != -ENOTDIR)
		planned_file_unreadable(files, path, r, content);
	else
		planned_file_add(files, path, now, content);
	free(content);
}

static void decide_policy(struct root *root, struct situation *situation, struct plan *plan)
{
	module_policy_done(&situation->policy);
	scan_modules(root, &situation->inventory, any_function, NULL);
	scan_builtin_modules(root, &situation->inventory);
	module_policy_make(&situation->profile, &situation->inventory, plan, &situation->policy);
}

static void decide_arguments(struct root *root, struct situation *situation)
{
	argument_plan_done(&situation->arguments);
	bootloader_done(&situation->bootloader);
	scan_bootloader(root, situation->profile.bootloader, &situation->bootloader);
	scan_processor(root, &situation->inventory);
	arguments_decide(&situation->profile, &situation->inventory, &situation->policy,
			 &situation->bootloader, &situation->arguments);
}

void situation_plan_arguments(struct root *root, struct situation *situation)
{
	/* What is found on the way there concerns files, which this is not about. */
	struct plan unheard = {.items = situation->plan.items, .n = situation->plan.n};

	decide_policy(root, situation, &unheard);
	findings_done(&unheard.findings);
	decide_arguments(root, situation);
}

/* A file that most hosts have no use for is not spoken of where it is not there. */
static void plan_rare_file(struct root *root, const char *path, char *content,
			   struct planned_files *files)
{
	if (root_exists(root, path) || *content)
		plan_file(root, path, content, files);
	else
		free(content);
}

/* Each boot loader has files of its own; those of the others go. */
void situation_plan_argument_files(struct root *root, const struct situation *situation,
				   struct planned_files *ret)
{
	const struct bootloader *bootloader = &situation->bootloader;
	const struct argument_plan *arguments = &situation->arguments;
	const struct strv none = {};
	bool is_grub = bootloader->kind == BOOTLOADER_GRUB,
	     is_told_apart = is_grub || bootloader->kind == BOOTLOADER_NONE;

	plan_rare_file(root, managed_files[FILE_GRUB],
		       render_grub(is_grub ? &arguments->ours : &none), ret);
	plan_rare_file(root, managed_files[FILE_OWN_ARGUMENTS],
		       render_own_arguments(is_told_apart ? &none : &arguments->ours,
					    is_told_apart ? &none : &arguments->kept),
		       ret);
	if (bootloader->kind == BOOTLOADER_KERNEL_INSTALL && bootloader->cmdline) {
		_cleanup_free_ char *content = render_cmdline(bootloader->cmdline,
							      &bootloader->ours, &arguments->ours);

		/* Without a change the file that is missing may be so. */
		if (bootloader->has_cmdline || strcmp(content, bootloader->cmdline) != 0)
			planned_file_edit(ret, managed_files[FILE_CMDLINE],
					  bootloader->has_cmdline ? bootloader->cmdline : NULL,
					  content);
	}
}

void situation_plan_files(struct root *root, struct situation *situation, struct planned_files *ret)
{
	const struct module_policy *policy = &situation->policy;
	struct guarded_list guarded = {};
	struct device_rules rules;

	decide_policy(root, situation, &situation->plan);
	plan_file(root, managed_files[FILE_MODPROBE], render_modprobe(policy), ret);
	plan_file(root, managed_files[FILE_MODULES_LOAD], render_modules_load(policy), ret);
	device_rules_make(&situation->profile, &situation->inventory, &situation->match,
			  &situation->plan, &rules);
	plan_file(root, managed_files[FILE_UDEV_RULES], render_udev_rules(&rules), ret);
	device_rules_done(&rules);
	guarded_make(&situation->match, &situation->inventory, &guarded);
	plan_rare_file(root, managed_files[FILE_GUARDED], render_guarded(&guarded), ret);
	free(guarded.items);
	decide_arguments(root, situation);
	situation_plan_argument_files(root, situation, ret);
}

void situation_done(struct situation *situation)
{
	argument_plan_done(&situation->arguments);
	bootloader_done(&situation->bootloader);
	module_policy_done(&situation->policy);
	plan_done(&situation->plan);
	match_done(&situation->match);
	inventory_done(&situation->inventory);
	profile_done(&situation->profile);
}

int status_of_counts(size_t n_good, size_t n_refused, size_t n_failed)
{
	if (!n_refused && !n_failed)
		return STATUS_DONE;
	if (n_good)
		return STATUS_PARTLY;
	return n_failed ? STATUS_FAILED : STATUS_REFUSED;
}

int status_of_outcomes(const struct plan *plan, const struct outcomes *outcomes)
{
	size_t n_good = 0, n_failed = 0, n_refused = findings_have(&plan->findings, SEVERITY_ERROR);

	for (size_t i = 0; i < plan->n; i++) {
		/* That it waits is as planned: a later phase answers for it. */
		if (plan->items[i].state == DEVICE_WAITING)
			continue;
		switch (outcomes->items[i].result) {
		case RESULT_DONE:
		case RESULT_ALREADY:
			n_good++;
			break;
		case RESULT_FAILED:
		case RESULT_TIMEOUT:
			n_failed++;
			break;
		case RESULT_SKIPPED:
		case RESULT_REFUSED:
			n_refused++;
			break;
		}
	}
	return status_of_counts(n_good, n_refused, n_failed);
}
