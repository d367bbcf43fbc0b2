/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: root_write_attribute */
/*
 * On a tree whose files take every write and where nothing else happens, a kernel that lies; or with a
 * kernel whose probe gives a device to the driver that the test says.
 */
#include "act/piece.h"
#include "base/buf.h"
#include "support.h"

#define DEVICE "/sys/bus/pci/devices/0000:01:00.0"
#define DRIVERS "/sys/bus/pci/drivers"

static struct tree tree;
static struct slot slot;
static bool lies;
static const char *taker;   /* of a probe; NULL: none */
static const char *refuses; /* writes to what has this in its path come to nothing */
static struct buf writes;

static char vfio_pci[] = "vfio-pci", e1000e[] = "e1000e", address_text[] = "0000:01:00.0";
static char override_path[] = DEVICE "/driver_override", unbind_path[] = DRIVERS "/e1000e/unbind",
	    probe_path[] = "/sys/bus/pci/drivers_probe";

static const struct action actions[] = {
	{.type = ACTION_SET_OVERRIDE, .path = override_path, .value = vfio_pci},
	{.type = ACTION_UNBIND, .path = unbind_path, .value = address_text},
	{.type = ACTION_PROBE, .path = probe_path, .value = address_text},
};

static int start(void **state _unused_)
{
	tree_init(&tree);
	slot = (struct slot){};
	lies = true;
	taker = refuses = NULL;
	tree_file(&tree, override_path, "previous\n");
	tree_file(&tree, unbind_path, "");
	tree_file(&tree, probe_path, "");
	return 0;
}

static int stop(void **state _unused_)
{
	tree_done(&tree);
	buf_done(&writes);
	return 0;
}

static void put_on(const char *driver, size_t length)
{
	_cleanup_free_ char *target = xasprintf("../../../../bus/pci/drivers/%.*s", (int)length,
						driver);

	tree_link(&tree, DEVICE "/driver", target);
}

int __real_root_write_attribute(struct root *root, int dir, const char *path, const char *value);
int __wrap_root_write_attribute(struct root *root, int dir, const char *path, const char *value);
int __wrap_root_write_attribute(struct root *root, int dir, const char *path, const char *value)
{
	_cleanup_free_ char *whole = xasprintf("%s%s", dir >= 0 ? DEVICE "/" : "", path);

	if (lies)
		return __real_root_write_attribute(root, dir, path, value);
	path = whole;
	buf_addf(&writes, "%s; ", path + strlen("/sys/bus/pci/"));
	if (refuses && strstr(path, refuses))
		return -EIO;
	if (strstr(path, "driver_override"))
		tree_file(&tree, path, *value == '\n' ? "(null)\n" : value);
	else if (strstr(path, "unbind"))
		tree_remove(&tree, DEVICE "/driver");
	else if (strstr(path, "/bind"))
		put_on(path + strlen(DRIVERS "/"), strcspn(path + strlen(DRIVERS "/"), "/"));
	else if (taker)
		put_on(taker, strlen(taker));
	return 0;
}

static void run(const char *driver)
{
	const struct planned_device device = {.address = address("01:00.0"),
					      .want = vfio_pci,
					      .before = e1000e};

	if (driver)
		put_on(driver, strlen(driver));
	piece_run(&tree.root, &(struct piece){actions, ARRAY_SIZE(actions), &device, false}, 1000,
		  &slot);
}

static void expect_file(const char *path, const char *content)
{
	_cleanup_free_ char *text = NULL;

	assert_int_equal(root_read_file(&tree.root, path, 99, &text, NULL), 0);
	check_text(path, text, content);
}

TEST(what_did_not_come_is_taken_back)
{
	run("e1000e");
	check_int("error", slot.error, COMPLAINT_NO_EFFECT);
	check_int("undo", slot.undo_error, 0);
	assert_true(slot.after_known);
	check_text("after", slot.after, "e1000e");
	expect_file(override_path, "previous\n");
	expect_file(unbind_path, "0000:01:00.0");
}

TEST(what_changed_meanwhile_is_left_alone)
{
	run("igb");
	check_int("error", slot.error, -ESTALE);
	check_text("after", slot.after, "igb");
	expect_file(override_path, "previous\n");
	expect_file(unbind_path, "");
}

/* Of a device without a driver the one at the end tells, and another's gets its override back. */
TEST(to_a_device_without_a_driver_nothing_is_done_that_stays)
{
	static const struct {
		const char *meanwhile;
		int error;
		bool right;
		const char *override;
	} cases[] = {{"igb", -ESTALE, false, "previous\n"},
		     {"vfio-pci", 0, true, "vfio-pci\n"},
		     {NULL, 0, false, "previous\n"}};
	const struct action steps[] = {actions[0], actions[2]};
	const struct planned_device device = {.address = address("01:00.0"), .want = vfio_pci};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		slot = (struct slot){};
		tree_file(&tree, override_path, "previous\n");
		if (cases[i].meanwhile)
			put_on(cases[i].meanwhile, strlen(cases[i].meanwhile));
		piece_run(&tree.root, &(struct piece){steps, ARRAY_SIZE(steps), &device, false},
			  1000, &slot);
		check_int(cases[i].meanwhile, slot.error, cases[i].error);
		check_int(cases[i].meanwhile, slot.right, cases[i].right);
		check_text(cases[i].meanwhile, slot.after, cases[i].meanwhile ?: "");
		expect_file(override_path, cases[i].override);
		if (cases[i].meanwhile)
			tree_remove(&tree, DEVICE "/driver");
	}
}

