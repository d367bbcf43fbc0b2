/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/kernel_args.h"
#include "parse/kernel_args.h"
#include "support.h"

/* "name=<value> name": what was read, in a form that shows where each value ends. */
static char *written(const struct kernel_args *args)
{
	char *text = xstrdup("");

	vec_foreach(arg, args) {
		const char *space = arg > args->items ? " " : "";
		char *longer = arg->value ? xasprintf("%s%s%s=<%s>", text, space, arg->name,
						      arg->value)
					  : xasprintf("%s%s%s", text, space, arg->name);

		free(text);
		text = longer;
	}
	return text;
}

TEST(cut_as_the_kernel_cuts)
{
	static const struct {
		const char *cmdline, *written;
	} rows[] = {
		{"", ""},
		{"  \t \n", ""},
		{"quiet", "quiet"},
		{" quiet  ro\tx=1\n", "quiet ro x=<1>"},
		{"a=", "a=<>"},
		{"a=b=c", "a=<b=c>"},
		{"a=,b", "a=<,b>"},
		/* Quotes around a value, around the token, within, and not closed. */
		{"a=\"b c\" d", "a=<b c> d"},
		{"\"a=b c\" d", "a=<b c> d"},
		{"a=b\"c d\"e f", "a=<b\"c d\"e> f"},
		{"a=\"b c", "a=<b c>"},
		{"\"a b", "a b"},
		{"a=\"\" b", "a=<> b"},
		{"a=\" b", "a=< b>"},
		{"a=\"", "a=<>"},
		{"\"\" b", " b"},
		{"\"", ""},
		{"a=\"b\"c", "a=<b\"c>"},
		{"a=\"--\" b", "a=<--> b"},
		/* Names alone have one spelling. */
		{"vfio-pci.ids=a-b", "vfio_pci.ids=<a-b>"},
		{"vfio_pci.ids", "vfio_pci.ids"},
		{"-", "_"},
		/* What follows a bare "--" is init's. */
		{"a -- b=1", "a"},
		{"-- a", ""},
		{"a --b c-- d", "a __b c__ d"},
		{"a \"x -- y\" b", "a x __ y b"},
		{"a --- b", "a ___ b"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct kernel_args args;
		_cleanup_free_ char *text = NULL;

		kernel_args_parse(rows[i].cmdline, &args);
		text = written(&args);
		check_text(rows[i].cmdline, text, rows[i].written);
		kernel_args_done(&args);
	}
}

TEST(as_it_stands_there)
{
	struct kernel_args args;

	kernel_args_parse("a-b=\"c d\" \"e=f g\" h", &args);
	check_int("n", args.n, 3);
	check_text("value", args.items[0].text, "a-b=\"c d\"");
	check_text("token", args.items[1].text, "\"e=f g\"");
	check_text("plain", args.items[2].text, "h");
	kernel_args_done(&args);
}

TEST(what_init_gets)
{
	static const struct {
		const char *cmdline, *written;
	} rows[] = {
		{"", ""},
		{"a b", ""},
		{"a --", ""},
		{"a -- b=1 c", "b=<1> c"},
		{"-- b -- c", "b c"},
		{"a \"x -- y\" b", ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct kernel_args args;

		kernel_args_parse_behind(rows[i].cmdline, &args);
		_cleanup_free_ char *text = written(&args);

		check_text(rows[i].cmdline, text, rows[i].written);
		kernel_args_done(&args);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cut_as_the_kernel_cuts),
		cmocka_unit_test(as_it_stands_there),
		cmocka_unit_test(what_init_gets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
