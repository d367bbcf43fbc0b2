/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/boot_log.h"
#include "render/boot_log.h"
#include "support.h"

#define LOG                                                                                     \
	"{\n \"version\": 1,\n \"bound\": [\n"                                                  \
	"  {\n   \"section\": \"gpu\",\n   \"driver\": \"vfio-pci\",\n   \"addresses\": [\n"    \
	"    \"0000:01:00.0\",\n    \"0000:02:00.0\"\n   ]\n  },\n"                             \
	"  {\n   \"section\": \"nic\",\n   \"driver\": \"vfio-pci\",\n   \"addresses\": [\n"    \
	"    \"0000:03:00.0\"\n   ]\n  },\n"                                                    \
	"  {\n   \"section\": \"nic\",\n   \"driver\": \"pci-stub\",\n   \"addresses\": [\n"    \
	"    \"0000:04:00.0\"\n   ]\n  }\n ],\n \"released\": [\n  \"0000:05:00.0\"\n ],\n"     \
	" \"phases\": [\n  {\n   \"phase\": \"early\",\n   \"started_ms\": 2149,\n"             \
	"   \"elapsed_ms\": 310,\n   \"off\": null,\n   \"left_out\": 1,\n   \"outcomes\": [\n" \
	"    {\n     \"address\": \"0000:01:00.0\",\n     \"section\": \"gpu\",\n"              \
	"     \"want\": \"vfio-pci\",\n     \"before\": null,\n     \"after\": \"vfio-pci\",\n" \
	"     \"result\": \"done\",\n     \"error\": null,\n     \"elapsed_ms\": 12\n    },\n"  \
	"    {\n     \"address\": \"0000:02:00.0\",\n     \"section\": \"gpu\",\n"              \
	"     \"want\": \"vfio-pci\",\n     \"before\": \"nouveau\",\n     \"after\": null,\n"  \
	"     \"result\": \"timeout\",\n"                                                       \
	"     \"error\": \"unbinding did not return within 10 s\",\n     \"elapsed_ms\": 0\n"   \
	"    }\n   ],\n   \"findings\": [\n    {\n     \"check\": \"device-absent\",\n"         \
	"     \"severity\": \"error\",\n     \"subject\": \"0000:03:00.0\",\n"                  \
	"     \"detail\": \"gone\",\n     \"remedy\": \"\"\n    }\n   ]\n  },\n"                \
	"  {\n   \"phase\": \"system\",\n   \"started_ms\": 65000,\n   \"elapsed_ms\": 0,\n"    \
	"   \"off\": \"vfio_prepare.enable=0\",\n   \"left_out\": 0,\n   \"outcomes\": [],\n"   \
	"   \"findings\": []\n  }\n ]\n}\n"

/* The log that a former run wrote comes back in the same bytes. */
TEST(written_as_it_was_read)
{
	_cleanup_free_ char *text = NULL;
	struct boot_log log;

	boot_log_parse(LOG, &log);
	text = render_boot_log(&log);
	check_text("log", text, LOG);
	boot_log_done(&log);
}

TEST(story)
{
	struct boot_log log;
	struct buf story = {};

	boot_log_parse(LOG, &log);
	text_boot_log(&story, &log);
	check_text(
		"story", buf_text(&story),
		"  early phase, 2.1 s after the kernel's start, took 310 ms, 1 device done\n"
		"    0000:01:00.0 [gpu] done, on vfio-pci\n"
		"    0000:02:00.0 [gpu] timeout, on no driver: unbinding did not return within 10 s\n"
		"  system phase, 65.0 s after the kernel's start, took 0 ms: turned off by "
		"vfio_prepare.enable=0\n");
	buf_done(&story);
	boot_log_done(&log);
}

TEST(an_empty_log)
{
	struct boot_log log = {};
	struct buf story = {};
	_cleanup_free_ char *text = render_boot_log(&log);

	check_text(
		"log", text,
		"{\n \"version\": 1,\n \"bound\": [],\n \"released\": [],\n \"phases\": []\n}\n");
	text_boot_log(&story, &log);
	check_text("story", buf_text(&story), "");
	buf_done(&story);
}

TEST(reasons)
{
	struct restart_reasons reasons = {};
	_cleanup_free_ char *none = render_restart_reasons(&reasons), *some = NULL;

	check_text("none", none, "");
	restart_reasons_add(&reasons, REASON_ARGUMENT, "iommu=pt");
	restart_reasons_add_device(&reasons, &(struct pci_address){.bus = 1});
	some = render_restart_reasons(&reasons);
	check_text("some", some, "argument iommu=pt\ndevice 0000:01:00.0\n");
	restart_reasons_done(&reasons);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(written_as_it_was_read),
		cmocka_unit_test(story),
		cmocka_unit_test(an_empty_log),
		cmocka_unit_test(reasons),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
