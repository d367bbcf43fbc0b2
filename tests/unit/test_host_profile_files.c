/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: fstat */
#include "host/profile_files.h"

#include "base/buf.h"
#include "support.h"

#define ETC "etc/vfio-prepare/conf.d/"
#define RUN "run/vfio-prepare/conf.d/"
#define USR "usr/lib/vfio-prepare/conf.d/"

static struct tree tree;
static uid_t owner; /* what every file seems to belong to, unless it is 0 */

int __real_fstat(int fd, struct stat *st);
int __wrap_fstat(int fd, struct stat *st);
int __wrap_fstat(int fd, struct stat *st)
{
	int r = __real_fstat(fd, st);

	if (owner)
		st->st_uid = owner;
	return r;
}

static int make_tree(void **state _unused_)
{
	tree_init(&tree);
	owner = 0;
	return 0;
}

static int remove_tree(void **state _unused_)
{
	tree_done(&tree);
	return 0;
}

/* Loads the profile, which must be all right, and says what its description came to. */
static void expect_description(const char *file, const char *description)
{
	struct findings findings = {};
	struct profile profile;

	assert_int_equal(profile_load(&tree.root, file, &profile, &findings), 0);
	check_findings("load", &findings, "");
	check_text("description", profile.description, description);
	profile_done(&profile);
}

static void expect_findings(const char *file, const char *summary, const char *first_detail)
{
	struct profile profile = {.bootloader = BOOTLOADER_GRUB};
	struct findings findings = {};

	assert_int_equal(profile_load(&tree.root, file, &profile, &findings), -EINVAL);
	check_findings("load", &findings, summary);
	check_part("detail", findings.items[0].detail, first_detail);
	check("remedy", *findings.items[0].remedy);
	assert_int_equal(profile.bootloader, BOOTLOADER_GRUB);
	findings_done(&findings);
}

static void expect_no_profile(void)
{
	struct findings findings = {};
	struct profile profile;

	assert_int_equal(profile_load(&tree.root, NULL, &profile, &findings), -ENOENT);
	check_findings("load", &findings, "");
}

static void describe(const char *name, const char *description)
{
	_cleanup_free_ char *text = xasprintf("[host]\ndescription = %s\n", description);

	tree_file(&tree, name, text);
}

TEST(no_file_at_all)
{
	expect_no_profile();
	tree_dir(&tree, ETC);
	tree_dir(&tree, RUN);
	expect_no_profile();
}

TEST(the_profile_itself)
{
	describe("etc/vfio-prepare/profile.conf", "main");
	expect_description(NULL, "main");
}

TEST(drop_ins_come_after_it_in_the_order_of_their_names)
{
	describe("etc/vfio-prepare/profile.conf", "main");
	describe(USR "10-a.conf", "usr 10");
	expect_description(NULL, "usr 10");
	describe(ETC "05-b.conf", "etc 05");
	expect_description(NULL, "usr 10");
	describe(RUN "20-c.conf", "run 20");
	expect_description(NULL, "run 20");
	describe(ETC "30-d.conf", "etc 30");
	expect_description(NULL, "etc 30");
}

TEST(drop_ins_alone_are_a_profile)
{
	describe(USR "a.conf", "alone");
	expect_description(NULL, "alone");
}

TEST(etc_masks_run_and_run_masks_usr)
{
	describe(USR "a.conf", "usr");
	describe(RUN "a.conf", "run");
	expect_description(NULL, "run");
	describe(ETC "a.conf", "etc");
	expect_description(NULL, "etc");
}

TEST(a_masked_file_may_be_wrong)
{
	tree_file(&tree, USR "a.conf", "nonsense");
	describe(ETC "a.conf", "etc");
	expect_description(NULL, "etc");
}

TEST(keys_of_a_masked_file_do_not_shine_through)
{
	struct findings findings = {};
	struct profile profile;

	tree_file(&tree, USR "a.conf", "[host]\ndescription = usr\n[iommu]\nrequired = no\n");
	describe(ETC "a.conf", "etc");
	assert_int_equal(profile_load(&tree.root, NULL, &profile, &findings), 0);
	assert_true(profile.iommu_required);
	profile_done(&profile);
}

TEST(null_link_masks_and_is_nothing_itself)
{
	describe(USR "a.conf", "usr");
	describe(USR "b.conf", "other");
	tree_link(&tree, ETC "b.conf", "/dev/null");
	expect_description(NULL, "usr");
	tree_link(&tree, RUN "a.conf", "/dev/null");
	expect_no_profile();
}

TEST(a_link_that_begins_alike_does_not_mask)
{
	tree_link(&tree, ETC "a.conf", "/dev/null2");
	expect_findings(NULL, "profile /etc/vfio-prepare/conf.d/a.conf",
			"cannot be opened: No such file or directory");
}

