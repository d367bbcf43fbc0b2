/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/monitor.h"

#include "verdict.h"

static char *render(enum format format, enum readiness status)
{
	return render_monitor(format, &(struct verdict){.status = status,
							.plan = &plan,
							.findings = &findings});
}

static enum nagios_state state_of(enum readiness status)
{
	return nagios_state(
		&(struct verdict){.status = status, .plan = &plan, .findings = &findings});
}

TEST(each_status_has_a_nagios_state)
{
	check_int("ready", state_of(READY), NAGIOS_OK);
	check_int("not-ready", state_of(NOT_READY), NAGIOS_CRITICAL);
	check_int("reboot-required", state_of(REBOOT_REQUIRED), NAGIOS_WARNING);
	check_int("unknown", state_of(READINESS_UNKNOWN), NAGIOS_UNKNOWN);
	finding_add(&findings, SEVERITY_NOTE, FINDING_COMPANION, "x", "y");
	check_int("ready with a note", state_of(READY), NAGIOS_OK);
	finding_add(&findings, SEVERITY_WARNING, FINDING_CONSOLE, "x", "y");
	check_int("ready with a warning", state_of(READY), NAGIOS_WARNING);
	check_int("not ready with a warning", state_of(NOT_READY), NAGIOS_CRITICAL);
}

TEST(nagios_when_all_is_right)
{
	_cleanup_free_ char *got = NULL;

	add_device("01:00.0", DEVICE_RIGHT, "vfio-pci", 10);
	finding_add(&findings, SEVERITY_NOTE, FINDING_COMPANION, "x", "not told");
	got = render(FORMAT_NAGIOS, READY);
	check_text("ready", got,
		   "VFIO OK - ready: 1 of 1 devices on their drivers"
		   " | right=1;;;0;1 errors=0;;;0 warnings=0;;;0\n");
}

TEST(nagios_text_has_no_bar_and_no_line_of_its_own)
{
	_cleanup_free_ char *got = NULL;

	add_device("01:00.0", DEVICE_BIND, NULL, 10);
	finding_add(&findings, SEVERITY_WARNING, FINDING_CONSOLE, "first", "a\tb");
	finding_remedy(finding_add(&findings, SEVERITY_ERROR, FINDING_PROFILE, "a|b\nc",
				   "x | y\nz"),
		       "do|this");
	got = render(FORMAT_NAGIOS, NOT_READY);
	check_text("odd characters", got,
		   "VFIO CRITICAL - not ready: 0 of 1 devices on their drivers; 1 error, 1 warning"
		   ": profile a/b\\x0ac | right=0;;;0;1 errors=1;;;0 warnings=1;;;0\n"
		   "error: a/b\\x0ac: x / y\\x0az [profile]; do/this\n"
		   "warning: first: a b [console]\n");
}

TEST(prometheus)
{
	_cleanup_free_ char *got = NULL;

	add_device("01:00.0", DEVICE_RIGHT, "vfio-pci", 10);
	add_device("02:00.0", DEVICE_ABSENT, NULL, -1);
	finding_add(&findings, SEVERITY_ERROR, FINDING_DEVICE_ABSENT, "0000:02:00.0", "x");
	finding_add(&findings, SEVERITY_WARNING, FINDING_CONSOLE, "a \"b\\c\"\nd\033\xc3\xa4", "x");
	finding_add(&findings, SEVERITY_ERROR, FINDING_DEVICE_ABSENT, "0000:02:00.0", "y");
	got = render(FORMAT_PROMETHEUS, NOT_READY);
	check_text(
		"not ready", got,
		"# HELP vfio_prepare_ready Is the host ready?\n"
		"# TYPE vfio_prepare_ready gauge\n"
		"vfio_prepare_ready 0\n"
		"# HELP vfio_prepare_reboot_required Is all written, and only a reboot missing?\n"
		"# TYPE vfio_prepare_reboot_required gauge\n"
		"vfio_prepare_reboot_required 0\n"
		"# HELP vfio_prepare_status What validate says: one of them is 1.\n"
		"# TYPE vfio_prepare_status gauge\n"
		"vfio_prepare_status{status=\"ready\"} 0\n"
		"vfio_prepare_status{status=\"not-ready\"} 1\n"
		"vfio_prepare_status{status=\"reboot-required\"} 0\n"
		"vfio_prepare_status{status=\"unknown\"} 0\n"
		"# HELP vfio_prepare_device_bound Is the device on the driver that the profile wants?\n"
		"# TYPE vfio_prepare_device_bound gauge\n"
		"vfio_prepare_device_bound{address=\"0000:01:00.0\",section=\"gpu\",want=\"vfio-pci\","
		"driver=\"vfio-pci\",iommu_group=\"10\"} 1\n"
		"vfio_prepare_device_bound{address=\"0000:02:00.0\",section=\"gpu\",want=\"vfio-pci\","
		"driver=\"\",iommu_group=\"\"} 0\n"
		"# HELP vfio_prepare_findings Findings of validate.\n"
		"# TYPE vfio_prepare_findings gauge\n"
		"vfio_prepare_findings{severity=\"error\"} 2\n"
		"vfio_prepare_findings{severity=\"warning\"} 1\n"
		"vfio_prepare_findings{severity=\"note\"} 0\n"
		"# HELP vfio_prepare_finding Findings of one check about one subject.\n"
		"# TYPE vfio_prepare_finding gauge\n"
		"vfio_prepare_finding{check=\"device-absent\",severity=\"error\","
		"subject=\"0000:02:00.0\"} 2\n"
		"vfio_prepare_finding{check=\"console\",severity=\"warning\","
		"subject=\"a \\\"b\\\\c\\\"\\\\x0ad\\\\x1b??\"} 1\n");
}

