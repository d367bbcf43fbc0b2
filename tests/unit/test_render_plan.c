/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/plan.h"
#include "support.h"

static struct plan plan;
static const struct planned_files no_files;

static void add_device(const char *place, enum device_state state, bool companion,
		       const char *before)
{
	*vec_add(&plan) = (struct planned_device){
		.address = address(place),
		.state = state,
		.section = "gpu",
		.companion = companion,
		.want = xstrdup("vfio-pci"),
		.module = xstrdup("vfio_pci"),
		.before = xstrdup_null(before),
		.before_known = true,
		.iommu_group = 10,
	};
}

static void add_action(enum action_type type, size_t device, const char *value, const char *path,
		       const char *reason)
{
	*vec_add(&plan.actions) = (struct action){.type = type,
						  .device = device,
						  .value = xstrdup(value),
						  .path = xstrdup(path),
						  .reason = xstrdup(reason)};
}

static int make_plan(void **state _unused_)
{
	add_device("01:00.0", DEVICE_BIND, false, "nouveau");
	add_device("01:00.1", DEVICE_BIND, true, NULL);
	add_device("02:00.0", DEVICE_RIGHT, false, "vfio-pci");
	add_device("03:00.0", DEVICE_REFUSED, false, "nvme");
	add_device("04:00.0", DEVICE_ABSENT, false, NULL);
	add_action(ACTION_LOAD_MODULE, SIZE_MAX, "vfio_pci", "/d", "not loaded");
	add_action(ACTION_SET_OVERRIDE, 0, "vfio-pci", "/o", "only it");
	add_action(ACTION_UNBIND, 0, "0000:01:00.0", "/u", "holds it");
	add_action(ACTION_PROBE, 1, "0000:01:00.1", "/p", "takes it");
	finding_remedy(finding_add(&plan.findings, SEVERITY_ERROR, FINDING_STORAGE, "0000:03:00.0",
				   "no"),
		       "leave it");
	return 0;
}

static int free_plan(void **state _unused_)
{
	plan_done(&plan);
	return 0;
}

TEST(text)
{
	_cleanup_free_ char *got = render_plan(FORMAT_TEXT, &plan, &no_files);

	check_text("text", got,
		   "0000:01:00.0 [gpu] nouveau -> vfio-pci\n"
		   "0000:01:00.1 [gpu] (for its group) no driver -> vfio-pci\n"
		   "0000:02:00.0 [gpu] is on vfio-pci: nothing to do\n"
		   "0000:03:00.0 [gpu] refused, stays on nvme\n"
		   "0000:04:00.0 [gpu] is not there\n"
		   "\n"
		   "In this order:\n"
		   "  load vfio_pci  (not loaded)\n"
		   "  write vfio-pci to /o  (only it)\n"
		   "  write 0000:01:00.0 to /u  (holds it)\n"
		   "  write 0000:01:00.1 to /p  (takes it)\n"
		   "\n"
		   "error: 0000:03:00.0: no [storage]\n"
		   "  -> leave it\n");
}

TEST(text_of_nothing)
{
	struct plan nothing = {};
	_cleanup_free_ char *got = render_plan(FORMAT_TEXT, &nothing, &no_files);

	check_text("text", got, "The profile selects no device of this host.\n");
}

TEST(text_without_driver_and_actions)
{
	free_plan(NULL);
	add_device("03:00.0", DEVICE_REFUSED, false, NULL);
	_cleanup_free_ char *got = render_plan(FORMAT_TEXT, &plan, &no_files);

	check_text("text", got, "0000:03:00.0 [gpu] refused, stays on no driver\n");
}

TEST(json)
{
	free(TAKE_PTR(plan.actions.items[2].reason));
	_cleanup_free_ char *got = render_plan(FORMAT_JSON, &plan, &no_files);

	check_text("json", got,
		   "{\n"
		   " \"version\": 1,\n"
		   " \"actions\": [\n"
		   "  {\n"
		   "   \"type\": \"load-module\",\n"
		   "   \"subject\": \"vfio_pci\",\n"
		   "   \"path\": \"/d\",\n"
		   "   \"value\": \"vfio_pci\",\n"
		   "   \"reason\": \"not loaded\"\n"
		   "  },\n"
		   "  {\n"
		   "   \"type\": \"set-override\",\n"
		   "   \"subject\": \"0000:01:00.0\",\n"
		   "   \"path\": \"/o\",\n"
		   "   \"value\": \"vfio-pci\",\n"
		   "   \"reason\": \"only it\"\n"
		   "  },\n"
		   "  {\n"
		   "   \"type\": \"unbind\",\n"
		   "   \"subject\": \"0000:01:00.0\",\n"
		   "   \"path\": \"/u\",\n"
		   "   \"value\": \"0000:01:00.0\",\n"
		   "   \"reason\": null\n"
		   "  },\n"
		   "  {\n"
		   "   \"type\": \"probe\",\n"
		   "   \"subject\": \"0000:01:00.1\",\n"
		   "   \"path\": \"/p\",\n"
		   "   \"value\": \"0000:01:00.1\",\n"
		   "   \"reason\": \"takes it\"\n"
		   "  }\n"
		   " ],\n"
		   " \"files\": [],\n"
		   " \"findings\": [\n"
		   "  {\n"
		   "   \"check\": \"storage\",\n"
		   "   \"severity\": \"error\",\n"
		   "   \"subject\": \"0000:03:00.0\",\n"
		   "   \"detail\": \"no\",\n"
		   "   \"remedy\": \"leave it\"\n"
		   "  }\n"
		   " ]\n"
		   "}\n");
}

