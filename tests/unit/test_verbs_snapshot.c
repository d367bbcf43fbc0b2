/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verbs.h"

#include "host/storage.h"
#include "host/users.h"

#define UUID "8a9b1c2d-1111-2222-3333-444455556666"
#define SERIAL "00-11-22-ff-ff-33-44-55"
#define CARD "sys/devices/pci0000:00/0000:00:01.0/0000:04:00.0"

/* A disk with the host's root, a device that is selected by its serial number, files of the tool's own. */
static int start(void **state)
{
	static const uint8_t capability[] = {0x03, 0x00, 0x01, 0x00, 0x55, 0x44,
					     0x33, 0xff, 0xff, 0x22, 0x11, 0x00};
	uint8_t config[512] = {};

	verb_start(state);
	memcpy(config + 0x100, capability, sizeof(capability));
	tree_bytes(&tree, CARD "/config", config, sizeof(config));
	tree_file(&tree, CARD "/uevent", "PCI_CLASS=10802\nPCI_ID=144D:A808\nPCI_SUBSYS_ID=0:0\n");
	tree_file(&tree, CARD "/driver_override", "nvme\n");
	tree_file(&tree, CARD "/power", "nobody reads this\n");
	tree_link(&tree, CARD "/driver", "../../../../bus/pci/drivers/nvme");
	tree_link(&tree, "sys/bus/pci/devices/0000:04:00.0",
		  "../../../devices/pci0000:00/0000:00:01.0/0000:04:00.0");
	tree_file(&tree, CARD "/nvme/nvme0/nvme0n1/dev", "259:0\n");
	tree_link(&tree, "sys/class/block/nvme0n1",
		  "../../devices/pci0000:00/0000:00:01.0/0000:04:00.0/nvme/nvme0/nvme0n1");
	tree_link(&tree, "dev/disk/by-id/nvme-Samsung_S4EV", "../../nvme0n1");
	tree_file(&tree, "proc/self/mountinfo", "22 1 259:0 / / rw - ext4 /dev/nvme0n1 rw\n");
	tree_file(&tree, "proc/cmdline",
		  "root=UUID=" UUID " resume=/dev/disk/by-id/nvme-Samsung_S4EV\n");
	tree_file(&tree, "etc/fstab", "UUID=" UUID " / ext4 rw\n");
	tree_file(&tree, "etc/modprobe.d/vfio-prepare.conf", "# theirs\n");
	tree_file(&tree, "etc/rc.local", "vfiobind 0000:02:00.0\nlogin secret\n");
	tree_file(&tree, "etc/systemd/system/app.service", "ExecStart=/bin/app secret\n");
	tree_file(&tree, "etc/driverctl.d/pci-0000:03:00.0", "vfio-pci\n");
	tree_file(&tree, SNAPSHOT_CONTENTS, "nvme0n1 0 ext4 " UUID " root - -\n");
	tree_file(&tree, SNAPSHOT_USERS, "0000:02:00.0 qemu (7)\n");
	profile("[device disk]\nserial = " SERIAL "\n[device nic]\naddress = 02:00.0\n"
		"[device gpu]\naddress = 01:00.0\n");
	return 0;
}

/* Where it goes; the caller's. */
static char *elsewhere(const char *suffix)
{
	return xasprintf("%s.snapshot%s", tree.path, suffix);
}

static int snapshot(char *path, bool scrub)
{
	return run_verb(&snapshot_verb,
			&(struct options){.operands = &path, .n_operands = 1, .scrub = scrub});
}

/* What list, plan, validate and import say of a host, one behind the other; the caller's. */
static char *say(struct root *root)
{
	static const struct verb *const verbs[] = {&list_verb, &plan_verb, &validate_verb,
						   &import_verb};
	char *all = xstrdup("");

	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		for (int format = FORMAT_TEXT; format <= FORMAT_JSON; format++) {
			int status;
			char *longer;

			capture_begin(&out, STDOUT_FILENO);
			status = verbs[i]->run(root,
					       &(struct options){.format = (enum format)format});
			capture_end(&out);
			longer = xasprintf("%s%s %d\n%s", all, verbs[i]->name, status, out.text);
			free(all);
			all = longer;
		}
	return all;
}

static void expect_the_same(const char *path, char *here)
{
	_cleanup_free_ char *there = NULL;
	struct root root;

	assert_int_equal(root_init(&root, path), 0);
	there = say(&root);
	root_done(&root);
	check_text("verbs", there, here);
}

static void remove_tree(const char *path)
{
	assert_int_equal(nftw(path, tree_remove_entry, 16, FTW_DEPTH | FTW_PHYS), 0);
}

