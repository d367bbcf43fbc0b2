/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/list.h"

#include <jansson.h>

#include "support.h"

static struct inventory inventory;
static struct list_entry entries[3];

/* One function with all of it, one with nothing, one VF whose name is no UTF-8. */
static int make_inventory(void **state _unused_)
{
	struct pci_function *function;

	inventory.kernel = xstrdup("6.1.0");
	inventory.cmdline = xstrdup("quiet");
	inventory.iommu = IOMMU_ON;
	inventory.iommu_kind = IOMMU_KIND_INTEL;
	function = add_function(&inventory, "01:00.0", 0x10de, 0x1bb0, 0x030000, 10,
				"mlx5_vfio_pci");
	function->subsystem_vendor = 0x1028;
	function->subsystem_device = 0x11b2;
	function->revision = 0xa1;
	function->driver_override = xstrdup("mlx5_vfio_pci");
	function->name = xstrdup("NVIDIA Quadro");
	function->numa_node = 0;
	strv_split(&function->modules, "nouveau nvidia", " ");
	function = add_function(&inventory, "02:00.0", 0, 0, 0, -1, NULL);
	function->unknown = FUNCTION_IDS | FUNCTION_CLASS | FUNCTION_MODULES;
	function = add_function(&inventory, "10000:01:10.0", 0x8086, 0x10ca, 0x020000, 123456,
				NULL);
	function->name = xstrdup("caf\xe9");
	function->is_vf = true;
	function->physfn = address("10000:01:00.0");
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++)
		entries[i] = (struct list_entry){.shown = true};
	entries[0].section = "gpu";
	strv_split(&entries[0].guards, "display in-use", " ");
	return 0;
}

static int free_inventory(void **state _unused_)
{
	inventory_done(&inventory);
	strv_done(&entries[0].guards);
	return 0;
}

static const char json[] = "{\n"
			   " \"version\": 1,\n"
			   " \"host\": {\n"
			   "  \"kernel\": \"6.1.0\",\n"
			   "  \"cmdline\": \"quiet\",\n"
			   "  \"iommu\": {\n"
			   "   \"state\": \"on\",\n"
			   "   \"kind\": \"intel\"\n"
			   "  }\n"
			   " },\n"
			   " \"functions\": [\n"
			   "  {\n"
			   "   \"address\": \"0000:01:00.0\",\n"
			   "   \"vendor\": \"10de\",\n"
			   "   \"device\": \"1bb0\",\n"
			   "   \"class\": \"030000\",\n"
			   "   \"subsystem_vendor\": \"1028\",\n"
			   "   \"subsystem_device\": \"11b2\",\n"
			   "   \"revision\": \"a1\",\n"
			   "   \"driver\": \"mlx5_vfio_pci\",\n"
			   "   \"driver_override\": \"mlx5_vfio_pci\",\n"
			   "   \"modules\": [\n"
			   "    \"nouveau\",\n"
			   "    \"nvidia\"\n"
			   "   ],\n"
			   "   \"iommu_group\": 10,\n"
			   "   \"name\": \"NVIDIA Quadro\",\n"
			   "   \"numa_node\": 0,\n"
			   "   \"physfn\": null,\n"
			   "   \"guards\": [\n"
			   "    \"display\",\n"
			   "    \"in-use\"\n"
			   "   ],\n"
			   "   \"section\": \"gpu\",\n"
			   "   \"assignable\": null\n"
			   "  },\n"
			   "  {\n"
			   "   \"address\": \"0000:02:00.0\",\n"
			   "   \"vendor\": null,\n"
			   "   \"device\": null,\n"
			   "   \"class\": null,\n"
			   "   \"subsystem_vendor\": null,\n"
			   "   \"subsystem_device\": null,\n"
			   "   \"revision\": null,\n"
			   "   \"driver\": null,\n"
			   "   \"driver_override\": null,\n"
			   "   \"modules\": null,\n"
			   "   \"iommu_group\": null,\n"
			   "   \"name\": null,\n"
			   "   \"numa_node\": null,\n"
			   "   \"physfn\": null,\n"
			   "   \"guards\": [],\n"
			   "   \"section\": null,\n"
			   "   \"assignable\": null\n"
			   "  },\n"
			   "  {\n"
			   "   \"address\": \"10000:01:10.0\",\n"
			   "   \"vendor\": \"8086\",\n"
			   "   \"device\": \"10ca\",\n"
			   "   \"class\": \"020000\",\n"
			   "   \"subsystem_vendor\": \"0000\",\n"
			   "   \"subsystem_device\": \"0000\",\n"
			   "   \"revision\": null,\n"
			   "   \"driver\": null,\n"
			   "   \"driver_override\": null,\n"
			   "   \"modules\": [],\n"
			   "   \"iommu_group\": 123456,\n"
			   "   \"name\": \"caf\\\\xe9\",\n"
			   "   \"numa_node\": null,\n"
			   "   \"physfn\": \"10000:01:00.0\",\n"
			   "   \"guards\": [],\n"
			   "   \"section\": null,\n"
			   "   \"assignable\": null\n"
			   "  }\n"
			   " ]\n"
			   "}\n";

