/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: root_write_attribute module_load nanosleep */
/*
 * On a tree of one physical function whose attributes the test's kernel answers for: its writes make
 * virtual functions as far as the test says.
 */
#include "act/act.h"
#include "act/outcome.h"
#include "act/step.h"
#include "base/buf.h"
#include "host/modules.h"
#include "support.h"

#include <time.h>

#define DEVICES "/sys/bus/pci/devices/"
#define PF DEVICES "0000:01:00.0/"

static struct tree tree;
static struct plan plan;
static struct outcomes outcomes;
static struct findings findings;
static char label[] = "x";

static int module_error;
static const char *taker; /* of a probe; NULL: none */
static const char *fails; /* the write, "attribute value", that gives fault back */
static int fault;
static bool fails_late;       /* but takes effect */
static const char *ignored;   /* the write that is taken and does nothing */
static int at_most;           /* so many virtual functions the driver makes */
static bool incomplete;       /* they lack their overrides... */
static int complete_after_ms; /* ...until then; 0: for ever */
static int slept_ms;

/* What the child wrote stands in the tree, where the parent sees it. */
static void note(const char *text)
{
	_cleanup_free_ char *path = tree_place(&tree, "written");
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void put_override(int index)
{
	_cleanup_free_ char *path = xasprintf(DEVICES "0000:01:00.%d/driver_override", index + 1);

	tree_file(&tree, path, "(null)\n");
}

static void make_virtual(int n)
{
	for (int i = 0; i < n; i++) {
		_cleanup_free_ char *link = xasprintf(PF "virtfn%d", i),
				    *target = xasprintf("../0000:01:00.%d", i + 1),
				    *vendor = xasprintf(DEVICES "0000:01:00.%d/vendor", i + 1);

		tree_link(&tree, link, target);
		tree_file(&tree, vendor, "0x1b36\n");
		if (!incomplete)
			put_override(i);
	}
}

static void set_number(int n)
{
	_cleanup_free_ char *text = xasprintf("%d\n", n > at_most ? at_most : n);

	tree_file(&tree, PF "sriov_numvfs", text);
	make_virtual(n > at_most ? at_most : n);
}

int __wrap_root_write_attribute(struct root *root, int dir, const char *path, const char *value);
int __wrap_root_write_attribute(struct root *root, int dir, const char *path, const char *value)
{
	_cleanup_free_ char *whole = xasprintf("%s%s", dir >= 0 ? PF : "", path),
			    *what = xasprintf("%s %s", strrchr(whole, '/') + 1, value),
			    *line = xasprintf("%s; ", what);

	assert_ptr_equal(root, &tree.root);
	note(line);
	if (fails && strcmp(what, fails) == 0 && !fails_late)
		return fault;
	if (ignored && strcmp(what, ignored) == 0)
		return 0;
	if (strstr(path, "drivers_probe") && taker) {
		_cleanup_free_ char *target = xasprintf("../../../bus/pci/drivers/%s", taker);

		tree_link(&tree, PF "driver", target);
	} else if (strstr(path, "autoprobe")) {
		tree_file(&tree, whole, value);
	} else if (strstr(path, "numvfs")) {
		set_number(atoi(value));
	}
	return fails && strcmp(what, fails) == 0 ? fault : 0;
}

int __wrap_module_load(struct root *root, const char *name);
int __wrap_module_load(struct root *root _unused_, const char *name)
{
	_cleanup_free_ char *line = xasprintf("load %s; ", name);

	note(line);
	return module_error;
}

int __wrap_nanosleep(const struct timespec *time, struct timespec *left);
int __wrap_nanosleep(const struct timespec *time, struct timespec *left _unused_)
{
	slept_ms += (int)(time->tv_nsec / 1000000);
	if (complete_after_ms && slept_ms >= complete_after_ms)
		for (int i = 0; i < at_most; i++)
			put_override(i);
	return 0;
}

static void act(enum action_type type, const char *path, const char *value)
{
	plan_act(&plan, type, 0, xstrdup(path), value, xstrdup("because"));
}

/* number: of virtual functions that stand; driver: NULL: none holds it. */
static void make_plan(const char *driver, int number, bool autoprobe)
{
	struct planned_device *device = vec_add(&plan);
	_cleanup_free_ char *text = xasprintf("%d\n", number);

	*device = (struct planned_device){.address = address("01:00.0"),
					  .state = DEVICE_VFS,
					  .section = label,
					  .vfs = 2,
					  .want = xstrdup("nvme"),
					  .module = xstrdup("vfio_pci"),
					  .before = xstrdup_null(driver),
					  .before_known = true,
					  .iommu_group = 1};
	if (driver) {
		_cleanup_free_ char *target = xasprintf("../../../bus/pci/drivers/%s", driver);

		tree_link(&tree, PF "driver", target);
	} else {
		act(ACTION_LOAD_MODULE, PF "driver", "pci:v1");
		act(ACTION_PROBE, "/sys/bus/pci/drivers_probe", "0000:01:00.0");
	}
	tree_file(&tree, PF "sriov_numvfs", text);
	tree_file(&tree, PF "sriov_totalvfs", "4\n");
	tree_file(&tree, PF "sriov_drivers_autoprobe", autoprobe ? "1\n" : "0\n");
	if (number)
		act(ACTION_SET_VFS, PF "sriov_numvfs", "0");
	if (autoprobe)
		act(ACTION_AUTOPROBE, PF "sriov_drivers_autoprobe", "0");
	act(ACTION_SET_VFS, PF "sriov_numvfs", "2");
	if (autoprobe)
		act(ACTION_AUTOPROBE, PF "sriov_drivers_autoprobe", "1");
	outcome_begin(device, vec_add(&outcomes));
}

static int start(void **state _unused_)
{
	tree_init(&tree);
	module_error = fault = complete_after_ms = slept_ms = 0;
	taker = "nvme";
	fails = ignored = NULL;
	fails_late = incomplete = false;
	at_most = 4;
	return 0;
}

static int stop(void **state _unused_)
{
	findings_done(&findings);
	outcomes_done(&outcomes);
	plan_done(&plan);
	tree_done(&tree);
	return 0;
}

static const struct act_limits limits = {.piece_ms = 2000, .total_ms = 4000};

static size_t make(void)
{
	return act_vfs_make(&tree.root, &plan, &limits, &outcomes, &findings);
}

static void expect_written(const char *want)
{
	_cleanup_free_ char *text = NULL;

	if (root_read_file(&tree.root, "written", 4096, &text, NULL) < 0)
		text = xstrdup("");
	check_text("writes", text, want);
}

static void expect_outcome(enum result result, const char *after, const char *error)
{
	const struct outcome *outcome = &outcomes.items[0];

	check_int("result", outcome->result, result);
	check_text("after", outcome->after, after);
	check_text("error", outcome->error, error);
}

TEST(made_and_restored)
{
	make_plan("nvme", 0, true);
	assert_int_equal(make(), 1);
	expect_outcome(RESULT_DONE, "nvme", NULL);
	assert_int_equal(outcomes.items[0].vfs, 2);
	expect_written("sriov_drivers_autoprobe 0; sriov_numvfs 2; ");
	act_vfs_restore(&tree.root, &plan, &limits, &outcomes, &findings);
	expect_written("sriov_drivers_autoprobe 0; sriov_numvfs 2; sriov_drivers_autoprobe 1; ");
	check_findings("none", &findings, "");
}

TEST(its_driver_comes_first)
{
	make_plan(NULL, 0, false);
	assert_int_equal(make(), 1);
	expect_outcome(RESULT_DONE, "nvme", NULL);
	expect_written("load pci:v1; drivers_probe 0000:01:00.0; sriov_numvfs 2; ");
	/* autoprobe was off before, and nothing is to be restored. */
	act_vfs_restore(&tree.root, &plan, &limits, &outcomes, &findings);
	expect_written("load pci:v1; drivers_probe 0000:01:00.0; sriov_numvfs 2; ");
}

TEST(another_number_gives_way)
{
	make_plan("nvme", 1, true);
	assert_int_equal(make(), 1);
	expect_outcome(RESULT_DONE, "nvme", NULL);
	expect_written("sriov_numvfs 0; sriov_drivers_autoprobe 0; sriov_numvfs 2; ");
}

TEST(no_driver_no_virtual_functions)
{
	static const struct {
		int module_error;
		const char *taker, *after, *error, *remedy;
	} rows[] = {
		{-ECANCELED, NULL, NULL,
		 "the module of the device's driver is blacklisted; the device has 0 virtual functions, as before",
		 "/etc/modprobe.d"},
		{-EPERM, NULL, NULL,
		 "loading the module: Operation not permitted; the device has 0 virtual functions, as before",
		 "dmesg | grep -F 0000:01:00.0"},
		{0, NULL, NULL,
		 "no driver took the device; the kernel log may say why; the device has 0 virtual functions, as before",
		 "dmesg | grep -F 0000:01:00.0"},
		{0, "vfio-pci", "vfio-pci",
		 "the device is on vfio-pci, which cannot make virtual functions; the device has 0 virtual functions, as before",
		 "dmesg | grep -F 0000:01:00.0"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		start(NULL);
		module_error = rows[i].module_error;
		taker = rows[i].taker;
		make_plan(NULL, 0, true);
		assert_int_equal(make(), 0);
		expect_outcome(RESULT_FAILED, rows[i].after, rows[i].error);
		check_findings(rows[i].error, &findings, "vfs-driver 0000:01:00.0");
		check_part(rows[i].error, findings.items[0].remedy, rows[i].remedy);
		stop(NULL);
		outcomes = (struct outcomes){};
		findings = (struct findings){};
	}
	start(NULL);
}

static void expect_failure(const char *error, const char *check, const char *written)
{
	assert_int_equal(make(), 0);
	expect_outcome(RESULT_FAILED, "nvme", error);
	check_findings(error, &findings, check);
	expect_written(written);
	/* What failed was put back already. */
	act_vfs_restore(&tree.root, &plan, &limits, &outcomes, &findings);
	expect_written(written);
}

TEST(a_driver_without_sriov)
{
	make_plan("nvme", 0, true);
	fails = "sriov_numvfs 2";
	fault = -ENOENT;
	expect_failure(
		"driver nvme of the device makes no virtual functions; the device has 0 virtual functions, as before",
		"vfs-driver 0000:01:00.0",
		"sriov_drivers_autoprobe 0; sriov_numvfs 2; sriov_drivers_autoprobe 1; ");
}

TEST(no_room_for_them)
{
	make_plan("nvme", 1, true);
	fails = "sriov_numvfs 2";
	fault = -ENOMEM;
	expect_failure(
		"writing sriov_numvfs: Cannot allocate memory; the device has 1 virtual function, as before",
		"vfs-missing 0000:01:00.0",
		"sriov_numvfs 0; sriov_drivers_autoprobe 0; sriov_numvfs 2; "
		"sriov_drivers_autoprobe 1; sriov_numvfs 1; ");
	assert_non_null(strstr(findings.items[0].remedy, "pci=realloc"));
}

TEST(fewer_than_asked_for_are_none)
{
	make_plan("nvme", 0, true);
	at_most = 1;
	expect_failure(
		"the kernel made only 1 of 2 virtual functions; the device has 0 virtual functions, as before",
		"vfs-missing 0000:01:00.0",
		"sriov_drivers_autoprobe 0; sriov_numvfs 2; sriov_drivers_autoprobe 1; "
		"sriov_numvfs 0; ");
}

TEST(writes_without_effect)
{
	make_plan("nvme", 0, true);
	ignored = "sriov_drivers_autoprobe 0";
	expect_failure(
		"writing sriov_drivers_autoprobe: the kernel accepted the write, but nothing changed; the "
		"device has 0 virtual functions, as before",
		"vfs-missing 0000:01:00.0", "sriov_drivers_autoprobe 0; ");
}

TEST(what_cannot_be_taken_back_is_told)
{
	make_plan("nvme", 1, false);
	fails = "sriov_numvfs 2";
	fault = -EIO;
	fails_late = true;
	ignored = "sriov_numvfs 1";
	assert_int_equal(make(), 0);
	expect_outcome(
		RESULT_FAILED, "nvme",
		"writing sriov_numvfs: Input/output error; and the change could not be undone "
		"(Input/output error): the device has 0 virtual functions, and "
		"sriov_drivers_autoprobe is 0");
}

TEST(they_are_waited_for)
{
	make_plan("nvme", 0, true);
	incomplete = true;
	complete_after_ms = 200;
	assert_int_equal(make(), 1);
	expect_outcome(RESULT_DONE, "nvme", NULL);
}

TEST(but_not_for_ever)
{
	make_plan("nvme", 0, true);
	incomplete = true;
	expect_failure(
		"the virtual functions were not complete in time; the device has 0 virtual functions, as before",
		"vfs-missing 0000:01:00.0",
		"sriov_drivers_autoprobe 0; sriov_numvfs 2; sriov_drivers_autoprobe 1; "
		"sriov_numvfs 0; ");
}

TEST(what_changed_meanwhile_is_left_alone)
{
	make_plan("nvme", 0, true);
	tree_file(&tree, PF "sriov_numvfs", "3\n");
	assert_int_equal(make(), 0);
	expect_outcome(RESULT_FAILED, "nvme",
		       "the device changed while the plan was made; the device was left alone");
	expect_written("");
}

TEST(that_autoprobe_stays_off_is_found)
{
	make_plan("nvme", 0, true);
	ignored = "sriov_drivers_autoprobe 1";
	assert_int_equal(make(), 1);
	act_vfs_restore(&tree.root, &plan, &limits, &outcomes, &findings);
	check_findings("left off", &findings, "vfs-autoprobe 0000:01:00.0");
	assert_int_equal(findings.items[0].severity, SEVERITY_WARNING);
	check_text("remedy", findings.items[0].remedy, "echo 1 > " PF "sriov_drivers_autoprobe");
}

TEST(without_time_nothing_is_begun)
{
	const struct act_limits over = {.piece_ms = 2000};

	make_plan("nvme", 0, true);
	assert_int_equal(act_vfs_make(&tree.root, &plan, &over, &outcomes, &findings), 0);
	expect_outcome(RESULT_SKIPPED, "nvme",
		       "left alone, as the time for all devices was over before its turn");
	expect_written("");
	assert_int_equal(make(), 1);
	act_vfs_restore(&tree.root, &plan, &over, &outcomes, &findings);
	check_findings("left off", &findings, "vfs-autoprobe 0000:01:00.0");
	check_part("cause", findings.items[0].detail, "over before its turn");
}

TEST(nothing_to_make)
{
	struct planned_device *device = vec_add(&plan);

	*device = (struct planned_device){.state = DEVICE_RIGHT};
	assert_int_equal(make(), 0);
	act_vfs_restore(&tree.root, &plan, &limits, &outcomes, &findings);
	expect_written("");
}

int main(void)
{
#define VFS_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
		VFS_TEST(made_and_restored),
		VFS_TEST(its_driver_comes_first),
		VFS_TEST(another_number_gives_way),
		VFS_TEST(no_driver_no_virtual_functions),
		VFS_TEST(a_driver_without_sriov),
		VFS_TEST(no_room_for_them),
		VFS_TEST(fewer_than_asked_for_are_none),
		VFS_TEST(writes_without_effect),
		VFS_TEST(what_cannot_be_taken_back_is_told),
		VFS_TEST(they_are_waited_for),
		VFS_TEST(but_not_for_ever),
		VFS_TEST(what_changed_meanwhile_is_left_alone),
		VFS_TEST(that_autoprobe_stays_off_is_found),
		VFS_TEST(without_time_nothing_is_begun),
		VFS_TEST(nothing_to_make),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
