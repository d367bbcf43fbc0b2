/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: bounded_run bounded_memory root_write_attribute module_load setpriority uevent_hide uevent_show */
#include "act/act.h"
#include "base/buf.h"
#include "decide/planner.h"
#include "host/bounded.h"
#include "host/modules.h"
#include "support.h"

#include <sys/resource.h>
#include <time.h>

#define DEVICES "/sys/bus/pci/devices/"
#define DRIVERS "/sys/bus/pci/drivers/"
#define PROBE "/sys/bus/pci/drivers_probe"

static struct tree tree;
static struct inventory inventory;
static struct profile profile;
static struct plan plan;
static struct outcomes outcomes;
static struct findings findings;
static struct buf writes; /* "last two parts of the path=value; " for each, in order */

/* What goes wrong: the first write whose path and value contain these words. */
static struct {
	const char *path, *value;
	int error;            /* given back... */
	bool silent;          /* ...or 0 is, though nothing happens */
	bool takes_effect;    /* the write is done all the same */
	enum bounded_end end; /* TIMEOUT or DIED: it never comes back */
	bool for_ever;        /* and every later one */
} fault;

static int module_error, backend_error;
static bool module_without_driver;
static bool odd_driver_link; /* a probe leaves what cannot be read */
static int run_error;        /* of bounded_run() */
static bool no_memory;
static int niceness;
static bool real_processes;
static const struct act_limits limits = {.piece_ms = 10000, .total_ms = 45000};
static struct buf lanes; /* of each job: how many, and that of each piece */
static size_t n_pieces_in_time;
static jmp_buf end_of_piece;

/* --- a kernel of three attributes --- */

static void device_path(char *ret, size_t size, const char *place, const char *attribute)
{
	snprintf(ret, size, DEVICES "%s/%s", place, attribute);
}

/* The driver in the device's override takes it if none has it, else the one that knows it: e1000e. */
static void probe(const char *place)
{
	char path[128], driver[64];
	_cleanup_free_ char *override = NULL;

	device_path(path, sizeof(path), place, "driver");
	if (root_read_link_name(&tree.root, path, driver, sizeof(driver)) != -ENOENT)
		return;
	device_path(path, sizeof(path), place, "driver_override");
	assert_int_equal(root_read_file(&tree.root, path, sizeof(driver), &override, NULL), 0);
	override[strcspn(override, "\n")] = '\0';
	snprintf(driver, sizeof(driver), "../drivers/%s", *override ? override : "e1000e");
	device_path(path, sizeof(path), place, "driver");
	if (odd_driver_link)
		tree_file(&tree, path, "no link");
	else
		tree_link(&tree, path, driver);
}

static void take_effect(const char *path, const char *value)
{
	char driver[128];

	if (strcmp(path, PROBE) == 0)
		probe(value);
	else if (strstr(path, "/unbind")) {
		device_path(driver, sizeof(driver), value, "driver");
		tree_remove(&tree, driver);
	} else if (strstr(path, "/bind")) {
		_cleanup_free_ char *target = xasprintf("..%.*s", (int)strlen("/drivers/e1000e"),
							strstr(path, "/drivers/"));

		device_path(driver, sizeof(driver), value, "driver");
		tree_link(&tree, driver, target);
	} else
		tree_file(&tree, path, strcmp(value, "\n") == 0 ? "" : value);
}

int __wrap_root_write_attribute(struct root *root, int dir, const char *path, const char *value);
int __wrap_root_write_attribute(struct root *root, int dir, const char *path, const char *value)
{
	char *above = dir >= 0 ? root_path_of(root, dir) : NULL;
	char whole[256];
	const char *name;

	/* Nothing is freed behind a longjmp(). */
	snprintf(whole, sizeof(whole), "%s%s%s", above ? above : "", above ? "/" : "", path);
	free(above);
	assert_ptr_equal(root, &tree.root);
	path = whole;
	name = strrchr(path, '/');
	while (name > path && name[-1] != '/')
		name--;
	buf_addf(&writes, "%s=%s; ", name, strcmp(value, "\n") == 0 ? "-" : value);
	if (!fault.path || !strstr(path, fault.path) || !strstr(value, fault.value)) {
		take_effect(path, value);
		return 0;
	}
	if (!fault.for_ever)
		fault.path = NULL;
	if (fault.takes_effect)
		take_effect(path, value);
	if (fault.end != BOUNDED_DONE)
		longjmp(end_of_piece, 1);
	return fault.silent ? 0 : fault.error;
}

