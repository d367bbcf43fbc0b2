/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is read through a root handle and recorded, answers the same reads elsewhere. */
#include "base/buf.h"
#include "host/recorder.h"
#include "host/snapshot.h"
#include "support.h"

static struct tree tree;
static struct recorder recorder;

#define CARD "sys/devices/pci0000:00/0000:00:03.1/0000:01:00.0/"

static int start(void **state _unused_)
{
	tree_init(&tree);
	tree_file(&tree, CARD "uevent", "PCI_ID=1:2\n");
	tree_bytes(&tree, CARD "config", "\0\1\2\n ", 5);
	tree_file(&tree, CARD "unread", "secret");
	tree_link(&tree, CARD "driver", "../../../../bus/pci/drivers/nvme");
	tree_dir(&tree, "sys/bus/pci/drivers/nvme");
	tree_link(&tree, "sys/bus/pci/devices/0000:01:00.0",
		  "../../../devices/pci0000:00/0000:00:03.1/0000:01:00.0");
	tree_link(&tree, "sys/bus/pci/devices/0000:09:00.0", "../../../devices/gone");
	tree_dir(&tree, "sys/empty");
	tree_file(&tree, "sys/names/a", "not read");
	tree_dir(&tree, "sys/names/b");
	tree_file(&tree, "sys/names/b/below", "not read");
	tree_link(&tree, "sys/names/c", "nowhere");
	tree_file(&tree, "usr/lib/os-release", "ID=debian\n");
	tree_link(&tree, "lib", "usr/lib");
	tree_link(&tree, "etc/os-release", "/lib/os-release");
	tree_link(&tree, "etc/relative", "../lib/../lib/os-release");
	tree_link(&tree, "proc/self", "42");
	tree_file(&tree, "proc/42/mountinfo", "x\n");
	tree_link(&tree, "loop", "loop");
	tree_file(&tree, "large", "0123456789");
	return 0;
}

static int stop(void **state _unused_)
{
	recorder_done(&recorder);
	tree_done(&tree);
	return 0;
}

/* --- what a verb may ask a host --- */

static void look_file(struct root *root, const char *path, struct buf *answers)
{
	_cleanup_free_ char *text = NULL;
	size_t length = 0;
	int r = root_read_file(root, path, 99, &text, &length);

	/* The text as it is, for some of them hold no bytes but zero. */
	buf_addf(answers, "file %s: %d %zu ", path, r, length);
	for (size_t i = 0; i < length; i++)
		buf_addf(answers, "%02x", (unsigned char)text[i]);
	buf_add(answers, "\n");
}

static void look_list(struct root *root, const char *path, struct buf *answers)
{
	struct strv names = {};

	buf_addf(answers, "list %s: %d", path, root_list(root, path, &names));
	for (size_t i = 0; i < names.n; i++)
		buf_addf(answers, " %s", names.items[i]);
	buf_addf(answers, ", %d\n", root_has_entries(root, path));
	strv_done(&names);
}

static void look_link(struct root *root, const char *path, struct buf *answers)
{
	char target[128] = "", name[128] = "";
	int r = root_read_link(root, path, target, sizeof(target)),
	    r_name = root_read_link_name(root, path, name, sizeof(name));

	buf_addf(answers, "link %s: %d %s %d %s\n", path, r, target, r_name, name);
}

static void look_open(struct root *root, const char *path, int flags, struct buf *answers)
{
	_cleanup_close_ int fd = root_open(root, path, flags);

	buf_addf(answers, "open %s: %d\n", path, fd < 0 ? fd : 0);
}

static void look_attributes(struct root *root, const char *path, struct buf *answers)
{
	static const char *const names[] = {"uevent", "config", "driver", "none"};
	_cleanup_close_ int dir = root_open(root, path, O_PATH | O_DIRECTORY);

	for (size_t i = 0; i < ARRAY_SIZE(names) && dir >= 0; i++) {
		char text[64] = "", link[64] = "", bytes[64] = "";

		buf_addf(answers, "attribute %s/%s: %d %s", path, names[i],
			 attribute_read(root, dir, names[i], text, sizeof(text)), text);
		buf_addf(answers, " %d",
			 attribute_read_bytes(root, dir, names[i], bytes, sizeof(bytes)));
		buf_addf(answers, " %02x %d %s\n", (unsigned char)bytes[1],
			 attribute_read_link_name(root, dir, names[i], link, sizeof(link)), link);
	}
}

