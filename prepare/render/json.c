/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/json.h"

#include <stdio.h>

#include "base/text.h"
#include "render/format.h"

json_t *json_report(void)
{
	json_t *report = json_object();

	json_set(report, "version", json_integer(REPORT_VERSION));
	return report;
}

char *json_finish(json_t *report)
{
	char *compact = json_dumps(report, JSON_INDENT(1)), *text;

	json_decref(report);
	text = xasprintf("%s\n", compact ? compact : "null");
	free(compact);
	return text;
}

json_t *json_text(const char *text)
{
	_cleanup_free_ char *visible = text ? text_visible(text, "\n\t") : NULL;

	return text ? json_string(visible) : json_null();
}

json_t *json_count(int number)
{
	return number < 0 ? json_null() : json_integer(number);
}

json_t *json_hex(unsigned value, int digits)
{
	char text[16];

	*put_hex(text, value, digits) = '\0';
	return json_string(text);
}

json_t *json_address(const struct pci_address *address)
{
	return json_string(PCI_ADDRESS_TEXT(address));
}

json_t *json_strv(const struct strv *strv)
{
	json_t *array = json_array();

	for (size_t i = 0; i < strv->n; i++)
		json_append(array, json_text(strv->items[i]));
	return array;
}

json_t *json_finding(const char *check, const char *severity, const char *subject,
		     const char *detail, const char *remedy)
{
	json_t *object = json_object();

	json_set(object, "check", json_text(check));
	json_set(object, "severity", json_text(severity));
	json_set(object, "subject", json_text(subject));
	json_set(object, "detail", json_text(detail));
	json_set(object, "remedy", json_text(remedy));
	return object;
}

json_t *json_findings(const struct findings *findings)
{
	json_t *array = json_array();

	vec_foreach(finding, findings)
		json_append(array, json_finding(finding_name(finding->type),
						severity_names[finding->severity], finding->subject,
						finding->detail, finding->remedy));
	return array;
}

json_t *json_outcomes(const struct outcomes *outcomes)
{
	json_t *array = json_array();

	vec_foreach(outcome, outcomes) {
		json_t *object = json_object();

		json_set(object, "address", json_address(&outcome->address));
		json_set(object, "section", json_text(outcome->section));
		json_set(object, "want", json_text(outcome->want));
		json_set(object, "before", json_text(outcome->before));
		json_set(object, "after", json_text(outcome->after));
		json_set(object, "result", json_string(result_names[outcome->result]));
		json_set(object, "error", json_text(outcome->error));
		json_set(object, "elapsed_ms", json_integer(outcome->elapsed_ms));
		json_append(array, object);
	}
	return array;
}

json_t *json_file(const struct planned_file *file)
{
	json_t *object = json_object();

	json_set(object, "path", json_text(file->path));
	json_set(object, "state", json_string(file_state_names[file->state]));
	json_set(object, "diff", json_text(file->diff));
	return object;
}
