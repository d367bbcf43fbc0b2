/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/command.h"

#include "base/buf.h"

void command_list_done(struct command_list *commands)
{
	if (!commands)
		return;
	vec_foreach(command, commands) {
		strv_done(&command->argv);
		free(command->reason);
	}
	free(commands->items);
	*commands = (struct command_list){};
}

struct command *command_add(struct command_list *commands, const char *reason, const char *words)
{
	struct command *command = vec_add(commands);

	command->reason = xstrdup(reason);
	strv_split(&command->argv, words, " ");
	return command;
}

/* Quotes are not needed: what goes into a command is plain (decide/kernel_args.c), or a path of the host. */
char *command_text(const struct command *command)
{
	struct buf buf = {};

	for (size_t i = 0; i < command->argv.n; i++) {
		const char *word = command->argv.items[i];
		size_t plain = 0;

		while (word[plain] && word[plain] != ' ')
			plain++;
		buf_addf(&buf, word[plain] ? "%s\"%s\"" : "%s%s", i ? " " : "", word);
	}
	return buf_take(&buf);
}

const char *const command_result_names[] = {
	[COMMAND_DUE] = "due",
	[COMMAND_DONE] = "done",
	[COMMAND_FAILED] = "failed",
	[COMMAND_SKIPPED] = "skipped",
};