TEST(what_came_by_itself_gets_its_override)
{
	run("vfio-pci");
	check_int("error", slot.error, 0);
	check_text("after", slot.after, "vfio-pci");
	expect_file(override_path, "vfio-pci\n");
	expect_file(unbind_path, "");
	expect_file(probe_path, "");
}

TEST(a_device_that_is_gone)
{
	tree_remove(&tree, override_path);
	tree_remove(&tree, DEVICE);
	run(NULL);
	check_int("error", slot.error, -ENOENT);
	assert_false(slot.after_known);
}

/* --- release, by a kernel that does what it is told --- */

static char none[] = "\n", vfio_unbind[] = DRIVERS "/vfio-pci/unbind", native[] = "e1000e",
	    *native_names[] = {native};

#define CLEAR "devices/0000:01:00.0/driver_override; "
#define UNBIND "drivers/vfio-pci/unbind; "
#define PROBE "drivers_probe; "
#define BIND "drivers/e1000e/bind; "

static void release(bool natives_known, size_t n_natives)
{
	const struct action release_actions[] = {
		{.type = ACTION_CLEAR_OVERRIDE, .path = override_path, .value = none},
		{.type = ACTION_UNBIND, .path = vfio_unbind, .value = address_text},
		{.type = ACTION_PROBE, .path = probe_path, .value = address_text},
	};
	const struct planned_device device = {.address = address("01:00.0"),
					      .before = vfio_pci,
					      .natives = {native_names, n_natives, n_natives},
					      .natives_known = natives_known};

	lies = false;
	tree_file(&tree, override_path, "vfio-pci\n");
	tree_link(&tree, "sys/module/e1000e/drivers/pci:e1000e", "../../../bus/pci/drivers/e1000e");
	put_on(vfio_pci, strlen(vfio_pci));
	piece_run(&tree.root,
		  &(struct piece){release_actions, ARRAY_SIZE(release_actions), &device, false},
		  1000, &slot);
}

TEST(releases)
{
	static const struct {
		const char *what, *taker, *refuses;
		bool natives_unknown;
		size_t n_natives;
		bool right;
		const char *after, *override, *writes;
	} rows[] = {
		{"taken by the probe", "e1000e", NULL, false, 1, true, "e1000e", "(null)\n",
		 CLEAR UNBIND PROBE},
		{"nothing could take it", NULL, NULL, false, 0, true, "", "(null)\n",
		 CLEAR UNBIND PROBE},
		{"nothing that is known", NULL, NULL, true, 0, false, "", "(null)\n",
		 CLEAR UNBIND PROBE PROBE},
		{"asked by name", NULL, NULL, false, 1, true, "e1000e", "(null)\n",
		 CLEAR UNBIND PROBE BIND},
		{"refused by name", NULL, "/bind", false, 1, false, "", "(null)\n",
		 CLEAR UNBIND PROBE BIND PROBE},
		{"taken again, then by name", "vfio-pci", NULL, false, 1, true, "e1000e",
		 "(null)\n", CLEAR UNBIND PROBE UNBIND BIND},
		{"taken again for good", "vfio-pci", "/bind", false, 1, false, "vfio-pci",
		 "vfio-pci", CLEAR UNBIND PROBE UNBIND BIND PROBE CLEAR},
		{"not cleared", "e1000e", "override", false, 1, false, "vfio-pci", "vfio-pci\n",
		 CLEAR},
		{"not unbound", "e1000e", "unbind", false, 1, false, "vfio-pci", "vfio-pci",
		 CLEAR UNBIND CLEAR},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		taker = rows[i].taker;
		refuses = rows[i].refuses;
		release(!rows[i].natives_unknown, rows[i].n_natives);
		check_int(rows[i].what, slot.right, rows[i].right);
		check(rows[i].what, slot.after_known);
		check_text(rows[i].what, slot.after, rows[i].after);
		check_text(rows[i].what, buf_text(&writes), rows[i].writes);
		expect_file(override_path, rows[i].override);
		check_int(rows[i].what, slot.undo_error, 0);
		stop(NULL);
		start(NULL);
	}
}

#define DEVICE_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		DEVICE_TEST(what_did_not_come_is_taken_back),
		DEVICE_TEST(what_changed_meanwhile_is_left_alone),
		DEVICE_TEST(to_a_device_without_a_driver_nothing_is_done_that_stays),
		DEVICE_TEST(what_came_by_itself_gets_its_override),
		DEVICE_TEST(a_device_that_is_gone),
		DEVICE_TEST(releases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
