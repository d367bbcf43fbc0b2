/* SPDX-License-Identifier: GPL-2.0-or-later */
/* On a tree whose files take every write and where nothing else happens: a kernel that lies. */
#include "act/device.h"
#include "support.h"

#define DEVICE "/sys/bus/pci/devices/0000:01:00.0"
#define DRIVERS "/sys/bus/pci/drivers"

static struct tree tree;
static struct slot slot;

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
	tree_file(&tree, override_path, "previous\n");
	tree_file(&tree, unbind_path, "");
	tree_file(&tree, probe_path, "");
	return 0;
}

static int stop(void **state _unused_)
{
	tree_done(&tree);
	return 0;
}

static void run(const char *driver)
{
	const struct planned_device device = {.address = address("01:00.0"),
					      .want = vfio_pci,
					      .before = e1000e};

	if (driver) {
		_cleanup_free_ char *target = xasprintf("../../../../bus/pci/drivers/%s", driver);

		tree_link(&tree, DEVICE "/driver", target);
	}
	device_run(&tree.root, &device, actions, ARRAY_SIZE(actions), &slot);
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
	check_int("error", slot.error, 0);
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

TEST(right_is_only_what_was_read)
{
	const struct planned_device device = {.want = vfio_pci};
	static const struct {
		bool known;
		char after[16];
		bool right;
	} rows[] = {{true, "vfio-pci", true}, {true, "", false}, {false, "vfio-pci", false}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		slot.after_known = rows[i].known;
		strcpy(slot.after, rows[i].after);
		check_int(rows[i].after, slot_is_right(&slot, &device), rows[i].right);
	}
}

#define DEVICE_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		DEVICE_TEST(what_did_not_come_is_taken_back),
		DEVICE_TEST(what_changed_meanwhile_is_left_alone),
		DEVICE_TEST(what_came_by_itself_gets_its_override),
		DEVICE_TEST(a_device_that_is_gone),
		DEVICE_TEST(right_is_only_what_was_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
