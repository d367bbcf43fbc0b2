/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/initramfs.h"

#include "fake/archive.h"
#include "parse/image.h"
#include "render/snapshot.h"
#include "support.h"

#define PROFILE "/etc/vfio-prepare/profile.conf"
#define MORE "/etc/vfio-prepare/conf.d/more.conf"
#define MASK "/etc/vfio-prepare/conf.d/mask.conf"

static struct buf file;
static const char *bytes_left; /* NULL: zeros without end */
static size_t n_left;

static int stop(void **state _unused_)
{
	buf_done(&file);
	return 0;
}

static void write_file(const char *bytes, size_t length)
{
	bytes_left = bytes;
	n_left = length;
}

/* In pieces of an odd size, as a pipe would give them. */
static ssize_t read_bytes(void *userdata _unused_, void *bytes, size_t n)
{
	if (!bytes_left) {
		memset(bytes, 0, n);
		return (ssize_t)n;
	}
	n = n < 4099 ? n : 4099;
	n = n < n_left ? n : n_left;
	memcpy(bytes, bytes_left, n);
	bytes_left += n;
	n_left -= n;
	return (ssize_t)n;
}

/* What the file holds, for a host with a profile, one more file of it and a mask. */
static char *read_image(void)
{
	static char paths[][40] = {PROFILE, MORE, MASK}, bytes[][5] = {"host", "more"};
	struct profile_file profile[] = {{.path = paths[0], .bytes = bytes[0], .length = 4},
					 {.path = paths[1], .bytes = bytes[1], .length = 4},
					 {.path = paths[2], .mask = true}};
	struct images images = {};
	struct image *image = vec_add(&images);
	char *text;

	image->path = xstrdup("/boot/image");
	for (size_t i = 0; i < ARRAY_SIZE(profile); i++)
		image_file_set(image, profile[i].path, IMAGE_FILE_MISSING);
	initramfs_parse(read_bytes, NULL, &(struct profile_file_list){.items = profile, .n = 3},
			image);
	image_end(image);
	text = render_images(&images);
	images_done(&images);
	return text;
}

static void check_image(const char *what, const char *wanted)
{
	_cleanup_free_ char *got = read_image();

	check_text(what, got, wanted);
}

static void make(struct buf *archive)
{
	archive_add_file(archive, "usr/sbin/vfio-prepare", "binary");
	archive_add_file(archive, "lib/modules/1/vfio-pci.ko", NULL);
	archive_add_file(archive, "etc/vfio-prepare/profile.conf", "host");
	archive_add_file(archive, "etc/vfio-prepare/conf.d/more.conf", "less");
	archive_add(archive, &(struct archive_entry){.name = "etc/vfio-prepare/conf.d/mask.conf",
						     .mode = S_IFLNK | 0777,
						     .bytes = "/dev/null",
						     .length = 9});
	archive_add_file(
		archive, "scripts/init-top/ORDER",
		"/scripts/init-top/00-vfio-prepare \"$@\"\n/scripts/init-top/udev \"$@\"\n");
	archive_end(archive);
}

#define FACTS                     \
	"kernel 1\n"              \
	"maker initramfs-tools\n" \
	"tool\n"                  \
	"start early\n"           \
	"module vfio_pci\n"       \
	"same " MASK "\n"         \
	"different " MORE "\n"    \
	"same " PROFILE "\n"

TEST(each_compression_with_and_without_microcode)
{
	static const char *const compressions[] = {"none", "gzip", "xz", "lzma", "zstd", "lz4"};

	for (size_t i = 0; i < 2 * ARRAY_SIZE(compressions); i++) {
		struct buf archive = {};

		make(&archive);
		assert_true(archive_compress(&archive, compressions[i / 2]));
		if (i % 2)
			archive_add_microcode(&file);
		buf_add_n(&file, archive.text, archive.length);
		write_file(file.text, file.length);
		check_image(compressions[i / 2], "image /boot/image\n" FACTS);
		buf_done(&archive);
		buf_done(&file);
	}
}

