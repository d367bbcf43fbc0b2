/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/validate.h"

#include <string.h>

#include "render/boot_log.h"
#include "render/json.h"
#include "render/text.h"

/* So many subjects are named beside a remedy. */
#define SUBJECTS_MAX 6

static char *validate_json(const struct verdict *verdict)
{
	json_t *report = json_report(), *devices = json_array();

	json_set(report, "status", json_string(verdict_status(verdict)));
	json_set(report, verdict->fit ? "fit" : "ready", json_boolean(verdict_is_good(verdict)));
	json_set(report, "reboot_required", json_boolean(verdict->status == REBOOT_REQUIRED));
	vec_foreach(device, verdict->plan) {
		json_t *object = json_object();

		json_set(object, "address", json_address(&device->address));
		json_set(object, "section", json_text(device->section));
		json_set(object, "want", json_text(device->want));
		json_set(object, "driver", json_text(device->before));
		json_set(object, "iommu_group", json_count(device->iommu_group));
		json_set(object, "state", json_string(device_state_names[device->state]));
		json_append(devices, object);
	}
	json_set(report, "devices", devices);
	json_set(report, "findings", json_findings(verdict->findings));
	return json_finish(report);
}

/* Select graphic rendition (ECMA-48). */
#define BOLD "1"
#define BOLD_RED "1;31"
#define BOLD_GREEN "1;32"
#define BOLD_YELLOW "1;33"

static void add_line(struct buf *buf, const struct verdict *verdict, const char *colour,
		     const char *text)
{
	if (verdict->colour)
		buf_addf(buf, "\033[%sm%s\033[0m\n", colour, text);
	else
		buf_addf(buf, "%s\n", text);
}

static void add_heading(struct buf *buf, const struct verdict *verdict, const char *colour,
			const char *text)
{
	buf_add(buf, "\n");
	add_line(buf, verdict, colour, text);
}

static void add_headline(struct buf *buf, const struct verdict *verdict)
{
	_cleanup_(buf_done) struct buf line = {};
	const char *colour = BOLD_RED;

	if (verdict->status == READY)
		colour = BOLD_GREEN;
	else if (verdict->status == REBOOT_REQUIRED)
		colour = BOLD_YELLOW;
	verdict_headline(&line, verdict);
	add_line(buf, verdict, colour, buf_text(&line));
}

/* Is it the first, in the order of the report, that gives this remedy? Once is enough. */
static bool is_first_of_remedy(const struct findings *findings, const struct finding *finding)
{
	vec_foreach(other, findings)
		if (strcmp(other->remedy, finding->remedy) == 0 &&
		    (other->severity > finding->severity ||
		     (other->severity == finding->severity && other < finding)))
			return false;
	return true;
}

/* "wrong-driver: 0000:01:00.0, 0000:01:00.1; iommu: host": what the remedy is for. */
static void add_subjects(struct buf *buf, const struct findings *findings, const char *remedy)
{
	const struct finding *before = NULL;
	_cleanup_(buf_done) struct buf line = {};
	size_t n = 0;

	vec_foreach(finding, findings) {
		if (finding->severity == SEVERITY_NOTE || strcmp(finding->remedy, remedy) != 0 ||
		    n++ >= SUBJECTS_MAX)
			continue;
		if (!before || before->type != finding->type)
			buf_addf(&line, "%s%s: ", before ? "; " : "", finding_name(finding->type));
		else
			buf_add(&line, ", ");
		buf_add(&line, finding->subject);
		before = finding;
	}
	if (n > SUBJECTS_MAX)
		buf_addf(&line, " and %zu more", n - SUBJECTS_MAX);
	text_wrap(buf, buf_text(&line), 7, 7);
}

static void add_remedies(struct buf *buf, const struct verdict *verdict, enum severity severity,
			 const char *title, unsigned *number)
{
	bool first = true;

	vec_foreach(finding, verdict->findings) {
		if (finding->severity != severity || !*finding->remedy ||
		    !is_first_of_remedy(verdict->findings, finding))
			continue;
		if (first)
			add_heading(buf, verdict, BOLD, title);
		first = false;
		/* Not broken into lines: it may be pasted. */
		buf_addf(buf, "%3u. %s\n", ++*number, finding->remedy);
		add_subjects(buf, verdict->findings, finding->remedy);
	}
}

static void add_devices(struct buf *buf, const struct verdict *verdict)
{
	static const char *const titles[] = {"ADDRESS", "SECTION", "GROUP",
					     "WANTS",   "HAS",     "STATE"};
	_cleanup_(strv_done) struct strv cells = {};

	if (!verdict->plan->n)
		return;
	add_heading(buf, verdict, BOLD, "Devices:");
	for (size_t i = 0; i < ARRAY_SIZE(titles); i++)
		strv_add(&cells, titles[i]);
	vec_foreach(device, verdict->plan) {
		strv_add(&cells, PCI_ADDRESS_TEXT(&device->address));
		strv_add(&cells, device->section);
		strv_take(&cells, device->iommu_group < 0 ? xstrdup("-")
							  : xasprintf("%d", device->iommu_group));
		strv_add(&cells, device->want);
		strv_add(&cells, device_driver_text(device));
		strv_add(&cells, verdict->fit && !device_is_out(device)
					 ? "fit"
					 : device_state_names[device->state]);
	}
	text_table(buf, &cells, ARRAY_SIZE(titles), "  ", 0);
}

static void add_findings(struct buf *buf, const struct verdict *verdict, enum severity severity,
			 const char *colour, const char *title)
{
	bool first = true;

	vec_foreach(finding, verdict->findings) {
		_cleanup_free_ char *text = NULL;

		if (finding->severity != severity)
			continue;
		if (first)
			add_heading(buf, verdict, colour, title);
		first = false;
		text = xasprintf("%s: %s [%s]", finding->subject, finding->detail,
				 finding_name(finding->type));
		text_wrap(buf, text, 2, 4);
		/* Those of the others stand above, under what to do. */
		if (severity == SEVERITY_NOTE && *finding->remedy)
			buf_addf(buf, "    -> %s\n", finding->remedy);
	}
}

static char *validate_text(const struct verdict *verdict)
{
	struct buf buf = {};
	unsigned number = 0;

	add_headline(&buf, verdict);
	add_remedies(&buf, verdict, SEVERITY_ERROR, "What to do:", &number);
	add_remedies(&buf, verdict, SEVERITY_WARNING, "Worth doing:", &number);
	add_devices(&buf, verdict);
	add_findings(&buf, verdict, SEVERITY_ERROR, BOLD_RED, "Errors:");
	add_findings(&buf, verdict, SEVERITY_WARNING, BOLD_YELLOW, "Warnings:");
	add_findings(&buf, verdict, SEVERITY_NOTE, BOLD, "Notes:");
	if (verdict->log && verdict->log->n) {
		add_heading(&buf, verdict, BOLD, "This boot:");
		text_boot_log(&buf, verdict->log);
	}
	return buf_take(&buf);
}

char *render_validate(enum format format, const struct verdict *verdict)
{
	if (format_is_for_monitor(format))
		return render_monitor(format, verdict);
	return format == FORMAT_JSON ? validate_json(verdict) : validate_text(verdict);
}
