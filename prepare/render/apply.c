/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/apply.h"

#include <string.h>

#include "render/json.h"
#include "render/text.h"

static char *apply_json(const struct apply_report *report)
{
	json_t *reasons = json_array(), *json = json_report(), *files = json_array(),
	       *commands = json_array();

	vec_foreach(file, report->files) {
		json_t *object = json_object();

		json_object_set_new(object, "path", json_text_or_null(file->path));
		json_object_set_new(object, "state", json_string(file_state_name(file->state)));
		json_object_set_new(object, "diff", json_text_or_null(file->diff));
		json_object_set_new(object, "result", json_string(file_result_name(file->result)));
		json_object_set_new(object, "error",
				    file->error ? json_text_or_null(strerror(-file->error))
						: json_null());
		json_array_append_new(files, object);
	}
	vec_foreach(command, report->commands) {
		json_t *object = json_object();
		bool ran = command->result == COMMAND_DONE || command->result == COMMAND_FAILED;

		json_object_set_new(object, "command", json_strv(&command->argv));
		json_object_set_new(object, "reason", json_text_or_null(command->reason));
		json_object_set_new(object, "result",
				    json_string(command_result_name(command->result)));
		json_object_set_new(object, "status",
				    ran && command->status >= 0 ? json_integer(command->status)
								: json_null());
		json_array_append_new(commands, object);
	}
	vec_foreach(reason, report->reasons)
		json_array_append_new(reasons, json_text_or_null(reason->text));
	json_object_set_new(json, "files", files);
	json_object_set_new(json, "commands", commands);
	json_object_set_new(json, "log", json_text_or_null(report->log));
	json_object_set_new(json, "reboot_required", json_boolean(report->reasons->n > 0));
	json_object_set_new(json, "reasons", reasons);
	json_object_set_new(json, "findings", json_findings(report->findings));
	return json_text(json);
}

static void add_file(struct buf *buf, const struct planned_file *file)
{
	buf_addf(buf, "%s %s", file_result_name(file->result), file->path);
	if (file->result == FILE_FAILED)
		buf_addf(buf, ": %s", strerror(-file->error));
	else if (file->state == FILE_UNREADABLE)
		buf_addf(buf, ": cannot be read: %s", strerror(-file->error));
	else if (file->result == FILE_REFUSED)
		buf_add(buf, ": not written by vfio-prepare; --force replaces it");
	buf_add(buf, "\n");
	for (const char *line = file->diff; *line; line += strcspn(line, "\n") + 1)
		buf_addf(buf, "  %.*s\n", (int)strcspn(line, "\n"), line);
}

static void add_command(struct buf *buf, const struct command *command)
{
	_cleanup_free_ char *text = command_text(command);

	switch (command->result) {
	case COMMAND_DUE:
		buf_addf(buf, "to be run: %s  (%s)\n", text, command->reason);
		break;
	case COMMAND_DONE:
		buf_addf(buf, "ran %s  (%s)\n", text, command->reason);
		break;
	case COMMAND_SKIPPED:
		buf_addf(buf, "not run: %s\n", text);
		break;
	case COMMAND_FAILED:
		if (command->status < 0)
			buf_addf(buf, "failed: %s: %s\n", text, strerror(-command->status));
		else if (command->status > 128)
			buf_addf(buf, "failed: %s: ended by signal %d\n", text,
				 command->status - 128);
		else
			buf_addf(buf, "failed: %s: exit status %d\n", text, command->status);
		break;
	}
}

static char *apply_text(const struct apply_report *report)
{
	struct buf buf = {};

	vec_foreach(file, report->files)
		if (file->result != FILE_LEFT)
			add_file(&buf, file);
	vec_foreach(command, report->commands)
		add_command(&buf, command);
	if (report->log)
		buf_addf(&buf, "what was said is in %s\n", report->log);
	if (!buf.length)
		buf_add(&buf, findings_have(report->findings, SEVERITY_ERROR)
				      ? "Nothing was to be written.\n"
				      : "All is as it should be: nothing was written.\n");
	text_findings(&buf, report->findings);
	for (size_t i = 0; i < report->reasons->n; i++)
		buf_addf(&buf, "%s  %s\n", i ? "" : "A restart is required:\n",
			 report->reasons->items[i].text);
	return buf_take(&buf);
}

char *render_apply(enum format format, const struct apply_report *report)
{
	return format == FORMAT_JSON ? apply_json(report) : apply_text(report);
}
