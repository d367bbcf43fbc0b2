/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/bind.h"

#include <fcntl.h>
#include <string.h>

#include "act/apply.h"
#include "base/clock.h"
#include "base/log.h"
#include "decide/checks.h"
#include "host/scan.h"
#include "parse/address.h"
#include "verbs/memory.h"
#include "verbs/sriov.h"
#include "verbs/verb.h"

/*
 * Where the driver that is wanted refuses a device, its own has it back, whose coming is announced, for which
 * udev starts us: so a few times must do.
 */
#define HOTPLUG_TRIES 3

/* At boot the kernel log is the record; below another root it is not ours to write to. */
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

		/* That it waits is as planned: a later phase answers for it. */
		if (outcome->result == RESULT_DONE || outcome->result == RESULT_ALREADY ||
		    plan->items[i].state == DEVICE_WAITING)
			log_info("%s", line);
		else
			log_warning("%s", line);
	}
}

/* The points of a boot that the units and scripts name; what comes later decides like the last of them. */
static const struct when {
	const char *name;
	enum phase phase;
	bool initramfs;
	bool hotplug; /* of one device, and only what is new is remembered */
	int wait_ms;  /* for another run to end */
} whens[] = {
	{"system", PHASE_SYSTEM, .wait_ms = 5000},
	{"early", PHASE_EARLY, .initramfs = true},
	{"premount", PHASE_PREMOUNT, .initramfs = true},
	{"hotplug", PHASE_SYSTEM, .hotplug = true, .wait_ms = 120000},
};

static const struct when *find_when(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(whens); i++)
		if (strcmp(whens[i].name, name) == 0)
			return &whens[i];
	return NULL;
}

static bool is_at(void *userdata, const struct planned_device *device)
{
	return address_pattern_matches(userdata, &device->address);
}

/* Leaves what is not at the address out of the plan; 0, or the status to end with. */
static int keep_address(const char *text, struct plan *plan)
{
	struct address_pattern pattern;

	if (address_pattern_parse(text, &pattern) < 0) {
		log_error("--address: \"%s\" is not [domain:]bus:device.function", text);
		return STATUS_USAGE;
	}
	plan_keep(plan, is_at, &pattern);
	if (plan->n)
		return STATUS_DONE;
	log_error("--address: no section of the profile selects %s", text);
	return STATUS_REFUSED;
}

static bool is_not_released(void *userdata, const struct planned_device *device)
{
	return !bindings_has_released(userdata, &device->address);
}

/* What somebody gave back by hand is not taken again because a driver came to it. */
static void leave_released(const struct boot *boot, struct plan *plan)
{
	struct bindings bindings = {};

	boot_bindings(boot, &bindings);
	plan_keep(plan, is_not_released, &bindings);
	bindings_done(&bindings);
}

static bool may_come_now(void *userdata, const struct planned_device *device)
{
	unsigned n = boot_failures(userdata, &device->address);

	if (n < HOTPLUG_TRIES)
		return true;
	log_warning(
		"%s: left alone: %u attempts to bring it to %s failed since the host was started; "
		"when the cause is mended: vfio-prepare bind --address %s",
		PCI_ADDRESS_TEXT(&device->address), n, device->want,
		PCI_ADDRESS_TEXT(&device->address));
	return false;
}

/* What a run has in hand, from the profile to what became of the devices. */
struct work {
	struct memory memory;
	struct situation situation, again;
	struct outcomes outcomes;
	char *text; /* the report; NULL: there is none */
};

static int carry_out(struct root *root, const struct options *options, const struct when *when,
		     struct work *work)
{
	/* A phase of the boot does not try again what hung in an earlier one; a person may. */
	const struct boot *hung = options->phase ? work->memory.boot : NULL;
	struct plan *plan = &work->situation.plan;
	int64_t started_ms = now_ms();
	int status = situation_load(root, options, when->phase, false, hung, &work->situation),
	    acted;
	size_t n_left_alone = 0;

	if (status == STATUS_DONE && options->address)
		status = keep_address(options->address, plan);
	if (status != STATUS_DONE)
		return status;
	if (when->hotplug) {
		leave_released(work->memory.boot, plan);
		n_left_alone = plan->n;
		plan_keep(plan, may_come_now, work->memory.boot);
		n_left_alone -= plan->n;
	}
	acted = situation_act(root, options, hung, started_ms, &work->situation, &work->outcomes,
			      &work->again);
	if (options->phase)
		log_boot(&work->outcomes, plan);
	work->text = render_bind(options->format, when->name, &work->outcomes, &plan->findings);
	status = status_of_outcomes(plan, &work->outcomes);
	if (status == STATUS_DONE)
		status = acted;
	return status == STATUS_DONE && n_left_alone ? STATUS_REFUSED : status;
}

static int run(struct root *root, const struct options *options)
{
	const struct when by_hand = {.name = "manual",
				     .phase = options->force ? PHASE_FORCED : PHASE_MANUAL,
				     .wait_ms = WAIT_BY_HAND_MS};
	const struct when *when = options->phase ? find_when(options->phase) : &by_hand;
	struct kernel_args args = {};
	struct work work = {};
	int status = STATUS_DONE;

	if (!when) {
		log_error("--phase: \"%s\" is none of early, premount, system and hotplug",
			  options->phase);
		return STATUS_USAGE;
	}
	if (options->phase && options->force) {
		log_error("--force is for a bind by hand, not for a phase of the boot");
		return STATUS_USAGE;
	}
	if (options->phase)
		log_to_kernel(root);
	if (memory_begin(root, when->name, when->wait_ms, &work.memory) < 0)
		return STATUS_FAILED;

	scan_arguments(root, &args);
	work.memory.phase.off = off_switch(&args, when->initramfs);
	kernel_args_done(&args);
	if (work.memory.phase.off)
		log_notice("%s is among the kernel's arguments: nothing is done",
			   work.memory.phase.off);
	else
		status = carry_out(root, options, when, &work);

	memory_show(root, &work.memory, &work.outcomes);
	if (!options->phase)
		apply_forget_bound(root, &work.outcomes);
	if (options->phase && !when->hotplug)
		memory_add(root, &work.memory, &work.outcomes, &work.situation.plan.findings);
	else
		memory_add_news(root, &work.memory, &work.outcomes, &work.situation.plan.findings);
	memory_end(&work.memory);
	/* What was done is remembered, whether somebody reads this or not. */
	if (work.text)
		status = report(work.text, status);
	outcomes_done(&work.outcomes);
	situation_done(&work.again);
	situation_done(&work.situation);
	return status;
}

const struct verb bind_verb = {
	.name = "bind",
	.summary = "bind the devices to their drivers now",
	.help = "For each device that the profile selects: sets the driver override, unbinds the device\n"
		"from another driver, loads the wanted driver, probes the device, and reads back the\n"
		"result. Then creates the virtual functions that the profile wants, and binds them. A\n"
		"device that is on its driver is not written to. A device in use is left to the next\n"
		"boot, unless --force is given. /run/vfio-prepare/boot.json records the outcome.\n"
		"--phase is for the boot: early and premount run in an initramfs, system on the real\n"
		"root, hotplug for devices that appear later. Messages then go to the kernel log.\n",
	.run = run,
};