TEST(prometheus_without_devices_has_no_metric_of_them)
{
	_cleanup_free_ char *got = render(FORMAT_PROMETHEUS, READY);

	assert_non_null(strstr(got, "\nvfio_prepare_ready 1\n"));
	assert_null(strstr(got, "device_bound"));
	assert_null(strstr(got, "vfio_prepare_finding "));
}

TEST(maas)
{
	_cleanup_free_ char *got = NULL;

	add_device("01:00.0", DEVICE_RIGHT, "vfio-pci", 10);
	add_device("02:00.0", DEVICE_BIND, "nouveau", 11);
	finding_remedy(finding_add(&findings, SEVERITY_ERROR, FINDING_PROFILE, "x: \"y\"",
				   "a\nb # c"),
		       "- do");
	finding_add(&findings, SEVERITY_NOTE, FINDING_COMPANION, "host", "d");
	got = render(FORMAT_MAAS, NOT_READY);
	check_text("not ready", got,
		   "status: failed\n"
		   "results:\n"
		   "  readiness: \"not-ready\"\n"
		   "  ready: false\n"
		   "  devices: 2\n"
		   "  devices_right: 1\n"
		   "  errors: 1\n"
		   "  warnings: 0\n"
		   "  findings:\n"
		   "  - \"error: x: \\\"y\\\": a\\\\x0ab # c [profile]; - do\"\n"
		   "  - \"note: host: d [companion]\"\n");
}

TEST(fitness)
{
	static const struct {
		enum readiness status;
		const char *headline, *maas;
	} rows[] = {
		{READY, "fit: 1 of 2 devices can be given away",
		 "  fitness: \"fit\"\n  fit: true\n"},
		{NOT_READY, "not fit: 1 of 2 devices can be given away",
		 "  fitness: \"not-fit\"\n  fit: false\n"},
		{REBOOT_REQUIRED, "fit after restart",
		 "  fitness: \"fit-after-restart\"\n  fit: true\n"},
		{READINESS_UNKNOWN, "unknown: 1 of 2 devices can be given away",
		 "  fitness: \"unknown\"\n  fit: false\n"},
	};

	add_device("01:00.0", DEVICE_BIND, "nouveau", 10);
	add_device("02:00.0", DEVICE_REFUSED, "nvme", 11);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct verdict verdict = {.status = rows[i].status,
						.plan = &plan,
						.findings = &findings,
						.fit = true};
		_cleanup_free_ char *got = render_monitor(FORMAT_MAAS, &verdict);
		_cleanup_(buf_done) struct buf headline = {};

		verdict_headline(&headline, &verdict);
		check_text("headline", buf_text(&headline), rows[i].headline);
		check_part("maas", got, rows[i].maas);
	}
}

