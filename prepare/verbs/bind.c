/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/bind.h"

#include <fcntl.h>

#include "act/act.h"
#include "base/clock.h"
#include "base/log.h"
#include "decide/boot_log.h"
#include "decide/checks.h"
#include "decide/siblings.h"
#include "host/kernel.h"
#include "parse/address.h"
#include "render/boot_log.h"
#include "verbs/phase.h"
#include "verbs/situation.h"

/* A boot is recorded in the kernel log, but not below another root. */
static void log_to_kernel(struct root *root)
{
	int fd = root->live ? root_open(root, "/dev/kmsg", O_WRONLY) : -1;

	if (fd >= 0)
		log_set_kmsg(fd);
}

static void log_boot(const struct outcomes *outcomes, const struct plan *plan)
{
	static const enum log_level levels[] = {
		[SEVERITY_NOTE] = LOG_LEVEL_INFO,
		[SEVERITY_WARNING] = LOG_LEVEL_WARNING,
		[SEVERITY_ERROR] = LOG_LEVEL_ERROR,
	};

	vec_foreach(finding, &plan->findings)
		log_message(levels[finding->severity], "%s: %s%s%s [%s]", finding->subject,
			    finding->detail, *finding->remedy ? "; " : "", finding->remedy,
			    finding_name(finding->type));
	for (size_t i = 0; i < plan->n; i++) {
		const struct outcome *outcome = &outcomes->items[i];
		_cleanup_free_ char *line = render_outcome(outcome);

		/* A device that waits is as planned; a later phase answers for it. */
		if (outcome->result == RESULT_DONE || outcome->result == RESULT_ALREADY ||
		    plan->items[i].state == DEVICE_WAITING)
			log_info("%s", line);
		else
			log_warning("%s", line);
	}
}

/* The phases of bind. What comes after the system phase decides like it. */
static const struct when {
	enum phase phase;
	bool initramfs;
	int wait_ms; /* for the end of another run */
} whens[] = {
	[BOOT_PHASE_EARLY] = {PHASE_EARLY, .initramfs = true},
	[BOOT_PHASE_PREMOUNT] = {PHASE_PREMOUNT, .initramfs = true},
	[BOOT_PHASE_SYSTEM] = {PHASE_SYSTEM, .wait_ms = 5000},
	[BOOT_PHASE_HOTPLUG] = {PHASE_SYSTEM, .wait_ms = 120000},
	[BOOT_PHASE_MANUAL] = {PHASE_MANUAL, .wait_ms = WAIT_BY_HAND_MS},
};

static bool is_at(void *userdata, const struct planned_device *device)
{
	return address_pattern_matches(userdata, &device->address);
}

/* Keeps only the device at the address in the plan; 0, or the status to end with. */
static int keep_address(const char *text, struct plan *plan)
{
	struct address_pattern pattern;

	if (address_pattern_parse(text, &pattern) < 0)
		return log_fail(STATUS_USAGE,
				"--address: \"%s\" is not [domain:]bus:device.function", text);
	plan_keep(plan, is_at, &pattern);
	if (plan->n)
		return STATUS_DONE;
	return log_fail(STATUS_REFUSED, "--address: no section of the profile selects %s", text);
}

/* A device that a person released stays released when a driver comes to it. */
static bool is_not_released(void *userdata, const struct planned_device *device)
{
	const struct boot_log *log = userdata;

	return !bindings_has_released(&log->bindings, &device->address);
}

static bool may_come_now(void *userdata, const struct planned_device *device)
{
	unsigned n = boot_log_hotplug_failures(userdata, &device->address);

	if (n < HOTPLUG_TRIES)
		return true;
	log_warning(
		"%s: left alone: %u attempts to bring it to %s failed since the host was started; "
		"when the cause is mended: vfio-prepare bind --address %s",
		PCI_ADDRESS_TEXT(&device->address), n, device->want,
		PCI_ADDRESS_TEXT(&device->address));
	return false;
}

/* Takes out of the plan what hotplug leaves alone; returns how many devices failed too often. */
static size_t leave_alone(struct boot_log *log, struct plan *plan)
{
	size_t n;

	plan_keep(plan, is_not_released, log);
	n = plan->n;
	plan_keep(plan, may_come_now, log);
	return n - plan->n;
}

struct binding_run {
	struct phase_run run;
	struct situation situation, again;
	struct outcomes outcomes;
	char *text; /* the report; NULL: there is none */
};

/* After the listed devices have their overrides: a native module that is loaded would take those, too. */
static void give_back(struct root *root, struct binding_run *bind)
{
	struct situation *situation = &bind->situation;
	const int limit = (int)situation->profile.device_timeout_s * 1000;
	_cleanup_(siblings_done) struct siblings siblings = {};
	_cleanup_(outcomes_done) struct outcomes outcomes = {};
	_cleanup_(plan_done) struct plan plan = {};

	siblings_find(&situation->match, &siblings);
	if (!siblings.release.addresses.n)
		return;
	release_plan(&siblings.release, &situation->match, &(struct bindings){}, &plan);
	act_run(root, &plan, &(struct act_limits){limit, limit}, &outcomes, &plan.findings);
	vec_foreach(outcome, &outcomes)
		finding_remedy(finding_add(&situation->plan.findings, SEVERITY_WARNING,
					   FINDING_SIBLING, PCI_ADDRESS_TEXT(&outcome->address),
					   "no section lists the device, and %s: it is %s%s%s%s",
					   outcome->before
						   ? "vfio-pci had taken it by ids="
						   : "a file of vfio-prepare kept its driver out",
					   outcome->after ? "on " : "without a driver",
					   outcome->after ? outcome->after : "",
					   outcome->error ? "; " : "",
					   outcome->error ? outcome->error : ""),
			       "vfio-prepare apply --rebuild");
}