/* The kernel unpacks all of them, one over the other. */
TEST(a_later_archive_replaces_what_an_earlier_one_has)
{
	struct buf archive = {};

	make(&file);
	archive_compress(&file, "zstd");
	while (file.length % 4)
		buf_add_n(&file, "", 1);
	archive_add_file(&archive, "./etc/vfio-prepare/conf.d/more.conf", "more");
	archive_add_file(&archive, "./etc/vfio-prepare/profile.conf", "other");
	archive_add_file(&archive, "./usr/lib/vfio-prepare/conf.d/new.conf", "new");
	archive_add_file(&archive, "./etc/vfio-prepare/conf.d/mask.conf", "no mask");
	archive_end(&archive);
	buf_add_n(&file, archive.text, archive.length);
	write_file(file.text, file.length);
	check_image("two archives", "image /boot/image\n"
				    "kernel 1\n"
				    "maker initramfs-tools\n"
				    "tool\n"
				    "start early\n"
				    "module vfio_pci\n"
				    "different " MASK "\n"
				    "same " MORE "\n"
				    "different " PROFILE "\n"
				    "gone /usr/lib/vfio-prepare/conf.d/new.conf\n");
	buf_done(&archive);
}

/* dracut 112 of Debian puts modules, which are compressed already, in front of the compressed archive. */
TEST(modules_in_an_archive_in_front)
{
	struct buf archive = {};

	archive_add_microcode(&file);
	archive_add_file(&file, "usr/lib/modules/1/kernel/a.ko.zst", "(not looked into)");
	archive_end(&file);
	while (file.length % 512)
		buf_add_n(&file, "", 1);
	make(&archive);
	assert_true(archive_compress(&archive, "zstd"));
	buf_add_n(&file, archive.text, archive.length);
	write_file(file.text, file.length);
	check_image("both are read", "image /boot/image\n"
				     "kernel 1\n"
				     "maker initramfs-tools\n"
				     "tool\n"
				     "start early\n"
				     "module a\n"
				     "module vfio_pci\n"
				     "same " MASK "\n"
				     "different " MORE "\n"
				     "same " PROFILE "\n");
	buf_done(&archive);
}

TEST(two_archives_in_one_compressed_stream)
{
	archive_add_file(&file, "a", NULL);
	archive_end(&file);
	buf_add_n(&file, "\0\0\0\0\0\0\0\0", 8);
	make(&file);
	archive_compress(&file, "gzip");
	write_file(file.text, file.length);
	check_image("two archives", "image /boot/image\n" FACTS);
}

TEST(hard_links)
{
	const struct archive_entry entries[] = {
		{.name = "etc/vfio-prepare/profile.conf", .inode = 9, .n_links = 3},
		{.name = "etc/vfio-prepare/conf.d/more.conf", .inode = 8, .n_links = 2},
		{.name = "etc/vfio-prepare/conf.d/x.conf",
		 .inode = 9,
		 .n_links = 3,
		 .bytes = "host",
		 .length = 4}};

	for (size_t i = 0; i < ARRAY_SIZE(entries); i++)
		archive_add(&file, &entries[i]);
	archive_end(&file);
	write_file(file.text, file.length);
	check_image("links", "image /boot/image\n"
			     "maker unknown\n"
			     "start none\n"
			     "missing " MASK "\n"
			     "unknown " MORE "\n"
			     "gone /etc/vfio-prepare/conf.d/x.conf\n"
			     "same " PROFILE "\n");
}

TEST(large_profiles_are_different)
{
	_cleanup_free_ char *large = xcalloc(300000, 1);

	archive_add(&file, &(struct archive_entry){.name = "etc/vfio-prepare/profile.conf",
						   .bytes = large,
						   .length = 300000});
	archive_end(&file);
	write_file(file.text, file.length);
	check_image("large", "image /boot/image\n"
			     "maker unknown\n"
			     "start none\n"
			     "missing " MASK "\n"
			     "missing " MORE "\n"
			     "different " PROFILE "\n");
}

/* What cannot be read to its end says why. */
static void check_problem(const char *what, const char *problem)
{
	_cleanup_free_ char *got = read_image();

	check(what, strstr(got, problem) != NULL);
}

