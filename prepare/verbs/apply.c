/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "act/apply.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/process.h"
#include "decide/commands.h"
#include "host/boot_log.h"
#include "host/survey.h"
#include "render/apply.h"
#include "render/boot_log.h"
#include "verbs/phase.h"
#include "verbs/situation.h"

struct applying {
	struct root *root;
	struct situation *situation;
	struct planned_files files;
	struct command_list commands;
	struct restart_reasons reasons;
	int lock;
	bool ran; /* the commands */
	bool failed;
	bool unmarked; /* the reasons for a restart could not be written */
};

static void find_foreign(struct applying *applying)
{
	struct findings *findings = &applying->situation->plan.findings;

	vec_foreach(file, &applying->files)
		if (file->result == FILE_REFUSED && file->state == FILE_UNREADABLE)
			finding_remedy(
				finding_add(findings, SEVERITY_ERROR, FINDING_FOREIGN_FILE,
					    file->path,
					    "the file exists, cannot be read and is left alone: %s",
					    strerror(-file->error)),
				"repair the file or move it away, then: vfio-prepare apply");
		else if (file->result == FILE_REFUSED)
			finding_remedy(
				finding_add(
					findings, SEVERITY_ERROR, FINDING_FOREIGN_FILE, file->path,
					"the file exists, was not written by vfio-prepare and is "
					"left alone"),
				"move the file away, or replace it: vfio-prepare apply --force");
}

/* The files were put back; what could not be is an error of its own. */
static void fail_undone(struct applying *applying, int r)
{
	if (r < 0)
		log_error("not all files could be put back: %s; see the report", strerror(-r));
	else if (r > 0)
		log_error("not all files that were put back could be synced: %s; run sync before "
			  "a restart",
			  strerror(r));
	applying->failed = true;
}

static void run_commands(struct applying *applying)
{
	_cleanup_(strv_done) struct strv others = {};
	int r = apply_commands(applying->root, &applying->commands,
			       &applying->situation->inventory.rebuild, &others);

	applying->ran = true;
	if (r == 0)
		return;
	if (r > 0)
		log_error("a program failed: what was kept of the host is put back, but not all "
			  "of it could be synced: %s; run sync before a restart",
			  strerror(r));
	else if (r != -ECANCELED)
		log_error("not all that the programs wrote could be put back: %s", strerror(-r));
	else if (!others.n)
		log_error(
			"a program failed: what the host had is put back, and the next boot is as it was");
	else
		log_error("a program failed: what was kept of the host is put back");
	for (size_t i = 0; i < others.n; i++)
		log_error("%s", others.items[i]);
	fail_undone(applying, apply_undo(applying->root, &applying->files));
}

static const struct purpose applying_purpose = {.goal = GOAL_APPLY, .phase = PHASE_APPLY};

/* What was written, by this run or by the programs, is read anew. */
static void look_again(struct applying *applying, unsigned facts)
{
	survey_forget(applying->root, facts, &applying->situation->inventory);
	situation_look(applying->root, &applying_purpose, NULL, applying->situation);
}

/* Arguments and their files again, after the programs: what went from there is ours no longer. */
static void settle(struct applying *applying)
{
	struct planned_files files = {};
	int undone;

	look_again(applying, HOST_BOOTLOADER | HOST_OWN_FILES);
	situation_plan_arguments(applying->situation);
	situation_plan_argument_files(applying->situation, &files);
	if (apply_files(applying->root, &files, false, &undone) < 0)
		fail_undone(applying, undone);
	vec_foreach(file, &files)
		if (file->result == FILE_LEFT || file->result == FILE_REFUSED) {
			free(file->now);
			free(file->content);
			free(file->diff);
		} else {
			*vec_add(&applying->files) = *file;
		}
	free(files.items);
}

static void mark(struct applying *applying)
{
	const struct situation *situation = applying->situation;
	_cleanup_free_ char *content = NULL;
	_cleanup_close_ int lock = -1;

	look_again(applying, HOST_REBUILD);
	/* Below another root no kernel runs that could be too old. */
	if (!situation->inventory.cmdline)
		return;
	find_restart_reasons(&situation->plan, &situation->arguments,
			     &situation->inventory.bootloader, &situation->inventory.rebuild,
			     &applying->commands, &applying->reasons);
	content = render_restart_reasons(&applying->reasons);
	/* A bind by hand changes the file, too. */
	lock = run_lock_take(applying->root, LOCK_DEVICES, WAIT_BY_HAND_MS);
	if (lock < 0 && lock != -EAGAIN)
		log_error("%s cannot be written: no lock can be made: %s", RESTART_REASONS_PATH,
			  strerror(-lock));
	applying->unmarked = lock < 0 || restart_reasons_write(applying->root, content) < 0;
}

