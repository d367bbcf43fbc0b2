/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/siblings.h"

#include <errno.h>
#include <string.h>

#include "act/act.h"
#include "base/log.h"
#include "parse/address.h"
#include "render/bind.h"
#include "verbs/phase.h"
#include "verbs/situation.h"

static void release_done(struct release *release)
{
	free(release->addresses.items);
	strv_done(&release->labels);
}

static int read_operands(const struct options *options, const struct match *match,
			 const struct bindings *bindings, struct release *ret)
{
	for (size_t i = 0; i < options->n_operands; i++) {
		const char *operand = options->operands[i];
		struct address_pattern pattern;

		if (address_pattern_parse(operand, &pattern) == 0)
			*vec_add(&ret->addresses) = pattern;
		else if (release_knows_label(match, bindings, operand))
			strv_add(&ret->labels, operand);
		else
			return log_fail(-EINVAL,
					"release: \"%s\" is no address, and no device of this "
					"host has it as its label",
					operand);
	}
	address_list_sort(&ret->addresses);
	return 0;
}

static int run(struct root *root, const struct options *options)
{
	_cleanup_(phase_end) struct phase_run phase = {.lock = -1};
	_cleanup_(situation_done) struct situation situation = {};
	_cleanup_(strv_done) struct strv blacklist = {};
	_cleanup_(release_done) struct release release = {.force = options->force,
							  .own_blacklist = &blacklist};
	_cleanup_(outcomes_done) struct outcomes outcomes = {};
	struct purpose purpose = {.goal = GOAL_RELEASE, .bindings = &phase.log.bindings};
	const struct profile *profile = &situation.profile;
	struct plan *plan = &situation.plan;
	int status;
	char *text;

	if (phase_begin(root, BOOT_PHASE_RELEASE, WAIT_BY_HAND_MS, &phase) < 0)
		return STATUS_FAILED;
	if (phase.log.unknown)
		return log_fail(
			STATUS_REFUSED,
			"release: which devices this tool has bound is not known, so that none "
			"is released; this records those on their drivers again: "
			"rm %s; vfio-prepare bind",
			BOOT_LOG_PATH);
	status = situation_load(root, options, &purpose, NULL, &situation);
	if (status != STATUS_DONE)
		return status;
	if (read_operands(options, &situation.match, purpose.bindings, &release) < 0)
		return STATUS_USAGE;
	purpose.release = &release;
	status = situation_look(root, &purpose, NULL, &situation);
	if (status != STATUS_DONE)
		return status;
	/* A module that only this tool blacklists may be loaded for a device that is released. */
	own_blacklist(&situation.inventory, &blacklist);
	release_plan(&release, &situation.match, purpose.bindings, plan);
	act_run(root, plan,
		&(struct act_limits){(int)profile->device_timeout_s * 1000,
				     (int)profile->timeout_s * 1000},
		&outcomes, &plan->findings);
	phase_show(root, &phase, &outcomes);
	text = options->format == FORMAT_TEXT && !outcomes.n
		       ? xstrdup("Nothing is bound that this tool has brought there.\n")
		       : render_bind(options->format, BOOT_PHASE_RELEASE, &outcomes,
				     &plan->findings);
	status = status_of_outcomes(plan, &outcomes);
	if (phase_log(root, &phase, profile, &outcomes, &plan->findings) < 0)
		status = status_unrecorded(status);
	return report(text, status);
}

const struct verb release_verb = {
	.name = "release",
	.operand = "[LABEL|ADDRESS...]",
	.any_operands = true,
	.operands = VALUE_ADDRESS,
	.summary = "give devices back to native drivers now",
	.help = "Clears the driver override of each device that this tool has bound since the\n"
		"host was started, unbinds the device, loads and probes its native driver, and\n"
		"reads back the result. LABEL selects the devices of a section. Without operands\n"
		"all of them are released. An IOMMU group is released as a whole, and not at all\n"
		"while a guest has it open. The next bind or boot binds a device again that is\n"
		"still in the profile.\n",
	.run = run,
};
