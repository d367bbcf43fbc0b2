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
		json_t *object = json_file(file);

		json_set(object, "result", json_string(file_result_names[file->result]));
		json_set(object, "error",
			 file->error ? json_text(strerror(-file->error)) : json_null());
		json_append(files, object);
	}
	vec_foreach(command, report->commands) {
		json_t *object = json_object();
		bool ran = command->result == COMMAND_DONE || command->result == COMMAND_FAILED;

		json_set(object, "command", json_strv(&command->argv));
		json_set(object, "reason", json_text(command->reason));
		json_set(object, "result", json_string(command_result_names[command->result]));
		json_set(object, "status",
			 ran && command->status >= 0 ? json_integer(command->status) : json_null());
		json_append(commands, object);
	}
	vec_foreach(reason, report->reasons)
		json_append(reasons, json_text(reason->text));
	json_set(json, "files", files);
	json_set(json, "commands", commands);
	json_set(json, "log", json_text(report->log));
	json_set(json, "reboot_required", json_boolean(report->reasons->n > 0));
	json_set(json, "reasons", reasons);
	json_set(json, "findings", json_findings(report->findings));
	return json_finish(json);
}

static void add_file(struct buf *buf, const struct planned_file *file)
{
	buf_addf(buf, "%s %s", file_result_names[file->result], file->path);
	if (file->result == FILE_FAILED)
		buf_addf(buf, ": %s", strerror(-file->error));
	else if (file->result == FILE_RESTORED && file->error)
		buf_addf(buf, ": not synced: %s", strerror(-file->error));
	else if (file->state == FILE_UNREADABLE)
		buf_addf(buf, ": cannot be read: %s", strerror(-file->error));
	else if (file->result == FILE_REFUSED)
		buf_add(buf, ": not written by vfio-prepare; --force replaces it");
	buf_add(buf, "\n");
	text_diff(buf, file->diff);
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