int __wrap_setpriority(__priority_which_t which, id_t who, int nice);
int __wrap_setpriority(__priority_which_t which, id_t who, int nice)
{
	assert_true(which == PRIO_PROCESS && who == 0);
	niceness = nice;
	errno = EACCES;
	return -1;
}

int __wrap_module_load(struct root *root, const char *name);
int __wrap_module_load(struct root *root, const char *name)
{
	assert_ptr_equal(root, &tree.root);
	buf_addf(&writes, "load %s; ", name);
	if (strcmp(name, "vfio_iommu_type1") == 0 && backend_error)
		return backend_error;
	if (strcmp(name, "vfio_iommu_type1") == 0) {
		tree_dir(&tree, "sys/module/vfio_iommu_type1");
		return 0;
	}
	if (fault.path && strcmp(fault.path, "module") == 0)
		longjmp(end_of_piece, 1);
	if (module_error == 0 && !module_without_driver) {
		_cleanup_free_ char *directory = xasprintf("sys/bus/pci/drivers/%s",
							   strcmp(name, "vfio_pci") == 0
								   ? "vfio-pci"
								   : name);

		tree_dir(&tree, directory);
	}
	return module_error;
}

/* --- what udev is kept from --- */

static struct buf hidden;

void __wrap_uevent_hide(struct root *root, const struct pci_address *address);
void __wrap_uevent_hide(struct root *root _unused_, const struct pci_address *address)
{
	buf_addf(&hidden, "hide %02x; ", address->bus);
}

void __wrap_uevent_show(struct root *root, const struct pci_address *address);
void __wrap_uevent_show(struct root *root _unused_, const struct pci_address *address)
{
	buf_addf(&hidden, "show %02x; ", address->bus);
}

/* --- pieces in this process, one after another --- */

int __real_bounded_run(const struct bounded_job *job);
int __wrap_bounded_run(const struct bounded_job *job);
int __wrap_bounded_run(const struct bounded_job *job)
{
	if (real_processes)
		return __real_bounded_run(job);
	assert_int_equal(job->piece_ms, limits.piece_ms);
	assert_in_range(job->total_ms, 1, limits.total_ms);
	buf_addf(&lanes, "%zu:", job->lane ? job->n_lanes : 1);
	for (size_t piece = 0; piece < job->n; piece++)
		buf_addf(&lanes, " %zu", job->lane ? job->lane(job->userdata, piece) : 0);
	buf_add(&lanes, "; ");
	for (volatile size_t piece = 0; piece < job->n; piece++) {
		volatile enum bounded_end end = BOUNDED_SKIPPED;

		if (piece >= n_pieces_in_time) {
			end = run_error < 0 ? BOUNDED_UNSTARTED : BOUNDED_LATE;
		} else if (job->wanted(job->userdata, piece)) {
			end = BOUNDED_DONE;
			if (setjmp(end_of_piece) == 0)
				job->run(job->userdata, piece);
			else
				end = fault.end;
		}
		job->ended(job->userdata, piece, end,
			   end == BOUNDED_TIMEOUT ? (uint32_t)job->piece_ms : 0);
	}
	return run_error;
}

void *__real_bounded_memory(size_t bytes);
void *__wrap_bounded_memory(size_t bytes);
void *__wrap_bounded_memory(size_t bytes)
{
	return no_memory ? NULL : __real_bounded_memory(bytes);
}

/* --- the host --- */

static void put_device(const char *place, const char *driver, const char *override)
{
	char path[128];

	add_function(&inventory, place, 0x8086, 0x10d3, 0x020000, (int)inventory.n, driver);
	device_path(path, sizeof(path), PCI_ADDRESS_TEXT(&inventory.items[inventory.n - 1].address),
		    "driver_override");
	tree_file(&tree, path, override);
	device_path(path, sizeof(path), PCI_ADDRESS_TEXT(&inventory.items[inventory.n - 1].address),
		    "driver");
	if (driver) {
		_cleanup_free_ char *target = xasprintf("../drivers/%s", driver);

		tree_link(&tree, path, target);
	}
}