TEST(verbs_say_the_same_elsewhere)
{
	_cleanup_free_ char *path = elsewhere(""), *here = say(&tree.root), *unread = NULL;
	struct stat st;

	assert_int_equal(snapshot(path, false), STATUS_DONE);
	check_text("output", out.text, "");
	check_text("error", err.text, "");
	/* The host's disk, and who has what open, are among what they say. */
	assert_non_null(strstr(here, "host-disk"));
	assert_non_null(strstr(here, "qemu (7) has the device open"));
	assert_non_null(strstr(here, "foreign"));
	assert_non_null(strstr(here, "foreign-rc-local"));
	assert_non_null(strstr(here, "From /etc/driverctl.d/pci-0000:03:00.0"));
	expect_the_same(path, here);
	/* Of units that have nothing to do with it only the names are there. */
	unread = xasprintf("%s/etc/systemd/system/app.service", path);
	assert_int_equal(stat(unread, &st), 0);
	assert_int_equal(st.st_size, 0);
	free(unread);
	unread = xasprintf("%s/" CARD "/power", path);
	assert_int_equal(access(unread, F_OK), -1);
	/* A snapshot of a snapshot is one too. */
	_cleanup_free_ char *second = elsewhere(".2");
	struct root root;

	assert_int_equal(root_init(&root, path), 0);
	assert_int_equal(snapshot_verb.run(&root,
					   &(struct options){.operands = &second, .n_operands = 1}),
			 STATUS_DONE);
	root_done(&root);
	expect_the_same(second, here);
	remove_tree(path);
	remove_tree(second);
}

static const char *hidden_text;

static int find_hidden(const char *path, const struct stat *st, int type _unused_,
		       struct FTW *ftw _unused_)
{
	_cleanup_free_ char *bytes = NULL;
	char target[512] = "";
	int fd;

	check(path, !strcasestr(path, hidden_text));
	if (S_ISLNK(st->st_mode)) {
		check(path, readlink(path, target, sizeof(target) - 1) > 0);
		check(path, !strcasestr(target, hidden_text));
	} else if (S_ISREG(st->st_mode)) {
		bytes = xcalloc((size_t)st->st_size + 1, 1);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		check_int(path, read(fd, bytes, (size_t)st->st_size), st->st_size);
		close(fd);
		check(path, !memmem(bytes, (size_t)st->st_size, hidden_text, strlen(hidden_text)));
	}
	return 0;
}

/* Scrubbed, the names of the machine are gone, and what hung on them still does. */
TEST(scrubbed)
{
	static const char *const names[] = {UUID, SERIAL, "S4EV", "\x55\x44\x33\xff\xff\x22\x11"};
	_cleanup_free_ char *path = elsewhere(""), *here = NULL, *there = NULL;
	struct root root;

	here = say(&tree.root);
	assert_int_equal(snapshot(path, true), STATUS_DONE);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		hidden_text = names[i];
		nftw(path, find_hidden, 16, FTW_PHYS);
	}
	/* The command line is what it hides. All that is decided is the same. */
	assert_int_equal(root_init(&root, path), 0);
	there = say(&root);
	root_done(&root);
	assert_non_null(strstr(there, "root=UUID=00000000-0000-0000-0000-000000000001 "
				      "resume=/dev/disk/by-id/nvme-word"));
	check_text("from the plan on", strstr(there, "plan "), strstr(here, "plan "));
	remove_tree(path);
}

TEST(errors)
{
	_cleanup_free_ char *path = elsewhere("/none/x"), *message = NULL;
	struct tree odd;
	int status;

	message = xasprintf("vfio-prepare: %s: the snapshot cannot be written: "
			    "No such file or directory\n",
			    path);
	assert_int_equal(snapshot(path, false), STATUS_FAILED);
	check_text("error", err.text, message);
	assert_null(tree.root.recorder);

	tree_init(&odd);
	tree_file(&odd, "sys/bus/pci/devices", "");
	capture_begin(&err, STDERR_FILENO);
	status = snapshot_verb.run(&odd.root,
				   &(struct options){.operands = &path, .n_operands = 1});
	capture_end(&err);
	assert_null(odd.root.recorder);
	tree_done(&odd);
	assert_int_equal(status, STATUS_FAILED);
	assert_string_equal(err.text, "vfio-prepare: the PCI functions of the host cannot be read: "
				      "Not a directory\n");
}

int main(void)
{
#define SNAPSHOT_TEST(name) cmocka_unit_test_setup_teardown(name, start, verb_stop)
	const struct CMUnitTest tests[] = {
		SNAPSHOT_TEST(verbs_say_the_same_elsewhere),
		SNAPSHOT_TEST(scrubbed),
		SNAPSHOT_TEST(errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
