/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/generator.h"

#include "support.h"

static struct tree tree;

static void program(const char *name, const char *text)
{
	_cleanup_free_ char *path = tree_place(&tree, name);

	tree_file(&tree, name, text);
	assert_int_equal(chmod(path, 0755), 0);
}

/* Each row is one file more. */
TEST(who_makes_the_images)
{
	static const struct {
		const char *file, *text;
		bool program;
		enum image_generator generator;
	} rows[] = {
		{"etc/mkinitcpio.d/x", "", false, GENERATOR_UNKNOWN},
		{"usr/sbin/mkinitfs", "", true, GENERATOR_MKINITFS},
		{"usr/bin/booster", "", true, GENERATOR_BOOSTER},
		{"usr/bin/dracut", "", true, GENERATOR_DRACUT},
		/* That of dracut, which stands in for the one of initramfs-tools. */
		{"usr/sbin/update-initramfs", "#!/bin/sh\nexec dracut\n", true, GENERATOR_DRACUT},
		{"var/lib/initramfs-tools/6.1", "", false, GENERATOR_DRACUT},
		{"usr/bin/mkinitcpio", "", true, GENERATOR_MKINITCPIO},
		{"usr/sbin/update-initramfs", "#!/bin/sh\nmkinitramfs\n", true,
		 GENERATOR_INITRAMFS_TOOLS},
		{"etc/NIXOS", "", false, GENERATOR_NIXOS},
		{"run/ostree-booted", "", false, GENERATOR_OSTREE},
	};

	tree_init(&tree);
	tree_dir(&tree, "etc/mkinitcpio.d");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].program)
			program(rows[i].file, rows[i].text);
		else
			tree_file(&tree, rows[i].file, rows[i].text);
		check_int(rows[i].file, generator_of(&tree.root), rows[i].generator);
	}
	tree_done(&tree);
}

/* Without presets mkinitcpio makes no image. */
TEST(a_generator_without_settings)
{
	tree_init(&tree);
	tree_dir(&tree, "etc/mkinitcpio.d");
	program("usr/bin/mkinitcpio", "");
	program("usr/bin/dracut", "");
	assert_int_equal(generator_of(&tree.root), GENERATOR_DRACUT);
	tree_done(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_makes_the_images),
		cmocka_unit_test(a_generator_without_settings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
