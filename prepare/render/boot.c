/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/boot.h"

#include <string.h>

#include "base/alloc.h"
#include "render/json.h"

/* A list of a memory; an empty one where there is none that can be read. */
static json_t *read_list(const char *memory, const char *key)
{
	json_t *report = memory ? json_loads(memory, 0, NULL) : NULL;
	json_t *list = json_object_get(report, key);

	list = json_is_array(list) ? json_incref(list) : json_array();
	json_decref(report);
	return list;
}

/* The text of a key; "" where it has none. */
static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

void boot_bindings(const char *memory, struct bindings *ret)
{
	json_t *bound = read_list(memory, "bound"), *released = read_list(memory, "released");
	json_t *binding;
	struct pci_address address;
	size_t index;

	json_array_foreach(bound, index, binding)
	{
		if (pci_address_parse(text_of(binding, "address"), &address) == 0 &&
		    *text_of(binding, "driver"))
			bindings_set(ret, &address, text_of(binding, "section"),
				     text_of(binding, "driver"));
	}
	json_array_foreach(released, index, binding)
	{
		if (json_is_string(binding) &&
		    pci_address_parse(json_string_value(binding), &address) == 0)
			*vec_add(&ret->released) = address;
	}
	json_decref(bound);
	json_decref(released);
}

/* The bindings of a memory with what these outcomes make of them. */
static void add_bindings(json_t *report, const char *memory, const struct outcomes *outcomes)
{
	json_t *bound = json_array(), *released = json_array();
	struct bindings bindings = {};

	boot_bindings(memory, &bindings);
	bindings_update(&bindings, outcomes);
	vec_foreach(binding, &bindings) {
		json_t *object = json_object();

		json_object_set_new(object, "address", json_address(&binding->address));
		json_object_set_new(object, "section", json_text_or_null(binding->section));
		json_object_set_new(object, "driver", json_text_or_null(binding->driver));
		json_array_append_new(bound, object);
	}
	vec_foreach(address, &bindings.released)
		json_array_append_new(released, json_address(address));
	json_object_set_new(report, "bound", bound);
	json_object_set_new(report, "released", released);
	bindings_done(&bindings);
}

/* Makes room: what comes again and again gives way before what a boot has once. */
static void forget_one(json_t *phases)
{
	size_t n = json_array_size(phases), i = 0;

	for (; i < n; i++) {
		const char *phase = text_of(json_array_get(phases, i), "phase");

		if (strcmp(phase, "hotplug") == 0 || strcmp(phase, "manual") == 0 ||
		    strcmp(phase, "release") == 0)
			break;
	}
	json_array_remove(phases, i < n ? i : 0);
}

char *render_boot(const char *before, const struct boot_phase *phase,
		  const struct outcomes *outcomes, const struct findings *findings)
{
	json_t *report = json_report(), *phases = read_list(before, "phases"),
	       *object = json_object();

	while (json_array_size(phases) >= BOOT_MAX_PHASES)
		forget_one(phases);
	json_object_set_new(object, "phase", json_string(phase->phase));
	json_object_set_new(object, "started_ms", json_integer((json_int_t)phase->started_ms));
	json_object_set_new(object, "elapsed_ms", json_integer(phase->elapsed_ms));
	json_object_set_new(object, "off", json_text_or_null(phase->off));
	json_object_set_new(object, "outcomes", json_outcomes(outcomes));
	json_object_set_new(object, "findings", json_findings(findings));
	json_array_append_new(phases, object);
	add_bindings(report, before, outcomes);
	json_object_set_new(report, "phases", phases);
	return json_text(report);
}

/* What one outcome says of it; one that was not tried says nothing. */
static void note_hanging(const json_t *outcome, const char *phase, struct pci_function *function)
{
	const char *result = text_of(outcome, "result");
	bool timeout = strcmp(result, "timeout") == 0;

	if (!timeout && strcmp(result, "done") != 0 && strcmp(result, "failed") != 0)
		return;
	free(function->hangs);
	function->hangs = timeout ? xasprintf("in phase %s %s", phase, text_of(outcome, "error"))
				  : NULL;
}

void boot_hanging(const char *memory, struct inventory *inventory)
{
	json_t *phases = read_list(memory, "phases"), *phase, *outcome;
	struct pci_address address;
	size_t i, j;

	json_array_foreach(phases, i, phase)
	{
		json_array_foreach(json_object_get(phase, "outcomes"), j, outcome)
		{
			struct pci_function *function =
				pci_address_parse(text_of(outcome, "address"), &address) == 0
					? inventory_find(inventory, &address)
					: NULL;

			if (function)
				note_hanging(outcome, text_of(phase, "phase"), function);
		}
	}
	json_decref(phases);
}

static void add_outcome(struct buf *buf, const json_t *outcome)
{
	const char *after = text_of(outcome, "after"), *error = text_of(outcome, "error");

	buf_addf(buf, "    %s [%s] %s, on %s%s%s\n", text_of(outcome, "address"),
		 text_of(outcome, "section"), text_of(outcome, "result"),
		 *after ? after : "no driver", *error ? ": " : "", error);
}

bool text_boot(struct buf *buf, const char *memory)
{
	json_t *phases = read_list(memory, "phases");
	size_t n = json_array_size(phases);

	for (size_t i = 0; i < n; i++) {
		const json_t *phase = json_array_get(phases, i);
		const json_t *outcomes = json_object_get(phase, "outcomes");
		const char *off = text_of(phase, "off");
		json_int_t started_ms = json_integer_value(json_object_get(phase, "started_ms"));

		buf_addf(buf,
			 "  %s phase, %lld.%lld s after the kernel's start, took %lld ms%s%s\n",
			 text_of(phase, "phase"), (long long)started_ms / 1000,
			 (long long)started_ms / 100 % 10,
			 (long long)json_integer_value(json_object_get(phase, "elapsed_ms")),
			 *off ? ": turned off by " : "", off);
		for (size_t j = 0; j < json_array_size(outcomes); j++)
			add_outcome(buf, json_array_get(outcomes, j));
	}
	json_decref(phases);
	return n > 0;
}
