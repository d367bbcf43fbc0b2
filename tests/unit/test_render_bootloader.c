/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/bootloader.h"

#include "parse/boot_files.h"
#include "model/policy.h"
#include "support.h"

static struct strv words(const char *text)
{
	struct strv list = {};

	strv_split(&list, text, " ");
	return list;
}

TEST(grub)
{
	struct strv none = {}, some = words("intel_iommu=on iommu=pt");
	_cleanup_free_ char *nothing = render_grub(&none), *file = render_grub(&some);
	struct grub_default grub = {.cmdline[GRUB_LINUX_DEFAULT] = xstrdup("quiet")};

	assert_string_equal(nothing, "");
	assert_string_equal(file, FILE_HEADER
			    "GRUB_CMDLINE_LINUX_DEFAULT="
			    "\"$GRUB_CMDLINE_LINUX_DEFAULT intel_iommu=on iommu=pt\"\n");
	grub_default_read(&grub, file);
	assert_string_equal(grub.cmdline[GRUB_LINUX_DEFAULT], "quiet intel_iommu=on iommu=pt");
	grub_default_done(&grub);
	strv_done(&some);
}

TEST(own_arguments)
{
	struct strv none = {}, ours = words("a=1 b"), kept = words("c");
	_cleanup_free_ char *nothing = render_own_arguments(&none, &none);
	_cleanup_free_ char *all = render_own_arguments(&ours, &kept);
	_cleanup_free_ char *old = render_own_arguments(&none, &kept);

	assert_string_equal(nothing, "");
	assert_string_equal(all, FILE_HEADER "a=1\nb\nc\n");
	assert_string_equal(old, FILE_HEADER "c\n");
	strv_done(&ours);
	strv_done(&kept);
}

TEST(cmdline)
{
	static const struct {
		const char *now, *old, *arguments, *then;
	} rows[] = {
		{"root=/dev/sda1 ro\n", "", "", "root=/dev/sda1 ro\n"},
		{"root=/dev/sda1 ro\n", "", "iommu=pt a", "root=/dev/sda1 ro iommu=pt a\n"},
		{"root=/dev/sda1 iommu=pt ro\n", "iommu=pt", "iommu=pt",
		 "root=/dev/sda1 iommu=pt ro\n"},
		{"root=/dev/sda1 iommu=pt ro", "iommu=pt", "", "root=/dev/sda1 ro\n"},
		{"a  b\n\n", "", "", "a  b\n\n"}, /* as it was, where nothing changes */
		{"a  b\n\nc", "x", "d", "a b c d\n"},
		{"# mine\na b\n", "b", "c", "# mine\na c\n"},
		{"a=\"x y\" b\n", "b", "", "a=\"x y\"\n"},
		{"", "", "a", "a\n"},
		{"iommu=ptx\n", "iommu=pt", "", "iommu=ptx\n"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct strv old = words(rows[i].old), arguments = words(rows[i].arguments);
		_cleanup_free_ char *then = render_cmdline(rows[i].now, &old, &arguments);

		check_text(rows[i].now, then, rows[i].then);
		strv_done(&old);
		strv_done(&arguments);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grub),
		cmocka_unit_test(own_arguments),
		cmocka_unit_test(cmdline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