/* Refused, and the next boot will not have it either, so that apply could do nothing about it. */
static bool stays_refused(const struct applying *applying, const struct planned_device *device)
{
	bool gets_group = device->iommu_group < 0 && applying->reasons.n;

	return device->state == DEVICE_REFUSED && !device->next_boot && !gets_group;
}

static int apply_status(const struct applying *applying)
{
	const struct situation *situation = applying->situation;
	const struct plan *plan = &situation->plan;
	size_t n_good = plan->n == 0;
	size_t n_refused = findings_have(&situation->arguments.findings, SEVERITY_ERROR);
	int status;

	if (applying->failed)
		return STATUS_FAILED;
	vec_foreach(file, &applying->files)
		n_refused += file->result == FILE_REFUSED;
	vec_foreach(device, plan)
		/* Below another root there may be no devices to be seen. */
		if (stays_refused(applying, device) ||
		    (device->state == DEVICE_ABSENT && !device_may_be_absent(device) &&
		     situation->inventory.n))
			n_refused++;
		else
			n_good++;
	status = status_of_counts(n_good, n_refused, 0);
	if (applying->unmarked)
		return status_unrecorded(status);
	return status == STATUS_DONE && applying->reasons.n ? STATUS_REBOOT_REQUIRED : status;
}

static void carry_out(struct applying *applying, const struct options *options)
{
	int undone, r = apply_files(applying->root, &applying->files, options->force, &undone);

	if (r < 0) {
		log_error("not all files can be written: %s%s", strerror(-r),
			  undone < 0 ? "" : "; all are as they were");
		fail_undone(applying, undone);
		return;
	}
	find_foreign(applying);
	if (options->rebuild && applying->root->live && applying->commands.n)
		run_commands(applying);
	if (!applying->failed) {
		settle(applying);
		if (commands_are_due(&applying->commands))
			arguments_forget_due(&applying->situation->arguments,
					     &applying->situation->inventory.bootloader);
		mark(applying);
	}
}

/* Would a file be changed by what was decided without knowing all? */
static const char *find_uncertain(const struct applying *applying)
{
	vec_foreach(file, &applying->files)
		if (file->state != FILE_SAME)
			return inventory_uncertain(&applying->situation->inventory);
	return NULL;
}

static int apply(struct applying *applying, const struct options *options)
{
	struct situation *situation = applying->situation;
	const char *uncertain;
	int status;

	situation_plan_files(situation, &applying->files);
	uncertain = options->force ? NULL : find_uncertain(applying);
	if (uncertain)
		return log_fail(
			STATUS_FAILED,
			"%s; so what the next boot needs is not certain, and nothing is changed: try "
			"again, or write it all the same: vfio-prepare apply --force",
			uncertain);
	commands_decide(&situation->inventory.bootloader, &situation->arguments,
			&situation->inventory.rebuild, &applying->files, options->force,
			&applying->commands);
	applying->lock = apply_begin(applying->root, &applying->files,
				     &situation->inventory.rebuild);
	if (applying->lock == -EAGAIN)
		return STATUS_FAILED;
	if (applying->lock < 0)
		return log_fail(STATUS_FAILED, "no lock can be made below " RUN_DIRECTORY ": %s",
				strerror(-applying->lock));
	process_hold();
	carry_out(applying, options);
	close_fd(&applying->lock);
	status = apply_status(applying);
	findings_move(&situation->arguments.findings, &situation->plan.findings);
	return report(render_apply(options->format,
				   &(struct apply_report){
					   .files = &applying->files,
					   .commands = &applying->commands,
					   .log = applying->ran ? REBUILD_LOG_PATH : NULL,
					   .reasons = &applying->reasons,
					   .findings = &situation->plan.findings,
				   }),
		      status);
}

static int run(struct root *root, const struct options *options)
{
	_cleanup_(situation_done) struct situation situation = {};
	struct applying applying = {.root = root, .situation = &situation};
	struct boot_log log;
	int status;

	boot_log_read(root, &log);
	status = situation_load(root, options, &applying_purpose, &log, &situation);
	if (status == STATUS_DONE)
		status = apply(&applying, options);
	planned_files_done(&applying.files);
	command_list_done(&applying.commands);
	restart_reasons_done(&applying.reasons);
	boot_log_done(&log);
	return status;
}

const struct verb apply_verb = {
	.name = "apply",
	.summary = "write what the next boot needs",
	.help = "Writes the files that plan shows: modprobe.d, udev rules, and the kernel\n"
		"arguments where the boot loader keeps them. Only files that differ are written,\n"
		"files that are not needed any more are removed, and a file that this tool has\n"
		"not written needs --force. Then prints the commands that have to run before the\n"
		"next boot. --rebuild runs them. If one fails, the previous files are restored,\n"
		"and those that cannot be restored are listed.\n"
		"Exit status 5: a restart is required; /run/vfio-prepare/reboot-required has the\n"
		"reasons.\n",
	.run = run,
};
