/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/plan.h"

#include "base/buf.h"
#include "base/text.h"
#include "decide/planner.h"
#include "host/boot_log.h"
#include "host/profile_files.h"
#include "verbs/situation.h"

/* A list for the hooks that make an initramfs. A name that would be several lines is one that they do not find. */
static int report_lines(const struct strv *lines)
{
	struct buf buf = {};

	vec_foreach(line, lines) {
		_cleanup_free_ char *visible = text_visible(*line, "");

		buf_addf(&buf, "%s\n", visible);
	}
	return report(buf_take(&buf), STATUS_DONE);
}

/*
 * Looks at names alone: an image is made although the profile is wrong, or there is no /sys where it is made.
 * An image has no use for the files without a profile.
 */
static int report_image_files(struct root *root)
{
	_cleanup_(strv_done) struct strv files = {};

	if (profile_exists(root))
		image_files_find(root, true, &files);
	return report_lines(&files);
}

static int plan_status(const struct plan *plan)
{
	size_t n_good = 0, n_refused = findings_have(&plan->findings, SEVERITY_ERROR);

	vec_foreach(device, plan) {
		if (device->state == DEVICE_BIND || device->state == DEVICE_VFS ||
		    device->state == DEVICE_RIGHT)
			n_good++;
		else if (!device_may_be_absent(device))
			n_refused++;
	}
	return status_of_counts(n_good, n_refused, 0);
}

static int run(struct root *root, const struct options *options)
{
	const struct purpose purpose = {.goal = options->modules ? GOAL_MODULES : GOAL_PLAN,
					.phase = PHASE_MANUAL};
	_cleanup_(planned_files_done) struct planned_files files = {};
	_cleanup_(situation_done) struct situation situation = {};
	_cleanup_(boot_log_done) struct boot_log log = {};
	_cleanup_(strv_done) struct strv modules = {};
	int status;

	if (options->image_files)
		return report_image_files(root);
	boot_log_read(root, &log);
	status = situation_load(root, options, &purpose, &log, &situation);
	if (status != STATUS_DONE)
		return status;
	if (options->modules) {
		plan_modules(&situation.plan, &situation.profile, &situation.inventory, &modules);
		return report_lines(&modules);
	}
	situation_plan_files(&situation, &files);
	arguments_forget_due(&situation.arguments, &situation.inventory.bootloader);
	findings_move(&situation.arguments.findings, &situation.plan.findings);
	return report(render_plan(options->format, &situation.plan, &files),
		      plan_status(&situation.plan));
}

const struct verb plan_verb = {
	.name = "plan",
	.summary = "show what bind and apply would do",
	.help = "Shows which devices bind would bring to which driver, its writes in their\n"
		"order, the files that apply would write, and which devices are refused and why.\n"
		"Nothing is written.\n",
	.run = run,
};