/* The answer to one question, or with SIZE_MAX to all; NULL: there is no such question. */
static char *look(struct root *root, size_t only)
{
	static const struct {
		void (*ask)(struct root *root, const char *path, struct buf *answers);
		const char *path;
	} questions[] = {
		{look_file, "/etc/os-release"},
		{look_file, "etc/relative"},
		{look_file, "/proc/self/mountinfo"},
		{look_file, "/large"},
		{look_file, "/none/x"},
		{look_file, "/loop"},
		{look_file, "/sys"},
		{look_file, "/sys/bus/pci/devices/0000:01:00.0/uevent"},
		{look_list, "/sys/names"},
		{look_list, "/sys/empty"},
		{look_list, "/lib"},
		{look_list, "/sys/bus/pci/devices"},
		{look_list, "/none"},
		{look_link, "/sys/bus/pci/devices/0000:01:00.0"},
		{look_link, "/sys/bus/pci/devices/0000:09:00.0"},
		{look_link, "/sys/bus/pci/devices/0000:01:00.0/driver"},
		{look_link, "/sys/names/a"},
		{look_link, "/none"},
		{look_attributes, "/sys/bus/pci/devices/0000:01:00.0"},
		{look_attributes, "/sys/bus/pci/devices/0000:09:00.0"},
	};
	struct buf answers = {};

	for (size_t i = 0; i < ARRAY_SIZE(questions); i++)
		if (only == SIZE_MAX || only == i)
			questions[i].ask(root, questions[i].path, &answers);
	if (only == ARRAY_SIZE(questions) || only == SIZE_MAX) {
		look_open(root, "/sys/bus/pci/drivers/nvme", O_PATH, &answers);
		look_open(root, "/sys/bus/pci/drivers/igb", O_PATH, &answers);
		look_open(root, "/sys/bus/pci/devices/0000:01:00.0", O_PATH | O_DIRECTORY,
			  &answers);
		look_open(root, "/", O_RDONLY | O_DIRECTORY, &answers);
		look_open(root, "/sys/../sys/./empty/", O_RDONLY | O_DIRECTORY, &answers);
	}
	return answers.length ? buf_take(&answers) : NULL;
}

/* What the recorded tree answers, laid out as a directory. */
static char *replay(size_t only)
{
	_cleanup_free_ char *path = xasprintf("%s.snapshot", tree.path);
	struct root elsewhere;
	char *answers;

	recorder_sort(&recorder);
	assert_int_equal(snapshot_write(path, &recorder, &(const char *){NULL}), 0);
	assert_int_equal(root_init(&elsewhere, path), 0);
	answers = look(&elsewhere, only);
	root_done(&elsewhere);
	assert_int_equal(nftw(path, tree_remove_entry, 16, FTW_DEPTH | FTW_PHYS), 0);
	return answers;
}

static void record(size_t only)
{
	tree.root.recorder = &recorder;
	free(look(&tree.root, only));
	tree.root.recorder = NULL;
}

/* With and without a recorder, through openat2() and by hand, a host says the same. */
TEST(recording_changes_no_answer)
{
	_cleanup_free_ char *plain = look(&tree.root, SIZE_MAX), *recorded = NULL, *walked = NULL;

	tree.root.recorder = &recorder;
	recorded = look(&tree.root, SIZE_MAX);
	tree.root.recorder = NULL;
	check_text("recorded", recorded, plain);
	tree.root.no_openat2 = true;
	walked = look(&tree.root, SIZE_MAX);
	check_text("walked", walked, plain);
}

TEST(what_was_recorded_answers_the_same)
{
	_cleanup_free_ char *here = look(&tree.root, SIZE_MAX), *there = NULL;

	record(SIZE_MAX);
	there = replay(SIZE_MAX);
	check_text("answers", there, here);
}

/* Each question by itself, so that none answers only for another's sake. */
TEST(each_question_brings_its_own_answer)
{
	for (size_t i = 0;; i++) {
		_cleanup_free_ char *here = look(&tree.root, i), *there = NULL;

		if (!here)
			break;
		record(i);
		there = replay(i);
		check_text("answers", there, here);
		recorder_done(&recorder);
	}
}

