/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: root_replace_file */
#include "host/files.h"
#include "verbs.h"

#define HEADER "# Written by vfio-prepare from its profile; changes here are lost.\n"

#define MODPROBE "/etc/modprobe.d/vfio-prepare.conf"
#define MODULES_LOAD "/etc/modules-load.d/vfio-prepare.conf"

/* The host takes one file, once, and not the next. */
static bool fails;
static int n_writes;

int __real_root_replace_file(struct root *root, const char *path, const char *text, mode_t mode);
int __wrap_root_replace_file(struct root *root, const char *path, const char *text, mode_t mode);
int __wrap_root_replace_file(struct root *root, const char *path, const char *text, mode_t mode)
{
	if (fails && n_writes++ > 0)
		return -EROFS;
	return __real_root_replace_file(root, path, text, mode);
}

static int apply(bool force)
{
	return run_verb(&apply_verb, &(struct options){.force = force});
}

static void check_file(const char *path, const char *want)
{
	_cleanup_free_ char *text = NULL;

	if (root_read_file(&tree.root, path, 4096, &text, NULL) < 0)
		text = NULL;
	check_text(path, text, want);
}

/* Below a root that is no running host programs are named, and none is run. */
TEST(again_is_nothing)
{
	tree_dir(&tree, "etc/modprobe.d");
	tree_dir(&tree, "etc/modules-load.d");
	profile("[device x]\naddress = 01:00.0\n");
	check_int("first", apply(false), STATUS_DONE);
	check_file("/etc/modprobe.d/vfio-prepare.conf", HEADER "options vfio-pci ids=10de:1bb0\n");
	check_file("/etc/modules-load.d/vfio-prepare.conf", HEADER "vfio_iommu_type1\nvfio_pci\n");
	check_int("again", apply(false), STATUS_DONE);
	check_text("again", out.text, "All is as it should be: nothing was written.\n");
	profile("[host]\ndescription = x\n");
	check_int("emptied", apply(false), STATUS_DONE);
	check_file("/etc/modprobe.d/vfio-prepare.conf", NULL);
	check_file("/etc/modules-load.d/vfio-prepare.conf", NULL);
}

TEST(what_others_wrote)
{
	profile("[device x]\naddress = 01:00.0\n");
	tree_file(&tree, "etc/modprobe.d/vfio-prepare.conf", "mine\n");
	check_int("not forced", apply(false), STATUS_PARTLY);
	check_file("/etc/modprobe.d/vfio-prepare.conf", "mine\n");
	check("finding", strstr(out.text, "[foreign-file]") != NULL);
	check_int("forced", apply(true), STATUS_DONE);
	check_file("/etc/modprobe.d/vfio-prepare.conf", HEADER "options vfio-pci ids=10de:1bb0\n");
}

/* Larger than anything that is read, and not to be read at all. */
TEST(what_cannot_be_read)
{
	const size_t size = OWN_FILE_MAX + 1;
	_cleanup_free_ char *large = xcalloc(size, 1), *place = NULL;
	struct stat st;

	memset(large, '#', size);
	profile("[device x]\naddress = 01:00.0\n");
	tree_bytes(&tree, "etc/modprobe.d/vfio-prepare.conf", large, size);
	tree_link(&tree, "etc/modules-load.d/vfio-prepare.conf", "vfio-prepare.conf");
	check_int("status", apply(true), STATUS_PARTLY);
	check("large",
	      strstr(out.text,
		     "refused /etc/modprobe.d/vfio-prepare.conf: cannot be read: File too large") !=
		      NULL);
	check("finding", strstr(out.text, "is left alone: Too many levels of symbolic links "
					  "[foreign-file]") != NULL);
	place = tree_place(&tree, "etc/modprobe.d/vfio-prepare.conf");
	assert_int_equal(stat(place, &st), 0);
	assert_int_equal(st.st_size, size);
	assert_int_equal(root_open(&tree.root, "/etc/modules-load.d/vfio-prepare.conf", O_PATH),
			 -ELOOP);
}

TEST(nothing_with_a_wrong_profile)
{
	profile("nonsense");
	check_int("status", apply(false), STATUS_USAGE);
	check_file("/etc/modprobe.d/vfio-prepare.conf", NULL);
	assert_string_equal(out.text, "");
}

TEST(where_nothing_can_be_written)
{
	profile("[device x]\naddress = 01:00.0\n");
	tree_link(&tree, "etc/modprobe.d", "nowhere");
	check_int("status", apply(true), STATUS_FAILED);
	check("message", strstr(err.text, "all are as they were") != NULL);
	check("report", strstr(out.text, "failed /etc/modprobe.d/vfio-prepare.conf") != NULL);
	check_file("/etc/modules-load.d/vfio-prepare.conf", NULL);
}

TEST(where_one_is_written_and_cannot_be_put_back)
{
	profile("[device x]\naddress = 01:00.0\n");
	tree_dir(&tree, "etc/modules-load.d");
	tree_file(&tree, MODPROBE, HEADER "blacklist old\n");
	fails = true;
	check_int("status", apply(false), STATUS_FAILED);
	fails = false;
	check_text("message", err.text,
		   "vfio-prepare: not all files can be written: Read-only file system\n"
		   "vfio-prepare: not all files could be put back: Read-only file system; see the "
		   "report\n");
	check("report", strstr(out.text, "failed " MODPROBE) != NULL);
	check_file(MODPROBE, HEADER "options vfio-pci ids=10de:1bb0\n");
	check_file(MODULES_LOAD, NULL);
}

/* A grub.cfg that has the argument, and a kernel that does not. */
TEST(restart)
{
	tree_dir(&tree, "run");
	profile("[iommu]\npassthrough = yes\n[device x]\naddress = 01:00.0\n");
	tree_file(&tree, "proc/cmdline", "root=/dev/sda1\n");
	tree_file(&tree, "etc/default/grub", "GRUB_CMDLINE_LINUX=\"iommu=pt\"\n");
	tree_dir(&tree, "etc/default/grub.d");
	tree_file(&tree, "boot/grub/grub.cfg", "linux /vmlinuz root=/dev/sda1 iommu=pt\n");
	check_int("status", apply(false), STATUS_REBOOT_REQUIRED);
	check_file("/run/vfio-prepare/reboot-required", "argument iommu=pt\n");
	tree_file(&tree, "proc/cmdline", "root=/dev/sda1 iommu=pt\n");
	check_int("after it", apply(false), STATUS_DONE);
	check_file("/run/vfio-prepare/reboot-required", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(again_is_nothing, verb_start, verb_stop),
		cmocka_unit_test_setup_teardown(what_others_wrote, verb_start, verb_stop),
		cmocka_unit_test_setup_teardown(what_cannot_be_read, verb_start, verb_stop),
		cmocka_unit_test_setup_teardown(nothing_with_a_wrong_profile, verb_start,
						verb_stop),
		cmocka_unit_test_setup_teardown(where_nothing_can_be_written, verb_start,
						verb_stop),
		cmocka_unit_test_setup_teardown(where_one_is_written_and_cannot_be_put_back,
						verb_start, verb_stop),
		cmocka_unit_test_setup_teardown(restart, verb_start, verb_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
