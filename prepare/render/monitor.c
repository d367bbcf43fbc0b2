/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/monitor.h"

#include <string.h>

#include "render/text.h"

struct tally {
	size_t n_devices, n_right;
	size_t n_possible;                     /* of the devices: neither refused nor absent */
	size_t n_findings[SEVERITY_ERROR + 1]; /* by severity */
};

static struct tally count(const struct verdict *verdict)
{
	struct tally tally = {.n_devices = verdict->plan->n};

	vec_foreach(device, verdict->plan) {
		tally.n_right += device->state == DEVICE_RIGHT;
		tally.n_possible += !device_is_out(device);
	}
	vec_foreach(finding, verdict->findings)
		tally.n_findings[finding->severity]++;
	return tally;
}

static bool selects(const struct verdict *verdict)
{
	vec_foreach(device, verdict->plan)
		if (device->state != DEVICE_ABSENT)
			return true;
	return false;
}

const char *verdict_status(const struct verdict *verdict)
{
	static const char *const names[N_READINESS] = {
		[READY] = "fit",
		[NOT_READY] = "not-fit",
		[REBOOT_REQUIRED] = "fit-after-restart",
		[READINESS_UNKNOWN] = "unknown",
	};

	return verdict->fit ? names[verdict->status] : readiness_names[verdict->status];
}

void verdict_headline(struct buf *buf, const struct verdict *verdict)
{
	const struct tally tally = count(verdict);
	const char *separator = "; ";

	for (const char *c = verdict_status(verdict); *c; c++)
		buf_add_n(buf, *c == '-' ? " " : c, 1);
	if (tally.n_devices && !verdict->fit)
		buf_addf(buf, ": %zu of %zu devices on their drivers", tally.n_right,
			 tally.n_devices);
	/* What is refused until the restart says nothing of the fitness. */
	else if (tally.n_devices && verdict->status != REBOOT_REQUIRED)
		buf_addf(buf, ": %zu of %zu devices can be given away", tally.n_possible,
			 tally.n_devices);
	else if (!tally.n_devices && verdict->status != READINESS_UNKNOWN)
		buf_add(buf, ": the profile selects no device");
	for (int severity = SEVERITY_ERROR; severity > SEVERITY_NOTE; severity--) {
		size_t n = tally.n_findings[severity];

		if (!n)
			continue;
		buf_addf(buf, "%s%zu %s%s", separator, n, severity_names[severity], PLURAL(n));
		separator = ", ";
	}
}

enum nagios_state nagios_state(const struct verdict *verdict)
{
	if (verdict->status == READINESS_UNKNOWN)
		return NAGIOS_UNKNOWN;
	if (verdict->status == REBOOT_REQUIRED)
		return NAGIOS_WARNING;
	if (verdict->status != READY)
		return NAGIOS_CRITICAL;
	return findings_have(verdict->findings, SEVERITY_WARNING) ? NAGIOS_WARNING : NAGIOS_OK;
}

/* A line of a plugin: '|' would begin performance data, and a line's end the next line. */
static void add_nagios_text(struct buf *buf, const char *text)
{
	for (; *text; text++)
		buf_add_n(buf, *text == '|' ? "/" : (unsigned char)*text < ' ' ? " " : text, 1);
}

static void add_first_error(struct buf *buf, const struct findings *findings)
{
	vec_foreach(finding, findings)
		if (finding->severity == SEVERITY_ERROR) {
			buf_addf(buf, ": %s ", finding_name(finding->type));
			add_nagios_text(buf, finding->subject);
			return;
		}
}

static char *render_nagios(const struct verdict *verdict)
{
	static const char *const names[] = {
		[NAGIOS_OK] = "OK",
		[NAGIOS_WARNING] = "WARNING",
		[NAGIOS_CRITICAL] = "CRITICAL",
		[NAGIOS_UNKNOWN] = "UNKNOWN",
	};
	const struct tally tally = count(verdict);
	struct buf buf = {};

	buf_addf(&buf, "VFIO %s - ", names[nagios_state(verdict)]);
	verdict_headline(&buf, verdict);
	add_first_error(&buf, verdict->findings);
	buf_addf(&buf, " | right=%zu;;;0;%zu errors=%zu;;;0 warnings=%zu;;;0\n", tally.n_right,
		 tally.n_devices, tally.n_findings[SEVERITY_ERROR],
		 tally.n_findings[SEVERITY_WARNING]);
	for (int severity = SEVERITY_ERROR; severity > SEVERITY_NOTE; severity--)
		vec_foreach(finding, verdict->findings) {
			_cleanup_(buf_done) struct buf line = {};

			if ((int)finding->severity != severity)
				continue;
			text_finding(&line, finding, "; ");
			add_nagios_text(&buf, buf_text(&line));
			buf_add(&buf, "\n");
		}
	return buf_take(&buf);
}

/* In double quotes; what is written so means the same as a label of Prometheus and in YAML. */
static void add_quoted(struct buf *buf, const char *text)
{
	buf_add(buf, "\"");
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '\n')
			buf_add(buf, "\\n");
		else if (c < ' ' || c >= 0x7f)
			buf_add(buf, "?");
		else
			buf_addf(buf, "%s%c", c == '"' || c == '\\' ? "\\" : "", c);
	}
	buf_add(buf, "\"");
}

static void add_label(struct buf *buf, const char *separator, const char *name, const char *value)
{
	buf_addf(buf, "%s%s=", separator, name);
	add_quoted(buf, value ? value : "");
}