/* 01 and 02 on e1000e, 03 on igb, 04 on nothing; vfio-pci is there. */
static int start(void **state _unused_)
{
	tree_init(&tree);
	put_device("01:00.0", "e1000e", "(null)\n");
	put_device("02:00.0", "e1000e", "before");
	put_device("03:00.0", "igb", "");
	put_device("04:00.0", NULL, "\n");
	inventory.has_iommu_backend = true;
	strv_split(&inventory.drivers, "e1000e igb vfio-pci", " ");
	memset(&fault, 0, sizeof(fault));
	fault.value = "";
	module_error = backend_error = run_error = 0;
	buf_done(&hidden);
	niceness = 0;
	odd_driver_link = module_without_driver = no_memory = real_processes = false;
	n_pieces_in_time = SIZE_MAX;
	return 0;
}

static int stop(void **state _unused_)
{
	buf_done(&writes);
	buf_done(&lanes);
	outcomes_done(&outcomes);
	findings_done(&findings);
	plan_done(&plan);
	profile_done(&profile);
	inventory_done(&inventory);
	tree_done(&tree);
	return 0;
}

static void act(const char *text)
{
	struct match match;

	profile_from(text, &profile);
	match_make(&profile, &inventory, &match);
	plan_make(&profile, PHASE_SYSTEM, &match, &plan);
	match_done(&match);
	act_run(&tree.root, &plan, &limits, &outcomes, &findings);
	assert_int_equal(outcomes.n, plan.n);
	for (size_t i = 0; i < outcomes.n; i++) {
		assert_int_equal(pci_address_compare(&outcomes.items[i].address,
						     &plan.items[i].address),
				 0);
		check_text("section", outcomes.items[i].section, plan.items[i].section);
		check_text("want", outcomes.items[i].want, plan.items[i].want);
		check_text("before", outcomes.items[i].before, plan.items[i].before);
	}
}

static void expect_outcome(size_t i, enum result result, const char *after, const char *error)
{
	_cleanup_free_ char *what = xasprintf("outcome %zu", i);
	const struct outcome *outcome;

	assert_true(i < outcomes.n);
	outcome = &outcomes.items[i];
	check_text(what, result_names[outcome->result], result_names[result]);
	check_text(what, outcome->error, error);
	if (after && strcmp(after, "unknown") == 0)
		check(what, !outcome->after_known && !outcome->after);
	else {
		check(what, outcome->after_known);
		check_text(what, outcome->after, after);
	}
}

static void expect_override(const char *place, const char *content)
{
	_cleanup_free_ char *text = NULL, *path = xasprintf(DEVICES "%s/driver_override", place);

	assert_int_equal(root_read_file(&tree.root, path, 99, &text, NULL), 0);
	check_text(place, text, content);
}

#define ONE "[device x]\naddress = 01:00.0\n"
#define BOTH "[device x]\naddress = 01:00.0 02:00.0\n"

TEST(override_unbind_probe)
{
	act(ONE);
	check_text("writes", buf_text(&writes),
		   "0000:01:00.0/driver_override=vfio-pci; e1000e/unbind=0000:01:00.0; "
		   "pci/drivers_probe=0000:01:00.0; ");
	expect_outcome(0, RESULT_DONE, "vfio-pci", NULL);
	assert_int_equal(niceness, 0);
}

TEST(a_device_without_driver_is_not_unbound)
{
	act("[device x]\naddress = 04:00.0\n");
	check_text("writes", buf_text(&writes),
		   "0000:04:00.0/driver_override=vfio-pci; pci/drivers_probe=0000:04:00.0; ");
	expect_outcome(0, RESULT_DONE, "vfio-pci", NULL);
}

TEST(before_others_on_the_host_itself)
{
	tree.root.live = true;
	act("[device x]\naddress = 04:00.0\n");
	assert_int_equal(niceness, ACT_NICE);
	/* That it is not allowed to be is no failure. */
	expect_outcome(0, RESULT_DONE, "vfio-pci", NULL);
}

TEST(in_processes_of_their_own_too)
{
	real_processes = true;
	act("[device x]\naddress = 01:00.0 02:00.0 03:00.0 04:00.0\n");
	for (size_t i = 0; i < 4; i++) {
		expect_outcome(i, RESULT_DONE, "vfio-pci", NULL);
		expect_override(PCI_ADDRESS_TEXT(&outcomes.items[i].address), "vfio-pci");
	}
	/* This process wrote nothing itself. */
	check_text("writes", buf_text(&writes), "");
}

