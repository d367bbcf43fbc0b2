/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/release.h"

#include "base/buf.h"
#include "parse/address.h"
#include "support.h"

static struct inventory inventory;
static struct profile profile;
static struct match match;
static struct bindings bindings;
static struct strv own_blacklist;
static struct release release;
static struct plan plan;

/* A function for guests unless driver says otherwise, whose own driver is nic. */
static struct pci_function *add(const char *place, int group, const char *driver,
				const char *override)
{
	struct pci_function *function = add_function(&inventory, place, 0x8086, 0x10d3, 0x020000,
						     group, driver);

	function->driver_override = xstrdup_null(override);
	function->modalias = xstrdup("pci:nic");
	strv_add(&function->modules, "nic");
	return function;
}

static void bound(const char *place, const char *section, const char *driver)
{
	const struct pci_address where = address(place);

	bindings_set(&bindings, &where, section, driver);
}

/* 01.0 and 01.1 are a group that the tool bound, 02 is one that somebody else bound, 03 is the host's. */
static int start(void **state _unused_)
{
	add("01:00.0", 1, "vfio-pci", "vfio-pci");
	add("01:00.1", 1, "vfio-pci", "vfio-pci");
	add("02:00.0", 2, "vfio-pci", "vfio-pci");
	add("03:00.0", 3, "nic", NULL);
	bound("01:00.0", "a", "vfio-pci");
	bound("01:00.1", "b", "vfio-pci");
	strv_add(&inventory.loaded_modules, "nic");
	profile_from("[device host]\naddress = 03:00.0\n[device a]\naddress = 02:00.0\n", &profile);
	release = (struct release){.own_blacklist = &own_blacklist};
	return 0;
}

static int stop(void **state _unused_)
{
	plan_done(&plan);
	free(release.addresses.items);
	strv_done(&release.labels);
	strv_done(&own_blacklist);
	bindings_done(&bindings);
	match_done(&match);
	profile_done(&profile);
	inventory_done(&inventory);
	return 0;
}

static void ask(const char *operands)
{
	struct strv words = {};

	strv_split(&words, operands, " ");
	for (size_t i = 0; i < words.n; i++) {
		struct address_pattern pattern;

		if (address_pattern_parse(words.items[i], &pattern) == 0)
			*vec_add(&release.addresses) = pattern;
		else
			strv_add(&release.labels, words.items[i]);
	}
	strv_done(&words);
	address_list_sort(&release.addresses);
	match_make(&profile, &inventory, &match);
	release_plan(&release, &match, &bindings, &plan);
}

static void expect(const char *devices, const char *findings)
{
	struct buf text = {};

	vec_foreach(device, &plan)
		buf_addf(&text, "%s [%s] %s%s; ", PCI_ADDRESS_TEXT(&device->address),
			 device->section ? device->section : "", device_state_names[device->state],
			 device->companion ? " too" : "");
	check_text("devices", buf_text(&text), devices);
	check_findings("findings", &plan.findings, findings);
	buf_done(&text);
}

static void expect_actions(const char *want)
{
	struct buf text = {};

	vec_foreach(action, &plan.actions)
		buf_addf(&text, "%s %s%s%s; ", action_type_names[action->type],
			 action->type == ACTION_LOAD_MODULE ? action->value : "",
			 action->type == ACTION_LOAD_MODULE ? " " : "", action->path);
	check_text("actions", buf_text(&text), want);
	buf_done(&text);
}

#define DEVICE_1 "/sys/bus/pci/devices/0000:01:00.0/driver_override; "
#define UNBIND "unbind /sys/bus/pci/drivers/vfio-pci/unbind; "
#define PROBE "probe /sys/bus/pci/drivers_probe; "
#define ALL                                     \
	"clear-override " DEVICE_1 UNBIND PROBE \
	"clear-override /sys/bus/pci/devices/0000:01:00.1/driver_override; " UNBIND PROBE

TEST(all_that_is_bound)
{
	ask("");
	expect("0000:01:00.0 [a] wrong-driver; 0000:01:00.1 [b] wrong-driver; ", "");
	expect_actions(ALL);
	assert_null(plan.items[0].want);
	assert_true(plan.items[0].natives_known);
	check_text("native", plan.items[0].natives.items[0], "nic");
}

