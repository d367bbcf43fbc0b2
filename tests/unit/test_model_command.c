/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/command.h"

#include "support.h"

TEST(commands)
{
	struct command_list commands = {};
	struct command *command = command_add(&commands, "a reason", "grubby --update-kernel=ALL");
	_cleanup_free_ char *text = NULL;

	strv_add(&command->argv, "--args=a b");
	strv_add(&command->argv, "");
	assert_int_equal(command->result, COMMAND_DUE);
	assert_string_equal(command->reason, "a reason");
	assert_int_equal(command->argv.n, 4);
	text = command_text(command);
	assert_string_equal(text, "grubby --update-kernel=ALL \"--args=a b\" ");
	command_list_done(&commands);
	assert_int_equal(commands.n, 0);
	command_list_done(NULL);
}

TEST(names)
{
	assert_string_equal(command_result_names[COMMAND_DUE], "due");
	assert_string_equal(command_result_names[COMMAND_DONE], "done");
	assert_string_equal(command_result_names[COMMAND_FAILED], "failed");
	assert_string_equal(command_result_names[COMMAND_SKIPPED], "skipped");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