/* What no driver holds shares a lane; each of the others has one. */
TEST(devices_of_drivers_go_side_by_side)
{
	act("[device x]\naddress = 01:00.0 02:00.0 03:00.0 04:00.0\n");
	check_text("lanes", buf_text(&lanes), "4: 1 2 3 0; ");
}

TEST(modules_come_before_all_lanes)
{
	strv_done(&inventory.drivers);
	act("[device x]\naddress = 01:00.0 03:00.0\n");
	check_text("lanes", buf_text(&lanes), "1: 0; 3: 1 2; ");
	expect_outcome(0, RESULT_DONE, "vfio-pci", NULL);
	expect_outcome(1, RESULT_DONE, "vfio-pci", NULL);
}

/* ioatdma is on the list of drivers whose devices must go one after another. */
TEST(a_serial_driver_has_one_lane)
{
	put_device("05:00.0", "ioatdma", "(null)\n");
	put_device("06:00.0", "igb", "(null)\n");
	put_device("07:00.0", "ioatdma", "(null)\n");
	act("[device x]\naddress = 03:00.0 05:00.0 06:00.0 07:00.0\n");
	check_text("lanes", buf_text(&lanes), "4: 1 2 3 2; ");
}

TEST(there_are_no_more_lanes_than_the_limit)
{
	struct buf text = {};

	buf_add(&text, "[device x]\naddress =");
	for (int bus = 0x10; bus < 0x30; bus++) {
		char place[8];

		snprintf(place, sizeof(place), "%02x:00.0", bus);
		put_device(place, "igb", "(null)\n");
		buf_addf(&text, " %s", place);
	}
	buf_add(&text, "\n");
	act(buf_text(&text));
	check_int("lanes",
		  strncmp(buf_text(&lanes), "16: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 1 2 ", 44), 0);
	buf_done(&text);
}

TEST(nothing_to_do)
{
	act("[host]\ndescription = x\n");
	check_text("writes", buf_text(&writes), "");
}

TEST(what_is_right_refused_or_absent_is_not_touched)
{
	free(inventory.items[0].driver);
	inventory.items[0].driver = xstrdup("vfio-pci");
	act("[device x]\naddress = 01:00.0 02:00.0 05:00.0\n[device y]\naddress = 02:00.0\n"
	    "driver = pci-stub\n");
	check_text("writes", buf_text(&writes), "");
	expect_outcome(0, RESULT_ALREADY, "vfio-pci", NULL);
	expect_outcome(1, RESULT_REFUSED, "e1000e", "a finding says why");
	expect_outcome(2, RESULT_SKIPPED, NULL, "not on this host");
}

TEST(modules_are_loaded_first)
{
	strv_done(&inventory.drivers);
	inventory.has_iommu_backend = false;
	act(BOTH);
	check_text("writes", buf_text(&writes),
		   "load vfio_pci; load vfio_iommu_type1; "
		   "0000:01:00.0/driver_override=vfio-pci; e1000e/unbind=0000:01:00.0; "
		   "pci/drivers_probe=0000:01:00.0; "
		   "0000:02:00.0/driver_override=vfio-pci; e1000e/unbind=0000:02:00.0; "
		   "pci/drivers_probe=0000:02:00.0; ");
	expect_outcome(0, RESULT_DONE, "vfio-pci", NULL);
	expect_outcome(1, RESULT_DONE, "vfio-pci", NULL);
}

