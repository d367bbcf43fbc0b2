/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verbs/situation.h"

#include "act/act.h"
#include "parse/boot_log.h"
#include "support.h"

static const struct purpose bind = {.goal = GOAL_BIND, .phase = PHASE_SYSTEM},
			    apply = {.goal = GOAL_APPLY, .phase = PHASE_SYSTEM};

static struct tree tree;

static int start(void **state _unused_)
{
	tree_init(&tree);
	return 0;
}

static int stop(void **state _unused_)
{
	tree_done(&tree);
	return 0;
}

static const struct boot_log *hung;

static void expect_load(int status, size_t n_planned, const char *message)
{
	struct options options = {};
	struct situation situation;
	struct capture capture;
	int got;

	capture_begin(&capture, STDERR_FILENO);
	got = situation_load(&tree.root, &options, &bind, hung, &situation);
	check_text("message", capture_end(&capture), message);
	check_int("status", got, status);
	check_int("devices", situation.plan.n, n_planned);
	situation_done(&situation);
}

TEST(situation_without_profile)
{
	expect_load(
		STATUS_USAGE, 0,
		"vfio-prepare: there is no profile: write /etc/vfio-prepare/profile.conf, or name "
		"one with --profile\n");
}

TEST(situation_with_a_profile_that_cannot_be_used)
{
	tree_file(&tree, "etc/vfio-prepare/profile.conf", "[hots]\n");
	expect_load(
		STATUS_USAGE, 0,
		"vfio-prepare: /etc/vfio-prepare/profile.conf:1: unknown section [hots]; did you "
		"mean [host]?\n");
}

TEST(situation_on_a_host_that_cannot_be_read)
{
	tree_file(&tree, "etc/vfio-prepare/profile.conf", "[host]\ndescription = x\n");
	tree_file(&tree, "sys/bus/pci/devices", "");
	expect_load(
		STATUS_FAILED, 0,
		"vfio-prepare: the PCI functions of the host cannot be read: Not a directory\n");
}

static void put_card_with_serial(void)
{
	uint8_t config[512] = {};
	static const uint8_t capability[] = {0x03, 0x00, 0x01, 0x00, 0x55, 0x44,
					     0x33, 0xff, 0xff, 0x22, 0x11, 0x00};

	memcpy(config + 0x100, capability, sizeof(capability));
	tree_file(&tree, "etc/vfio-prepare/profile.conf",
		  "[device x]\nserial = 00-11-22-ff-ff-33-44-55\n");
	tree_file(&tree, "sys/bus/pci/devices/0000:01:00.0/uevent",
		  "PCI_CLASS=20000\nPCI_ID=8086:10D3\nPCI_SUBSYS_ID=0:0\n");
	tree_bytes(&tree, "sys/bus/pci/devices/0000:01:00.0/config", config, sizeof(config));
}

TEST(situation_reads_serial_numbers_where_they_are_asked_for)
{
	put_card_with_serial();
	expect_load(STATUS_DONE, 1, "");
}

TEST(situation_asks_no_serial_number_of_a_function_that_hangs)
{
	struct boot_log log;

	boot_log_parse(
		"{\"version\":1,\"phases\":[{\"phase\":\"early\",\"outcomes\":[{\"address\":\"0000:01:00.0\","
		"\"result\":\"timeout\",\"error\":\"unbinding did not return within 10 s\"}]}]}",
		&log);
	put_card_with_serial();
	hung = &log;
	expect_load(STATUS_DONE, 0, "");
	hung = NULL;
	boot_log_done(&log);
}

static void put_function(const char *place, const char *uevent, const char *group,
			 const char *driver)
{
	_cleanup_free_ char *file = xasprintf("sys/bus/pci/devices/%s/uevent", place);
	_cleanup_free_ char *group_link = xasprintf("sys/bus/pci/devices/%s/iommu_group", place);
	_cleanup_free_ char *driver_link = xasprintf("sys/bus/pci/devices/%s/driver", place);
	_cleanup_free_ char *member = xasprintf("sys/kernel/iommu_groups/%s/devices/%s",
						strrchr(group, '/') + 1, place);

	tree_file(&tree, file, uevent);
	tree_link(&tree, group_link, group);
	tree_link(&tree, member, "x");
	if (driver)
		tree_link(&tree, driver_link, driver);
}

/*
 * A device that no driver has takes along one that carries the host's network: what the guards have
 * to know of it is read, though nothing that is listed would lose a driver.
 */
