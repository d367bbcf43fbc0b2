/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/json.h"

#include <stdio.h>

#include "render/format.h"

json_t *json_report(void)
{
	json_t *report = json_object();

	json_object_set_new(report, "version", json_integer(REPORT_VERSION));
	return report;
}

char *json_text(json_t *report)
{
	char *compact = json_dumps(report, JSON_INDENT(1)), *text;

	json_decref(report);
	text = xasprintf("%s\n", compact ? compact : "null");
	free(compact);
	return text;
}

json_t *json_text_or_null(const char *text)
{
	_cleanup_free_ char *ascii = NULL;
	json_t *value;

	if (!text)
		return json_null();
	value = json_string(text);
	if (value)
		return value;
	ascii = xstrdup(text);
	for (char *c = ascii; *c; c++)
		if ((unsigned char)*c >= 0x80)
			*c = '?';
	return json_string(ascii);
}

json_t *json_count_or_null(int number)
{
	return number < 0 ? json_null() : json_integer(number);
}

json_t *json_hex(unsigned value, int digits)
{
	char text[16];

	snprintf(text, sizeof(text), "%0*x", digits, value);
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
		json_array_append_new(array, json_text_or_null(strv->items[i]));
	return array;
}

json_t *json_finding(const char *check, const char *severity, const char *subject,
		     const char *detail, const char *remedy)
{
	json_t *object = json_object();

	json_object_set_new(object, "check", json_text_or_null(check));
	json_object_set_new(object, "severity", json_text_or_null(severity));
	json_object_set_new(object, "subject", json_text_or_null(subject));
	json_object_set_new(object, "detail", json_text_or_null(detail));
	json_object_set_new(object, "remedy", json_text_or_null(remedy));
	return object;
}

json_t *json_findings(const struct findings *findings)
{
	json_t *array = json_array();

	vec_foreach(finding, findings)
		json_array_append_new(array,
				      json_finding(finding_name(finding->type), severity_name(finding->severity),
						   finding->subject, finding->detail,
						   finding->remedy));
	return array;
}

json_t *json_outcomes(const struct outcomes *outcomes)
{
	json_t *array = json_array();

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
	return array;
}
