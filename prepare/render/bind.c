/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/bind.h"

#include "render/json.h"
#include "render/text.h"

static char *bind_json(const char *phase, const struct outcomes *outcomes,
		       const struct findings *findings)
{
	json_t *report = json_report(), *array = json_array();

	json_object_set_new(report, "phase", json_string(phase));
	vec_foreach(outcome, outcomes) {
		json_t *object = json_object();

		json_object_set_new(object, "address", json_address(&outcome->address));
		json_object_set_new(object, "section", json_text_or_null(outcome->section));
		json_object_set_new(object, "want", json_text_or_null(outcome->want));
		json_object_set_new(object, "before", json_text_or_null(outcome->before));
		json_object_set_new(object, "after", json_text_or_null(outcome->after));
		json_object_set_new(object, "result", json_string(result_name(outcome->result)));
		json_object_set_new(object, "error", json_text_or_null(outcome->error));
		json_object_set_new(object, "elapsed_ms", json_integer(outcome->elapsed_ms));
		json_array_append_new(array, object);
	}
	json_object_set_new(report, "outcomes", array);
	json_object_set_new(report, "findings", json_findings(findings));
	return json_text(report);
}

char *render_outcome(const struct outcome *outcome)
{
	const char *after = !outcome->after_known ? "an unknown driver"
			    : outcome->after      ? outcome->after
						  : "no driver";

	return xasprintf("%s: %s: on %s (was: %s)%s%s", PCI_ADDRESS_TEXT(&outcome->address),
			 result_name(outcome->result), after,
			 outcome->before         ? outcome->before
			 : outcome->before_known ? "none"
						 : "unknown",
			 outcome->error ? ": " : "", outcome->error ? outcome->error : "");
}

char *render_bind(enum format format, const char *phase, const struct outcomes *outcomes,
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
