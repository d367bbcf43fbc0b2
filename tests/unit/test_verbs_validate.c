/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verbs.h"

TEST(status_is_the_verdict)
{
	static const struct {
		const char *profile;
		int status;
		const char *first_line;
	} rows[] = {
		{"[device x]\naddress = 01:00.0\n", STATUS_DONE, "ready: "},
		{"[host]\ndescription = x\n", STATUS_DONE, "ready: "},
		{"[device x]\naddress = 01:00.0 02:00.0\n", STATUS_REFUSED, "not ready: "},
		{"[device x]\naddress = 09:00.0\n", STATUS_REFUSED, "not ready: "},
		{"[hots]\n", STATUS_USAGE, ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		profile(rows[i].profile);
		check_int(rows[i].profile, run_verb(&validate_verb, &(struct options){}),
			  rows[i].status);
		check(rows[i].profile,
		      strncmp(out.text, rows[i].first_line, strlen(rows[i].first_line)) == 0);
	}
}

TEST(unknown_is_not_ready)
{
	profile("[device x]\naddress = 01:00.0\n");
	tree_remove(&tree, "sys/class/iommu/dmar0");
	tree_remove(&tree, "sys/class/iommu");
	tree_file(&tree, "sys/class/iommu", "");
	assert_int_equal(run_verb(&validate_verb, &(struct options){}), STATUS_REFUSED);
	assert_memory_equal(out.text, "unknown: ", 9);
}

/* Services ask for the devices, whatever else there is to be said of the host. */
TEST(devices_alone)
{
	const struct options devices = {.devices = true};

	profile("[device x]\naddress = 01:00.0\n");
	tree_remove(&tree, "sys/class/iommu/dmar0");
	tree_remove(&tree, "sys/class/iommu");
	tree_file(&tree, "sys/class/iommu", "");
	assert_int_equal(run_verb(&validate_verb, &devices), STATUS_DONE);
	profile("[device x]\naddress = 01:00.0 02:00.0\n");
	assert_int_equal(run_verb(&validate_verb, &devices), STATUS_REFUSED);
	profile("[device x]\naddress = 01:00.0 09:00.0\n");
	assert_int_equal(run_verb(&validate_verb, &devices), STATUS_REFUSED);
}

/* What it prints to a terminal. */
static void run_on_terminal(char *ret, size_t size)
{
	int terminal = posix_openpt(O_RDWR | O_NOCTTY), out_fd = dup(STDOUT_FILENO), slave;
	ssize_t n;

	assert_true(terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0);
	slave = open(ptsname(terminal), O_RDWR | O_NOCTTY);
	assert_true(slave >= 0);
	fflush(stdout);
	dup2(slave, STDOUT_FILENO);
	validate_verb.run(&tree.root, &(struct options){});
	dup2(out_fd, STDOUT_FILENO);
	n = read(terminal, ret, size - 1);
	assert_true(n > 0);
	ret[n] = '\0';
	close(slave);
	close(terminal);
	close(out_fd);
}

TEST(colours_are_for_terminals_that_want_them)
{
	static const struct {
		const char *terminal, *no_color;
		bool coloured;
	} rows[] = {
		{"xterm-256color", NULL, true},
		{"xterm-256color", "", true},
		{"xterm-256color", "1", false},
		{"dumb", NULL, false},
		{NULL, NULL, false},
	};
	char text[4096];

	profile("[device x]\naddress = 01:00.0\n");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		unsetenv("TERM");
		unsetenv("NO_COLOR");
		if (rows[i].terminal)
			setenv("TERM", rows[i].terminal, 1);
		if (rows[i].no_color)
			setenv("NO_COLOR", rows[i].no_color, 1);
		run_on_terminal(text, sizeof(text));
		check_int("coloured", strchr(text, '\033') != NULL, rows[i].coloured);
	}
	setenv("TERM", "xterm-256color", 1);
	unsetenv("NO_COLOR");
	run_verb(&validate_verb, &(struct options){});
	assert_null(strchr(out.text, '\033'));
}

TEST(json)
{
	profile("[device x]\naddress = 01:00.0\n");
	run_verb(&validate_verb, &(struct options){.format = FORMAT_JSON});
	assert_non_null(strstr(out.text, "\"status\": \"ready\",\n \"ready\": true,"));
}

TEST(a_plugin_has_its_own_status)
{
	const struct options nagios = {.format = FORMAT_NAGIOS};

	profile("[device x]\naddress = 01:00.0\n");
	assert_int_equal(run_verb(&validate_verb, &nagios), 0);
	assert_memory_equal(out.text, "VFIO OK - ", 10);
	profile("[device x]\naddress = 01:00.0 02:00.0\n");
	assert_int_equal(run_verb(&validate_verb, &nagios), 2);
	assert_memory_equal(out.text, "VFIO CRITICAL - ", 16);
}

TEST(monitors_are_told_that_a_profile_is_wrong)
{
	static const struct {
		enum format format;
		int status;
		const char *text, *finding;
	} rows[] = {
		{FORMAT_NAGIOS, 3, "VFIO UNKNOWN - ", " [not-validated]"},
		{FORMAT_PROMETHEUS, STATUS_USAGE, "\nvfio_prepare_ready 0\n",
		 "{check=\"not-validated\",severity=\"error\",subject=\"host\"} 1\n"},
		{FORMAT_MAAS, STATUS_USAGE, "status: failed\n", " [not-validated]"},
		{FORMAT_JSON, STATUS_USAGE, "", ""},
	};

	profile("[hots]\n");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int status = run_verb(&validate_verb, &(struct options){.format = rows[i].format});

		check_int(rows[i].text, status, rows[i].status);
		check(rows[i].text, strstr(out.text, rows[i].text) != NULL);
		check(rows[i].text, strstr(out.text, rows[i].finding) != NULL);
		check(rows[i].text, strstr(err.text, "hots") != NULL);
	}
	assert_string_equal(out.text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(status_is_the_verdict, verb_start, verb_stop),
		cmocka_unit_test_setup_teardown(unknown_is_not_ready, verb_start, verb_stop),
		cmocka_unit_test_setup_teardown(a_plugin_has_its_own_status, verb_start, verb_stop),
		cmocka_unit_test_setup_teardown(monitors_are_told_that_a_profile_is_wrong,
						verb_start, verb_stop),
		cmocka_unit_test_setup_teardown(devices_alone, verb_start, verb_stop),
		cmocka_unit_test_setup_teardown(colours_are_for_terminals_that_want_them,
						verb_start, verb_stop),
		cmocka_unit_test_setup_teardown(json, verb_start, verb_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