TEST(links_are_followed_inside_the_root)
{
	describe("elsewhere/real", "linked");
	tree_link(&tree, ETC "a.conf", "/elsewhere/real");
	expect_description(NULL, "linked");
}

TEST(other_names_are_no_drop_ins)
{
	tree_file(&tree, ETC ".hidden.conf", "nonsense");
	tree_file(&tree, ETC ".conf", "nonsense");
	tree_file(&tree, ETC "a.conf~", "nonsense");
	tree_file(&tree, ETC "a.conf.dpkg-old", "nonsense");
	tree_file(&tree, ETC "conf", "nonsense");
	tree_file(&tree, ETC "README", "nonsense");
	expect_no_profile();
}

TEST(a_file_that_is_named_is_read_alone)
{
	describe("etc/vfio-prepare/profile.conf", "main");
	tree_file(&tree, ETC "a.conf", "nonsense");
	describe("my/profile", "mine");
	expect_description("/my/profile", "mine");
	expect_description("my/profile", "mine");
	expect_findings("/my/missing", "profile /my/missing",
			"cannot be opened: No such file or directory");
}

TEST(what_is_no_regular_file)
{
	_cleanup_free_ char *fifo = tree_place(&tree, "fifo");

	tree_dir(&tree, "directory");
	assert_int_equal(mkfifo(fifo, 0600), 0);
	expect_findings("/directory", "profile /directory", "is a directory");
	expect_findings("/fifo", "profile /fifo", "is not a regular file");
	tree_link(&tree, "loop", "loop");
	expect_findings("/loop", "profile /loop",
			"cannot be opened: Too many levels of symbolic links");
	tree_dir(&tree, "etc/vfio-prepare/profile.conf");
	tree_dir(&tree, ETC "a.conf");
	expect_findings(NULL,
			"profile /etc/vfio-prepare/profile.conf; "
			"profile /etc/vfio-prepare/conf.d/a.conf",
			"is a directory");
}

TEST(a_drop_in_directory_that_is_none)
{
	tree_file(&tree, "etc/vfio-prepare/conf.d", "x");
	describe("etc/vfio-prepare/profile.conf", "main");
	expect_findings(NULL, "profile /etc/vfio-prepare/conf.d", "Not a directory");
}

/* Who can write to a directory can have it hold a link to any file of root's. */
TEST(directories_that_others_can_write_to)
{
	const struct {
		const char *directory;
		mode_t mode;
		bool safe;
	} rows[] = {
		{"etc/vfio-prepare/conf.d", 0777, false},
		{"etc/vfio-prepare/conf.d", 01777, false},
		{"etc/vfio-prepare/conf.d", 0775, false},
		{"etc/vfio-prepare", 0757, false},
		{"etc", 0777, false},
		{"etc", 01777, geteuid() == 0},
		{"elsewhere", 0777, false},
		{"elsewhere", 01777, false},
		{"etc/vfio-prepare/conf.d", 0700, true},
		{"elsewhere", 0755, true},
	};

	describe("elsewhere/real", "linked");
	tree_link(&tree, ETC "a.conf", "/elsewhere/real");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *path = tree_place(&tree, rows[i].directory);
		_cleanup_free_ char *subject = xasprintf("profile /%s", rows[i].directory);

		assert_int_equal(chmod(path, rows[i].mode), 0);
		if (rows[i].safe)
			expect_description(NULL, "linked");
		else
			expect_findings(NULL, subject, "can be written by other users");
		assert_int_equal(chmod(path, 0755), 0);
	}
}

TEST(modes)
{
	static const struct {
		mode_t mode;
		const char *detail;
	} rows[] = {
		{0644, NULL},        {0600, NULL},        {0755, NULL},
		{0664, "mode 0664"}, {0646, "mode 0646"}, {04666, "mode 4666"},
	};
	_cleanup_free_ char *path = tree_place(&tree, "file");

	describe("file", "mine");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(chmod(path, rows[i].mode), 0);
		if (rows[i].detail)
			expect_findings("/file", "profile /file", rows[i].detail);
		else
			expect_description("/file", "mine");
	}
}

TEST(owners)
{
	describe("file", "mine");
	owner = geteuid() + 4711;
	_cleanup_free_ char *detail = xasprintf("belongs to user %u", owner);

	expect_findings("/file", "profile /file", detail);
	owner = geteuid();
	expect_description("/file", "mine");
}

