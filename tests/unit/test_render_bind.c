/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/bind.h"
#include "support.h"

static const struct {
	struct outcome outcome;
	const char *line;
} rows[] = {
	{{.before_known = true,
	  .before = "e1000e",
	  .after = (char[]){"vfio-pci"},
	  .after_known = true,
	  .result = RESULT_DONE},
	 "0000:01:00.0: done: on vfio-pci (was: e1000e)"},
	{{.before_known = true,
	  .after = (char[]){"vfio-pci"},
	  .after_known = true,
	  .result = RESULT_DONE},
	 "0000:01:00.0: done: on vfio-pci (was: none)"},
	{{.after_known = true, .result = RESULT_REFUSED},
	 "0000:01:00.0: refused: on no driver (was: unknown)"},
	{{.before_known = true,
	  .before = "vfio-pci",
	  .after = (char[]){"vfio-pci"},
	  .after_known = true,
	  .result = RESULT_ALREADY},
	 "0000:01:00.0: already: on vfio-pci (was: vfio-pci)"},
	{{.before_known = true,
	  .before = "e1000e",
	  .after_known = true,
	  .result = RESULT_FAILED,
	  .error = (char[]){"why"}},
	 "0000:01:00.0: failed: on no driver (was: e1000e): why"},
	{{.before_known = true,
	  .before = "e1000e",
	  .result = RESULT_TIMEOUT,
	  .error = (char[]){"no answer"}},
	 "0000:01:00.0: timeout: on an unknown driver (was: e1000e): no answer"},
	/* What is not known stays so, whatever stands there. */
	{{.before_known = true,
	  .before = "e1000e",
	  .after = (char[]){"x"},
	  .result = RESULT_FAILED},
	 "0000:01:00.0: failed: on an unknown driver (was: e1000e)"},
	{{.before_known = true,
	  .after_known = true,
	  .result = RESULT_SKIPPED,
	  .error = (char[]){"not on this host"}},
	 "0000:01:00.0: skipped: on no driver (was: none): not on this host"},
	{{.before_known = true,
	  .before = "nvme",
	  .after = (char[]){"nvme"},
	  .after_known = true,
	  .result = RESULT_REFUSED},
	 "0000:01:00.0: refused: on nvme (was: nvme)"},
	{{.before = "nvme",
	  .before_known = true,
	  .after = (char[]){"nvme"},
	  .after_known = true,
	  .vfs = 2},
	 "0000:01:00.0: done: on nvme, with 2 virtual functions (was: nvme)"},
};

TEST(outcomes_as_lines)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct outcome outcome = rows[i].outcome;
		_cleanup_free_ char *line = NULL;

		outcome.address = address("01:00.0");
		line = render_outcome(&outcome);
		check_text(rows[i].line, line, rows[i].line);
	}
}

static struct outcomes outcomes;
static struct findings findings;

static int make_report(void **state _unused_)
{
	*vec_add(&outcomes) = (struct outcome){.address = address("01:00.0"),
					       .section = "gpu",
					       .want = "vfio-pci",
					       .before_known = true,
					       .before = "e1000e",
					       .after = xstrdup("vfio-pci"),
					       .after_known = true,
					       .result = RESULT_DONE,
					       .elapsed_ms = 12};
	*vec_add(&outcomes) = (struct outcome){.address = address("10000:02:00.0"),
					       .section = "gpu",
					       .want = "vfio-pci",
					       .before_known = true,
					       .after_known = true,
					       .result = RESULT_FAILED,
					       .error = xstrdup("caf\xe9")};
	finding_add(&findings, SEVERITY_WARNING, FINDING_COUNT, "device gpu", "x");
	return 0;
}

static int free_report(void **state _unused_)
{
	outcomes_done(&outcomes);
	findings_done(&findings);
	return 0;
}

TEST(text)
{
	_cleanup_free_ char *got = render_bind(FORMAT_TEXT, BOOT_PHASE_SYSTEM, &outcomes, &findings);

	check_text("text", got,
		   "0000:01:00.0: done: on vfio-pci (was: e1000e)\n"
		   "10000:02:00.0: failed: on no driver (was: none): caf\xe9\n"
		   "warning: device gpu: x [count]\n");
}

TEST(json)
{
	_cleanup_free_ char *got = render_bind(FORMAT_JSON, BOOT_PHASE_EARLY, &outcomes, &findings);

	check_text("json", got,
		   "{\n"
		   " \"version\": 1,\n"
		   " \"phase\": \"early\",\n"
		   " \"outcomes\": [\n"
		   "  {\n"
		   "   \"address\": \"0000:01:00.0\",\n"
		   "   \"section\": \"gpu\",\n"
		   "   \"want\": \"vfio-pci\",\n"
		   "   \"before\": \"e1000e\",\n"
		   "   \"after\": \"vfio-pci\",\n"
		   "   \"result\": \"done\",\n"
		   "   \"error\": null,\n"
		   "   \"elapsed_ms\": 12\n"
		   "  },\n"
		   "  {\n"
		   "   \"address\": \"10000:02:00.0\",\n"
		   "   \"section\": \"gpu\",\n"
		   "   \"want\": \"vfio-pci\",\n"
		   "   \"before\": null,\n"
		   "   \"after\": null,\n"
		   "   \"result\": \"failed\",\n"
		   "   \"error\": \"caf\\\\xe9\",\n"
		   "   \"elapsed_ms\": 0\n"
		   "  }\n"
		   " ],\n"
		   " \"findings\": [\n"
		   "  {\n"
		   "   \"check\": \"count\",\n"
		   "   \"severity\": \"warning\",\n"
		   "   \"subject\": \"device gpu\",\n"
		   "   \"detail\": \"x\",\n"
		   "   \"remedy\": \"\"\n"
		   "  }\n"
		   " ]\n"
		   "}\n");
}

TEST(nothing)
{
	_cleanup_free_ char *text_form = render_bind(FORMAT_TEXT, BOOT_PHASE_SYSTEM, &(struct outcomes){},
						     &(struct findings){});
	_cleanup_free_ char *json_form = render_bind(FORMAT_JSON, BOOT_PHASE_SYSTEM, &(struct outcomes){},
						     &(struct findings){});

	check_text("text", text_form, "");
	check_text("json", json_form,
		   "{\n \"version\": 1,\n \"phase\": \"system\",\n \"outcomes\": [],\n"
		   " \"findings\": []\n}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outcomes_as_lines),
		cmocka_unit_test_setup_teardown(text, make_report, free_report),
		cmocka_unit_test_setup_teardown(json, make_report, free_report),
		cmocka_unit_test(nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