TEST(json_has_every_key_and_null_for_unknown)
{
	_cleanup_free_ char *text = render_list(FORMAT_JSON, &inventory, entries, 80);
	json_t *report = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

	check_text("report", text, json);
	assert_non_null(report);
	json_decref(report);
}

TEST(json_of_a_host_that_says_nothing)
{
	struct inventory nothing = {};
	_cleanup_free_ char *text = render_list(FORMAT_JSON, &nothing, NULL, 0);
	json_t *report = json_loads(text, 0, NULL), *host = json_object_get(report, "host");

	assert_true(json_is_null(json_object_get(host, "kernel")));
	assert_true(json_is_null(json_object_get(host, "cmdline")));
	assert_true(json_is_null(json_object_get(json_object_get(host, "iommu"), "kind")));
	assert_string_equal(json_string_value(
				    json_object_get(json_object_get(host, "iommu"), "state")),
			    "unknown");
	assert_int_equal(json_array_size(json_object_get(report, "functions")), 0);
	json_decref(report);
}

TEST(only_what_is_shown)
{
	entries[0].shown = entries[2].shown = false;
	_cleanup_free_ char *text = render_list(FORMAT_TEXT, &inventory, entries, 0);
	_cleanup_free_ char *as_json = render_list(FORMAT_JSON, &inventory, entries, 0);
	json_t *report = json_loads(as_json, 0, NULL),
	       *functions = json_object_get(report, "functions");

	/* The columns are as wide as what is shown, and those of which nothing is known are gone. */
	check_text("text", text,
		   "ADDRESS       GROUP  ID  CLASS  DRIVER\n"
		   "0000:02:00.0  -      ?   ?      -\n");
	assert_int_equal(json_array_size(functions), 1);
	assert_string_equal(json_string_value(
				    json_object_get(json_array_get(functions, 0), "address")),
			    "0000:02:00.0");
	json_decref(report);
}

TEST(nothing_shown_is_a_head)
{
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++)
		entries[i].shown = false;
	_cleanup_free_ char *text = render_list(FORMAT_TEXT, &inventory, entries, 0);

	check_text("text", text, "ADDRESS  GROUP  ID  CLASS  DRIVER\n");
}

TEST(text_is_a_table)
{
	_cleanup_free_ char *text = render_list(FORMAT_TEXT, &inventory, entries, 0);

	check_text(
		"text", text,
		"ADDRESS        GROUP   ID         CLASS  DRIVER         SECTION  GUARDS          NAME\n"
		"0000:01:00.0   10      10de:1bb0  0300   mlx5_vfio_pci  gpu      display,in-use  NVIDIA Quadro\n"
		"0000:02:00.0   -       ?          ?      -              -        -\n"
		"10000:01:10.0  123456  8086:10ca  0200   -              -        -               caf\\xe9\n");
}

TEST(lines_are_cut_to_the_terminal)
{
	_cleanup_free_ char *wide = render_list(FORMAT_TEXT, &inventory, entries, 1000);
	_cleanup_free_ char *uncut = render_list(FORMAT_TEXT, &inventory, entries, 0);
	_cleanup_free_ char *narrow = render_list(FORMAT_TEXT, &inventory, entries, 24);
	_cleanup_free_ char *one = render_list(FORMAT_TEXT, &inventory, entries, 1);

	check_text("wide", wide, uncut);
	check_text("narrow", narrow,
		   "ADDRESS        GROUP   I\n"
		   "0000:01:00.0   10      1\n"
		   "0000:02:00.0   -       ?\n"
		   "10000:01:10.0  123456  8\n");
	check_text("one column", one, "A\n0\n0\n1\n");
	/* Each width gives no line that is longer, and none that ends in white space. */
	for (unsigned width = 1; width < 110; width++) {
		_cleanup_free_ char *text = render_list(FORMAT_TEXT, &inventory, entries, width);

		for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
			size_t length = strcspn(line, "\n");

			assert_true(length <= width && length > 0 && line[length - 1] != ' ');
		}
	}
}

int main(void)
{
#define LIST_TEST(name) cmocka_unit_test_setup_teardown(name, make_inventory, free_inventory)
	const struct CMUnitTest tests[] = {
		LIST_TEST(json_has_every_key_and_null_for_unknown),
		LIST_TEST(json_of_a_host_that_says_nothing),
		LIST_TEST(only_what_is_shown),
		LIST_TEST(nothing_shown_is_a_head),
		LIST_TEST(text_is_a_table),
		LIST_TEST(lines_are_cut_to_the_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
