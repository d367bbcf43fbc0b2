/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/validate.h"

#include "decide/checks.h"
#include "verbs/verb.h"

static int run(struct root *root, const struct arguments *arguments)
{
	struct situation situation;
	struct validation validation = {};
	int status = situation_load(root, arguments, PHASE_SYSTEM, true, &situation);

	if (status == STATUS_DONE) {
		validation_make(&situation.profile, &situation.inventory, &situation.plan,
				&validation);
		status = report(render_validate(arguments->format,
						readiness_name(validation.status), &situation.plan,
						&validation.findings),
				validation.status == READY ? STATUS_DONE : STATUS_REFUSED);
		validation_done(&validation);
	}
	situation_done(&situation);
	return status;
}

const struct verb validate_verb = {
	.name = "validate",
	.summary = "say whether the host is ready, and what to do if not",
	.help = "Checks that the firmware and the kernel have the IOMMU on, that each device of the profile is\n"
		"there and on the driver that it should have, and that its IOMMU group can be given to a guest.\n"
		"Ends with status 0 only where all of it was read back from the kernel and is right.\n",
	.run = run,
};
