/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/validate.h"

#include <string.h>

#include "base/log.h"
#include "decide/boot_log.h"
#include "decide/checks.h"
#include "decide/fit.h"
#include "host/boot_log.h"
#include "verbs/situation.h"

static int tell(const struct options *options, const struct verdict *verdict, int status)
{
	if (options->format == FORMAT_NAGIOS)
		status = (int)nagios_state(verdict);
	return (verdict->colour ? report_coloured
				: report)(render_validate(options->format, verdict), status);
}

/* A monitor wants its answer on standard output even where nothing could be judged. */
static int tell_failure(const struct options *options, int status)
{
	_cleanup_(findings_done) struct findings findings = {};
	struct plan plan = {};

	finding_remedy(
		finding_add(&findings, SEVERITY_ERROR, FINDING_NOT_VALIDATED, "host",
			    "the profile or the host cannot be read; standard error has the cause"),
		"vfio-prepare validate");
	return tell(options,
		    &(struct verdict){
			    .status = READINESS_UNKNOWN,
			    .failed = true,
			    .plan = &plan,
			    .findings = &findings,
		    },
		    status);
}

static int status_of_readiness(enum readiness readiness)
{
	return readiness == READY             ? STATUS_DONE
	       : readiness == REBOOT_REQUIRED ? STATUS_REBOOT_REQUIRED
					      : STATUS_REFUSED;
}

static void find_boot_log(const struct boot_log *log, struct findings *findings)
{
	if (log->unknown)
		finding_remedy(
			finding_add(findings, SEVERITY_WARNING, FINDING_BOOT_LOG, BOOT_LOG_PATH,
				    "the log of the boot is damaged or cannot be read, so that "
				    "it is not known which devices were bound or released, and "
				    "which drivers did not answer"),
			"rm %s; vfio-prepare bind", BOOT_LOG_PATH);
}

static int run(struct root *root, const struct options *options)
{
	const struct purpose purpose = {
		.goal = options->fit       ? GOAL_VALIDATE_FIT
			: options->devices ? GOAL_VALIDATE_DEVICES
					   : GOAL_VALIDATE,
		.phase = PHASE_MANUAL,
		.other_profile = options->profile,
	};
	_cleanup_(situation_done) struct situation situation = {};
	_cleanup_(findings_done) struct findings findings = {}, outdated = {};
	_cleanup_(boot_log_done) struct boot_log log = {};
	const struct inventory *inventory = &situation.inventory;
	enum readiness readiness;
	int status;
	bool fit;

	if (options->fit && (options->devices || options->format == FORMAT_NAGIOS ||
			     options->format == FORMAT_PROMETHEUS))
		return log_fail(STATUS_USAGE,
				"validate --fit goes with --format text, json and maas, and not "
				"with --devices");
	boot_log_read(root, &log);
	status = situation_load(root, options, &purpose, &log, &situation);
	if (status != STATUS_DONE)
		return format_is_for_monitor(options->format) ? tell_failure(options, status)
							      : status;
	/* Nothing is bound in the system in which MAAS tests a machine, and nothing can be. */
	fit = options->fit ||
	      (options->format == FORMAT_MAAS && system_is_ephemeral(&inventory->args));
	if (fit) {
		checks_make_fit(&situation.profile, inventory, &situation.plan, &findings);
	} else if (options->devices) {
		checks_make_devices(&situation.profile, inventory, &log.bindings, &situation.plan,
				    &findings);
	} else {
		if (options->profile)
			situation_plan_arguments(&situation);
		else
			situation_check_files(&situation, &outdated);
		checks_make(&situation.profile, inventory, &log.bindings, &situation.plan,
			    &findings);
		findings_move(&outdated, &findings);
		findings_move(&situation.arguments.findings, &findings);
	}
	if (!fit)
		find_boot_log(&log, &findings);
	readiness = fit ? fitness_of(&situation.profile, inventory, &findings, &situation.plan)
			: readiness_of(&findings, &situation.plan);
	/* What apply wrote for the next boot is no fault of this one. */
	if (!fit && readiness == NOT_READY &&
	    restart_reasons_suffice(&situation.inventory.restart)) {
		finding_remedy(finding_add(&findings, SEVERITY_WARNING, FINDING_REBOOT, "host",
					   "apply has written what the next boot needs"),
			       "restart the host");
		readiness = readiness_of(&findings, &situation.plan);
	}
	return tell(options,
		    &(struct verdict){
			    .status = readiness,
			    .fit = fit,
			    .plan = &situation.plan,
			    .findings = &findings,
			    .log = fit ? NULL : &log,
			    .colour = wants_colour(),
		    },
		    status_of_readiness(readiness));
}

const struct verb validate_verb = {
	.name = "validate",
	.summary = "check whether the host is ready",
	.help = "Checks that the IOMMU is on in the firmware and in the kernel, that each device\n"
		"of the profile is present and on its driver, that a guest can get its IOMMU\n"
		"group, and that the images of the initramfs contain this tool, the profile and\n"
		"the modules. Findings have remedies.\n"
		"Exit status 0: the host is ready, and all of that was read back from the kernel.\n"
		"--devices is for services that must not start without the devices.\n"
		"--fit asks what the machine can do, whether or not it is done: exit status 0:\n"
		"now, 5: after a restart.\n",
	.run = run,
};
