/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: memfd_create */
#include "host/ini_file.h"
#include "support.h"

static bool no_memory_file;

int __real_memfd_create(const char *name, unsigned flags);
int __wrap_memfd_create(const char *name, unsigned flags);
int __wrap_memfd_create(const char *name, unsigned flags)
{
	return no_memory_file ? -1 : __real_memfd_create(name, flags);
}

/* The entries as "line section/key=<value>", the sections' own lines without key. */
static char *written(const struct ini *ini)
{
	char *text = xstrdup("");

	for (size_t i = 0; i < ini->n; i++) {
		const struct ini_entry *entry = &ini->items[i];
		char *longer = entry->key ? xasprintf("%s%s%u %s/%s=<%s>", text, i ? "; " : "",
						      entry->line, entry->section, entry->key,
						      entry->value)
					  : xasprintf("%s%s%u %s", text, i ? "; " : "", entry->line,
						      entry->section);

		free(text);
		text = longer;
	}
	return text;
}

static int parse(const char *text, struct ini *ini, struct findings *findings)
{
	return ini_file_parse(text, strlen(text), "f", ini, findings);
}

TEST(files_that_are_read)
{
	static const struct {
		const char *text, *written;
	} rows[] = {
		{"[host]\ndescription = node\n", "1 host; 2 host/description=<node>"},
		{"[host]\ndescription=node", "1 host; 2 host/description=<node>"},
		{"\n\n  [host]  \n\n\tdescription\t=\tnode  \n",
		 "3 host; 5 host/description=<node>"},
		{"[ host ]\na = 1\n", "1 host; 2 host/a=<1>"},
		/* A section alone, and a key before the first one. */
		{"[host]\n", "1 host"},
		{"a = 1\n[host]\n", "1 /a=<1>; 2 host"},
		/* Comments. */
		{"# first\n; second\n[host]\n#a = 1\na = 2\n", "3 host; 5 host/a=<2>"},
		{"[host]\na = 1 ; why\nb = 2 # why\n", "1 host; 2 host/a=<1>; 3 host/b=<2>"},
		/* Quotes keep what would be cut, and are cut themselves. */
		{"[host]\na = \"x ; y # z \"\nb = 'x;y'\nc = \"\"\n",
		 "1 host; 2 host/a=<x ; y # z >; 3 host/b=<x;y>; 4 host/c=<>"},
		{"[host]\na = x \"y\"\n", "1 host; 2 host/a=<x \"y\">"},
		/* Values without anything, and with what looks like more. */
		{"[host]\na =\nb = = =\nc = d=e\n",
		 "1 host; 2 host/a=<>; 3 host/b=<= =>; 4 host/c=<d=e>"},
		/* Keys are lower-cased, sections and values are not. */
		{"[device GPU]\nAddress = 0000:0A:00.0\n",
		 "1 device GPU; 2 device GPU/address=<0000:0A:00.0>"},
		/* The same key in two sections is two keys. */
		{"[a]\nx = 1\n[b]\nx = 2\n", "1 a; 2 a/x=<1>; 3 b; 4 b/x=<2>"},
		/* Continuation lines; the entry is where it begins. */
		{"[host]\na = 1 \\\n    2 \\\n3\nb = 4\n",
		 "1 host; 2 host/a=<1     2 3>; 5 host/b=<4>"},
		{"[host]\n# a \\\nb = 1\nc = 2\n", "1 host; 4 host/c=<2>"},
		/* Lines ended as elsewhere, and letters from elsewhere. */
		{"[host]\r\na = 1\r\nb = 2 \\\r\n3\r\n", "1 host; 2 host/a=<1>; 3 host/b=<2 3>"},
		{"[host]\na = \xc3\xa4\xff\n", "1 host; 2 host/a=<\xc3\xa4\xff>"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct findings findings = {};
		struct ini ini = {};
		_cleanup_free_ char *text = NULL;

		check_int(rows[i].text, parse(rows[i].text, &ini, &findings), 0);
		check_findings(rows[i].text, &findings, "");
		text = written(&ini);
		check_text(rows[i].text, text, rows[i].written);
		ini_done(&ini);
	}
}

TEST(files_that_are_refused)
{
	static const struct {
		const char *text, *subject, *detail;
	} rows[] = {
		{"", "f:1", "the file is empty"},
		{" \r\n\t\n", "f:1", "the file is empty"},
		{"[host]\na = 1\na = 2\n", "f:3", "in line 2"},
		{"[host]\na = 1\nA = 2\n", "f:3", "in line 2"},
		{"a = 1\na = 2\n", "f:2", "in line 1"},
		{"[host]\na = 1\n[iommu]\n[host]\nb = 2\n", "f:4", "in line 1"},
		{"[device gpu]\na = 1\n[device GPU]\nb = 1\n", "f:3", "in line 1"},
		{"[host\na = 1\n", "f:1", "]"},
		{"[host] x\na = 1\n", "f:1", "]"},
		{"[host] # why\na = 1\n", "f:1", "]"},
		{"[host] ; a = 2\na = 1\n", "f:1", "]"},
		{"[host]]\n", "f:1", "]"},
		{"[host]\nnonsense\n", "f:2", "\"nonsense\""},
		{"[host]\n= 1\n", "f:2", "\"= 1\""},
		{"[host]\n// no\n", "f:2", "\"// no\""},
		{"[host]\na = 1 \\", "f:2", "continuation"},
		{"[host]\na = \"1\" \"2\"\n", "f:2", "closing quote"},
		{"[host]\na = '1' 2\n", "f:2", "closing quote"},
		{"[host]\na = \"1\n", "f:2", "quote"},
		{"[host]\na = \x01\n", "f:2", "binary data"},
		{"[host]\na = 1\rb = 2\n", "f:2", "binary data"},
		{"\x7f\x45LF\x02\x01", "f:1", "binary data"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct findings findings = {};
		struct ini ini = {};

		check_int(rows[i].text, parse(rows[i].text, &ini, &findings), -EINVAL);
		check_int(rows[i].text, findings.n, 1);
		check_int(rows[i].text, findings.items[0].type, FINDING_PROFILE);
		check_int(rows[i].text, findings.items[0].severity, SEVERITY_ERROR);
		check_text(rows[i].text, findings.items[0].subject, rows[i].subject);
		check_part(rows[i].text, findings.items[0].detail, rows[i].detail);
		check(rows[i].text, *findings.items[0].remedy);
		findings_done(&findings);
		ini_done(&ini);
	}
}

TEST(all_mistakes_of_a_file_are_told)
{
	struct findings findings = {};
	struct ini ini = {};

	assert_int_equal(parse("[a]\nx = 1\nx = 2\nwhat\n[b\n[a]\n", &ini, &findings), -EINVAL);
	check_findings("all", &findings, "profile f:3; profile f:4; profile f:5; profile f:6");
	findings_done(&findings);
	ini_done(&ini);
}

TEST(nul_is_binary)
{
	static const char text[] = "[host]\na = 1\0\nb = 2\n";
	struct findings findings = {};
	struct ini ini = {};

	assert_int_equal(ini_file_parse(text, sizeof(text) - 1, "f", &ini, &findings), -EINVAL);
	check_findings("nul", &findings, "profile f:2");
	findings_done(&findings);
	ini_done(&ini);
}

/* A line "a = xxx..." of length bytes in all. */
static char *long_line(size_t length)
{
	char *text = xcalloc(length + 9, 1);

	strcpy(text, "[host]\n");
	memset(text + 7, 'x', length);
	memcpy(text + 7, "a = ", 4);
	text[7 + length] = '\n';
	return text;
}

TEST(what_iniparser_refuses_is_refused)
{
	char text[3000] = "[host]\na = \\\n";
	struct findings findings = {};
	struct ini ini = {};

	/* White space at the beginning of continuation lines counts for iniparser. */
	for (int i = 0; i < 4; i++)
		sprintf(text + strlen(text), "%300s\\\n", "x");
	strcat(text, "end\n");
	assert_int_equal(parse(text, &ini, &findings), -EINVAL);
	check_findings("iniparser", &findings, "profile f:1");
	assert_non_null(strstr(findings.items[0].detail, "too long"));
	findings_done(&findings);

	no_memory_file = true;
	assert_int_equal(parse("[host]\na = 1\n", &ini, &findings), -EINVAL);
	no_memory_file = false;
	assert_string_equal(findings.items[0].detail, "it cannot be kept in memory");
	findings_done(&findings);
	ini_done(&ini);
}

/* iniparser keeps [a:b] and the key b of [a] under one name. */
TEST(key_whose_value_a_section_took)
{
	struct findings findings = {};
	struct ini ini = {};

	assert_int_equal(parse("[a]\nb = 1\n[a:b]\n", &ini, &findings), -EINVAL);
	check_findings("taken", &findings, "profile f:2");
	findings_done(&findings);
	ini_done(&ini);
}

TEST(longest_line)
{
	_cleanup_free_ char *most = long_line(INI_MAX_LINE), *more = long_line(INI_MAX_LINE + 1);
	struct findings findings = {};
	struct ini ini = {};

	assert_int_equal(parse(most, &ini, &findings), 0);
	assert_int_equal(ini.n, 2);
	assert_int_equal(strlen(ini.items[1].value), INI_MAX_LINE - 4);
	ini_done(&ini);

	assert_int_equal(parse(more, &ini, &findings), -EINVAL);
	check_findings("more", &findings, "profile f:2");
	assert_string_equal(findings.items[0].detail, "the line is longer than 1000 bytes");
	findings_done(&findings);
	ini_done(&ini);
}

TEST(continuation_lines_count_as_one)
{
	char text[3000] = "[host]\na = \\\n";
	struct findings findings = {};
	struct ini ini = {};

	for (int i = 0; i < 6; i++) {
		memset(text + strlen(text), '0' + i, 200);
		strcat(text, "\\\n");
	}
	strcat(text, "end\n");
	assert_int_equal(parse(text, &ini, &findings), -EINVAL);
	assert_string_equal(findings.items[0].detail, "the line is longer than 1000 bytes");
	findings_done(&findings);
	ini_done(&ini);
}

TEST(as_many_keys_as_may_be_at_the_limit)
{
	_cleanup_free_ char *text = xcalloc(INI_MAX_ENTRIES + 2, 16);
	char *end = text + sprintf(text, "[host]\n");
	struct findings findings = {};
	struct ini ini = {};

	for (int i = 1; i < INI_MAX_ENTRIES; i++)
		end += sprintf(end, "k%d = %d\n", i, i);
	strcpy(end, "# and a comment\n");
	assert_int_equal(parse(text, &ini, &findings), 0);
	assert_int_equal(ini.n, INI_MAX_ENTRIES);
	assert_string_equal(ini.items[INI_MAX_ENTRIES - 1].key, "k4095");
	assert_string_equal(ini.items[INI_MAX_ENTRIES - 1].value, "4095");
	ini_done(&ini);

	strcpy(end, "k = 1\n");
	assert_int_equal(parse(text, &ini, &findings), -EINVAL);
	check_findings("more", &findings, "profile f:4097");
	assert_string_equal(findings.items[0].detail,
			    "the file has more than 4096 keys and sections");
	findings_done(&findings);
	ini_done(&ini);
}

TEST(entries_are_added_to_what_other_files_gave)
{
	struct findings findings = {};
	struct ini ini = {};
	_cleanup_free_ char *text = NULL;

	finding_add(&findings, SEVERITY_ERROR, FINDING_OFF_SWITCH, "x", "y");
	assert_int_equal(ini_file_parse("[a]\nx = 1\ny = 1\n", 16, "f", &ini, &findings), 0);
	assert_int_equal(ini_file_parse("\n\n[a]\nx = 2\n", 12, "g", &ini, &findings), 0);
	assert_int_equal(findings.n, 1);
	text = written(&ini);
	assert_string_equal(text, "3 a; 4 a/x=<2>; 3 a/y=<1>");
	assert_string_equal(ini.items[1].file, "g");
	assert_string_equal(ini.items[2].file, "f");
	findings_done(&findings);
	ini_done(&ini);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_that_are_read),
		cmocka_unit_test(files_that_are_refused),
		cmocka_unit_test(all_mistakes_of_a_file_are_told),
		cmocka_unit_test(nul_is_binary),
		cmocka_unit_test(what_iniparser_refuses_is_refused),
		cmocka_unit_test(key_whose_value_a_section_took),
		cmocka_unit_test(longest_line),
		cmocka_unit_test(continuation_lines_count_as_one),
		cmocka_unit_test(as_many_keys_as_may_be_at_the_limit),
		cmocka_unit_test(entries_are_added_to_what_other_files_gave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
