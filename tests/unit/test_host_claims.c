/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <sys/stat.h>

#include "host/claims.h"
#include "host/files.h"
#include "model/boot_log.h"
#include "support.h"

static struct tree tree;

static int start(void **state _unused_)
{
	tree_init(&tree);
	tree_dir(&tree, "run");
	return 0;
}

static int stop(void **state _unused_)
{
	tree_done(&tree);
	return 0;
}

static void add(struct claim_files *files, const char *place, const char *text, bool vague)
{
	*vec_add(files) = (struct claim_file){.address = address(place),
					      .text = xstrdup(text),
					      .vague = vague};
}

static char *claim(const char *place)
{
	_cleanup_free_ char *path = xasprintf(CLAIMS_DIRECTORY "/%s", place);

	return root_read_text(&tree.root, path, 1000);
}

static size_t count(void)
{
	_cleanup_(strv_done) struct strv names = {};

	root_list(&tree.root, CLAIMS_DIRECTORY, &names);
	return names.n;
}

/* Which file it is, so that a new one is told from the old one. */
static ino_t inode(void)
{
	_cleanup_close_ int fd = root_open(&tree.root, CLAIMS_DIRECTORY "/0000:01:00.0", O_RDONLY);
	struct stat st = {};

	if (fd >= 0)
		assert_int_equal(fstat(fd, &st), 0);
	return st.st_ino;
}

/* Consumers that are not root read them. */
TEST(others_may_read_them)
{
	_cleanup_(claim_files_done) struct claim_files files = {};
	const mode_t mask = umask(077);

	add(&files, "0000:01:00.0", "a\n", false);
	assert_int_equal(claims_write(&tree.root, &files, false), 0);
	assert_int_equal(umask(mask), 077);
	assert_int_equal(root_file_mode(&tree.root, "/run/vfio-prepare", 0), 0755);
	assert_int_equal(root_file_mode(&tree.root, CLAIMS_DIRECTORY, 0), 0755);
	assert_int_equal(root_file_mode(&tree.root, CLAIMS_DIRECTORY "/0000:01:00.0", 0), 0644);
}

TEST(they_are_what_is_given)
{
	_cleanup_(claim_files_done) struct claim_files files = {}, fewer = {};
	_cleanup_free_ char *first = NULL, *second = NULL, *again = NULL;

	add(&files, "01:00.0", "one\n", false);
	add(&files, "10000:02:00.1", "two\n", false);
	assert_int_equal(claims_write(&tree.root, &files, false), 0);
	first = claim("0000:01:00.0");
	second = claim("10000:02:00.1");
	assert_string_equal(first, "one\n");
	assert_string_equal(second, "two\n");
	assert_int_equal(count(), 2);
	add(&fewer, "01:00.0", "three\n", false);
	assert_int_equal(claims_write(&tree.root, &fewer, false), 0);
	again = claim("0000:01:00.0");
	assert_string_equal(again, "three\n");
	assert_int_equal(count(), 1);
}

/* Devices of a section share a file, and one that is replaced leaves the others as they are. */
TEST(what_is_shared_is_not_changed_for_all)
{
	static const char *const want[] = {"one\n", "other\n", "one\n"};
	_cleanup_(claim_files_done) struct claim_files files = {}, changed = {};
	const char *const places[] = {"0000:01:00.0", "0000:01:00.1", "0000:01:00.2"};
	struct stat st;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		add(&files, places[i], "one\n", false);
		add(&changed, places[i], want[i], false);
	}
	assert_int_equal(claims_write(&tree.root, &files, false), 0);
	assert_int_equal(root_stat(&tree.root, CLAIMS_DIRECTORY "/0000:01:00.0", &st), 0);
	assert_int_equal(st.st_nlink, ARRAY_SIZE(places));
	assert_int_equal(claims_write(&tree.root, &changed, false), 0);
	assert_int_equal(count(), ARRAY_SIZE(places));
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		_cleanup_free_ char *text = claim(places[i]);

		check_text(places[i], text, want[i]);
	}
}

