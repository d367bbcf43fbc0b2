/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/boot_log.h"

#include <jansson.h>
#include <string.h>

#include "base/text.h"
#include "parse/address.h"

/* The text of a key; NULL where it has none. */
static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* The number of a key, 0 where it has none, or the nearest that is no more than max. */
static uint64_t number_of(const json_t *object, const char *key, uint64_t max)
{
	json_int_t number = json_integer_value(json_object_get(object, key));

	if (number < 0)
		return 0;
	return (uint64_t)number < max ? (uint64_t)number : max;
}

static bool read_address(const json_t *item, struct pci_address *ret)
{
	return json_is_string(item) && pci_address_parse(json_string_value(item), ret) == 0;
}

/* Is the member an array, or not there? */
static bool may_be_list(const json_t *object, const char *key)
{
	const json_t *member = json_object_get(object, key);

	return !member || json_is_array(member);
}

static void read_bindings(const json_t *report, struct boot_log *log)
{
	struct bindings *ret = &log->bindings;
	json_t *group, *item;
	struct pci_address address;
	size_t i, j;

	json_array_foreach(json_object_get(report, "bound"), i, group)
	{
		const char *section = boot_log_text(log, text_of(group, "section")),
			   *driver = boot_log_text(log, text_of(group, "driver"));

		log->unknown |= !driver || !*driver || !may_be_list(group, "addresses");
		json_array_foreach(json_object_get(group, "addresses"), j, item)
		{
			if (driver && *driver && read_address(item, &address))
				bindings_set(ret, &address, section, driver);
			else
				log->unknown = true;
		}
	}
	json_array_foreach(json_object_get(report, "released"), i, item)
	{
		if (read_address(item, &address))
			*vec_add(&ret->released) = address;
		else
			log->unknown = true;
	}
}

static void read_outcome(const json_t *item, struct boot_log *log, struct outcomes *ret)
{
	const char *after = text_of(item, "after"), *result = text_of(item, "result");
	int known = result ? TEXT_INDEX(result_names, result) : -1;
	struct outcome outcome = {.result = (enum result)known};

	if (known < 0 || !read_address(json_object_get(item, "address"), &outcome.address))
		return;
	outcome.section = boot_log_text(log, text_of(item, "section"));
	outcome.want = boot_log_text(log, text_of(item, "want"));
	outcome.before = boot_log_text(log, text_of(item, "before"));
	outcome.after = xstrdup_null(after);
	outcome.after_known = after != NULL;
	outcome.error = xstrdup_null(text_of(item, "error"));
	outcome.elapsed_ms = (uint32_t)number_of(item, "elapsed_ms", UINT32_MAX);
	*vec_add(ret) = outcome;
}

static void read_phase(const json_t *item, struct boot_log *log)
{
	const char *name = text_of(item, "phase");
	struct logged_phase phase = {
		.phase = name ? boot_phase_parse(name) : BOOT_PHASE_UNKNOWN,
		.off = boot_log_text(log, text_of(item, "off")),
		.started_ms = number_of(item, "started_ms", INT64_MAX),
		.elapsed_ms = (uint32_t)number_of(item, "elapsed_ms", UINT32_MAX),
		.n_left_out = number_of(item, "left_out", INT32_MAX),
	};
	json_t *member;
	size_t i;

	json_array_foreach(json_object_get(item, "outcomes"), i, member)
	{
		read_outcome(member, log, &phase.outcomes);
	}
	json_array_foreach(json_object_get(item, "findings"), i, member)
	{
		*vec_add(&phase.findings) = (struct logged_finding){
			.check = boot_log_text(log, text_of(member, "check")),
			.severity = boot_log_text(log, text_of(member, "severity")),
			.subject = boot_log_text(log, text_of(member, "subject")),
			.detail = boot_log_text(log, text_of(member, "detail")),
			.remedy = boot_log_text(log, text_of(member, "remedy")),
		};
	}
	*vec_add(log) = phase;
}

void boot_log_parse(const char *text, struct boot_log *ret)
{
	json_t *report = text ? json_loads(text, 0, NULL) : NULL, *item;
	size_t i;

	*ret = (struct boot_log){
		.unknown = text &&
			   (!json_is_object(report) || !may_be_list(report, "bound") ||
			    !may_be_list(report, "released") || !may_be_list(report, "phases")),
	};
	read_bindings(report, ret);
	json_array_foreach(json_object_get(report, "phases"), i, item)
	{
		if (json_is_object(item))
			read_phase(item, ret);
	}
	json_decref(report);
}

static void read_reason(const char *line, struct restart_reasons *ret)
{
	struct pci_address address;

	for (enum reason_kind kind = REASON_COMMAND; kind < REASON_OTHER; kind++) {
		size_t length = strlen(reason_words[kind]);

		if (strncmp(line, reason_words[kind], length) != 0)
			continue;
		if (kind != REASON_DEVICE)
			restart_reasons_add(ret, kind, line + length);
		else if (pci_address_parse(line + length, &address) == 0)
			restart_reasons_add_device(ret, &address);
		else
			break;
		return;
	}
	restart_reasons_add(ret, REASON_OTHER, line);
}

void restart_reasons_parse(const char *text, struct restart_reasons *ret)
{
	_cleanup_(strv_done) struct strv lines = {};

	strv_split(&lines, text, "\n");
	for (size_t i = 0; i < lines.n; i++)
		read_reason(lines.items[i], ret);
}