TEST(the_rest_of_the_group_goes_along)
{
	ask("01:00.0");
	expect("0000:01:00.0 [a] wrong-driver; 0000:01:00.1 [b] wrong-driver too; ",
	       "companion 0000:01:00.1");
	expect_actions(ALL);
}

/* The label of a binding, and that of a section that selects what nobody bound. */
TEST(labels)
{
	ask("b host");
	expect("0000:01:00.0 [a] wrong-driver too; 0000:01:00.1 [b] wrong-driver; "
	       "0000:03:00.0 [host] right; ",
	       "companion 0000:01:00.0");
	assert_true(release_knows_label(&match, &bindings, "b"));
	assert_true(release_knows_label(&match, &bindings, "host"));
	assert_false(release_knows_label(&match, &bindings, "c"));
}

TEST(what_is_not_ours)
{
	ask("02:00.0");
	expect("0000:02:00.0 [a] refused; ", "not-ours 0000:02:00.0");
	expect_actions("");
}

TEST(what_is_not_ours_by_force)
{
	release.force = true;
	ask("02:00.0");
	expect("0000:02:00.0 [a] wrong-driver; ", "");
}

TEST(another_driver_than_we_brought_is_not_ours)
{
	free(inventory.items[0].driver);
	inventory.items[0].driver = xstrdup("pci-stub");
	ask("01:00.0");
	expect("0000:01:00.0 [a] refused; 0000:01:00.1 [b] refused too; ",
	       "not-ours 0000:01:00.0; group-incomplete 0000:01:00.1");
}

TEST(a_group_of_which_a_part_is_not_ours)
{
	add("01:00.2", 1, "vfio-pci", NULL);
	ask("");
	expect("0000:01:00.0 [a] refused; 0000:01:00.1 [b] refused; 0000:01:00.2 [] refused too; ",
	       "not-ours 0000:01:00.2; group-incomplete 0000:01:00.0; "
	       "group-incomplete 0000:01:00.1");
}

/* A bridge's driver, a native one and pci-stub keep no guest from anything. */
TEST(what_else_is_in_the_group_stays)
{
	add("01:00.2", 1, "pcieport", NULL);
	add("01:00.3", 1, "pci-stub", "pci-stub");
	add("01:00.4", 1, NULL, NULL);
	ask("01:00.1");
	expect("0000:01:00.0 [a] wrong-driver too; 0000:01:00.1 [b] wrong-driver; ",
	       "companion 0000:01:00.0");
}

TEST(an_open_group_stays_forced_or_not)
{
	release.force = true;
	inventory.items[1].user = xstrdup("qemu (7)");
	ask("");
	expect("0000:01:00.0 [a] refused; 0000:01:00.1 [b] refused; ",
	       "vfio-in-use 0000:01:00.1; group-incomplete 0000:01:00.0");
}

TEST(in_use_through_another_driver)
{
	for (size_t i = 0; i < 2; i++) {
		struct pci_function *function = add("04:00.0", 4, "uio_pci_generic",
						    "uio_pci_generic");

		function->user = xstrdup("dpdk (9)");
		bound("04:00.0", "uio", "uio_pci_generic");
		release.force = i == 1;
		ask("uio");
		expect(i ? "0000:04:00.0 [uio] wrong-driver; " : "0000:04:00.0 [uio] refused; ",
		       i ? "" : "in-use 0000:04:00.0");
		stop(NULL);
		start(NULL);
	}
}

TEST(live_virtual_functions)
{
	release.force = true;
	inventory.items[2].live_vfs = true;
	ask("02:00.0");
	expect("0000:02:00.0 [a] refused; ", "live-vfs 0000:02:00.0");
}

TEST(what_cannot_be_read)
{
	release.force = true;
	inventory.items[3].unknown = FUNCTION_OVERRIDE;
	ask("03:00.0");
	expect("0000:03:00.0 [host] refused; ", "unreadable 0000:03:00.0");
}

TEST(what_is_not_there)
{
	ask("03:00.* 09:00.0");
	expect("0000:03:00.0 [host] right; 0000:09:00.0 [] absent; ", "device-absent 0000:09:00.0");
}

