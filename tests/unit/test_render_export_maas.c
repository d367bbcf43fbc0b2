/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "decide/export.h"
#include "decide/planner.h"
#include "render/export.h"
#include "support.h"

static struct inventory inventory;

/* 01:00.0 has two virtual functions and can have more; two graphics cards. */
static int make_inventory(void **state _unused_)
{
	inventory.iommu = IOMMU_ON;
	inventory.has_iommu_backend = true;
	strv_split(&inventory.drivers, "igb vfio-pci", " ");
	add_function(&inventory, "01:00.0", 0x8086, 0x10c9, 0x020000, 10, "igb");
	add_function(&inventory, "01:10.0", 0x8086, 0x10ca, 0x020000, 11, "vfio-pci");
	add_function(&inventory, "01:10.2", 0x8086, 0x10ca, 0x020000, 12, "vfio-pci");
	add_function(&inventory, "83:00.0", 0x10de, 0xbb0, 0x120000, 14, "vfio-pci");
	add_function(&inventory, "84:00.0", 0x10de, 0x1bb1, 0x120000, 15, "vfio-pci");
	inventory.items[0].total_vfs = 8;
	inventory.items[0].num_vfs = 2;
	inventory.items[0].vf_offset = 128;
	inventory.items[0].vf_stride = 2;
	inventory.items[0].vf_device = 0x10ca;
	for (size_t i = 1; i < 3; i++) {
		inventory.items[i].is_vf = true;
		inventory.items[i].physfn = inventory.items[0].address;
	}
	return 0;
}

static int free_inventory(void **state _unused_)
{
	inventory_done(&inventory);
	return 0;
}

/* The text for that profile, the caller's. */
static char *text_of(enum export_text which, const char *profile_text, const char *arguments,
		     const char *program)
{
	_cleanup_(findings_done) struct findings findings = {};
	struct profile profile;
	struct match match;
	struct plan plan;
	struct export export = {
		.text = which,
		.profile = &profile,
		.inventory = &inventory,
	};
	char *text;

	profile_from(profile_text, &profile);
	ini_file_parse(profile_text, strlen(profile_text), "profile", &profile.entries, &findings);
	match_make(&profile, &inventory, &match);
	plan_make(&profile, PHASE_APPLY, &match, &plan);
	export_make(&plan, &export, &findings);
	check_findings(profile_text, &findings, "");
	strv_split(&export.arguments, arguments, " ");
	export.program = xstrdup_null(program);
	text = render_export(&export);
	export_done(&export);
	plan_done(&plan);
	match_done(&match);
	profile_done(&profile);
	return text;
}

#define IDS(vendor, device)                                 \
	"hints/hint[@name=\"pci.vendor\"]/@value=\"" vendor \
	"\" and hints/hint[@name=\"pci.device\"]/@value=\"" device "\""

/* What is commissioned has no virtual functions yet: the function that makes them is asked for, once. */
TEST(tags)
{
	static const struct {
		const char *profile, *definition;
	} rows[] = {
		{"[device a]\naddress = 83:00.0\n",
		 "//node[businfo=\"pci@0000:83:00.0\" and " IDS("0x10DE", "0xBB0") "]"},
		{"[device a]\nid = 10de:*\n",
		 "count(//node[(" IDS("0x10DE", "0xBB0") ") or (" IDS("0x10DE",
								      "0x1BB1") ")]) > 0"},
		{"[device a]\nid = 10de:*\ncount = 2\n[device b]\naddress = 01:00.0\nvfs = 4\n",
		 "count(//node[(" IDS("0x10DE", "0xBB0") ") or (" IDS(
			 "0x10DE", "0x1BB1") ")]) = 2 and //node[businfo=\"pci@0000:01:00.0\" "
					     "and " IDS("0x8086", "0x10C9") "]"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *text = text_of(EXPORT_MAAS_TAG, rows[i].profile, "", NULL),
				    *want = xasprintf(" \\\n  definition='%s'\n",
						      rows[i].definition);

		check_text(rows[i].profile, strstr(text, " \\\n  definition="), want);
		assert_null(strstr(text, "kernel_opts"));
	}
}

/* Each word is one word. */
TEST(tags_of_hostile_names)
{
	_cleanup_free_ char *text = text_of(EXPORT_MAAS_TAG,
					    "[host]\ndescription = it's $(x)\n"
					    "[device a]\naddress = 83:00.0\nalias = a' $(b)_9\n",
					    "iommu=pt a=$(c)", NULL);

	assert_true(text_starts_with(text, "maas \"$PROFILE\" tags create \\\n"
					   "  name=vfio-a----b-_9 \\\n"
					   "  comment='Machines that vfio-prepare makes ready: "
					   "it'\\''s $(x)' \\\n"
					   "  kernel_opts='iommu=pt a=$(c)' \\\n"));
}

/* As host/program.h packs one. */
static char *packed(const char *path)
{
	_cleanup_free_ char *command = xasprintf("gzip -nc %s | base64", path);
	FILE *file = popen(command, "r");
	char text[1024] = "";

	assert_non_null(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	assert_int_equal(pclose(file), 0);
	return xstrdup(text);
}

/* The script runs the program that it carries, once for people and once for MAAS; what it says is the result. */
TEST(scripts_carry_the_program)
{
	static const struct {
		enum export_text text;
		const char *says, *result;
		int status;
	} rows[] = {
		{EXPORT_MAAS_COMMISSIONING, "status: passed", "status: passed\n", 0},
		{EXPORT_MAAS_TESTING, "status: degraded", "status: degraded\n", 0},
		{EXPORT_MAAS_TESTING, "status: failed", "status: failed\n", 1},
		{EXPORT_MAAS_TESTING, "", "status: failed\n", 1},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char directory[] = "/tmp/vfio-maas-XXXXXX";
		_cleanup_free_ char *program = NULL, *script = NULL, *path = NULL, *command = NULL,
				    *want = NULL;
		char got[256] = "";
		FILE *file;

		assert_non_null(mkdtemp(directory));
		path = xasprintf("%s/program", directory);
		file = fopen(path, "we");
		assert_non_null(file);
		fprintf(file,
			"#!/bin/sh\ncase $* in *' --format maas') ;; *) grep -q 'address = 83:00.0' \"$2\" && "
			"echo \"ran $3 $4\" >>%s/ran ;; esac\necho '%s'\n",
			directory, rows[i].says);
		assert_int_equal(fclose(file), 0);
		program = packed(path);
		free(path);
		script = text_of(rows[i].text, "[device x]\naddress = 83:00.0\n", "", program);
		path = xasprintf("%s/script", directory);
		file = fopen(path, "we");
		assert_non_null(file);
		assert_true(fputs(script, file) >= 0);
		assert_int_equal(fclose(file), 0);
		command = xasprintf(
			"cd %s && RESULT_PATH=result sh ./script >said; status=$?; cat result ran; "
			"rm -r %s; exit $status",
			directory, directory);
		file = popen(command, "r");
		assert_non_null(file);
		got[fread(got, 1, sizeof(got) - 1, file)] = '\0';
		check_int(rows[i].says, WEXITSTATUS(pclose(file)), rows[i].status);
		want = xasprintf("%sran validate %s\n", rows[i].result,
				 rows[i].text == EXPORT_MAAS_COMMISSIONING ? "--fit" : "");
		check_text(rows[i].says, got, want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tags),
		cmocka_unit_test(tags_of_hostile_names),
		cmocka_unit_test(scripts_carry_the_program),
	};

	return cmocka_run_group_tests(tests, make_inventory, free_inventory);
}