/* Devices of a module that does not come stay as they are; the others go on. */
TEST(modules_that_do_not_come)
{
	static const struct {
		int error;
		bool without_driver, hangs;
		const char *text;
	} rows[] = {
		{-ENOENT, false, false, "there is no module other for this kernel"},
		{-EKEYREJECTED, false, false,
		 "module other cannot be loaded: Key was rejected by service"},
		{0, true, false, "module other is loaded but has no PCI driver other"},
		{0, false, true, "module other cannot be loaded: Connection timed out"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		module_error = rows[i].error;
		module_without_driver = rows[i].without_driver;
		if (rows[i].hangs) {
			fault.path = "module";
			fault.end = BOUNDED_TIMEOUT;
		}
		act("[device x]\naddress = 01:00.0\ndriver = other\n[device y]\naddress = 03:00.0\n");
		expect_outcome(0, RESULT_FAILED, "e1000e", rows[i].text);
		expect_outcome(1, RESULT_DONE, "vfio-pci", NULL);
		check_text("writes", buf_text(&writes),
			   "load other; 0000:03:00.0/driver_override=vfio-pci; "
			   "igb/unbind=0000:03:00.0; pci/drivers_probe=0000:03:00.0; ");
		stop(NULL);
		start(NULL);
	}
}

TEST(failures_are_undone)
{
	static const struct {
		const char *what, *fault;
		int error;
		bool silent;
		const char *writes, *text;
	} rows[] = {
		{"override", "driver_override", -EINVAL, false,
		 "0000:02:00.0/driver_override=vfio-pci; ",
		 "writing driver_override: Invalid argument"},
		{"override does nothing", "driver_override", 0, true,
		 "0000:02:00.0/driver_override=vfio-pci; ",
		 "writing driver_override: the kernel accepted the write, but nothing changed"},
		{"unbind", "unbind", -ENODEV, false,
		 "0000:02:00.0/driver_override=vfio-pci; e1000e/unbind=0000:02:00.0; "
		 "0000:02:00.0/driver_override=before; ",
		 "unbinding: No such device"},
		{"unbind does nothing", "unbind", 0, true,
		 "0000:02:00.0/driver_override=vfio-pci; e1000e/unbind=0000:02:00.0; "
		 "0000:02:00.0/driver_override=before; ",
		 "unbinding: the kernel accepted the write, but nothing changed"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		fault.path = rows[i].fault;
		fault.error = rows[i].error;
		fault.silent = rows[i].silent;
		/* A probe of a device that still has its driver changes nothing. */
		act("[device x]\naddress = 02:00.0\n");
		check_text(rows[i].what, buf_text(&writes), rows[i].writes);
		expect_outcome(0, RESULT_FAILED, "e1000e", rows[i].text);
		expect_override("0000:02:00.0", "before");
		stop(NULL);
		start(NULL);
	}
}

TEST(a_failed_probe_gives_the_device_back)
{
	static const struct {
		int error;
		bool silent;
		const char *text;
	} rows[] = {
		{-EIO, false, "probing: Input/output error"},
		{0, true, "vfio-pci did not bind to the device; the kernel log may say why"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		fault.path = PROBE;
		fault.error = rows[i].error;
		fault.silent = rows[i].silent;
		act(ONE);
		check_text("writes", buf_text(&writes),
			   "0000:01:00.0/driver_override=vfio-pci; e1000e/unbind=0000:01:00.0; "
			   "pci/drivers_probe=0000:01:00.0; 0000:01:00.0/driver_override=-; "
			   "pci/drivers_probe=0000:01:00.0; ");
		expect_outcome(0, RESULT_FAILED, "e1000e", rows[i].text);
		expect_override("0000:01:00.0", "");
		stop(NULL);
		start(NULL);
	}
}

TEST(a_device_that_had_no_driver_gets_none)
{
	fault.path = PROBE;
	fault.error = -EIO;
	act("[device x]\naddress = 04:00.0\n");
	check_text("writes", buf_text(&writes),
		   "0000:04:00.0/driver_override=vfio-pci; pci/drivers_probe=0000:04:00.0; "
		   "0000:04:00.0/driver_override=-; ");
	expect_outcome(0, RESULT_FAILED, NULL, "probing: Input/output error");
}

TEST(where_a_probe_does_not_bring_the_old_driver_back_it_is_asked_by_name)
{
	fault.path = PROBE;
	fault.error = -EIO;
	fault.for_ever = true;
	act(ONE);
	check_text("writes", buf_text(&writes),
		   "0000:01:00.0/driver_override=vfio-pci; e1000e/unbind=0000:01:00.0; "
		   "pci/drivers_probe=0000:01:00.0; 0000:01:00.0/driver_override=-; "
		   "pci/drivers_probe=0000:01:00.0; e1000e/bind=0000:01:00.0; ");
	expect_outcome(0, RESULT_FAILED, "e1000e", "probing: Input/output error");
	expect_override("0000:01:00.0", "");
}

TEST(what_the_kernel_shows_counts_and_not_what_it_says)
{
	fault.path = PROBE;
	fault.error = -EIO;
	fault.takes_effect = true;
	act(ONE);
	expect_outcome(0, RESULT_DONE, "vfio-pci", NULL);
}

TEST(another_driver_may_be_quicker)
{
	tree_file(&tree, DEVICES "0000:04:00.0/driver_override", "");
	fault.path = "driver_override";
	fault.silent = true;
	act("[device x]\naddress = 04:00.0\n");
	/* The probe brought e1000e, which nobody asked for, but which is not ours to unbind. */
	expect_outcome(
		0, RESULT_FAILED, "e1000e",
		"the driver of the device changed while the plan was made; the device was left alone");
}

TEST(a_driver_that_cannot_be_read_back_is_not_known)
{
	odd_driver_link = true;
	act("[device x]\naddress = 04:00.0\n");
	expect_outcome(0, RESULT_FAILED, "unknown",
		       "vfio-pci did not bind to the device; the kernel log may say why");
}

/* Between the plan and the first write to the device. */
TEST(a_driver_that_changed_meanwhile)
{
	static const struct {
		const char *driver; /* NULL: none */
		const char *writes, *error;
		enum result result;
	} rows[] = {
		{"../drivers/igb", "",
		 "the driver of the device changed while the plan was made; the device was left alone",
		 RESULT_FAILED},
		{NULL, "",
		 "the driver of the device changed while the plan was made; the device was left alone",
		 RESULT_FAILED},
		/* Where somebody has bound it as it is wanted, only the override is missing. */
		{"../drivers/vfio-pci", "0000:02:00.0/driver_override=vfio-pci; ", NULL,
		 RESULT_DONE},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tree_remove(&tree, DEVICES "0000:02:00.0/driver");
		if (rows[i].driver)
			tree_link(&tree, DEVICES "0000:02:00.0/driver", rows[i].driver);
		act("[device x]\naddress = 02:00.0\n");
		check_text("writes", buf_text(&writes), rows[i].writes);
		expect_outcome(0, rows[i].result,
			       rows[i].driver ? strrchr(rows[i].driver, '/') + 1 : NULL,
			       rows[i].error);
		stop(NULL);
		start(NULL);
	}
}

/* A backend that nobody waits for is told beside the devices. */
TEST(a_backend_that_does_not_come)
{
	inventory.has_iommu_backend = false;
	backend_error = -ENOENT;
	act(ONE);
	expect_outcome(0, RESULT_DONE, "vfio-pci", NULL);
	check_findings("backend", &findings, "iommu-backend host");
	assert_int_equal(findings.items[0].severity, SEVERITY_ERROR);
}

TEST(a_device_that_does_not_answer_and_others_of_its_driver)
{
	fault.path = "unbind";
	fault.value = "0000:01:00.0";
	fault.end = BOUNDED_TIMEOUT;
	act("[device x]\naddress = 01:00.0 02:00.0 03:00.0 04:00.0\n");
	expect_outcome(0, RESULT_TIMEOUT, "unknown", "unbinding did not return within 10 s");
	assert_int_equal(outcomes.items[0].elapsed_ms, limits.piece_ms);
	/* Its driver would not answer for the next one either. */
	expect_outcome(1, RESULT_SKIPPED, "e1000e",
		       "left alone, as another device did not answer in time");
	expect_outcome(2, RESULT_DONE, "vfio-pci", NULL);
	expect_outcome(3, RESULT_DONE, "vfio-pci", NULL);
	check_text("writes", buf_text(&writes),
		   "0000:01:00.0/driver_override=vfio-pci; e1000e/unbind=0000:01:00.0; "
		   "0000:03:00.0/driver_override=vfio-pci; igb/unbind=0000:03:00.0; "
		   "pci/drivers_probe=0000:03:00.0; "
		   "0000:04:00.0/driver_override=vfio-pci; pci/drivers_probe=0000:04:00.0; ");
}

TEST(each_step_that_may_hang_is_named)
{
	static const struct {
		const char *fault, *text;
	} rows[] = {
		{"driver_override", "writing driver_override did not return within 10 s"},
		{"unbind", "unbinding did not return within 10 s"},
		{"drivers_probe", "probing did not return within 10 s"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		fault.path = rows[i].fault;
		fault.end = BOUNDED_TIMEOUT;
		act(ONE);
		expect_outcome(0, RESULT_TIMEOUT, "unknown", rows[i].text);
		stop(NULL);
		start(NULL);
	}
}

TEST(a_process_that_dies_costs_one_device)
{
	fault.path = PROBE;
	fault.end = BOUNDED_DIED;
	act(BOTH);
	expect_outcome(0, RESULT_FAILED, "unknown", "the process for the device died at probing");
	expect_outcome(1, RESULT_DONE, "vfio-pci", NULL);
}

/* Only what the kernel has not answered for stays so. */
TEST(what_udev_is_kept_from)
{
	static const struct {
		enum bounded_end end;
		const char *hidden;
	} rows[] = {{BOUNDED_TIMEOUT, "hide 01; hide 01; hide 03; show 03; "},
		    {BOUNDED_DIED, "hide 01; show 01; hide 03; show 03; "}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		fault.path = "unbind";
		fault.value = "0000:01:00.0";
		fault.end = rows[i].end;
		act("[device x]\naddress = 01:00.0 03:00.0\n");
		check_text("hidden", buf_text(&hidden), rows[i].hidden);
		stop(NULL);
		start(NULL);
	}
}

TEST(without_time_devices_are_left_alone)
{
	n_pieces_in_time = 1;
	act(BOTH);
	expect_outcome(0, RESULT_DONE, "vfio-pci", NULL);
	expect_outcome(1, RESULT_SKIPPED, "e1000e",
		       "left alone, as the time for all devices was over before its turn");
}

TEST(without_processes_nothing_is_done)
{
	run_error = -EAGAIN;
	n_pieces_in_time = 0;
	act(BOTH);
	check_text("writes", buf_text(&writes), "");
	for (size_t i = 0; i < 2; i++)
		expect_outcome(i, RESULT_FAILED, "e1000e",
			       "no process can be started: Resource temporarily unavailable");
}

TEST(what_was_done_before_processes_ran_out_is_told)
{
	run_error = -EAGAIN;
	n_pieces_in_time = 1;
	act(BOTH);
	expect_outcome(0, RESULT_DONE, "vfio-pci", NULL);
	expect_outcome(1, RESULT_FAILED, "e1000e",
		       "no process can be started: Resource temporarily unavailable");
}

TEST(without_memory_nothing_is_done)
{
	no_memory = true;
	act(ONE);
	check_text("writes", buf_text(&writes), "");
	expect_outcome(0, RESULT_FAILED, "e1000e",
		       "no process can be started: Cannot allocate memory");
}

int main(void)
{
#define ACT_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
		ACT_TEST(override_unbind_probe),
		ACT_TEST(a_device_without_driver_is_not_unbound),
		ACT_TEST(before_others_on_the_host_itself),
		ACT_TEST(in_processes_of_their_own_too),
		ACT_TEST(devices_of_drivers_go_side_by_side),
		ACT_TEST(modules_come_before_all_lanes),
		ACT_TEST(a_serial_driver_has_one_lane),
		ACT_TEST(there_are_no_more_lanes_than_the_limit),
		ACT_TEST(nothing_to_do),
		ACT_TEST(what_is_right_refused_or_absent_is_not_touched),
		ACT_TEST(modules_are_loaded_first),
		ACT_TEST(modules_that_do_not_come),
		ACT_TEST(failures_are_undone),
		ACT_TEST(a_failed_probe_gives_the_device_back),
		ACT_TEST(a_device_that_had_no_driver_gets_none),
		ACT_TEST(where_a_probe_does_not_bring_the_old_driver_back_it_is_asked_by_name),
		ACT_TEST(what_the_kernel_shows_counts_and_not_what_it_says),
		ACT_TEST(another_driver_may_be_quicker),
		ACT_TEST(a_driver_that_cannot_be_read_back_is_not_known),
		ACT_TEST(a_driver_that_changed_meanwhile),
		ACT_TEST(a_backend_that_does_not_come),
		ACT_TEST(a_device_that_does_not_answer_and_others_of_its_driver),
		ACT_TEST(each_step_that_may_hang_is_named),
		ACT_TEST(what_udev_is_kept_from),
		ACT_TEST(a_process_that_dies_costs_one_device),
		ACT_TEST(without_time_devices_are_left_alone),
		ACT_TEST(without_processes_nothing_is_done),
		ACT_TEST(what_was_done_before_processes_ran_out_is_told),
		ACT_TEST(without_memory_nothing_is_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
