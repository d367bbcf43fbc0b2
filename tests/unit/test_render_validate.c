/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/validate.h"

#include <jansson.h>

#include "support.h"

static struct plan plan;
static struct findings findings;

static void add_device(const char *place, enum device_state state, const char *before, int group)
{
	*vec_add(&plan) = (struct planned_device){
		.address = address(place),
		.state = state,
		.section = "gpu",
		.want = xstrdup("vfio-pci"),
		.before = xstrdup_null(before),
		.before_known = true,
		.iommu_group = group,
	};
}

static int make_report(void **state _unused_)
{
	add_device("01:00.0", DEVICE_RIGHT, "vfio-pci", 10);
	add_device("02:00.0", DEVICE_BIND, "nouveau", 11);
	add_device("03:00.0", DEVICE_ABSENT, NULL, -1);
	finding_remedy(finding_add(&findings, SEVERITY_ERROR, "wrong-driver", "0000:02:00.0", "x"),
		       "vfio-prepare bind");
	return 0;
}

static int free_report(void **state _unused_)
{
	plan_done(&plan);
	findings_done(&findings);
	return 0;
}

TEST(text)
{
	_cleanup_free_ char *got = render_validate(FORMAT_TEXT, "not-ready", &plan, &findings);

	check_text("text", got,
		   "not-ready\n"
		   "error: 0000:02:00.0: x [wrong-driver]\n"
		   "  -> vfio-prepare bind\n"
		   "0000:01:00.0 [gpu] right: wants vfio-pci, has vfio-pci\n"
		   "0000:02:00.0 [gpu] wrong-driver: wants vfio-pci, has nouveau\n"
		   "0000:03:00.0 [gpu] absent: wants vfio-pci, has no driver\n");
}

TEST(json)
{
	_cleanup_free_ char *got = render_validate(FORMAT_JSON, "not-ready", &plan, &findings);

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
		const char *status;
		bool ready, reboot_required;
	} rows[] = {{"ready", true, false},
		    {"not-ready", false, false},
		    {"reboot-required", false, true},
		    {"unknown", false, false}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *got = render_validate(FORMAT_JSON, rows[i].status, &plan,
							   &findings);
		json_t *report = json_loads(got, JSON_REJECT_DUPLICATES, NULL);

		check_int(rows[i].status, json_is_true(json_object_get(report, "ready")),
			  rows[i].ready);
		check_int(rows[i].status, json_is_true(json_object_get(report, "reboot_required")),
			  rows[i].reboot_required);
		check_int(rows[i].status, json_array_size(json_object_get(report, "devices")), 0);
		json_decref(report);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(text, make_report, free_report),
		cmocka_unit_test_setup_teardown(json, make_report, free_report),
		cmocka_unit_test(truth_values_follow_the_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
