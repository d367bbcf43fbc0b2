/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/boot_log.h"

#include <string.h>

static bool is_at(const struct outcome *outcome, const struct pci_address *address)
{
	return pci_address_compare(&outcome->address, address) == 0;
}

static bool is_on_driver(const struct outcome *outcome)
{
	return outcome->result == RESULT_DONE || outcome->result == RESULT_ALREADY;
}

void boot_log_find_hanging(const struct boot_log *log, struct inventory *inventory)
{
	vec_foreach(phase, log)
		vec_foreach(outcome, &phase->outcomes) {
			struct pci_function *function = inventory_find(inventory,
								       &outcome->address);
			bool timeout = outcome->result == RESULT_TIMEOUT;

			/* An outcome without an attempt says nothing. */
			if (!function || (!timeout && outcome->result != RESULT_DONE &&
					  outcome->result != RESULT_FAILED))
				continue;
			free(function->hangs);
			function->hangs = timeout ? xasprintf("in phase %s %s",
							      boot_phase_names[phase->phase],
							      outcome->error ? outcome->error : "")
						  : NULL;
		}
}

bool boot_log_has_given_up(const struct boot_log *log, const struct pci_address *address)
{
	vec_foreach(phase, log)
		vec_foreach(outcome, &phase->outcomes)
			if (outcome->result == RESULT_TIMEOUT &&
			    (!address || is_at(outcome, address)))
				return true;
	return false;
}

unsigned boot_log_hotplug_failures(const struct boot_log *log, const struct pci_address *address)
{
	unsigned n = 0;

	vec_foreach(phase, log) {
		if (boot_phase_is_by_hand(phase->phase))
			n = 0;
		if (phase->phase != BOOT_PHASE_HOTPLUG)
			continue;
		vec_foreach(outcome, &phase->outcomes)
			if (is_at(outcome, address))
				n = outcome->result == RESULT_FAILED ? n + 1 : 0;
	}
	return n;
}

bool boot_log_is_news(const struct boot_log *log, const struct outcomes *outcomes)
{
	vec_foreach(outcome, outcomes) {
		const struct binding *binding = bindings_find(&log->bindings, &outcome->address);
		bool known = outcome->want ? binding && strcmp(binding->driver, outcome->want) == 0
					   : !binding;

		if (outcome->result == RESULT_DONE || outcome->result == RESULT_FAILED ||
		    outcome->result == RESULT_TIMEOUT ||
		    (outcome->result == RESULT_ALREADY && !known && !outcome->vfs))
			return true;
	}
	return false;
}

static void update_bindings(struct boot_log *log, const struct outcomes *outcomes)
{
	struct bindings *bindings = &log->bindings;

	vec_foreach(outcome, outcomes) {
		/* A physical function that has virtual ones is on its native driver. */
		if (!is_on_driver(outcome) || outcome->vfs)
			continue;
		if (outcome->want) {
			bindings_set_released(bindings, &outcome->address, false);
			bindings_set(bindings, &outcome->address,
				     boot_log_text(log, outcome->section),
				     boot_log_text(log, outcome->want));
		} else if (outcome->result == RESULT_DONE ||
			   bindings_find(bindings, &outcome->address)) {
			bindings_set_released(bindings, &outcome->address, true);
			bindings_remove(bindings, &outcome->address);
		}
	}
}

static void add_outcomes(struct boot_log *log, const struct outcomes *outcomes,
			 struct logged_phase *phase)
{
	bool all = !boot_phase_is_by_hand(phase->phase) || boot_log_has_given_up(log, NULL);

	vec_foreach(outcome, outcomes) {
		struct outcome copy = *outcome;

		if (!all && is_on_driver(outcome)) {
			phase->n_left_out++;
			continue;
		}
		copy.section = boot_log_text(log, outcome->section);
		copy.want = boot_log_text(log, outcome->want);
		copy.before = boot_log_text(log, outcome->before);
		copy.after = xstrdup_null(outcome->after);
		copy.error = xstrdup_null(outcome->error);
		*vec_add(&phase->outcomes) = copy;
	}
}

/* Drops one of the first n phases. */
static void drop_one(struct boot_log *log, size_t n)
{
	size_t i = 0;

	while (i < n && log->items[i].phase != BOOT_PHASE_HOTPLUG &&
	       !boot_phase_is_by_hand(log->items[i].phase))
		i++;
	boot_log_drop(log, i < n ? i : 0);
}

void boot_log_add(struct boot_log *log, const struct logged_phase *phase,
		  const struct outcomes *outcomes, const struct findings *findings)
{
	struct logged_phase added = {.phase = phase->phase,
				     .off = boot_log_text(log, phase->off),
				     .started_ms = phase->started_ms,
				     .elapsed_ms = phase->elapsed_ms};

	while (log->n >= BOOT_LOG_MAX_PHASES)
		drop_one(log, log->n);
	add_outcomes(log, outcomes, &added);
	vec_foreach(finding, findings)
		*vec_add(&added.findings) = (struct logged_finding){
			.check = finding_name(finding->type),
			.severity = severity_names[finding->severity],
			.subject = boot_log_text(log, finding->subject),
			.detail = boot_log_text(log, finding->detail),
			.remedy = boot_log_text(log, finding->remedy),
		};
	*vec_add(log) = added;
	update_bindings(log, outcomes);
}

bool boot_log_make_room(struct boot_log *log)
{
	if (log->n < 2)
		return false;
	drop_one(log, log->n - 1);
	return true;
}

bool restart_reasons_suffice(const struct restart_reasons *reasons)
{
	vec_foreach(reason, reasons)
		if (reason->kind == REASON_COMMAND)
			return false;
	return reasons->n > 0;
}

static bool is_bound(const struct outcomes *outcomes, const struct pci_address *address)
{
	vec_foreach(outcome, outcomes)
		if (is_on_driver(outcome) && is_at(outcome, address))
			return true;
	return false;
}

bool restart_reasons_forget_bound(struct restart_reasons *reasons, const struct outcomes *outcomes)
{
	size_t n = 0, before = reasons->n;

	vec_foreach(reason, reasons)
		if (reason->kind == REASON_DEVICE && is_bound(outcomes, &reason->address))
			free(reason->text);
		else
			reasons->items[n++] = *reason;
	reasons->n = n;
	return n < before;
}