TEST(companions_are_guarded_too)
{
	struct options options = {};
	struct situation situation;

	tree_file(&tree, "etc/vfio-prepare/profile.conf",
		  "[device x]\naddress = 01:00.0\ngroup = expand\n");
	put_function("0000:01:00.0", "PCI_CLASS=120000\nPCI_ID=1:1\nPCI_SUBSYS_ID=0:0\n",
		     "../groups/7", NULL);
	put_function("0000:02:00.0", "PCI_CLASS=20000\nPCI_ID=8086:10D3\nPCI_SUBSYS_ID=0:0\n",
		     "../groups/7", "../drivers/igb");
	put_function("0000:09:00.0", "PCI_CLASS=20000\nPCI_ID=8086:10D3\nPCI_SUBSYS_ID=0:0\n",
		     "../groups/9", NULL);
	tree_link(&tree, "sys/class/net/eth0",
		  "../../devices/pci0000:00/0000:00:01.0/0000:02:00.0/net/eth0");
	tree_file(&tree, "proc/net/route",
		  "eth0\t00000000\t0202000A\t0003\t0\t0\t100\t00000000\t0\t0\t0\n");
	for (int advise = 0; advise < 2; advise++) {
		assert_int_equal(situation_load(&tree.root, &options, advise ? &apply : &bind, NULL,
						&situation),
				 STATUS_DONE);
		assert_int_equal(situation.plan.n, 1);
		assert_int_equal(situation.plan.items[0].state, DEVICE_REFUSED);
		assert_int_equal(situation.plan.actions.n, 0);
		check_findings("plan", &situation.plan.findings, "group-incomplete group 7");
		situation_done(&situation);
	}
}

#define DEVICES "sys/bus/pci/devices/"
#define DEVICE DEVICES "0000:01:00.0"

/* A network card on e1000e, which is to go to vfio-pci. */
static void put_bound(void)
{
	tree_file(&tree, "etc/vfio-prepare/profile.conf", "[device x]\naddress = 01:00.0\n");
	put_function("0000:01:00.0", "PCI_CLASS=20000\nPCI_ID=8086:10D3\nPCI_SUBSYS_ID=0:0\n",
		     "../groups/7", "../drivers/e1000e");
	tree_file(&tree, DEVICE "/driver_override", "(null)\n");
	tree_file(&tree, "sys/bus/pci/drivers/e1000e/unbind", "");
	tree_file(&tree, "sys/bus/pci/drivers_probe", "");
	tree_dir(&tree, "sys/bus/pci/drivers/vfio-pci");
	tree_dir(&tree, "sys/module/vfio_iommu_type1");
	tree_dir(&tree, "sys/class/block");
	tree_file(&tree, "proc/self/mountinfo", "");
}

/* Decides, has another device come to the address of the first, and acts; the result. */
static enum result act_after_a_change(bool unplugged)
{
	static const struct purpose by_hand = {.goal = GOAL_BIND, .phase = PHASE_MANUAL};
	static const struct act_limits limits = {5000, 5000};
	struct options options = {};
	struct situation situation;
	struct outcomes outcomes;
	enum result result;

	assert_int_equal(situation_load(&tree.root, &options, &by_hand, NULL, &situation),
			 STATUS_DONE);
	assert_int_equal(situation.plan.n, 1);
	assert_int_equal(situation.plan.items[0].state, DEVICE_BIND);
	assert_int_equal(renameat(tree.root.fd, DEVICE, tree.root.fd, "sys/former"), 0);
	if (unplugged) {
		tree_remove(&tree, "sys/former/uevent");
		tree_remove(&tree, "sys/former/driver");
		tree_remove(&tree, "sys/former/iommu_group");
		tree_remove(&tree, "sys/former/driver_override");
		tree_remove(&tree, "sys/former");
	}
	tree_file(&tree, DEVICE "/uevent",
		  "PCI_CLASS=10802\nPCI_ID=144D:A808\nPCI_SUBSYS_ID=0:0\n");
	tree_file(&tree, DEVICE "/driver_override", "(null)\n");
	tree_link(&tree, DEVICE "/driver", "../drivers/e1000e");
	act_run(&tree.root, &situation.plan, &limits, &outcomes, &situation.plan.findings);
	result = outcomes.items[0].result;
	outcomes_done(&outcomes);
	situation_done(&situation);
	tree_check(&tree, "/" DEVICE "/driver_override", "(null)\n");
	return result;
}

TEST(what_was_decided_on_is_what_is_acted_on)
{
	put_bound();
	assert_int_equal(act_after_a_change(false), RESULT_FAILED);
	/* "vfio-pci" went to the one that was read, and over it what takes that back. */
	tree_check(&tree, "/sys/former/driver_override", "\nfio-pci");
}

TEST(what_came_to_the_address_of_a_device_that_is_gone_is_left_alone)
{
	put_bound();
	assert_int_equal(act_after_a_change(true), RESULT_FAILED);
	tree_check(&tree, "/sys/bus/pci/drivers/e1000e/unbind", "");
	tree_check(&tree, "/sys/bus/pci/drivers_probe", "");
}

int main(void)
{
#define SITUATION_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
		SITUATION_TEST(situation_without_profile),
		SITUATION_TEST(situation_with_a_profile_that_cannot_be_used),
		SITUATION_TEST(situation_on_a_host_that_cannot_be_read),
		SITUATION_TEST(situation_reads_serial_numbers_where_they_are_asked_for),
		SITUATION_TEST(situation_asks_no_serial_number_of_a_function_that_hangs),
		SITUATION_TEST(companions_are_guarded_too),
		SITUATION_TEST(what_was_decided_on_is_what_is_acted_on),
		SITUATION_TEST(what_came_to_the_address_of_a_device_that_is_gone_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
