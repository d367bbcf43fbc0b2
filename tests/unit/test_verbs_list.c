/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <jansson.h>

#include "verbs.h"

#define HEAD "ADDRESS       GROUP  ID         CLASS  DRIVER    NAME\n"
#define ONE "0000:01:00.0  0      10de:1bb0  0200   vfio-pci  NVIDIA\n"
#define TWO "0000:02:00.0  1      8086:10d3  0200   e1000e    Intel 82574L\n"
#define THREE "0000:03:00.0  2      8086:10d3  0200   e1000e    Intel 82574L\n"
#define NARROW_HEAD "ADDRESS       GROUP  ID         CLASS  DRIVER  NAME\n"
#define NARROW_TWO "0000:02:00.0  1      8086:10d3  0200   e1000e  Intel 82574L\n"
#define NARROW_THREE "0000:03:00.0  2      8086:10d3  0200   e1000e  Intel 82574L\n"
#define EMPTY "ADDRESS  GROUP  ID  CLASS  DRIVER\n"

TEST(selections)
{
	static const struct {
		struct options options;
		const char *text;
	} rows[] = {
		{{}, HEAD ONE TWO THREE},
		{{.filter = "8086:"}, NARROW_HEAD NARROW_TWO NARROW_THREE},
		{{.filter = "8086:10d3:03"}, EMPTY},
		{{.address = "02:00.*"}, NARROW_HEAD NARROW_TWO},
		{{.name = "^nvidia$"}, HEAD ONE},
		{{.name = "82574|NVIDIA"}, HEAD ONE TWO THREE},
		{{.filter = "8086:", .address = "03:00.0", .name = "intel"},
		 NARROW_HEAD NARROW_THREE},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		check_int(rows[i].text, run_verb(&list_verb, &rows[i].options), STATUS_DONE);
		check_text("list", out.text, rows[i].text);
		check_text("list", err.text, "");
	}
}

TEST(names_that_are_not_known_match_no_regex)
{
	tree_remove(&tree, "usr/share/misc/pci.ids");
	assert_int_equal(run_verb(&list_verb, &(struct options){.name = ".*"}), STATUS_DONE);
	assert_string_equal(out.text, EMPTY);
}

TEST(selections_that_cannot_be_read)
{
	static const struct {
		struct options options;
		const char *message;
	} rows[] = {
		{{.filter = "8086"},
		 "vfio-prepare: --filter: \"8086\" is not vendor:device[:class] in hex\n"},
		{{.address = "x"},
		 "vfio-prepare: --address: \"x\" is not [domain:]bus:device.function\n"},
		{{.name = "("}, "vfio-prepare: --name: \"(\": Unmatched ( or \\(\n"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		check_int(rows[i].message, run_verb(&list_verb, &rows[i].options), STATUS_USAGE);
		check_text("message", err.text, rows[i].message);
		check_text("message", out.text, "");
	}
}

TEST(sections_of_the_profile)
{
	profile("[device nic]\naddress = 03:00.0\n");
	assert_int_equal(run_verb(&list_verb, &(struct options){}), STATUS_DONE);
	check_text("list", out.text,
		   "ADDRESS       GROUP  ID         CLASS  DRIVER    SECTION  NAME\n"
		   "0000:01:00.0  0      10de:1bb0  0200   vfio-pci  -        NVIDIA\n"
		   "0000:02:00.0  1      8086:10d3  0200   e1000e    -        Intel 82574L\n"
		   "0000:03:00.0  2      8086:10d3  0200   e1000e    nic      Intel 82574L\n");
	profile("[device nic]\nserial = 00-00-00-00-00-00-00-00\n");
	assert_int_equal(run_verb(&list_verb, &(struct options){}), STATUS_DONE);
	check_text("list", out.text, HEAD ONE TWO THREE);
}

TEST(a_wrong_profile_is_told_and_the_host_is_listed)
{
	profile("nonsense");
	assert_int_equal(run_verb(&list_verb, &(struct options){}), STATUS_DONE);
	check_text("list", out.text, HEAD ONE TWO THREE);
	assert_non_null(
		strstr(err.text, "/etc/vfio-prepare/profile.conf:1: \"nonsense\" is neither"));
	assert_int_equal(run_verb(&list_verb, &(struct options){.profile = "/missing"}),
			 STATUS_DONE);
	assert_non_null(strstr(err.text, "/missing: cannot be opened"));
}

TEST(json)
{
	json_t *report, *functions;

	profile("[device nic]\naddress = 03:00.0\n");
	assert_int_equal(run_verb(&list_verb,
				  &(struct options){.format = FORMAT_JSON, .filter = "8086:"}),
			 STATUS_DONE);
	report = json_loads(out.text, 0, NULL);
	functions = json_object_get(report, "functions");
	assert_int_equal(json_array_size(functions), 2);
	assert_true(json_is_null(json_object_get(json_array_get(functions, 0), "section")));
	assert_string_equal(json_string_value(
				    json_object_get(json_array_get(functions, 1), "section")),
			    "nic");
	json_decref(report);
}

TEST(what_could_be_given_away)
{
	json_t *report, *first;

	setenv("LC_ALL", "C", 1);
	assert_int_equal(run_verb(&list_verb, &(struct options){.assignable = true}), STATUS_DONE);
	check_part("tables", out.text, "Ethernet card");
	assert_int_equal(run_verb(&list_verb, &(struct options){.assignable = true, .tree = true}),
			 STATUS_DONE);
	check_part("tree", out.text, "ASSIGNABLE");
	check_part("tree", out.text, "`-- 0000:03:00.0");
	setenv("LC_ALL", "C.UTF-8", 1);
	assert_int_equal(run_verb(&list_verb, &(struct options){.tree = true}), STATUS_DONE);
	check_part("tree", out.text, "\u2514\u2500 0000:03:00.0");
	unsetenv("LC_ALL");
	setenv("LANG", "C.utf8", 1);
	assert_int_equal(run_verb(&list_verb, &(struct options){.tree = true}), STATUS_DONE);
	check_part("tree", out.text, "\u2514\u2500 0000:03:00.0");
	unsetenv("LANG");
	assert_int_equal(run_verb(&list_verb,
				  &(struct options){.format = FORMAT_JSON, .assignable = true}),
			 STATUS_DONE);
	report = json_loads(out.text, 0, NULL);
	first = json_array_get(json_object_get(report, "functions"), 0);
	assert_non_null(json_object_get(json_object_get(first, "assignable"), "verdict"));
	json_decref(report);
	assert_int_equal(run_verb(&list_verb,
				  &(struct options){.format = FORMAT_JSON, .tree = true}),
			 STATUS_USAGE);
	check_part("message", err.text, "--tree goes with --format text alone");
}

TEST(a_host_that_cannot_be_read)
{
	expect_unreadable_host(&list_verb);
}

int main(void)
{
#define VERB_TEST(name) cmocka_unit_test_setup_teardown(name, verb_start, verb_stop)
	const struct CMUnitTest tests[] = {
		VERB_TEST(selections),
		VERB_TEST(names_that_are_not_known_match_no_regex),
		VERB_TEST(selections_that_cannot_be_read),
		VERB_TEST(sections_of_the_profile),
		VERB_TEST(a_wrong_profile_is_told_and_the_host_is_listed),
		VERB_TEST(json),
		VERB_TEST(what_could_be_given_away),
		VERB_TEST(a_host_that_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
