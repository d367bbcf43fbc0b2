/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verbs/command_line.h"

#include "support.h"

#define SCREEN_COLUMNS 80
/* The shell's prompt has the last of 24. */
#define SCREEN_LINES 23

static void check_fits(const char *what, const char *help)
{
	size_t lines = 0;

	for (const char *line = help; *line; lines++) {
		size_t length = strcspn(line, "\n");

		if (length > SCREEN_COLUMNS)
			fail_msg("%s: %zu columns: %.*s", what, length, (int)length, line);
		line += length + (line[length] != '\0');
	}
	if (lines > SCREEN_LINES)
		fail_msg("%s: %zu lines", what, lines);
}

TEST(the_help_fits_a_screen)
{
	_cleanup_free_ char *help = command_help(NULL);

	check_fits("--help", help);
	for (size_t i = 0; i < N_COMMAND_VERBS; i++) {
		_cleanup_free_ char *of_verb = command_help(command_verbs[i]);

		check_fits(command_verbs[i]->name, of_verb);
		check(command_verbs[i]->name, strstr(help, command_verbs[i]->summary));
		check(command_verbs[i]->name, strstr(of_verb, command_verbs[i]->help));
	}
}

TEST(the_help_has_each_option)
{
	_cleanup_free_ char *help = command_help(NULL);

	for (size_t i = 0; i < N_COMMAND_OPTIONS; i++) {
		const struct command_option *option = &command_options[i];
		_cleanup_free_ char *name = xasprintf("  --%s ", option->name);

		check_int(option->name, strstr(help, name) != NULL, option->verbs == NULL);
		for (size_t v = 0; v < N_COMMAND_VERBS; v++) {
			_cleanup_free_ char *of_verb = command_help(command_verbs[v]);
			bool has = command_option_is_of(option, command_verbs[v]->name);

			check_int(option->name, strstr(of_verb, option->help) != NULL, has);
			if (!option->verbs)
				check(option->name, strstr(of_verb, option->name));
		}
	}
}

/* A verb in the table of options is one of the table of verbs; what sets a member is of one kind with it. */
TEST(the_tables_agree)
{
	for (size_t i = 0; i < N_COMMAND_OPTIONS; i++) {
		const struct command_option *option = &command_options[i];
		_cleanup_free_ char *verbs = xstrdup(option->verbs ? option->verbs : "");

		check(option->name, option->argument || option->values == VALUE_ANY);
		check(option->name, option->action == OPTION_SETS || !option->verbs);
		for (char *verb = strtok(verbs, " "); verb; verb = strtok(NULL, " "))
			check(verb, command_verb(verb));
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(option->name, command_options[j].name);
	}
	for (size_t i = 0; i < N_COMMAND_VERBS; i++) {
		assert_ptr_equal(command_verb(command_verbs[i]->name), command_verbs[i]);
		check(command_verbs[i]->name,
		      command_verbs[i]->operand || command_verbs[i]->operands == VALUE_ANY);
	}
	assert_null(command_verb("no-verb"));
	for (int format = FORMAT_TEXT; format <= FORMAT_MAAS; format++)
		assert_non_null(format_names[format]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_help_fits_a_screen),
		cmocka_unit_test(the_help_has_each_option),
		cmocka_unit_test(the_tables_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
