/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/release.h"

#include <errno.h>
#include <string.h>

#include "act/act.h"
#include "base/log.h"
#include "host/profile_files.h"
#include "host/scan.h"
#include "host/sriov.h"
#include "host/users.h"
#include "parse/address.h"
#include "parse/profile.h"
#include "render/bind.h"
#include "verbs/phase.h"
#include "verbs/verb.h"

struct releasing {
	const struct bindings *bindings; /* the log's */
	struct profile profile;
	struct inventory inventory;
	struct match match;
	struct strv own_blacklist;
	struct release release;
	struct plan plan;
	struct outcomes outcomes;
};

static void releasing_done(struct releasing *releasing)
{
	outcomes_done(&releasing->outcomes);
	plan_done(&releasing->plan);
	free(releasing->release.addresses.items);
	strv_done(&releasing->release.labels);
	strv_done(&releasing->own_blacklist);
	match_done(&releasing->match);
	inventory_done(&releasing->inventory);
	profile_done(&releasing->profile);
}

/* Without a profile the devices that it once selected can still be released. */
static int load_profile(struct root *root, const char *file, struct profile *ret)
{
	struct findings findings = {};
	int r = profile_load(root, file, ret, &findings);

	if (r == -ENOENT)
		r = profile_parse(&(struct ini){}, ret, &findings);
	log_findings(&findings);
	findings_done(&findings);
	return r;
}

/* A module that only this tool blacklists may be loaded for a device that is released. */
static void read_own_blacklist(struct root *root, struct strv *ret)
{
	_cleanup_free_ char *text = NULL;
	struct strv lines = {};

	if (root_read_file(root, managed_files[FILE_MODPROBE], OWN_FILE_MAX, &text, NULL) == 0)
		strv_split(&lines, text, "\n");
	for (size_t i = 0; i < lines.n; i++)
		if (strncmp(lines.items[i], "blacklist ", 10) == 0)
			strv_add(ret, lines.items[i] + 10);
	strv_done(&lines);
}

static int read_operands(const struct options *options, struct releasing *releasing)
{
	for (size_t i = 0; i < options->n_operands; i++) {
		const char *operand = options->operands[i];
		struct address_pattern pattern;

		if (address_pattern_parse(operand, &pattern) == 0) {
			*vec_add(&releasing->release.addresses) = pattern;
		} else if (release_knows_label(&releasing->match, &releasing->inventory,
					       releasing->bindings, operand)) {
			strv_add(&releasing->release.labels, operand);
		} else {
			log_error("release: \"%s\" is no address, and no device of this host has "
				  "it as its label",
				  operand);
			return -EINVAL;
		}
	}
	address_list_sort(&releasing->release.addresses);
	return 0;
}

static bool concerns(void *userdata, const struct pci_function *function)
{
	const struct releasing *releasing = userdata;

	return release_concerns(&releasing->release, &releasing->match, &releasing->inventory,
				releasing->bindings, function);
}

static int prepare(struct root *root, const struct options *options, struct releasing *releasing)
{
	struct inventory *inventory = &releasing->inventory;
	int r;

	if (load_profile(root, options->profile, &releasing->profile) < 0)
		return STATUS_USAGE;
	r = scan_host(root, SCAN_PATHS, NULL, inventory);
	if (r < 0) {
		log_error("the PCI functions of the host cannot be read: %s", strerror(-r));
		return STATUS_FAILED;
	}
	if (profile_asks_serials(&releasing->profile))
		scan_serials(root, inventory);
	if (profile_asks_vfs(&releasing->profile))
		scan_physfns(root, inventory);
	match_make(&releasing->profile, inventory, &releasing->match);
	if (read_operands(options, releasing) < 0)
		return STATUS_USAGE;
	scan_overrides(root, inventory, concerns, releasing);
	scan_condition(root, inventory, false, concerns, releasing);
	scan_modules(root, inventory, concerns, releasing);
	scan_loaded_modules(root, inventory);
	scan_builtin_modules(root, inventory);
	scan_users(root, inventory);
	read_own_blacklist(root, &releasing->own_blacklist);
	release_plan(&releasing->release, &releasing->match, inventory, releasing->bindings,
		     &releasing->plan);
	return STATUS_DONE;
}

static int run(struct root *root, const struct options *options)
{
	struct phase_run phase;
	struct releasing releasing = {.release = {.force = options->force,
						  .own_blacklist = &releasing.own_blacklist},
				      .bindings = &phase.log.bindings};
	struct outcomes *outcomes = &releasing.outcomes;
	struct plan *plan = &releasing.plan;
	int status;
	char *text;

	if (phase_begin(root, BOOT_PHASE_RELEASE, WAIT_BY_HAND_MS, &phase) < 0)
		return STATUS_FAILED;
	status = prepare(root, options, &releasing);
	if (status == STATUS_DONE) {
		act_run(root, plan,
			&(struct act_limits){(int)releasing.profile.device_timeout_s * 1000,
					     (int)releasing.profile.timeout_s * 1000},
			outcomes, &plan->findings);
		phase_show(root, &phase, outcomes);
		text = options->format == FORMAT_TEXT && !outcomes->n
			       ? xstrdup("Nothing is bound that this tool has brought there.\n")
			       : render_bind(options->format, BOOT_PHASE_RELEASE, outcomes,
					     &plan->findings);
		phase_log(root, &phase, outcomes, &plan->findings);
		status = report(text, status_of_outcomes(plan, outcomes));
	}
	phase_end(&phase);
	releasing_done(&releasing);
	return status;
}

const struct verb release_verb = {
	.name = "release",
	.operand = "[LABEL|ADDRESS...]",
	.any_operands = true,
	.summary = "give devices back to their native drivers now",
	.help = "Clears the driver override of each device that this tool has bound since the host was\n"
		"started, unbinds the device, loads and probes its native driver, and reads back the\n"
		"result. LABEL selects the devices of a section. Without operands all of them are\n"
		"released. An IOMMU group is released as a whole, and not at all while a guest has it\n"
		"open. The next bind or boot binds a device again that is still in the profile.\n",
	.run = run,
};
