/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/export.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "decide/checks.h"
#include "decide/fit.h"
#include "host/program.h"
#include "model/nova.h"
#include "render/export.h"
#include "verbs/situation.h"

/* As it is called on the command line; the caller's. */
static char *text_name(const struct export_info *info)
{
	return xasprintf("%s%s%s", info->target, *info->part ? " " : "", info->part);
}

/* The text that the operands and options ask for; STATUS_DONE, or the status after a message. */
static int choose(const struct options *options, struct export *ret)
{
	const char *target = options->n_operands ? options->operands[0] : NULL;
	const char *part = options->n_operands > 1 ? options->operands[1] : NULL;
	_cleanup_free_ char *name = NULL;
	const struct export_info *info;
	const char *wrong;
	const char *release;
	int text = target ? export_find(target, part) : -1;

	if (!target)
		return log_fail(STATUS_USAGE, "export needs a target behind it; export --list "
					      "shows them");
	if (options->n_operands > 2)
		return log_fail(STATUS_USAGE, "export takes no \"%s\"", options->operands[2]);
	if (text < 0)
		return log_fail(STATUS_USAGE,
				"there is no export \"%s%s%s\"; export --list shows what there is",
				target, part ? " " : "", part ? part : "");
	info = &export_infos[text];
	release = options->release && info->kinds & EXPORT_OF_NOVA ? nova_release(options->release)
								   : options->release;
	name = text_name(info);
	if (release && !info->oldest)
		return log_fail(STATUS_USAGE, "export %s is the same for all releases", name);
	if (release && !release_is_valid(release))
		return log_fail(STATUS_USAGE, "--release: \"%s\" is no release such as %s", release,
				info->newest);
	if (release && release_compare(release, info->oldest) < 0)
		return log_fail(STATUS_USAGE, "export %s is for releases from %s to %s", name,
				info->oldest, info->newest);
	if (options->from_profile && (info->kinds & EXPORT_OF_HOST))
		return log_fail(
			STATUS_USAGE,
			"export %s has facts of the host: leave --from-profile out, or name "
			"a captured host with --root",
			name);
	if (options->url && !(info->kinds & EXPORT_INSTALLS))
		return log_fail(STATUS_USAGE, "export %s installs nothing: leave --url out", name);
	wrong = options->url ? export_set_url(ret, options->url) : NULL;
	if (wrong)
		return log_fail(STATUS_USAGE, "--url: \"%s\" %s", options->url, wrong);
	if (ret->url && (info->kinds & EXPORT_CARRIES) && text_starts_with(ret->url, "file:"))
		return log_fail(STATUS_USAGE,
				"--url: %s fetches the tarball with wget, which knows "
				"no file:",
				info->target);
	ret->text = (enum export_text)text;
	ret->release = release;
	return STATUS_DONE;
}

/* What the text carries is this program, if it runs wherever it is put. */
static int take_program(struct export *export)
{
	int r;

	if (!(export_infos[export->text].kinds & EXPORT_CARRIES) || export->url)
		return STATUS_DONE;
	r = program_pack(&export->program);
	if (r == -ENOEXEC)
		return log_fail(STATUS_USAGE,
				"this program needs the libraries of this host, so that "
				"the text cannot carry it: have the static one fetched "
				"with --url (make dist)");
	if (r == -ECANCELED || r == -ENOENT)
		return log_fail(STATUS_FAILED,
				"the program cannot be packed with gzip and base64 of "
				"this system: have it fetched with --url (make dist)");
	return r < 0 ? log_fail(STATUS_FAILED, "the program cannot be read: %s", strerror(-r))
		     : STATUS_DONE;
}

/* Does the host bear the profile out, now or after a restart? What says that it does not is logged. */
static bool bears_out(struct situation *situation)
{
	_cleanup_(findings_done) struct findings findings = {};
	enum readiness fitness;

	checks_make_fit(&situation->profile, &situation->inventory, &situation->plan, &findings);
	fitness = fitness_of(&situation->profile, &situation->inventory, &findings,
			     &situation->plan);
	if (fitness == READY || fitness == REBOOT_REQUIRED)
		return true;
	vec_foreach(finding, &findings)
		if (finding->severity == SEVERITY_ERROR)
			log_error("%s: %s; %s", finding->subject, finding->detail, finding->remedy);
	log_error("the host does not bear the profile out, so that nothing is exported; "
		  "vfio-prepare validate --fit shows all of it");
	return false;
}

static void take_arguments(struct situation *situation, struct export *export)
{
	situation_plan_arguments(situation);
	vec_foreach(argument, &situation->arguments)
		strv_add(&export->arguments, argument->text);
}

static int run(struct root *root, const struct options *options)
{
	const struct purpose purpose = {
		.goal = options->from_profile ? GOAL_EXPORT_PROFILE : GOAL_EXPORT,
		.phase = PHASE_APPLY,
	};
	_cleanup_(situation_done) struct situation situation = {};
	_cleanup_(findings_done) struct findings findings = {};
	_cleanup_(export_done) struct export export = {};
	int status;

	if (options->list && options->n_operands)
		return log_fail(STATUS_USAGE, "export --list takes no \"%s\"",
				options->operands[0]);
	if (options->list)
		return report(render_export_list(options->format), STATUS_DONE);
	if (options->format != FORMAT_TEXT)
		return log_fail(STATUS_USAGE, "export has --format json for --list only");
	status = choose(options, &export);
	if (status == STATUS_DONE)
		status = take_program(&export);
	if (status == STATUS_DONE)
		status = situation_load(root, options, &purpose, NULL, &situation);
	if (status != STATUS_DONE)
		return status;
	export.profile = &situation.profile;
	export.inventory = &situation.inventory;
	if (!options->from_profile) {
		if (!bears_out(&situation))
			return STATUS_REFUSED;
		take_arguments(&situation, &export);
		if (export_infos[export.text].kinds & EXPORT_OF_DEVICES)
			export_make(&situation.plan, &export, &findings);
	}
	log_findings(&findings);
	if (findings.n)
		return STATUS_REFUSED;
	return report(render_export(&export), STATUS_DONE);
}

const struct verb export_verb = {
	.name = "export",
	.operand = "TARGET [PART]",
	.any_operands = true,
	.operands = VALUE_EXPORT,
	.summary = "print what other systems load of this host",
	.help = "Prints the text for nova, Juju, MAAS, cloud-init, libvirt and others, made of\n"
		"the profile and of this host, and nothing else. --list shows the targets, their\n"
		"parts, what releases each is for and where it belongs. Where the host does not\n"
		"bear the profile out, findings say why, and nothing is printed.\n",
	.run = run,
};