TEST(sizes)
{
	_cleanup_free_ char *path = tree_place(&tree, "file");
	_cleanup_free_ char *text = xcalloc(INI_MAX_BYTES + 1, 1);

	/* As large as it may be: one key, then comments. */
	strcpy(text, "[host]\ndescription = large\n");
	for (size_t n = strlen(text); n < INI_MAX_BYTES; n++)
		text[n] = n % 64 ? '#' : '\n';
	tree_file(&tree, "file", text);
	expect_description("/file", "large");

	assert_int_equal(truncate(path, INI_MAX_BYTES + 1), 0);
	expect_findings("/file", "profile /file", "is 262145 bytes long");
	assert_int_equal(truncate(path, 100 * 1024 * 1024), 0);
	expect_findings("/file", "profile /file", "is 104857600 bytes long");
	assert_int_equal(truncate(path, 0), 0);
	expect_findings("/file", "profile /file:1", "the file is empty");
}

TEST(mistakes_of_all_files_are_told_and_named)
{
	tree_file(&tree, "etc/vfio-prepare/profile.conf", "[host]\nnonsense\n");
	tree_file(&tree, RUN "a.conf", "\n[a\n");
	expect_findings(NULL,
			"profile /etc/vfio-prepare/profile.conf:2; "
			"profile /run/vfio-prepare/conf.d/a.conf:2",
			"\"nonsense\" is neither [section], key = value nor a comment");
	/* What the keys mean is looked at once all files can be read. */
	describe("etc/vfio-prepare/profile.conf", "main");
	tree_file(&tree, RUN "a.conf", "[iommu]\nrequired = si\n");
	expect_findings(NULL, "profile /run/vfio-prepare/conf.d/a.conf:2",
			"section [iommu], key \"required\": \"si\" is not valid");
}

static void check_image_files(const char *what, bool all, const char *want)
{
	_cleanup_(strv_done) struct strv paths = {};
	struct buf buf = {};

	image_files_find(&tree.root, all, &paths);
	for (size_t i = 0; i < paths.n; i++)
		buf_addf(&buf, "%s ", paths.items[i]);
	check_text(what, buf_text(&buf), want);
	buf_done(&buf);
}

TEST(what_goes_into_an_image)
{
	check_image_files("nothing", true, "");
	tree_file(&tree, "run/vfio-prepare/conf.d/a.conf", "");
	tree_file(&tree, "etc/vfio-prepare/guarded", "");
	tree_link(&tree, "etc/vfio-prepare/conf.d/b.conf", "/dev/null");
	tree_file(&tree, "etc/udev/rules.d/05-vfio-prepare.rules", "");
	assert_false(profile_exists(&tree.root));
	tree_file(&tree, "usr/lib/vfio-prepare/conf.d/b.conf", "");
	assert_true(profile_exists(&tree.root));
	tree_remove(&tree, "usr/lib/vfio-prepare/conf.d/b.conf");
	tree_link(&tree, "etc/vfio-prepare/profile.conf", "/nowhere");
	assert_true(profile_exists(&tree.root));
	check_image_files("of the profile", false,
			  "/etc/vfio-prepare/profile.conf /etc/vfio-prepare/guarded "
			  "/etc/vfio-prepare/conf.d/b.conf ");
	check_image_files("all", true,
			  "/etc/vfio-prepare/profile.conf /etc/vfio-prepare/guarded "
			  "/etc/vfio-prepare/conf.d/b.conf "
			  "/etc/udev/rules.d/05-vfio-prepare.rules ");
}

int main(void)
{
#define TREE_TEST(name) cmocka_unit_test_setup_teardown(name, make_tree, remove_tree)
	const struct CMUnitTest tests[] = {
		TREE_TEST(no_file_at_all),
		TREE_TEST(the_profile_itself),
		TREE_TEST(drop_ins_come_after_it_in_the_order_of_their_names),
		TREE_TEST(drop_ins_alone_are_a_profile),
		TREE_TEST(etc_masks_run_and_run_masks_usr),
		TREE_TEST(a_masked_file_may_be_wrong),
		TREE_TEST(keys_of_a_masked_file_do_not_shine_through),
		TREE_TEST(null_link_masks_and_is_nothing_itself),
		TREE_TEST(a_link_that_begins_alike_does_not_mask),
		TREE_TEST(what_goes_into_an_image),
		TREE_TEST(links_are_followed_inside_the_root),
		TREE_TEST(other_names_are_no_drop_ins),
		TREE_TEST(a_file_that_is_named_is_read_alone),
		TREE_TEST(what_is_no_regular_file),
		TREE_TEST(a_drop_in_directory_that_is_none),
		TREE_TEST(directories_that_others_can_write_to),
		TREE_TEST(modes),
		TREE_TEST(owners),
		TREE_TEST(sizes),
		TREE_TEST(mistakes_of_all_files_are_told_and_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
