/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/boot_log.h"
#include "support.h"

TEST(a_log)
{
	static const char text[] =
		"{\"version\":1,\"bound\":[{\"section\":\"gpu\",\"driver\":\"vfio-pci\","
		"\"addresses\":[\"0000:02:00.0\",\"0000:01:00.0\"]}],\"released\":[\"0000:03:00.0\"],"
		"\"phases\":[{\"phase\":\"premount\",\"started_ms\":2149,\"elapsed_ms\":310,"
		"\"off\":\"vfio_prepare.enable=0\",\"left_out\":2,\"outcomes\":[{\"address\":"
		"\"0000:02:00.0\",\"section\":\"gpu\",\"want\":\"vfio-pci\",\"before\":\"nouveau\","
		"\"after\":null,\"result\":\"timeout\",\"error\":\"why\",\"elapsed_ms\":10000}],"
		"\"findings\":[{\"check\":\"a-check\",\"severity\":\"note\",\"subject\":\"s\","
		"\"detail\":\"d\",\"remedy\":\"\"}]}]}";
	const struct logged_phase *phase;
	const struct outcome *outcome;
	struct boot_log log;

	boot_log_parse(text, &log);
	assert_int_equal(log.n, 1);
	phase = &log.items[0];
	assert_int_equal(phase->phase, BOOT_PHASE_PREMOUNT);
	assert_int_equal(phase->started_ms, 2149);
	assert_int_equal(phase->elapsed_ms, 310);
	check_text("off", phase->off, "vfio_prepare.enable=0");
	assert_int_equal(phase->n_left_out, 2);
	assert_int_equal(phase->outcomes.n, 1);
	outcome = &phase->outcomes.items[0];
	assert_int_equal(outcome->address.bus, 2);
	check_text("section", outcome->section, "gpu");
	check_text("want", outcome->want, "vfio-pci");
	check_text("before", outcome->before, "nouveau");
	assert_null(outcome->after);
	assert_int_equal(outcome->result, RESULT_TIMEOUT);
	check_text("error", outcome->error, "why");
	assert_int_equal(outcome->elapsed_ms, 10000);
	assert_int_equal(phase->findings.n, 1);
	check_text("check", phase->findings.items[0].check, "a-check");
	check_text("remedy", phase->findings.items[0].remedy, "");
	assert_int_equal(log.bindings.n, 2);
	assert_int_equal(log.bindings.items[0].address.bus, 1);
	check_text("driver", log.bindings.items[1].driver, "vfio-pci");
	assert_int_equal(log.bindings.released.n, 1);
	assert_int_equal(log.bindings.released.items[0].bus, 3);
	boot_log_done(&log);
}

TEST(no_log_is_an_empty_one)
{
	static const char *const texts[] = {NULL,
					    "",
					    "{",
					    "[]",
					    "{\"phases\":3}",
					    "{\"version\":1}",
					    "\xff\xfe",
					    "{\"phases\":[7,null]}"};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct boot_log log;

		boot_log_parse(texts[i], &log);
		check_int(texts[i] ? texts[i] : "none", log.n, 0);
		boot_log_done(&log);
	}
}

/* Each phase stays, as its place in time counts; of the rest what can be read. */
TEST(odd_phases)
{
	struct boot_log log;

	boot_log_parse("{\"phases\":[{},{\"phase\":\"late\",\"started_ms\":-1,\"elapsed_ms\":1e3,"
		       "\"outcomes\":[null,1,{\"address\":1,\"result\":\"done\"},"
		       "{\"address\":\"01:00.0\"},{\"address\":\"01:00.0\",\"result\":\"x\"},"
		       "{\"result\":\"timeout\"},{\"address\":\"where\",\"result\":\"done\"},"
		       "{\"address\":\"01:00.0\",\"result\":\"failed\",\"elapsed_ms\":5000000000}],"
		       "\"findings\":[3]}]}",
		       &log);
	assert_int_equal(log.n, 2);
	assert_int_equal(log.items[0].phase, BOOT_PHASE_UNKNOWN);
	assert_int_equal(log.items[1].phase, BOOT_PHASE_UNKNOWN);
	assert_int_equal(log.items[1].started_ms, 0);
	assert_int_equal(log.items[1].elapsed_ms, 0);
	assert_int_equal(log.items[1].outcomes.n, 1);
	assert_int_equal(log.items[1].outcomes.items[0].result, RESULT_FAILED);
	assert_int_equal(log.items[1].outcomes.items[0].elapsed_ms, UINT32_MAX);
	boot_log_done(&log);
}

TEST(odd_bindings_are_none)
{
	static const char *const texts[] = {
		"{\"bound\":3}",
		"{\"released\":[3,\"x\"]}",
		"{\"bound\":[3,null]}",
		"{\"bound\":[{\"addresses\":[\"01:00.0\"]}]}",
		"{\"bound\":[{\"addresses\":[\"01:00.0\"],\"driver\":\"\"}]}",
		"{\"bound\":[{\"addresses\":\"01:00.0\",\"driver\":\"vfio-pci\"}]}",
		"{\"bound\":[{\"addresses\":[\"x\",7],\"driver\":\"vfio-pci\"}]}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct boot_log log;

		boot_log_parse(texts[i], &log);
		check_int(texts[i], log.bindings.n, 0);
		check_int(texts[i], log.bindings.released.n, 0);
		check(texts[i], log.unknown);
		boot_log_done(&log);
	}
}

TEST(reasons)
{
	static const enum reason_kind kinds[] = {REASON_COMMAND, REASON_ARGUMENT, REASON_DEVICE,
						 REASON_OTHER, REASON_OTHER};
	struct restart_reasons reasons = {};

	restart_reasons_parse("command update-grub\nargument iommu=pt\n\ndevice 0000:01:00.0\n"
			      "device b\nwhatever",
			      &reasons);
	assert_int_equal(reasons.n, ARRAY_SIZE(kinds));
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		check_int(reasons.items[i].text, reasons.items[i].kind, kinds[i]);
	check_text("command", reasons.items[0].text, "command update-grub");
	assert_int_equal(reasons.items[2].address.bus, 1);
	check_text("no address", reasons.items[3].text, "device b");
	restart_reasons_done(&reasons);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_log),      cmocka_unit_test(no_log_is_an_empty_one),
		cmocka_unit_test(odd_phases), cmocka_unit_test(odd_bindings_are_none),
		cmocka_unit_test(reasons),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