TEST(each_status_has_one_of_maas)
{
	static const struct {
		enum readiness status;
		bool device;
		const char *begin;
		bool fit, failed;
	} rows[] = {{READY, true, "status: passed\n", false, false},
		    {READY, false, "status: skipped\n", false, false},
		    /* Its devices are not on this machine. */
		    {NOT_READY, false, "status: skipped\n", false, false},
		    {READINESS_UNKNOWN, false, "status: skipped\n", false, false},
		    {NOT_READY, true, "status: failed\n", false, false},
		    {READINESS_UNKNOWN, true, "status: failed\n", false, false},
		    {REBOOT_REQUIRED, true, "status: degraded\n", false, false},
		    {READINESS_UNKNOWN, false, "status: failed\n", false, true},
		    {READY, true, "status: passed\n", true, false},
		    {REBOOT_REQUIRED, true, "status: passed\n", true, false},
		    {NOT_READY, true, "status: failed\n", true, false},
		    {NOT_READY, false, "status: skipped\n", true, false}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *got = NULL;

		plan_done(&plan);
		plan = (struct plan){};
		if (rows[i].device)
			add_device("01:00.0", DEVICE_RIGHT, "vfio-pci", 10);
		/* An address that is listed and not there is none of this machine. */
		if (!rows[i].device && i % 2)
			add_device("09:00.0", DEVICE_ABSENT, NULL, -1);
		got = render_monitor(FORMAT_MAAS, &(struct verdict){.status = rows[i].status,
								    .plan = &plan,
								    .findings = &findings,
								    .fit = rows[i].fit,
								    .failed = rows[i].failed});
		check(readiness_names[rows[i].status],
		      strncmp(got, rows[i].begin, strlen(rows[i].begin)) == 0);
		check(readiness_names[rows[i].status], strstr(got, "\n  findings: []\n") != NULL);
	}
}

TEST(a_headline_counts_what_is_there)
{
	static const struct {
		enum readiness status;
		unsigned n_right, n_wrong, n_errors, n_warnings, n_notes;
		const char *headline;
	} rows[] = {
		{READY, 2, 0, 0, 0, 0, "ready: 2 of 2 devices on their drivers"},
		{READY, 0, 0, 0, 0, 3, "ready: the profile selects no device"},
		{READINESS_UNKNOWN, 0, 0, 1, 0, 0, "unknown; 1 error"},
		{READY, 1, 0, 0, 1, 0, "ready: 1 of 1 devices on their drivers; 1 warning"},
		{NOT_READY, 1, 2, 2, 2, 1,
		 "not ready: 1 of 3 devices on their drivers; 2 errors, 2 warnings"},
		{REBOOT_REQUIRED, 0, 1, 1, 0, 0,
		 "reboot required: 0 of 1 devices on their drivers; 1 error"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buf buf = {};

		for (unsigned j = 0; j < rows[i].n_right + rows[i].n_wrong; j++)
			((struct planned_device *)vec_add(&plan))->state = j < rows[i].n_right
										   ? DEVICE_RIGHT
										   : DEVICE_REFUSED;
		for (unsigned j = 0; j < rows[i].n_errors; j++)
			finding_add(&findings, SEVERITY_ERROR, FINDING_PROFILE, "x", "y");
		for (unsigned j = 0; j < rows[i].n_warnings; j++)
			finding_add(&findings, SEVERITY_WARNING, FINDING_CONSOLE, "x", "y");
		for (unsigned j = 0; j < rows[i].n_notes; j++)
			finding_add(&findings, SEVERITY_NOTE, FINDING_COMPANION, "x", "y");
		verdict_headline(&buf, &(struct verdict){
					       .status = rows[i].status,
					       .plan = &plan,
					       .findings = &findings,
				       });
		check_text(readiness_names[rows[i].status], buf_text(&buf), rows[i].headline);
		buf_done(&buf);
		free_report(NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_headline_counts_what_is_there),
		cmocka_unit_test_teardown(fitness, free_report),
		cmocka_unit_test_teardown(each_status_has_a_nagios_state, free_report),
		cmocka_unit_test_teardown(nagios_when_all_is_right, free_report),
		cmocka_unit_test_teardown(nagios_text_has_no_bar_and_no_line_of_its_own,
					  free_report),
		cmocka_unit_test_teardown(prometheus, free_report),
		cmocka_unit_test_teardown(prometheus_without_devices_has_no_metric_of_them,
					  free_report),
		cmocka_unit_test_teardown(maas, free_report),
		cmocka_unit_test_teardown(fitness, free_report),
		cmocka_unit_test_teardown(each_status_has_one_of_maas, free_report),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
