/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verbs.h"

static int export(const char *target, const char *part, struct options options)
{
	char *operands[] = {(char *)target, (char *)part};

	options.operands = operands;
	options.n_operands = !target ? 0 : part ? 2 : 1;
	return run_verb(&export_verb, &options);
}

TEST(what_the_host_bears_out_is_printed)
{
	profile("[device x]\naddress = 01:00.0\n[device y]\naddress = 02:00.0\n");
	assert_int_equal(export("libvirt", "nodedev", (struct options){}), STATUS_DONE);
	assert_string_equal(out.text, "pci_0000_01_00_0\npci_0000_02_00_0\n");
	assert_string_equal(err.text, "");
	profile("[device x]\naddress = 01:00.0 09:00.0\n");
	assert_int_equal(export("libvirt", "nodedev", (struct options){}), STATUS_REFUSED);
	assert_string_equal(out.text, "");
	assert_non_null(strstr(err.text, "0000:09:00.0"));
	profile("nonsense");
	assert_int_equal(export("libvirt", "nodedev", (struct options){}), STATUS_USAGE);
	assert_string_equal(out.text, "");
}

TEST(releases)
{
	profile("[device x]\naddress = 01:00.0\n");
	assert_int_equal(export("libvirt", "nodedev", (struct options){.release = "9.0.0"}),
			 STATUS_DONE);
	assert_int_equal(export("libvirt", "nodedev", (struct options){.release = "0.9"}),
			 STATUS_USAGE);
	assert_int_equal(export("libvirt", "nodedev", (struct options){.release = "new"}),
			 STATUS_USAGE);
}

/* A URL is for texts that install, and a wrong one is told. */
TEST(urls)
{
	struct options options = {.url = "http://h.example/v.tar.gz", .from_profile = true};

	profile("[device x]\naddress = 09:00.0\n");
	assert_int_equal(export("cloud-init", NULL, options), STATUS_USAGE);
	assert_non_null(strstr(err.text, "#sha256=HEX"));
	assert_string_equal(out.text, "");
	options.url = "https://h.example/v.tar.gz";
	assert_int_equal(export("cloud-init", NULL, options), STATUS_DONE);
	assert_non_null(strstr(out.text, "\n    [device x]\n    address = 09:00.0\n"));
	assert_non_null(strstr(out.text, "\n    url=https://h.example/v.tar.gz\n"));
	options.from_profile = false;
	assert_int_equal(export("cloud-init", NULL, options), STATUS_REFUSED);
	assert_string_equal(out.text, "");
	assert_int_equal(export("kernel-args", NULL, options), STATUS_USAGE);
}

/* The list needs neither profile nor host. */
TEST(the_list)
{
	profile("nonsense");
	assert_int_equal(export(NULL, NULL, (struct options){.list = true}), STATUS_DONE);
	assert_non_null(strstr(out.text, "kernel-args"));
	assert_string_equal(err.text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_the_host_bears_out_is_printed, verb_start,
						verb_stop),
		cmocka_unit_test_setup_teardown(releases, verb_start, verb_stop),
		cmocka_unit_test_setup_teardown(urls, verb_start, verb_stop),
		cmocka_unit_test_setup_teardown(the_list, verb_start, verb_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