static int carry_out(struct root *root, const struct options *options, const struct when *when,
		     struct binding_run *bind)
{
	/* A phase of the boot leaves alone the devices that hung in an earlier one; a person may try again. */
	struct boot_log *hung = options->phase ? &bind->run.log : NULL;
	struct plan *plan = &bind->situation.plan;
	const struct purpose purpose = {.goal = GOAL_BIND,
					.phase = options->force ? PHASE_FORCED : when->phase,
					.at_boot = options->phase,
					.gives_back = options->phase &&
						      (bind->run.phase.phase == BOOT_PHASE_EARLY ||
						       bind->run.phase.phase == BOOT_PHASE_SYSTEM)};
	int64_t started_ms = now_ms();
	int status = situation_load(root, options, &purpose, hung, &bind->situation), acted;
	size_t n_left_alone = 0;

	if (status == STATUS_DONE && options->address)
		status = keep_address(options->address, plan);
	if (status != STATUS_DONE)
		return status;
	if (bind->run.phase.phase == BOOT_PHASE_HOTPLUG)
		n_left_alone = leave_alone(&bind->run.log, plan);
	acted = situation_act(root, options, &purpose, hung, started_ms, &bind->situation,
			      &bind->outcomes, &bind->again);
	if (purpose.gives_back)
		give_back(root, bind);
	if (options->phase)
		log_boot(&bind->outcomes, plan);
	bind->text = render_bind(options->format, bind->run.phase.phase, &bind->outcomes,
				 &plan->findings);
	status = status_of_outcomes(plan, &bind->outcomes);
	if (status == STATUS_DONE)
		status = acted;
	return status == STATUS_DONE && n_left_alone ? STATUS_REFUSED : status;
}

/* A restart is no longer required for the devices that are bound now. */
static int update_restart_reasons(struct root *root, const struct outcomes *outcomes)
{
	_cleanup_(restart_reasons_done) struct restart_reasons reasons = {};

	restart_reasons_read(root, &reasons);
	if (restart_reasons_forget_bound(&reasons, outcomes)) {
		_cleanup_free_ char *content = render_restart_reasons(&reasons);

		return restart_reasons_write(root, content);
	}
	return 0;
}

/* Reads the phase from the options; 0, or the status to end with. */
static int read_phase(const struct options *options, enum boot_phase *ret)
{
	*ret = options->phase ? boot_phase_parse(options->phase) : BOOT_PHASE_MANUAL;
	if (options->phase && *ret > BOOT_PHASE_HOTPLUG)
		return log_fail(STATUS_USAGE,
				"--phase: \"%s\" is none of early, premount, system and hotplug",
				options->phase);
	if (options->phase && options->force)
		return log_fail(STATUS_USAGE,
				"--force is for a bind by hand, not for a phase of the boot");
	return STATUS_DONE;
}

static int run(struct root *root, const struct options *options)
{
	struct binding_run bind = {};
	_cleanup_(kernel_args_done) struct kernel_args args = {};
	enum boot_phase phase;
	int status = read_phase(options, &phase);

	if (status != STATUS_DONE)
		return status;
	if (options->phase)
		log_to_kernel(root);
	if (phase_begin(root, phase, whens[phase].wait_ms, &bind.run) < 0)
		return STATUS_FAILED;

	root->remembers = true;
	kernel_read_arguments(root, &args);
	bind.run.phase.off = off_switch(&args, whens[phase].initramfs);
	if (bind.run.phase.off) {
		log_notice("%s is among the kernel's arguments: nothing is done",
			   bind.run.phase.off);
		off_write(root, !off_switch(&args, false));
	} else {
		status = carry_out(root, options, &whens[phase], &bind);
	}
	root->remembers = false;

	phase_show(root, &bind.run, &bind.outcomes);
	if (!options->phase && update_restart_reasons(root, &bind.outcomes) < 0)
		status = status_unrecorded(status);
	if (phase_log(root, &bind.run, &bind.situation.profile, &bind.outcomes,
		      &bind.situation.plan.findings) < 0)
		status = status_unrecorded(status);
	phase_end(&bind.run);
	/* The log is written even where nobody reads the report. */
	if (bind.text)
		status = report(bind.text, status);
	outcomes_done(&bind.outcomes);
	situation_done(&bind.again);
	situation_done(&bind.situation);
	return status;
}

const struct verb bind_verb = {
	.name = "bind",
	.summary = "bind the devices to their drivers now",
	.help = "For each device that the profile selects: sets the driver override, unbinds the\n"
		"device from another driver, loads the wanted driver, probes the device, and\n"
		"reads back the result. Then creates the virtual functions that the profile\n"
		"wants, and binds them. A device that is on its driver is not written to. A\n"
		"device in use is left to the next boot, unless --force is given.\n"
		"/run/vfio-prepare/boot.json records the outcome.\n"
		"--phase is for the boot: early and premount run in an initramfs, system on the\n"
		"real root, hotplug for devices that appear later. Messages then go to the\n"
		"kernel log.\n",
	.run = run,
};
