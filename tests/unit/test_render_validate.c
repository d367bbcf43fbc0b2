/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/validate.h"

#include <jansson.h>

#include "parse/boot_log.h"
#include "verdict.h"

static int make_report(void **state _unused_)
{
	add_device("01:00.0", DEVICE_RIGHT, "vfio-pci", 10);
	add_device("02:00.0", DEVICE_BIND, "nouveau", 11);
	add_device("03:00.0", DEVICE_ABSENT, NULL, -1);
	finding_remedy(finding_add(&findings, SEVERITY_ERROR, FINDING_WRONG_DRIVER, "0000:02:00.0",
				   "x"),
		       "vfio-prepare bind");
	return 0;
}

static char *render(enum format format, enum readiness status, const char *memory, bool colour)
{
	struct boot_log log;
	char *text;

	boot_log_parse(memory, &log);
	text = render_validate(format, &(struct verdict){
					       .status = status,
					       .plan = &plan,
					       .findings = &findings,
					       .log = &log,
					       .colour = colour,
				       });
	boot_log_done(&log);
	return text;
}

TEST(text)
{
	_cleanup_free_ char *got = NULL;

	finding_remedy(finding_add(&findings, SEVERITY_WARNING, FINDING_RESET, "0000:01:00.0",
				   "no"),
		       "live with it");
	finding_remedy(finding_add(&findings, SEVERITY_NOTE, FINDING_IDS_LEFT_OUT, "10de:1bb0",
				   "left out"),
		       "nothing to do");
	got = render(FORMAT_TEXT, NOT_READY,
		     "{\"phases\":[{\"phase\":\"early\",\"started_ms\":1200,\"elapsed_ms\":3}]}",
		     false);
	check_text("text", got,
		   "not ready: 1 of 3 devices on their drivers; 1 error, 1 warning\n"
		   "\n"
		   "What to do:\n"
		   "  1. vfio-prepare bind\n"
		   "       wrong-driver: 0000:02:00.0\n"
		   "\n"
		   "Worth doing:\n"
		   "  2. live with it\n"
		   "       reset: 0000:01:00.0\n"
		   "\n"
		   "Devices:\n"
		   "  ADDRESS       SECTION  GROUP  WANTS     HAS        STATE\n"
		   "  0000:01:00.0  gpu      10     vfio-pci  vfio-pci   right\n"
		   "  0000:02:00.0  gpu      11     vfio-pci  nouveau    wrong-driver\n"
		   "  0000:03:00.0  gpu      -      vfio-pci  no driver  absent\n"
		   "\n"
		   "Errors:\n"
		   "  0000:02:00.0: x [wrong-driver]\n"
		   "\n"
		   "Warnings:\n"
		   "  0000:01:00.0: no [reset]\n"
		   "\n"
		   "Notes:\n"
		   "  10de:1bb0: left out [ids-left-out]\n"
		   "    -> nothing to do\n"
		   "\n"
		   "This boot:\n"
		   "  early phase, 1.2 s after the kernel's start, took 3 ms\n");
}

TEST(colours_are_asked_for)
{
	static const struct {
		enum readiness status;
		const char *begin;
	} rows[] = {{READY, "\033[1;32mready: "},
		    {REBOOT_REQUIRED, "\033[1;33mreboot required: "},
		    {NOT_READY, "\033[1;31mnot ready: "},
		    {READINESS_UNKNOWN, "\033[1;31munknown: "}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *coloured = render(FORMAT_TEXT, rows[i].status, NULL, true),
				    *plain = render(FORMAT_TEXT, rows[i].status, NULL, false),
				    *json = render(FORMAT_JSON, rows[i].status, NULL, true);

		check(readiness_names[rows[i].status],
		      strncmp(coloured, rows[i].begin, strlen(rows[i].begin)) == 0);
		check(readiness_names[rows[i].status], strstr(coloured, "\033[0m\n") != NULL);
		check(readiness_names[rows[i].status],
		      !strchr(plain, '\033') && !strchr(json, '\033'));
	}
}

