/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verbs/selection.h"

#include "support.h"

static struct inventory inventory;

static int start(void **state _unused_)
{
	add_function(&inventory, "01:00.0", 0x10de, 0x1bb0, 0x030000, 1, NULL)->name = xstrdup(
		"NVIDIA Quadro P5000");
	add_function(&inventory, "01:00.1", 0x10de, 0x10f0, 0x040300, 1, NULL)->name = xstrdup(
		"NVIDIA Audio");
	add_function(&inventory, "03:00.0", 0x8086, 0x10d3, 0x020000, 2, NULL);
	add_function(&inventory, "04:00.0", 0x8086, 0x10d3, 0x020000, 3, NULL)->unknown =
		FUNCTION_IDS;
	return 0;
}

static int stop(void **state _unused_)
{
	inventory_done(&inventory);
	return 0;
}

TEST(what_each_selects)
{
	static const struct {
		struct options options;
		bool has[4];
	} rows[] = {
		{{}, {true, true, true, true}},
		{{.filter = "10de:"}, {true, true, false, false}},
		{{.filter = "10de:1bb0"}, {true, false, false, false}},
		{{.filter = "::02"}, {false, false, true, false}},
		/* What has no readable ids matches no filter, not even one for all. */
		{{.filter = ":"}, {true, true, true, false}},
		{{.address = "01:00.*"}, {true, true, false, false}},
		{{.address = "0000:04:00.0"}, {false, false, false, true}},
		{{.address = "05:00.0"}, {false, false, false, false}},
		{{.name = "quadro"}, {true, false, false, false}},
		{{.name = "^NVIDIA (Audio|x)$"}, {false, true, false, false}},
		{{.name = ""}, {true, true, false, false}},
		{{.filter = "10de:", .address = "01:00.1", .name = "nvidia"},
		 {false, true, false, false}},
		{{.filter = "8086:", .name = "nvidia"}, {false, false, false, false}},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *what = xasprintf("row %zu", i);
		struct selection selection = {};

		check_int(what, selection_parse(&rows[i].options, &selection), 0);
		for (size_t j = 0; j < inventory.n; j++)
			check_int(what, selection_has(&selection, &inventory.items[j]),
				  rows[i].has[j]);
		selection_done(&selection);
	}
}

TEST(what_cannot_be_read)
{
	static const struct {
		struct options options;
		const char *message;
	} rows[] = {
		{{.filter = "nvidia"},
		 "vfio-prepare: --filter: \"nvidia\" is not vendor:device[:class] in hex\n"},
		{{.filter = ""},
		 "vfio-prepare: --filter: \"\" is not vendor:device[:class] in hex\n"},
		{{.address = "01:00"},
		 "vfio-prepare: --address: \"01:00\" is not [domain:]bus:device.function\n"},
		{{.name = "("}, "vfio-prepare: --name: \"(\": Unmatched ( or \\(\n"},
		/* The first of them is told. */
		{{.filter = "x", .address = "y", .name = "("},
		 "vfio-prepare: --filter: \"x\" is not vendor:device[:class] in hex\n"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct selection selection = {};
		struct capture capture;
		int r;

		capture_begin(&capture, STDERR_FILENO);
		r = selection_parse(&rows[i].options, &selection);
		check_text("message", capture_end(&capture), rows[i].message);
		check_int(rows[i].message, r, -EINVAL);
		/* Nothing is left to be freed, and freeing nothing is no mistake. */
		selection_done(&selection);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_each_selects, start, stop),
		cmocka_unit_test(what_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
