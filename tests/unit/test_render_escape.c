/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <jansson.h>

#include "render/escape.h"
#include "support.h"

/* Names that break what does not escape. */
static const char *const hostile[] = {
	"",
	"plain",
	"two words",
	"it's",
	"a \"quote\"",
	"$HOME `id` $(id)",
	"a\\b\\",
	"# ; [x] = y",
	"<a href='x'>&amp;</a>",
	"{{ jinja }} {% x %}",
	"- a: b, c",
	"\xc3\xa9\xe2\x82\xac",
	"*",
	"~",
	"!x",
	"%s%n",
	"]]>",
	"x\ty",
	"null",
	"012",
};

/* What sh makes of the word. */
TEST(shell_words)
{
	for (size_t i = 0; i < ARRAY_SIZE(hostile); i++) {
		struct buf buf = {};
		char got[256] = "";
		FILE *pipe;

		buf_add(&buf, "printf %s. ");
		add_shell_word(&buf, hostile[i]);
		pipe = popen(buf_text(&buf), "r");
		assert_non_null(pipe);
		got[fread(got, 1, sizeof(got) - 1, pipe)] = '\0';
		assert_int_equal(pclose(pipe), 0);
		assert_int_equal(got[strlen(got) - 1], '.');
		got[strlen(got) - 1] = '\0';
		check_text(hostile[i], got, hostile[i]);
		buf_done(&buf);
	}
}

/* A scalar of YAML's in double quotes that is JSON, too. */
TEST(yaml_texts)
{
	for (size_t i = 0; i < ARRAY_SIZE(hostile); i++) {
		struct buf buf = {};
		json_t *value;

		add_yaml_text(&buf, hostile[i]);
		value = json_loads(buf_text(&buf), JSON_DECODE_ANY, NULL);
		check_text(hostile[i], json_string_value(value), hostile[i]);
		json_decref(value);
		buf_done(&buf);
	}
}

/* One escape for one character: of JSON's two, parsers of YAML make two characters. */
TEST(yaml_texts_above_ffff)
{
	struct buf buf = {};

	add_yaml_text(&buf, "\\ud83d \xf0\x9f\x98\x80\xef\xbf\xbd");
	assert_string_equal(buf_text(&buf), "\"\\\\ud83d \\U0001f600\\uFFFD\"");
	buf_done(&buf);
}

TEST(xml_texts)
{
	struct buf buf = {};

	add_xml_text(&buf, "<a b=\"c\" d='e'>&\x01\t\xc3\xa9");
	assert_string_equal(buf_text(&buf),
			    "&lt;a b=&quot;c&quot; d=&apos;e&apos;&gt;&amp;?\t\xc3\xa9");
	buf_done(&buf);
}

/* The text of a profile is read back as the same entries. */
TEST(profiles)
{
	static const char text[] = "[host]\ndescription = \"a; b # c\"\n"
				   "[device it's]\naddress = 01:00.0 \\\n 02:00.0\n"
				   "alias = 'say \"x\"; y'\nnuma = \"a\\\"\n"
				   "resource-class = $x\n[kernel]\narguments = a=\"b c\" d\n";
	struct profile profile = {}, again = {};
	struct findings findings = {};
	struct buf buf = {};
	struct ini ini = {};

	assert_int_equal(ini_file_parse(text, strlen(text), "a", &profile.entries, &findings), 0);
	/* As another file adds to a section that stands further up. */
	ini_set(&profile.entries, "host", "x", "", "b", 1);
	check_findings("profile", &findings, "");
	add_profile_text(&buf, &profile);
	assert_int_equal(ini_file_parse(buf_text(&buf), buf.length, "c", &ini, &findings), 0);
	check_findings(buf_text(&buf), &findings, "");
	assert_int_equal(ini.n, profile.entries.n);
	vec_foreach(entry, &profile.entries) {
		const struct ini_entry *found = NULL;

		vec_foreach(other, &ini)
			if (strcmp(other->section, entry->section) == 0 &&
			    (entry->key ? other->key && strcmp(other->key, entry->key) == 0
					: !other->key))
				found = other;
		assert_non_null(found);
		if (entry->key)
			check_text(entry->key, found->value, entry->value);
	}
	buf_done(&buf);
	ini_done(&ini);
	findings_done(&findings);
	profile_done(&profile);
	profile_done(&again);
}

TEST(base64)
{
	/* RFC 4648, 10. */
	static const struct {
		const char *bytes, *text;
	} rows[] = {
		{"", ""},        {"f", "Zg=="},        {"fo", "Zm8="},
		{"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"\xff\xfe\xfb", "//77"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buf buf = {};

		add_base64(&buf, rows[i].bytes, strlen(rows[i].bytes));
		check_text(rows[i].text, buf_text(&buf), rows[i].text);
		buf_done(&buf);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shell_words),
		cmocka_unit_test(yaml_texts),
		cmocka_unit_test(yaml_texts_above_ffff),
		cmocka_unit_test(xml_texts),
		cmocka_unit_test(base64),
		cmocka_unit_test(profiles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
