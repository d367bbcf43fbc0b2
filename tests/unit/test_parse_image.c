/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/image.h"

#include "render/snapshot.h"
#include "support.h"

TEST(names_that_matter)
{
	static const struct {
		const char *name;
		enum image_content content;
		const char *facts;
	} rows[] = {
		{"usr/sbin/vfio-prepare", IMAGE_CONTENT_NONE, "tool\n"},
		{"usr/bin/vfio-prepare", IMAGE_CONTENT_NONE, "tool\n"},
		{"sbin/vfio-prepare", IMAGE_CONTENT_NONE, "tool\n"},
		{"usr/sbin/vfio-prepare-x", IMAGE_CONTENT_NONE, ""},
		{"usr/share/vfio-prepare", IMAGE_CONTENT_NONE, ""},
		{"lib/modules/6.1.0/kernel/drivers/vfio/pci/vfio-pci.ko", IMAGE_CONTENT_NONE,
		 "module vfio_pci\n"},
		{"usr/lib/modules/6.1.0/updates/dkms/a.ko.zst", IMAGE_CONTENT_NONE, "module a\n"},
		{"usr/lib/modules/6.1.0/a.kox", IMAGE_CONTENT_NONE, ""},
		{"usr/lib/modules/6.1.0/modules.dep", IMAGE_CONTENT_NONE, ""},
		{"usr/lib/firmware/a.ko", IMAGE_CONTENT_NONE, ""},
		{"a.ko", IMAGE_CONTENT_NONE, ""},
		{"etc/vfio-prepare/profile.conf", IMAGE_CONTENT_PROFILE, ""},
		{"etc/vfio-prepare/guarded", IMAGE_CONTENT_PROFILE, ""},
		{"etc/vfio-prepare/conf.d/10-a.conf", IMAGE_CONTENT_PROFILE, ""},
		{"usr/lib/vfio-prepare/conf.d/10-a.conf", IMAGE_CONTENT_PROFILE, ""},
		{"etc/vfio-prepare/conf.d/.conf", IMAGE_CONTENT_NONE, ""},
		{"etc/vfio-prepare/conf.d/a.conf.bak", IMAGE_CONTENT_NONE, ""},
		{"etc/vfio-prepare/conf.d/b/a.conf", IMAGE_CONTENT_NONE, ""},
		{"run/vfio-prepare/conf.d/a.conf", IMAGE_CONTENT_NONE, ""},
		{"etc/vfio-prepare/other.conf", IMAGE_CONTENT_NONE, ""},
		{"scripts/init-top/ORDER", IMAGE_CONTENT_ORDER, "maker initramfs-tools\n"},
		{"scripts/init-top/udev", IMAGE_CONTENT_NONE, "maker initramfs-tools\n"},
		{"scripts/init-bottom/ORDER", IMAGE_CONTENT_NONE, ""},
		{"usr/lib/dracut-lib.sh", IMAGE_CONTENT_NONE, "maker dracut\n"},
		{"usr/lib/dracut/build-parameter.txt", IMAGE_CONTENT_NONE, "maker dracut\n"},
		{"lib/dracut/hooks/cmdline/00-vfio-prepare.sh", IMAGE_CONTENT_NONE,
		 "start early\n"},
		{"var/lib/dracut/hooks/cmdline/00-vfio-prepare.sh", IMAGE_CONTENT_NONE,
		 "start early\n"},
		{"lib/dracut/hooks/pre-udev/00-vfio-prepare.sh", IMAGE_CONTENT_NONE, ""},
		{"usr/lib/systemd/system/vfio-prepare-early.service", IMAGE_CONTENT_NONE, ""},
		{"etc/systemd/system/sysinit.target.wants/vfio-prepare-early.service",
		 IMAGE_CONTENT_NONE, ""},
		{"", IMAGE_CONTENT_NONE, ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct images images = {};
		struct image *image = vec_add(&images);
		_cleanup_free_ char *text = NULL;

		check_int(rows[i].name, image_see(image, rows[i].name), rows[i].content);
		image_end(image);
		text = render_images(&images);
		if (*rows[i].facts)
			check(rows[i].name, strstr(text, rows[i].facts) != NULL);
		else
			check_text(rows[i].name, text, "maker unknown\nstart none\n");
		images_done(&images);
	}
}

TEST(a_unit_starts_it_only_if_something_wants_it)
{
	struct image image = {};

	image_see(&image, "usr/lib/systemd/system/vfio-prepare-early.service");
	image_see(&image, "usr/lib/systemd/system/sysinit.target.wants/vfio-prepare-early.service");
	image_end(&image);
	assert_int_equal(image.start, IMAGE_START_EARLY);
	image_done(&image);
}

TEST(the_order_of_scripts)
{
#define OURS "/scripts/init-top/00-vfio-prepare \"$@\"\n"
#define UDEV "/scripts/init-top/udev \"$@\"\n"
#define PARAM "[ -e /conf/param.conf ] && . /conf/param.conf\n"
	static const struct {
		const char *order;
		enum image_start start;
	} rows[] = {
		{OURS PARAM UDEV PARAM, IMAGE_START_EARLY},
		{UDEV PARAM OURS PARAM, IMAGE_START_LATE},
		{OURS, IMAGE_START_EARLY},
		{"/scripts/init-top/00-vfio-prepare \"$@\"", IMAGE_START_EARLY},
		{UDEV, IMAGE_START_NONE},
		{"", IMAGE_START_NONE},
		{"# " OURS UDEV, IMAGE_START_NONE},
		{"/scripts/init-top/udev-extra \"$@\"\n" OURS, IMAGE_START_EARLY},
		{"/scripts/init-top/00-vfio-prepare-x \"$@\"\n" UDEV, IMAGE_START_NONE},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		/* A later archive's file replaces an earlier one's. */
		struct image image = {.start = IMAGE_START_EARLY};

		image_see_order(&image, rows[i].order);
		check_int(rows[i].order, image.start, rows[i].start);
	}
}

TEST(what_listers_print)
{
	static const char lsinitramfs[] = ".\n"
					  "usr/sbin/vfio-prepare\n"
					  "scripts/init-top/00-vfio-prepare\n"
					  "scripts/init-top/ORDER\n"
					  "etc/vfio-prepare/profile.conf\n"
					  "etc/vfio-prepare/profile.conf\n"
					  "etc/vfio-prepare/conf.d/gone.conf\n"
					  "usr/lib/modules/1/vfio-pci.ko\n";
	static const char lsinitrd[] =
		"Image: /boot/initramfs-1.img: 12M\n"
		"Arguments: --kver '1'\n"
		"drwxr-xr-x   3 root     root            0 Jan  1  1970 etc/vfio-prepare\n"
		"-rw-r--r--   1 root     root           24 Jan  1  1970 etc/vfio-prepare/profile.conf\n"
		"lrwxrwxrwx   1 root     root            9 Jan  1  1970 "
		"etc/vfio-prepare/conf.d/gone.conf -> /dev/null\n"
		"-rwxr-xr-x   1 root     root            1 Jan  1  1970 usr/sbin/vfio-prepare\n"
		"-rw-r--r--   1 root     root            1 Jan  1  1970 "
		"usr/lib/systemd/system/vfio-prepare-early.service\n"
		"lrwxrwxrwx   1 root     root            1 Jan  1  1970 "
		"usr/lib/systemd/system/sysinit.target.wants/vfio-prepare-early.service -> "
		"../vfio-prepare-early.service\n"
		"-rw-r--r--   1 root     root            1 Jan  1  1970 "
		"usr/lib/modules/1/vfio-pci.ko.xz\n"
		"-rw-r--r--   1 root     root            1 Jan  1  1970 usr/lib/dracut-lib.sh\n";
	static const struct {
		const char *text, *generator, *start;
	} rows[] = {{lsinitramfs, "initramfs-tools", "unknown"}, {lsinitrd, "dracut", "early"}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct images images = {};
		struct image *image = vec_add(&images);
		_cleanup_free_ char *got = NULL, *wanted = NULL;

		image_file(image, "/etc/vfio-prepare/profile.conf")->state = IMAGE_FILE_MISSING;
		image_file(image, "/etc/vfio-prepare/conf.d/new.conf")->state = IMAGE_FILE_MISSING;
		image_see_listing(image, rows[i].text);
		image_end(image);
		got = render_images(&images);
		wanted = xasprintf("kernel 1\nnamed\nmaker %s\ntool\nstart %s\nmodule vfio_pci\n"
				   "gone /etc/vfio-prepare/conf.d/gone.conf\n"
				   "missing /etc/vfio-prepare/conf.d/new.conf\n"
				   "unknown /etc/vfio-prepare/profile.conf\n",
				   rows[i].generator, rows[i].start);
		check_text(rows[i].generator, got, wanted);
		images_done(&images);
	}
}

TEST(a_listing_of_nothing)
{
	struct image image = {};

	image_see_listing(&image, "");
	image_see_listing(&image, "\n \n -> \nnot a name\n");
	assert_false(image.named || image.has_tool);
	image_done(&image);
}

TEST(text_and_back)
{
	static const char text[] = "searched\n"
				   "image /boot/initrd.img-6.1\n"
				   "kernel 6.1\n"
				   "maker initramfs-tools\n"
				   "tool\n"
				   "start late\n"
				   "module a\n"
				   "module vfio_pci\n"
				   "different /etc/vfio-prepare/conf.d/with blank.conf\n"
				   "same /etc/vfio-prepare/profile.conf\n"
				   "image /boot/initramfs-6.2.img\n"
				   "unreadable ends in the middle of an archive\n"
				   "damaged\n"
				   "named\n"
				   "maker dracut\n"
				   "start none\n"
				   "missing /a\n"
				   "gone /b\n"
				   "unknown /c\n";
	struct images images = {};
	_cleanup_free_ char *again = NULL;

	images_parse(text, &images);
	assert_int_equal(images.n, 2);
	assert_true(images.items[1].damaged);
	again = render_images(&images);
	assert_string_equal(again, text);
	images_done(&images);
}

TEST(odd_texts_are_taken_as_far_as_they_go)
{
	struct images images = {};
	_cleanup_free_ char *again = NULL;

	images_parse(
		"tool\nmodule x\nimage\nwhat 1\nstart soon\nmaker me\nstart\nkernel 1\nkernel 2\n"
		"damaged\nnamed\n\n \nsame /a\ndifferent /a",
		&images);
	again = render_images(&images);
	assert_string_equal(again, "image \nkernel 1\nmaker unknown\nstart none\ndifferent /a\n");
	images_done(&images);
}

TEST(lists_have_an_end)
{
	struct image image = {};

	for (unsigned i = 0; i < IMAGE_MODULES_MAX + 10; i++)
		image_see(&image, "lib/modules/1/a.ko");
	for (unsigned i = 0; i < IMAGE_PROFILE_FILES_MAX; i++) {
		_cleanup_free_ char *path = xasprintf("/%u", i);

		assert_non_null(image_file(&image, path));
	}
	assert_int_equal(image.modules.n, IMAGE_MODULES_MAX);
	assert_null(image_file(&image, "/one more"));
	assert_non_null(image_file(&image, "/7"));
	image_done(&image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_that_matter),
		cmocka_unit_test(a_unit_starts_it_only_if_something_wants_it),
		cmocka_unit_test(the_order_of_scripts),
		cmocka_unit_test(what_listers_print),
		cmocka_unit_test(a_listing_of_nothing),
		cmocka_unit_test(text_and_back),
		cmocka_unit_test(odd_texts_are_taken_as_far_as_they_go),
		cmocka_unit_test(lists_have_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
