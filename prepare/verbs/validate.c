/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/validate.h"

#include "base/buf.h"
#include "decide/checks.h"
#include "render/boot.h"
#include "verbs/verb.h"

/* The verdict, and below it how this boot came to it, where it was kept. */
static char *with_story(struct root *root, char *verdict)
{
	_cleanup_free_ char *memory = NULL;
	struct buf buf = {}, story = {};

	if (root_read_file(root, BOOT_PATH, BOOT_MAX_BYTES, &memory, NULL) < 0 ||
	    !text_boot(&story, memory)) {
		buf_done(&story);
		return verdict;
	}
	buf_addf(&buf, "%s\nThis boot:\n%s", verdict, buf_text(&story));
	buf_done(&story);
	free(verdict);
	return buf_take(&buf);
}

static int run(struct root *root, const struct arguments *arguments)
{
	struct situation situation;
	struct validation validation = {};
	char *text;
	int status = situation_load(root, arguments, PHASE_SYSTEM, true, &situation);

	if (status == STATUS_DONE) {
		validation_make(&situation.profile, &situation.inventory, &situation.plan,
				&validation);
		text = render_validate(arguments->format, readiness_name(validation.status),
				       &situation.plan, &validation.findings);
		if (arguments->format == FORMAT_TEXT)
			text = with_story(root, text);
		status = report(text, validation.status == READY ? STATUS_DONE : STATUS_REFUSED);
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