TEST(json_of_nothing)
{
	struct plan nothing = {};
	_cleanup_free_ char *got = render_plan(FORMAT_JSON, &nothing, &no_files);

	check_text(
		"json", got,
		"{\n \"version\": 1,\n \"actions\": [],\n \"files\": [],\n \"findings\": []\n}\n");
}

TEST(waiting_and_unknown)
{
	free_plan(NULL);
	add_device("03:00.0", DEVICE_WAITING, false, NULL);
	add_device("04:00.0", DEVICE_REFUSED, false, NULL);
	plan.items[1].before_known = false;
	_cleanup_free_ char *got = render_plan(FORMAT_TEXT, &plan, &no_files);

	check_text("text", got,
		   "0000:03:00.0 [gpu] waits until the host's disks and network are known\n"
		   "0000:04:00.0 [gpu] refused, stays on unknown driver\n");
}

TEST(virtual_functions)
{
	free_plan(NULL);
	add_device("03:00.0", DEVICE_VFS, false, NULL);
	add_device("04:00.0", DEVICE_RIGHT, false, "vfio-pci");
	add_device("05:00.0", DEVICE_WAITING, false, NULL);
	add_device("06:00.0", DEVICE_VFS, false, NULL);
	for (size_t i = 0; i < plan.n; i++)
		plan.items[i].vfs = i < 3 ? 4 : 1;
	_cleanup_free_ char *got = render_plan(FORMAT_TEXT, &plan, &no_files);

	check_text("text", got,
		   "0000:03:00.0 [gpu] stays on vfio-pci, gets 4 virtual functions\n"
		   "0000:04:00.0 [gpu] is on vfio-pci, has 4 virtual functions: nothing to do\n"
		   "0000:05:00.0 [gpu] waits until its own driver has it, which makes its virtual "
		   "functions\n"
		   "0000:06:00.0 [gpu] stays on vfio-pci, gets 1 virtual function\n");
}

TEST(files)
{
	struct planned_files files = {};
	struct plan nothing = {};
	_cleanup_free_ char *text_form = NULL, *json_form = NULL;

	planned_file_add(&files, "/etc/a", NULL, FILE_HEADER "x\n");
	planned_file_add(&files, "/etc/b", "theirs\n", FILE_HEADER "x\n");
	planned_file_add(&files, "/etc/c", FILE_HEADER "x\n", "");
	planned_file_add(&files, "/etc/d", FILE_HEADER "x\n", FILE_HEADER "x\n");
	planned_file_unreadable(&files, "/etc/e", -EIO, FILE_HEADER "x\n");
	text_form = render_plan(FORMAT_TEXT, &nothing, &files);
	json_form = render_plan(FORMAT_JSON, &nothing, &files);
	check_text("text", text_form,
		   "The profile selects no device of this host.\n"
		   "\n"
		   "create /etc/a\n"
		   "  +# Written by vfio-prepare from its profile; changes here are lost.\n"
		   "  +x\n"
		   "\n"
		   "foreign /etc/b: not written by vfio-prepare, left alone\n"
		   "  +# Written by vfio-prepare from its profile; changes here are lost.\n"
		   "  +x\n"
		   "\n"
		   "remove /etc/c\n"
		   "  -# Written by vfio-prepare from its profile; changes here are lost.\n"
		   "  -x\n"
		   "\n"
		   "unreadable /etc/e: Input/output error, left alone\n"
		   "  +# Written by vfio-prepare from its profile; changes here are lost.\n"
		   "  +x\n");
	assert_non_null(strstr(json_form, "\"state\": \"foreign\""));
	assert_non_null(strstr(json_form, "\"path\": \"/etc/d\",\n   \"state\": \"same\",\n   "
					  "\"diff\": \"\"\n"));
	planned_files_done(&files);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(text, make_plan, free_plan),
		cmocka_unit_test(text_of_nothing),
		cmocka_unit_test_setup_teardown(text_without_driver_and_actions, make_plan,
						free_plan),
		cmocka_unit_test_setup_teardown(json, make_plan, free_plan),
		cmocka_unit_test(json_of_nothing),
		cmocka_unit_test_setup_teardown(waiting_and_unknown, make_plan, free_plan),
		cmocka_unit_test_setup_teardown(virtual_functions, make_plan, free_plan),
		cmocka_unit_test(files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
