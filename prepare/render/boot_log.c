/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/boot_log.h"

#include <string.h>

#include "render/json.h"

/* Bindings that follow one another with the same section and driver share one group. */
static json_t *json_bound(const struct bindings *bindings)
{
	json_t *bound = json_array(), *addresses = NULL;
	const struct binding *last = NULL;

	vec_foreach(binding, bindings) {
		if (!last || strcmp(binding->section, last->section) != 0 ||
		    strcmp(binding->driver, last->driver) != 0) {
			json_t *group = json_object();

			addresses = json_array();
			json_set(group, "section", json_text(binding->section));
			json_set(group, "driver", json_text(binding->driver));
			json_set(group, "addresses", addresses);
			json_append(bound, group);
		}
		json_append(addresses, json_address(&binding->address));
		last = binding;
	}
	return bound;
}

static json_t *json_released(const struct bindings *bindings)
{
	json_t *released = json_array();

	vec_foreach(address, &bindings->released)
		json_append(released, json_address(address));
	return released;
}

static json_t *json_phase(const struct logged_phase *phase)
{
	json_t *object = json_object(), *findings = json_array();

	vec_foreach(finding, &phase->findings)
		json_append(findings,
			    json_finding(finding->check, finding->severity, finding->subject,
					 finding->detail, finding->remedy));
	json_set(object, "phase", json_string(boot_phase_names[phase->phase]));
	json_set(object, "started_ms", json_integer((json_int_t)phase->started_ms));
	json_set(object, "elapsed_ms", json_integer(phase->elapsed_ms));
	json_set(object, "off", json_text(phase->off));
	json_set(object, "left_out", json_integer((json_int_t)phase->n_left_out));
	json_set(object, "outcomes", json_outcomes(&phase->outcomes));
	json_set(object, "findings", findings);
	return object;
}

char *render_boot_log(const struct boot_log *log)
{
	json_t *report = json_report(), *phases = json_array();

	vec_foreach(phase, log)
		json_append(phases, json_phase(phase));
	json_set(report, "bound", json_bound(&log->bindings));
	json_set(report, "released", json_released(&log->bindings));
	json_set(report, "phases", phases);
	return json_finish(report);
}

char *render_restart_reasons(const struct restart_reasons *reasons)
{
	struct buf buf = {};

	vec_foreach(reason, reasons)
		buf_addf(&buf, "%s\n", reason->text);
	return buf_take(&buf);
}

void text_boot_log(struct buf *buf, const struct boot_log *log)
{
	vec_foreach(phase, log) {
		unsigned long long tenths = phase->started_ms / 100;

		buf_addf(buf, "  %s phase, %llu.%llu s after the kernel's start, took %u ms",
			 boot_phase_names[phase->phase], tenths / 10, tenths % 10,
			 phase->elapsed_ms);
		if (phase->n_left_out)
			buf_addf(buf, ", %zu device%s done", phase->n_left_out,
				 PLURAL(phase->n_left_out));
		buf_addf(buf, "%s%s\n", phase->off ? ": turned off by " : "",
			 phase->off ? phase->off : "");
		vec_foreach(outcome, &phase->outcomes)
			buf_addf(buf, "    %s [%s] %s, on %s%s%s\n",
				 PCI_ADDRESS_TEXT(&outcome->address),
				 outcome->section ? outcome->section : "",
				 result_names[outcome->result],
				 outcome->after ? outcome->after : "no driver",
				 outcome->error ? ": " : "", outcome->error ? outcome->error : "");
	}
}
