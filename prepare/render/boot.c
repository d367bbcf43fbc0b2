/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/boot.h"

#include <string.h>

#include "base/alloc.h"
#include "parse/address.h"
#include "render/json.h"

struct boot {
	json_t *bound, *released, *phases; /* arrays */
};

/* A list of a report; an empty one where it has none. */
static json_t *take_list(const json_t *report, const char *key)
{
	json_t *list = json_object_get(report, key);

	return json_is_array(list) ? json_incref(list) : json_array();
}

struct boot *boot_parse(const char *text)
{
	struct boot *boot = xcalloc(1, sizeof(*boot));
	json_t *report = text ? json_loads(text, 0, NULL) : NULL;

	boot->bound = take_list(report, "bound");
	boot->released = take_list(report, "released");
	boot->phases = take_list(report, "phases");
	json_decref(report);
	return boot;
}

void boot_free(struct boot *boot)
{
	if (!boot)
		return;
	json_decref(boot->bound);
	json_decref(boot->released);
	json_decref(boot->phases);
	free(boot);
}

/* The text of a key; "" where it has none. */
static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static json_int_t number_of(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static bool read_address(const json_t *item, struct pci_address *ret)
{
	return json_is_string(item) && pci_address_parse(json_string_value(item), ret) == 0;
}

void boot_bindings(const struct boot *boot, struct bindings *ret)
{
	json_t *group, *item;
	struct pci_address address;
	size_t i, j;

	json_array_foreach(boot->bound, i, group)
	{
		const char *driver = text_of(group, "driver");

		json_array_foreach(json_object_get(group, "addresses"), j, item)
		{
			if (*driver && read_address(item, &address))
				bindings_set(ret, &address, text_of(group, "section"), driver);
		}
	}
	json_array_foreach(boot->released, i, item)
	{
		if (read_address(item, &address))
			*vec_add(&ret->released) = address;
	}
}

/* The bindings of a memory with what these outcomes make of them. */
static void add_bindings(json_t *report, const struct boot *boot, const struct outcomes *outcomes)
{
	json_t *bound = json_array(), *released = json_array(), *addresses = NULL;
	const struct binding *last = NULL;
	struct bindings bindings = {};

	boot_bindings(boot, &bindings);
	bindings_update(&bindings, outcomes);
	vec_foreach(binding, &bindings) {
		/* Those of a section mostly stand together. */
		if (!last || strcmp(binding->section, last->section) != 0 ||
		    strcmp(binding->driver, last->driver) != 0) {
			json_t *group = json_object();

			addresses = json_array();
			json_object_set_new(group, "section", json_text_or_null(binding->section));
			json_object_set_new(group, "driver", json_text_or_null(binding->driver));
			json_object_set_new(group, "addresses", addresses);
			json_array_append_new(bound, group);
		}
		json_array_append_new(addresses, json_address(&binding->address));
		last = binding;
	}
	vec_foreach(address, &bindings.released)
		json_array_append_new(released, json_address(address));
	json_object_set_new(report, "bound", bound);
	json_object_set_new(report, "released", released);
	bindings_done(&bindings);
}

/* Was it somebody who did it, not the boot? */
static bool is_by_hand(const char *phase)
{
	return strcmp(phase, "manual") == 0 || strcmp(phase, "release") == 0;
}

/* Makes room: what comes again and again gives way before what a boot has once. */
static void forget_one(json_t *phases)
{
	size_t n = json_array_size(phases), i = 0;

	for (; i < n; i++) {
		const char *phase = text_of(json_array_get(phases, i), "phase");

		if (strcmp(phase, "hotplug") == 0 || is_by_hand(phase))
			break;
	}
	json_array_remove(phases, i < n ? i : 0);
}

static bool has_timeout(const struct boot *boot)
{
	struct pci_address_list given_up = {};

	boot_given_up(boot, &given_up);
	free(given_up.items);
	return given_up.n > 0;
}

/*
 * What "bound" and "released" say as well is left out of what was done by hand, unless it may have to
 * say that a device hangs no more.
 */
static void add_outcomes(json_t *object, const struct boot *boot, const char *phase,
			 const struct outcomes *outcomes)
{
	bool all = !is_by_hand(phase) || has_timeout(boot);
	struct outcomes kept = {};

	vec_foreach(outcome, outcomes)
		if (all || (outcome->result != RESULT_DONE && outcome->result != RESULT_ALREADY))
			*vec_add(&kept) = *outcome;
	json_object_set_new(object, "left_out", json_integer((json_int_t)(outcomes->n - kept.n)));
	json_object_set_new(object, "outcomes", json_outcomes(&kept));
	free(kept.items);
}

char *render_boot(struct boot *boot, const struct boot_phase *phase,
		  const struct outcomes *outcomes, const struct findings *findings)
{
	json_t *report = json_report(), *phases = boot->phases, *object = json_object();
	char *text;

	while (json_array_size(phases) >= BOOT_MAX_PHASES)
		forget_one(phases);
	json_object_set_new(object, "phase", json_string(phase->phase));
	json_object_set_new(object, "started_ms", json_integer((json_int_t)phase->started_ms));
	json_object_set_new(object, "elapsed_ms", json_integer(phase->elapsed_ms));
	json_object_set_new(object, "off", json_text_or_null(phase->off));
	add_outcomes(object, boot, phase->phase, outcomes);
	json_object_set_new(object, "findings", json_findings(findings));
	json_array_append_new(phases, object);
	add_bindings(report, boot, outcomes);
	json_object_set(report, "phases", phases);
	text = json_text(json_incref(report));
	while (strlen(text) >= BOOT_MAX_BYTES && json_array_size(phases) > 1) {
		forget_one(phases);
		free(text);
		text = json_text(json_incref(report));
	}
	json_decref(report);
	return text;
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

void boot_hanging(const struct boot *boot, struct inventory *inventory)
{
	json_t *phase, *outcome;
	struct pci_address address;
	size_t i, j;

	json_array_foreach(boot->phases, i, phase)
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
}

void boot_given_up(const struct boot *boot, struct pci_address_list *ret)
{
	json_t *phase, *outcome;
	struct pci_address address;
	size_t i, j;

	json_array_foreach(boot->phases, i, phase)
	{
		json_array_foreach(json_object_get(phase, "outcomes"), j, outcome)
		{
			if (strcmp(text_of(outcome, "result"), "timeout") == 0 &&
			    read_address(json_object_get(outcome, "address"), &address))
				*vec_add(ret) = address;
		}
	}
}

unsigned boot_failures(const struct boot *boot, const struct pci_address *address)
{
	json_t *phase, *outcome;
	struct pci_address other;
	unsigned n = 0;
	size_t i, j;

	json_array_foreach(boot->phases, i, phase)
	{
		bool hotplug = strcmp(text_of(phase, "phase"), "hotplug") == 0;

		if (is_by_hand(text_of(phase, "phase")))
			n = 0;
		json_array_foreach(json_object_get(phase, "outcomes"), j, outcome)
		{
			if (!hotplug ||
			    !read_address(json_object_get(outcome, "address"), &other) ||
			    pci_address_compare(&other, address) != 0)
				continue;
			n = strcmp(text_of(outcome, "result"), "failed") == 0 ? n + 1 : 0;
		}
	}
	return n;
}

static void add_outcome(struct buf *buf, const json_t *outcome)
{
	const char *after = text_of(outcome, "after"), *error = text_of(outcome, "error");

	buf_addf(buf, "    %s [%s] %s, on %s%s%s\n", text_of(outcome, "address"),
		 text_of(outcome, "section"), text_of(outcome, "result"),
		 *after ? after : "no driver", *error ? ": " : "", error);
}

bool text_boot(struct buf *buf, const struct boot *boot)
{
	size_t n = json_array_size(boot->phases);

	for (size_t i = 0; i < n; i++) {
		const json_t *phase = json_array_get(boot->phases, i);
		const json_t *outcomes = json_object_get(phase, "outcomes");
		const char *off = text_of(phase, "off");
		json_int_t started_ms = number_of(phase, "started_ms");
		json_int_t left_out = number_of(phase, "left_out");

		buf_addf(buf, "  %s phase, %lld.%lld s after the kernel's start, took %lld ms",
			 text_of(phase, "phase"), (long long)started_ms / 1000,
			 (long long)started_ms / 100 % 10,
			 (long long)number_of(phase, "elapsed_ms"));
		if (left_out > 0)
			buf_addf(buf, ", %lld device%s done", (long long)left_out,
				 PLURAL(left_out));
		buf_addf(buf, "%s%s\n", *off ? ": turned off by " : "", off);
		for (size_t j = 0; j < json_array_size(outcomes); j++)
			add_outcome(buf, json_array_get(outcomes, j));
	}
	return n > 0;
}