TEST(problems_are_told)
{
	static const struct {
		const char *bytes;
		size_t length;
		const char *problem;
	} rows[] = {
		{"x", 1,
		 "unreadable has parts that are neither an archive nor compressed in a known way\n"
		 "maker"},
		{"\0\0\0\0", 4, "image /boot/image\nmaker"},
		{"0", 1, "unreadable ends in the middle of an archive\ndamaged\n"},
		{"BZh9", 4, "unreadable is compressed with bzip2, which is not read here\nmaker"},
		{"\x1f\x8b", 2, "unreadable ends in the middle of an archive\ndamaged\n"},
		{"\x1f\x8b\xff\xff\xff\xff", 6,
		 "unreadable is damaged: its gzip cannot be decoded\ndamaged\n"},
		{"\x28\xb5\x2f\xfd\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 18,
		 "unreadable is damaged: its zstd cannot be decoded\ndamaged\n"},
	};
	char garbage[200];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		write_file(rows[i].bytes, rows[i].length);
		check_problem(rows[i].problem, rows[i].problem);
	}
	memset(garbage, '0', sizeof(garbage));
	write_file(garbage, sizeof(garbage));
	check_problem("garbage", "unreadable is damaged: an entry does not begin as it must\n");
}

/* At each length it is whole, cut in the middle, or ends between two entries. */
TEST(cut_anywhere_nothing_breaks)
{
	static const char *const compressions[] = {"none", "gzip", "xz", "zstd", "lz4"};

	for (size_t i = 0; i < ARRAY_SIZE(compressions); i++) {
		struct buf archive = {};
		size_t n_whole = 0;

		archive_add_file(&archive, "a", "12345");
		archive_end(&archive);
		archive_compress(&archive, compressions[i]);
		for (size_t length = 1; length < archive.length; length++) {
			_cleanup_free_ char *got = NULL;

			write_file(archive.text, length);
			got = read_image();
			n_whole += !strstr(got, "unreadable");
		}
		/* Nothing marks the end of an archive, or of a stream of lz4, that is empty so far. */
		check_int(compressions[i], n_whole, i == 0 || i == 4);
		buf_done(&archive);
	}
}

TEST(what_unpacks_without_end_at_the_limit)
{
	struct buf zeros = {};
	struct archive_entry entry = {.name = "big", .length = 64 * 1024 * 1024};
	_cleanup_free_ char *bytes = xcalloc(entry.length, 1);

	entry.bytes = bytes;
	archive_add(&zeros, &entry);
	archive_end(&zeros);
	archive_compress(&zeros, "zstd");
	for (int i = 0; i < 40; i++)
		buf_add_n(&file, zeros.text, zeros.length);
	write_file(file.text, file.length);
	check_problem("large", "unreadable unpacks to more than 2048 MiB\n");
	buf_done(&zeros);
}

/* A sparse file of zeros, and streams that hold nothing, each of which takes memory anew. */
TEST(what_holds_nothing_at_the_limit)
{
	static const char empty_lz4[] = "\x02\x21\x4c\x18\0\0\0\0";

	write_file(NULL, 0);
	check_problem("sparse", "unreadable has more than 1024 MiB\n");
	for (int i = 0; i < 65; i++)
		buf_add_n(&file, empty_lz4, 8);
	write_file(file.text, file.length);
	check_problem("empty streams", "unreadable has more than 64 compressed parts\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(each_compression_with_and_without_microcode, stop),
		cmocka_unit_test_teardown(a_later_archive_replaces_what_an_earlier_one_has, stop),
		cmocka_unit_test_teardown(modules_in_an_archive_in_front, stop),
		cmocka_unit_test_teardown(two_archives_in_one_compressed_stream, stop),
		cmocka_unit_test_teardown(hard_links, stop),
		cmocka_unit_test_teardown(large_profiles_are_different, stop),
		cmocka_unit_test_teardown(problems_are_told, stop),
		cmocka_unit_test_teardown(cut_anywhere_nothing_breaks, stop),
		cmocka_unit_test_teardown(what_unpacks_without_end_at_the_limit, stop),
		cmocka_unit_test_teardown(what_holds_nothing_at_the_limit, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
