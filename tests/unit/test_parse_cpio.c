/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/cpio.h"

#include "fake/archive.h"
#include "support.h"

static struct buf seen;

static bool begin(void *userdata, const struct cpio_entry *entry)
{
	const char *wanted = userdata;

	buf_addf(&seen, "%s %o %u\n", entry->name, entry->mode, entry->size);
	return wanted && strstr(entry->name, wanted);
}

static void content(void *userdata _unused_, const struct cpio_entry *entry, const char *bytes)
{
	buf_addf(&seen, "%s: %.*s\n", entry->name, (int)entry->size, bytes);
	assert_int_equal(bytes[entry->size], '\0');
}

static int stop(void **state _unused_)
{
	buf_done(&seen);
	return 0;
}

/* wanted: what is in the names of the entries whose content is wanted; NULL: none. */
static struct cpio parser(const char *wanted)
{
	struct cpio cpio = {.begin = begin, .content = content, .userdata = (void *)wanted};

	cpio_begin(&cpio);
	return cpio;
}

static void make(struct buf *archive)
{
	archive_add(archive, &(struct archive_entry){.name = "./etc", .mode = S_IFDIR | 0755});
	archive_add_file(archive, "./etc/a", "12345");
	archive_add_file(archive, "/etc/empty", NULL);
	archive_add(archive, &(struct archive_entry){.name = "etc/link",
						     .mode = S_IFLNK | 0777,
						     .bytes = "/dev/null",
						     .length = 9});
	archive_end(archive);
	buf_add(archive, "behind");
}

#define ALL                    \
	"etc 40755 0\n"        \
	"etc/a 100644 5\n"     \
	"etc/a: 12345\n"       \
	"etc/empty 100644 0\n" \
	"etc/empty: \n"        \
	"etc/link 120777 9\n"  \
	"etc/link: /dev/null\n"

/* However the bytes come in pieces, the entries are the same. */
TEST(entries_come_out_whole)
{
	static const size_t pieces[] = {1, 2, 3, 7, 110, 111, 4096};
	struct buf archive = {};

	make(&archive);
	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		struct cpio cpio = parser("etc/");
		size_t at = 0, n;

		do {
			size_t left = archive.length - at;

			n = cpio_feed(&cpio, archive.text + at,
				      left < pieces[i] ? left : pieces[i]);
			at += n;
		} while (n && cpio.state != CPIO_END);
		check_text("entries", buf_text(&seen), ALL);
		check_int("what is behind is left", archive.length - at, strlen("behind"));
		check("whole", cpio_is_whole(&cpio));
		cpio_done(&cpio);
		buf_done(&seen);
	}
	buf_done(&archive);
}

TEST(content_that_nobody_wants_goes_by)
{
	struct cpio cpio = parser(NULL);
	struct buf archive = {};

	make(&archive);
	cpio_feed(&cpio, archive.text, archive.length);
	check_text("entries", buf_text(&seen),
		   "etc 40755 0\netc/a 100644 5\netc/empty 100644 0\netc/link 120777 9\n");
	cpio_done(&cpio);
	buf_done(&archive);
}

TEST(one_archive_after_the_other)
{
	struct cpio cpio = parser(NULL);
	struct buf archive = {};

	archive_add_file(&archive, "a", "x");
	archive_end(&archive);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(cpio_feed(&cpio, archive.text, archive.length), archive.length);
		assert_int_equal(cpio_feed(&cpio, "070701", 6), 0);
		cpio_begin(&cpio);
	}
	check_text("entries", buf_text(&seen), "a 100644 1\na 100644 1\n");
	cpio_done(&cpio);
	buf_done(&archive);
}

TEST(hard_links_have_one_inode)
{
	const struct archive_entry entries[] = {
		{.name = "a", .inode = 7, .n_links = 2},
		{.name = "b", .inode = 7, .n_links = 2, .bytes = "x", .length = 1}};
	struct cpio cpio = parser(NULL);
	struct buf archive = {};
	uint64_t inode = 0;

	archive_add(&archive, &entries[0]);
	cpio_feed(&cpio, archive.text, archive.length);
	inode = cpio.entry.inode;
	assert_int_equal(cpio.entry.n_links, 2);
	buf_done(&archive);
	archive_add(&archive, &entries[1]);
	cpio_feed(&cpio, archive.text, archive.length);
	assert_true(inode == cpio.entry.inode);
	cpio_done(&cpio);
	buf_done(&archive);
}

#define HEADER(magic, name_size) \
	magic "00000001"         \
	      "000081a4"         \
	      "00000000"         \
	      "00000000"         \
	      "00000001"         \
	      "00000000"         \
	      "00000000"         \
	      "00000000"         \
	      "00000000"         \
	      "00000000"         \
	      "00000000" name_size "00000000"

TEST(what_is_no_entry_is_an_error)
{
	static const struct {
		const char *bytes, *error;
	} rows[] = {
		{HEADER("070707", "00000002") "a", "an entry does not begin as it must"},
		{HEADER("070701", "0000000x") "a", "an entry has a number that is none"},
		{HEADER("070701", " 0000002") "a", "an entry has a number that is none"},
		{HEADER("070701", "00000000") "a", "the length of a name is impossible"},
		{HEADER("070701", "00001001") "a", "the length of a name is impossible"},
		{HEADER("070701", "ffffffff") "a", "the length of a name is impossible"},
		{HEADER("070701", "00000002") "ab", "a name has no end"},
		{HEADER("070702", "00000002") "a\0", NULL},
		{HEADER("070701", "00001000") "ab", NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct cpio cpio = parser(NULL);

		cpio_feed(&cpio, rows[i].bytes, CPIO_HEADER_BYTES + 2);
		check_text(rows[i].bytes, cpio.error, rows[i].error);
		check_int(rows[i].bytes, cpio.state == CPIO_ERROR, rows[i].error != NULL);
		check_int(rows[i].bytes, cpio_feed(&cpio, "x", 1), rows[i].error == NULL);
		cpio_done(&cpio);
	}
}

TEST(an_archive_may_end_only_between_entries)
{
	struct buf archive = {};
	unsigned n_whole = 0;

	archive_add_file(&archive, "a", "12345");
	archive_end(&archive);
	for (size_t length = 0; length <= archive.length; length++) {
		struct cpio cpio = parser("a");

		cpio_feed(&cpio, archive.text, length);
		n_whole += cpio_is_whole(&cpio);
		cpio_done(&cpio);
	}
	check_int("before the first, after it, and at the end", n_whole, 3);
	buf_done(&archive);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(entries_come_out_whole, stop),
		cmocka_unit_test_teardown(content_that_nobody_wants_goes_by, stop),
		cmocka_unit_test_teardown(one_archive_after_the_other, stop),
		cmocka_unit_test_teardown(hard_links_have_one_inode, stop),
		cmocka_unit_test_teardown(what_is_no_entry_is_an_error, stop),
		cmocka_unit_test_teardown(an_archive_may_end_only_between_entries, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
