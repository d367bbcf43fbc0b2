/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/bind.h"

#include "render/json.h"
#include "render/text.h"

static char *bind_json(enum boot_phase phase, const struct outcomes *outcomes,
		       const struct findings *findings)
{
	json_t *report = json_report();

	json_set(report, "phase", json_string(boot_phase_names[phase]));
	json_set(report, "outcomes", json_outcomes(outcomes));
	json_set(report, "findings", json_findings(findings));
	return json_finish(report);
}

char *render_outcome(const struct outcome *outcome)
{
	const char *after = !outcome->after_known ? "an unknown driver"
			    : outcome->after      ? outcome->after
						  : "no driver";

	_cleanup_free_ char *vfs = outcome->vfs ? xasprintf(", with %u virtual function%s",
							    outcome->vfs, PLURAL(outcome->vfs))
						: xstrdup("");

	return xasprintf("%s: %s: on %s%s (was: %s)%s%s", PCI_ADDRESS_TEXT(&outcome->address),
			 result_names[outcome->result], after, vfs,
			 outcome->before         ? outcome->before
			 : outcome->before_known ? "none"
						 : "unknown",
			 outcome->error ? ": " : "", outcome->error ? outcome->error : "");
}

char *render_bind(enum format format, enum boot_phase phase, const struct outcomes *outcomes,
		  const struct findings *findings)
{
	struct buf buf = {};

	if (format == FORMAT_JSON)
		return bind_json(phase, outcomes, findings);
	vec_foreach(outcome, outcomes) {
		_cleanup_free_ char *line = render_outcome(outcome);

		buf_addf(&buf, "%s\n", line);
	}
	text_findings(&buf, findings);
	return buf_take(&buf);
}