static void begin_metric(struct buf *buf, const char *name, const char *help)
{
	buf_addf(buf, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

static void add_statuses(struct buf *buf, const struct verdict *verdict)
{
	begin_metric(buf, "vfio_prepare_status", "What validate says: one of them is 1.");
	for (enum readiness status = READY; status < N_READINESS; status++) {
		add_label(buf, "vfio_prepare_status{", "status", readiness_names[status]);
		buf_addf(buf, "} %d\n", verdict->status == status);
	}
}

static void add_devices(struct buf *buf, const struct plan *plan)
{
	if (!plan->n)
		return;
	begin_metric(buf, "vfio_prepare_device_bound",
		     "Is the device on the driver that the profile wants?");
	vec_foreach(device, plan) {
		_cleanup_free_ char *group = device->iommu_group < 0
						     ? NULL
						     : xasprintf("%d", device->iommu_group);

		add_label(buf, "vfio_prepare_device_bound{", "address",
			  PCI_ADDRESS_TEXT(&device->address));
		add_label(buf, ",", "section", device->section);
		add_label(buf, ",", "want", device->want);
		add_label(buf, ",", "driver", device->before);
		add_label(buf, ",", "iommu_group", group);
		buf_addf(buf, "} %d\n", device->state == DEVICE_RIGHT);
	}
}

static bool same_series(const struct finding *a, const struct finding *b)
{
	return a->severity == b->severity && a->type == b->type &&
	       strcmp(a->subject, b->subject) == 0;
}

/* How many findings there are like this one; 0: an earlier one has said so. No series may repeat. */
static size_t count_alike(const struct findings *findings, const struct finding *finding)
{
	size_t n = 0;

	vec_foreach(other, findings)
		if (same_series(other, finding)) {
			if (other < finding)
				return 0;
			n++;
		}
	return n;
}

static void add_findings(struct buf *buf, const struct verdict *verdict)
{
	const struct tally tally = count(verdict);

	begin_metric(buf, "vfio_prepare_findings", "Findings of validate.");
	for (int severity = SEVERITY_ERROR; severity >= SEVERITY_NOTE; severity--) {
		add_label(buf, "vfio_prepare_findings{", "severity", severity_names[severity]);
		buf_addf(buf, "} %zu\n", tally.n_findings[severity]);
	}
	if (!verdict->findings->n)
		return;
	begin_metric(buf, "vfio_prepare_finding", "Findings of one check about one subject.");
	vec_foreach(finding, verdict->findings) {
		size_t n = count_alike(verdict->findings, finding);

		if (!n)
			continue;
		add_label(buf, "vfio_prepare_finding{", "check", finding_name(finding->type));
		add_label(buf, ",", "severity", severity_names[finding->severity]);
		add_label(buf, ",", "subject", finding->subject);
		buf_addf(buf, "} %zu\n", n);
	}
}

static char *render_prometheus(const struct verdict *verdict)
{
	struct buf buf = {};

	begin_metric(&buf, "vfio_prepare_ready", "Is the host ready?");
	buf_addf(&buf, "vfio_prepare_ready %d\n", verdict->status == READY);
	begin_metric(&buf, "vfio_prepare_reboot_required",
		     "Is all written, and only a reboot missing?");
	buf_addf(&buf, "vfio_prepare_reboot_required %d\n", verdict->status == REBOOT_REQUIRED);
	add_statuses(&buf, verdict);
	add_devices(&buf, verdict->plan);
	add_findings(&buf, verdict);
	return buf_take(&buf);
}

bool verdict_is_good(const struct verdict *verdict)
{
	return verdict->status == READY || (verdict->fit && verdict->status == REBOOT_REQUIRED);
}

/* Of a profile that could not be read nothing is known, not even that it selects nothing. */
static const char *maas_status(const struct verdict *verdict)
{
	if (!selects(verdict) && !verdict->failed)
		return "skipped";
	if (verdict_is_good(verdict))
		return "passed";
	return verdict->status == REBOOT_REQUIRED ? "degraded" : "failed";
}

/* MAAS wants the results flat: text, numbers, truth values, and lists of these. */
static char *render_maas(const struct verdict *verdict)
{
	const struct tally tally = count(verdict);
	struct buf buf = {};

	buf_addf(&buf,
		 "status: %s\n"
		 "results:\n"
		 "  %s: \"%s\"\n"
		 "  %s: %s\n"
		 "  devices: %zu\n"
		 "  devices_right: %zu\n"
		 "  errors: %zu\n"
		 "  warnings: %zu\n"
		 "  findings:",
		 maas_status(verdict), verdict->fit ? "fitness" : "readiness",
		 verdict_status(verdict), verdict->fit ? "fit" : "ready",
		 verdict_is_good(verdict) ? "true" : "false", tally.n_devices, tally.n_right,
		 tally.n_findings[SEVERITY_ERROR], tally.n_findings[SEVERITY_WARNING]);
	vec_foreach(finding, verdict->findings) {
		_cleanup_(buf_done) struct buf line = {};

		text_finding(&line, finding, "; ");
		buf_add(&buf, "\n  - ");
		add_quoted(&buf, buf_text(&line));
	}
	buf_add(&buf, verdict->findings->n ? "\n" : " []\n");
	return buf_take(&buf);
}

char *render_monitor(enum format format, const struct verdict *verdict)
{
	if (format == FORMAT_NAGIOS)
		return render_nagios(verdict);
	return format == FORMAT_PROMETHEUS ? render_prometheus(verdict) : render_maas(verdict);
}
