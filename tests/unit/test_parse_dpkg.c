/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/dpkg.h"

#include "support.h"

#define SUM "0123456789abcdef0123456789abcdef"

static const char status[] = "Package: first\n"
			     "Status: install ok installed\n"
			     "Description: has\n"
			     " /etc/in/text " SUM "\n"
			     "\n"
			     "Package: kmod\n"
			     "Status: install ok installed\n"
			     "Conffiles:\n"
			     " /etc/modprobe.d/a.conf " SUM "\n"
			     " /etc/modprobe.d/old.conf " SUM " obsolete\n"
			     " /etc/modprobe.d/short.conf 0123\n"
			     " /etc/modprobe.d/new.conf newconffile\n"
			     "Description: x\n"
			     "\n"
			     "Package: gone\n"
			     "Status: deinstall ok config-files\n"
			     "Conffiles:\n"
			     " /etc/left.conf " SUM "\n"
			     "\n"
			     "Package: half\n"
			     "Status: install reinstreq half-installed\n"
			     "Conffiles:\n"
			     " /etc/half.conf " SUM "\n"
			     "\n"
			     "Package: stateless\n"
			     "Conffiles:\n"
			     " /etc/stateless.conf " SUM "\n"
			     "\n"
			     "Package: last\n"
			     "Status: install ok installed\n"
			     "Conffiles:\n"
			     " /etc/last.conf " SUM;

TEST(test_conffiles)
{
	static const struct {
		const char *path, *package; /* NULL: none */
		bool removed;
	} rows[] = {
		{"/etc/modprobe.d/a.conf", "kmod", false},
		{"/etc/modprobe.d/a", NULL, false},
		{"/modprobe.d/a.conf", NULL, false},
		{"/etc/modprobe.d/old.conf", NULL, false},
		{"/etc/modprobe.d/short.conf", NULL, false},
		{"/etc/modprobe.d/new.conf", NULL, false},
		{"/etc/left.conf", "gone", true},
		{"/etc/half.conf", NULL, false},
		{"/etc/stateless.conf", NULL, false},
		{"/etc/last.conf", "last", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct dpkg_conffile conffile = {};
		bool found = dpkg_find_conffile(status, rows[i].path, &conffile);

		check(rows[i].path, found == (rows[i].package != NULL));
		if (found) {
			check_text(rows[i].path, conffile.package, rows[i].package);
			check_text(rows[i].path, conffile.md5, SUM);
			check_int(rows[i].path, conffile.removed, rows[i].removed);
		}
		free(conffile.package);
	}
	assert_false(dpkg_find_conffile("", "/etc/a", &(struct dpkg_conffile){}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_conffiles)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