TEST(a_remedy_of_many_is_given_once)
{
	_cleanup_free_ char *got = NULL;

	finding_remedy(finding_add(&findings, SEVERITY_WARNING, FINDING_OFF_SWITCH, "host", "w"),
		       "do it");
	for (unsigned i = 0; i < 6; i++) {
		_cleanup_free_ char *subject = xasprintf("%u", i);

		finding_remedy(finding_add(&findings, SEVERITY_ERROR,
					   i < 2 ? FINDING_RESET : FINDING_COUNT, subject, "e"),
			       "do it");
	}
	finding_remedy(finding_add(&findings, SEVERITY_NOTE, FINDING_COMPANION, "x", "y"), "do it");
	got = render(FORMAT_TEXT, NOT_READY, NULL, false);
	check_text("remedies", strtok(strstr(got, "What"), "E"),
		   "What to do:\n"
		   "  1. do it\n"
		   "       off-switch: host; reset: 0, 1; count: 2, 3, 4 and 1 more\n"
		   "\n");
}

TEST(json)
{
	_cleanup_free_ char *got = render(FORMAT_JSON, NOT_READY, NULL, false);

	check_text("json", got,
		   "{\n"
		   " \"version\": 1,\n"
		   " \"status\": \"not-ready\",\n"
		   " \"ready\": false,\n"
		   " \"reboot_required\": false,\n"
		   " \"devices\": [\n"
		   "  {\n"
		   "   \"address\": \"0000:01:00.0\",\n"
		   "   \"section\": \"gpu\",\n"
		   "   \"want\": \"vfio-pci\",\n"
		   "   \"driver\": \"vfio-pci\",\n"
		   "   \"iommu_group\": 10,\n"
		   "   \"state\": \"right\"\n"
		   "  },\n"
		   "  {\n"
		   "   \"address\": \"0000:02:00.0\",\n"
		   "   \"section\": \"gpu\",\n"
		   "   \"want\": \"vfio-pci\",\n"
		   "   \"driver\": \"nouveau\",\n"
		   "   \"iommu_group\": 11,\n"
		   "   \"state\": \"wrong-driver\"\n"
		   "  },\n"
		   "  {\n"
		   "   \"address\": \"0000:03:00.0\",\n"
		   "   \"section\": \"gpu\",\n"
		   "   \"want\": \"vfio-pci\",\n"
		   "   \"driver\": null,\n"
		   "   \"iommu_group\": null,\n"
		   "   \"state\": \"absent\"\n"
		   "  }\n"
		   " ],\n"
		   " \"findings\": [\n"
		   "  {\n"
		   "   \"check\": \"wrong-driver\",\n"
		   "   \"severity\": \"error\",\n"
		   "   \"subject\": \"0000:02:00.0\",\n"
		   "   \"detail\": \"x\",\n"
		   "   \"remedy\": \"vfio-prepare bind\"\n"
		   "  }\n"
		   " ]\n"
		   "}\n");
}

TEST(truth_values_follow_the_status)
{
	static const struct {
		enum readiness status;
		bool ready, reboot_required;
	} rows[] = {{READY, true, false},
		    {NOT_READY, false, false},
		    {REBOOT_REQUIRED, false, true},
		    {READINESS_UNKNOWN, false, false}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *got = render(FORMAT_JSON, rows[i].status, NULL, false);
		json_t *report = json_loads(got, JSON_REJECT_DUPLICATES, NULL);

		check_int(readiness_names[rows[i].status],
			  json_is_true(json_object_get(report, "ready")), rows[i].ready);
		check_int(readiness_names[rows[i].status],
			  json_is_true(json_object_get(report, "reboot_required")),
			  rows[i].reboot_required);
		check_int(readiness_names[rows[i].status],
			  json_array_size(json_object_get(report, "devices")), 0);
		json_decref(report);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(text, make_report, free_report),
		cmocka_unit_test_setup_teardown(colours_are_asked_for, make_report, free_report),
		cmocka_unit_test_setup_teardown(a_remedy_of_many_is_given_once, NULL, free_report),
		cmocka_unit_test_setup_teardown(json, make_report, free_report),
		cmocka_unit_test(truth_values_follow_the_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