/* How far it is on its way, and what is still to be done. */
TEST(halfway)
{
	static const struct {
		const char *driver, *override;
		bool natives, known;
		const char *state, *actions;
	} rows[] = {
		{"nic", "vfio-pci", true, true, "wrong-driver", "clear-override " DEVICE_1},
		{NULL, "vfio-pci", true, true, "wrong-driver", "clear-override " DEVICE_1 PROBE},
		{NULL, NULL, true, true, "wrong-driver", PROBE},
		{NULL, NULL, false, true, "right", ""},
		{NULL, NULL, false, false, "wrong-driver", PROBE},
		{"vfio-pci", NULL, true, true, "wrong-driver", UNBIND PROBE},
		{"nic", NULL, true, true, "right", ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *want = xasprintf("0000:01:00.0 [a] %s; ", rows[i].state);
		struct pci_function *function = &inventory.items[0];

		inventory.items[1].iommu_group = 9;
		free(function->driver);
		free(function->driver_override);
		function->driver = xstrdup_null(rows[i].driver);
		function->driver_override = xstrdup_null(rows[i].override);
		if (!rows[i].natives)
			strv_done(&function->modules);
		if (!rows[i].known)
			function->unknown = FUNCTION_MODULES;
		ask("01:00.0");
		expect(want, "");
		expect_actions(rows[i].actions);
		stop(NULL);
		start(NULL);
	}
}

/* Only where none of its own is there, and vfio's are not its own. */
TEST(modules)
{
	strv_done(&inventory.loaded_modules);
	strv_add(&inventory.items[0].modules, "vfio_pci");
	strv_add(&inventory.items[1].modules, "builtin");
	strv_add(&inventory.builtin_modules, "builtin");
	ask("");
	expect_actions("load-module pci:nic /sys/module/nic; " ALL);
	check_text("waits for", plan.items[0].module, "pci:nic");
	assert_null(plan.items[1].module);
}

TEST(modules_of_which_one_is_enough)
{
	strv_done(&inventory.loaded_modules);
	strv_add(&inventory.items[0].modules, "other");
	strv_add(&inventory.builtin_modules, "nothing");
	strv_add(&own_blacklist, "other");
	ask("");
	expect_actions(
		"load-module other /sys/module/other; load-module pci:nic /sys/module; " ALL);
}

TEST(modules_that_the_tool_keeps_away)
{
	strv_done(&inventory.loaded_modules);
	strv_add(&own_blacklist, "nic");
	ask("");
	expect_actions("load-module nic /sys/module/nic; " ALL);
}

TEST(whom_it_concerns)
{
	match_make(&profile, &inventory, &match);
	for (size_t i = 0; i < inventory.n; i++)
		check_int(PCI_ADDRESS_TEXT(&inventory.items[i].address),
			  release_concerns(&release, &match, &bindings, &match.items[i]), i < 2);
	strv_add(&release.labels, "b");
	assert_true(release_concerns(&release, &match, &bindings, &match.items[0]));
	assert_false(release_concerns(&release, &match, &bindings, &match.items[3]));
}

#define RELEASE_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RELEASE_TEST(all_that_is_bound),
		RELEASE_TEST(the_rest_of_the_group_goes_along),
		RELEASE_TEST(labels),
		RELEASE_TEST(what_is_not_ours),
		RELEASE_TEST(what_is_not_ours_by_force),
		RELEASE_TEST(another_driver_than_we_brought_is_not_ours),
		RELEASE_TEST(a_group_of_which_a_part_is_not_ours),
		RELEASE_TEST(what_else_is_in_the_group_stays),
		RELEASE_TEST(an_open_group_stays_forced_or_not),
		RELEASE_TEST(in_use_through_another_driver),
		RELEASE_TEST(live_virtual_functions),
		RELEASE_TEST(what_cannot_be_read),
		RELEASE_TEST(what_is_not_there),
		RELEASE_TEST(halfway),
		RELEASE_TEST(modules),
		RELEASE_TEST(modules_of_which_one_is_enough),
		RELEASE_TEST(modules_that_the_tool_keeps_away),
		RELEASE_TEST(whom_it_concerns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
