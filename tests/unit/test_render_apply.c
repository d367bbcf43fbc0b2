/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/apply.h"

#include "support.h"

static struct planned_files files;
static struct command_list commands;
static struct restart_reasons reasons;
static struct findings findings;
static struct apply_report report = {&files, &commands, NULL, &reasons, &findings};

static int stop(void **state _unused_)
{
	planned_files_done(&files);
	command_list_done(&commands);
	restart_reasons_done(&reasons);
	findings_done(&findings);
	report.log = NULL;
	return 0;
}

static void check_report(const char *what, enum format format, const char *want)
{
	_cleanup_free_ char *text = render_apply(format, &report);

	check_text(what, text, want);
}

static void set_command(size_t i, enum command_result result, int status)
{
	commands.items[i].result = result;
	commands.items[i].status = status;
}

TEST(nothing)
{
	planned_file_add(&files, "/etc/x", FILE_HEADER "a\n", FILE_HEADER "a\n");
	check_report("text", FORMAT_TEXT, "All is as it should be: nothing was written.\n");
	check_report("json", FORMAT_JSON,
		     "{\n \"version\": 1,\n \"files\": [\n  {\n   \"path\": \"/etc/x\",\n"
		     "   \"state\": \"same\",\n   \"diff\": \"\",\n   \"result\": \"left\",\n"
		     "   \"error\": null\n  }\n ],\n \"commands\": [],\n \"log\": null,\n"
		     " \"reboot_required\": false,\n \"reasons\": [],\n \"findings\": []\n}\n");
}

TEST(all_of_it)
{
	planned_file_add(&files, "/etc/a", FILE_HEADER "a\n", FILE_HEADER "b\n");
	planned_file_add(&files, "/etc/b", FILE_HEADER "a\n", "");
	planned_file_add(&files, "/etc/c", "mine\n", FILE_HEADER "c\n");
	files.items[0].result = FILE_WRITTEN;
	files.items[1].result = FILE_FAILED;
	files.items[1].error = -EROFS;
	files.items[2].result = FILE_REFUSED;
	planned_file_unreadable(&files, "/etc/d", -EIO, "");
	files.items[3].result = FILE_REFUSED;
	command_add(&commands, "why", "make all");
	command_add(&commands, "why", "make some");
	command_add(&commands, "why", "make none");
	command_add(&commands, "why", "make more");
	command_add(&commands, "why", "make most");
	command_add(&commands, "why", "make last");
	set_command(0, COMMAND_DONE, 0);
	set_command(1, COMMAND_FAILED, 2);
	set_command(2, COMMAND_FAILED, -ENOENT);
	set_command(3, COMMAND_FAILED, 128 + 9);
	set_command(4, COMMAND_SKIPPED, 0);
	report.log = "/var/log/x";
	restart_reasons_add(&reasons, REASON_ARGUMENT, "a");
	restart_reasons_add(&reasons, REASON_COMMAND, "b");
	finding_remedy(finding_add(&findings, SEVERITY_NOTE, FINDING_KEYBOARD, "y", "z"), "do it");
	check_report("text", FORMAT_TEXT,
		     "written /etc/a\n  -a\n  +b\n"
		     "failed /etc/b: Read-only file system\n"
		     "  -# Written by vfio-prepare from its profile; changes here are lost.\n  -a\n"
		     "refused /etc/c: not written by vfio-prepare; --force replaces it\n"
		     "  +# Written by vfio-prepare from its profile; changes here are lost.\n  +c\n"
		     "refused /etc/d: cannot be read: Input/output error\n"
		     "ran make all  (why)\n"
		     "failed: make some: exit status 2\n"
		     "failed: make none: No such file or directory\n"
		     "failed: make more: ended by signal 9\n"
		     "not run: make most\n"
		     "to be run: make last  (why)\n"
		     "what was said is in /var/log/x\n"
		     "note: y: z [keyboard]\n  -> do it\n"
		     "A restart is required:\n  argument a\n  command b\n");
}

TEST(json)
{
	planned_file_add(&files, "/etc/a", NULL, FILE_HEADER);
	files.items[0].result = FILE_FAILED;
	files.items[0].error = -EROFS;
	command_add(&commands, "why", "make some");
	command_add(&commands, "why", "make none");
	set_command(0, COMMAND_FAILED, 2);
	set_command(1, COMMAND_FAILED, -ENOENT);
	report.log = "/var/log/x";
	restart_reasons_add(&reasons, REASON_ARGUMENT, "a");
	check_report(
		"json", FORMAT_JSON,
		"{\n \"version\": 1,\n \"files\": [\n  {\n   \"path\": \"/etc/a\",\n"
		"   \"state\": \"create\",\n   \"diff\": \"+# Written by vfio-prepare from its profile; "
		"changes here are lost.\\n\",\n   \"result\": \"failed\",\n"
		"   \"error\": \"Read-only file system\"\n  }\n ],\n \"commands\": [\n  {\n"
		"   \"command\": [\n    \"make\",\n    \"some\"\n   ],\n   \"reason\": \"why\",\n"
		"   \"result\": \"failed\",\n   \"status\": 2\n  },\n  {\n"
		"   \"command\": [\n    \"make\",\n    \"none\"\n   ],\n   \"reason\": \"why\",\n"
		"   \"result\": \"failed\",\n   \"status\": null\n  }\n ],\n \"log\": \"/var/log/x\",\n"
		" \"reboot_required\": true,\n \"reasons\": [\n  \"argument a\"\n ],\n"
		" \"findings\": []\n}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(nothing, stop),
		cmocka_unit_test_teardown(all_of_it, stop),
		cmocka_unit_test_teardown(json, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