/* An error is not the same as nothing. */
TEST(what_gave_an_error_gives_one_elsewhere)
{
	_cleanup_free_ char *path = xasprintf("%s.snapshot", tree.path), *text = NULL;
	struct root elsewhere;
	char bytes[4];
	int dir;

	tree.root.recorder = &recorder;
	assert_int_equal(root_read_file(&tree.root, "/large", 5, &text, NULL), -EFBIG);
	dir = root_open(&tree.root, "/sys/names", O_PATH | O_DIRECTORY);
	assert_true(dir >= 0);
	assert_int_equal(attribute_read_bytes(&tree.root, dir, "b", bytes, sizeof(bytes)), -EISDIR);
	close(dir);
	tree.root.recorder = NULL;

	assert_int_equal(snapshot_write(path, &recorder, &(const char *){NULL}), 0);
	assert_int_equal(root_init(&elsewhere, path), 0);
	assert_int_equal(root_read_file(&elsewhere, "/large", 5, &text, NULL), -ELOOP);
	dir = root_open(&elsewhere, "/sys/names", O_PATH | O_DIRECTORY);
	assert_int_equal(attribute_read_bytes(&elsewhere, dir, "b", bytes, sizeof(bytes)), -ELOOP);
	close(dir);
	root_done(&elsewhere);
	assert_int_equal(nftw(path, tree_remove_entry, 16, FTW_DEPTH | FTW_PHYS), 0);
}

/* What was read once is not forgotten. */
TEST(an_error_after_an_answer_changes_nothing)
{
	_cleanup_free_ char *text = NULL, *more = NULL;

	tree.root.recorder = &recorder;
	assert_int_equal(root_read_file(&tree.root, "/large", 99, &text, NULL), 0);
	assert_int_equal(root_read_file(&tree.root, "/large", 5, &more, NULL), -EFBIG);
	tree.root.recorder = NULL;
	recorder_sort(&recorder);
	vec_foreach(record, &recorder)
		if (strcmp(record->path, "large") == 0)
			assert_string_equal(record->bytes, "0123456789");
	assert_int_equal(recorder.n, 1);
}

static const struct record *find(const char *path)
{
	vec_foreach(record, &recorder)
		if (strcmp(record->path, path) == 0)
			return record;
	return NULL;
}

TEST(nothing_is_recorded_that_was_not_read)
{
	record(SIZE_MAX);
	assert_null(find(CARD "unread"));
	/* In a list it is a name, of a file without its bytes, of a directory without what is in it. */
	assert_non_null(find("sys/names/a"));
	assert_false(find("sys/names/a")->has_bytes);
	assert_int_equal(find("sys/names/b")->kind, RECORD_DIRECTORY);
	assert_null(find("sys/names/b/below"));
	/* Links on the way are links, and what they lead to stands where it is. */
	assert_int_equal(find("lib")->kind, RECORD_LINK);
	assert_string_equal(find("lib")->bytes, "usr/lib");
	assert_string_equal(find("etc/os-release")->bytes, "/lib/os-release");
	assert_int_equal(find("proc/self")->kind, RECORD_LINK);
	assert_string_equal(find("proc/42/mountinfo")->bytes, "x\n");
	assert_int_equal(find(CARD "config")->length, 5);
	assert_null(find("none"));
	vec_foreach(item, &recorder)
		check(item->path, item->path[0] != '/' && !strstr(item->path, "//") &&
					  !strstr(item->path, ".."));
}

/* A tree in a tree: paths are told from the root, not from that of the machine. */
TEST(a_root_whose_name_begins_another)
{
	_cleanup_free_ char *path = xasprintf("%s/sys", tree.path), *text = NULL;
	struct root below;

	assert_int_equal(root_init(&below, path), 0);
	below.recorder = &recorder;
	assert_int_equal(root_read_file(&below, "/names/a", 99, &text, NULL), 0);
	assert_non_null(find("names/a"));
	root_done(&below);
}

int main(void)
{
#define RECORDING_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
		RECORDING_TEST(recording_changes_no_answer),
		RECORDING_TEST(what_was_recorded_answers_the_same),
		RECORDING_TEST(each_question_brings_its_own_answer),
		RECORDING_TEST(what_gave_an_error_gives_one_elsewhere),
		RECORDING_TEST(an_error_after_an_answer_changes_nothing),
		RECORDING_TEST(nothing_is_recorded_that_was_not_read),
		RECORDING_TEST(a_root_whose_name_begins_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