/* What is right is not written; what is known less well than before leaves it alone. */
TEST(again_is_harmless)
{
	static const struct {
		const char *text;
		bool vague, is_new;
	} rows[] = {{"one\n", false, true},
		    {"one\n", false, false},
		    {"less\n", true, false},
		    {"one\nmore\n", false, true},
		    {"one\n", false, true}};

	ino_t before;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(claim_files_done) struct claim_files files = {};
		_cleanup_free_ char *got = NULL;

		before = inode();
		add(&files, "01:00.0", rows[i].text, rows[i].vague);
		assert_int_equal(claims_write(&tree.root, &files, false), 0);
		check_int(rows[i].text, inode() != before, rows[i].is_new);
		got = claim("0000:01:00.0");
		check_text(rows[i].text, got, rows[i].vague ? "one\n" : rows[i].text);
	}
}

TEST(without_any_there_is_no_directory)
{
	struct claim_files none = {};

	assert_int_equal(claims_write(&tree.root, &none, false), 0);
	assert_false(root_exists(&tree.root, CLAIMS_DIRECTORY));
}

/* One that cannot be removed does not keep the others from being right; what is no claim stays. */
TEST(what_others_put_there)
{
	_cleanup_(claim_files_done) struct claim_files files = {};
	_cleanup_free_ char *got = NULL;
	struct capture err;

	tree_dir(&tree, "run/vfio-prepare/claims/0000:02:00.0");
	tree_file(&tree, "run/vfio-prepare/claims/README", "x\n");
	tree_file(&tree, "run/vfio-prepare/claims/0000:03:00.0", "old\n");
	add(&files, "01:00.0", "one\n", false);
	capture_begin(&err, STDERR_FILENO);
	assert_true(claims_write(&tree.root, &files, false) < 0);
	assert_non_null(strstr(capture_end(&err), CLAIMS_DIRECTORY));
	got = claim("0000:01:00.0");
	check_text("claim", got, "one\n");
	assert_true(root_exists(&tree.root, CLAIMS_DIRECTORY "/README"));
	assert_false(root_exists(&tree.root, CLAIMS_DIRECTORY "/0000:03:00.0"));
}

TEST(a_link_is_not_followed)
{
	_cleanup_(claim_files_done) struct claim_files files = {};
	struct capture err;

	tree_file(&tree, "etc/0000:03:00.0", "not ours\n");
	tree_dir(&tree, "run/vfio-prepare");
	tree_link(&tree, "run/vfio-prepare/claims", "/etc");
	add(&files, "01:00.0", "one\n", false);
	capture_begin(&err, STDERR_FILENO);
	assert_true(claims_write(&tree.root, &files, false) < 0);
	capture_end(&err);
	assert_true(root_exists(&tree.root, "/etc/0000:03:00.0"));
	assert_false(root_exists(&tree.root, "/etc/0000:01:00.0"));
}

TEST(unknown_bindings_keep_their_claims)
{
	struct claim_files none = {.unknown = true};

	tree_file(&tree, "run/vfio-prepare/claims/0000:03:00.0", "old\n");
	assert_int_equal(claims_write(&tree.root, &none, false), 0);
	assert_int_equal(count(), 1);
}

/* What cannot be written is told, and no half of a claim is there. */
TEST(what_cannot_be_written)
{
	_cleanup_(claim_files_done) struct claim_files files = {};
	struct capture err;

	tree_file(&tree, "run/vfio-prepare/claims", "no directory\n");
	add(&files, "01:00.0", "one\n", false);
	capture_begin(&err, STDERR_FILENO);
	assert_true(claims_write(&tree.root, &files, false) < 0);
	assert_non_null(strstr(capture_end(&err), CLAIMS_DIRECTORY));
}

#define CLAIMS_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CLAIMS_TEST(others_may_read_them),
		CLAIMS_TEST(they_are_what_is_given),
		CLAIMS_TEST(what_is_shared_is_not_changed_for_all),
		CLAIMS_TEST(again_is_harmless),
		CLAIMS_TEST(without_any_there_is_no_directory),
		CLAIMS_TEST(what_others_put_there),
		CLAIMS_TEST(a_link_is_not_followed),
		CLAIMS_TEST(unknown_bindings_keep_their_claims),
		CLAIMS_TEST(what_cannot_be_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
