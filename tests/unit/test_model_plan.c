/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/plan.h"

#include "base/buf.h"
#include "support.h"

TEST(everything_in_it_is_freed)
{
	struct plan plan = {};
	struct planned_device *device = vec_add(&plan);
	struct action *action = vec_add(&plan.actions);

	device->want = xstrdup("vfio-pci");
	device->module = xstrdup("vfio_pci");
	device->before = xstrdup("nvme");
	action->path = xstrdup("/sys");
	action->value = xstrdup("1");
	action->reason = xstrdup("why");
	finding_add(&plan.findings, SEVERITY_NOTE, FINDING_RESET, "b", "c");
	plan_done(&plan);
	assert_int_equal(plan.n + plan.actions.n + plan.findings.n, 0);
	assert_null(plan.items);
	plan_done(&plan);
	plan_done(NULL);
}

TEST(a_device_is_found)
{
	static const char *const places[] = {"0000:01:00.0", "0000:01:00.1", "0001:00:1f.7"};
	struct pci_address absent = address("0000:01:00.2");
	struct plan plan = {};

	assert_null(plan_find(&plan, &absent));
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		((struct planned_device *)vec_add(&plan))->address = address(places[i]);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		assert_ptr_equal(plan_find(&plan, &plan.items[i].address), &plan.items[i]);
	assert_null(plan_find(&plan, &absent));
	plan_done(&plan);
}

static bool is_not_on_bus(void *userdata, const struct planned_device *device)
{
	return device->address.bus != *(uint8_t *)userdata;
}

/* Three devices of a driver each, of which the first two are VFIO's. */
static void make(struct plan *ret)
{
	static const char *const rows[][3] = {
		{"0000:01:00.0", "vfio-pci", "vfio_pci"},
		{"0000:02:00.0", "mlx5_vfio_pci", "mlx5_vfio_pci"},
		{"0000:03:00.0", "pci-stub", "pci_stub"},
	};

	*ret = (struct plan){};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		*vec_add(ret) = (struct planned_device){.address = address(rows[i][0]),
							.want = xstrdup(rows[i][1]),
							.module = xstrdup(rows[i][2])};
		plan_load(ret, rows[i][2], "/sys", xstrdup("why"));
		finding_add(&ret->findings, SEVERITY_ERROR, FINDING_IN_USE, rows[i][0], "why");
	}
	plan_load(ret, "vfio_pci", "/sys", xstrdup("why not twice"));
	plan_load(ret, "vfio_iommu_type1", "/sys", xstrdup("why"));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		plan_act(ret, ACTION_PROBE, i, xstrdup("/sys"), rows[i][0], xstrdup("why"));
	finding_add(&ret->findings, SEVERITY_ERROR, FINDING_IOMMU, "host", "why");
}

/* "ADDRESS; " of each device, and of each action its value, which for one of a device is the address. */
static void expect(const struct plan *plan, const char *devices, const char *actions)
{
	struct buf got = {};

	vec_foreach(device, plan)
		buf_addf(&got, "%s; ", PCI_ADDRESS_TEXT(&device->address));
	check_text("devices", buf_text(&got), devices);
	buf_done(&got);
	vec_foreach(action, &plan->actions) {
		buf_addf(&got, "%s; ", action->value);
		if (action->device != SIZE_MAX)
			check_text("action", action->value,
				   PCI_ADDRESS_TEXT(&plan->items[action->device].address));
	}
	check_text("actions", buf_text(&got), actions);
	buf_done(&got);
}

/* The actions of the others still say whose they are, and what only it needed is not loaded. */
TEST(what_is_not_wanted_goes)
{
	struct plan plan;

	make(&plan);
	plan_keep(&plan, is_not_on_bus, &(uint8_t){2});
	expect(&plan, "0000:01:00.0; 0000:03:00.0; ",
	       "vfio_pci; pci_stub; "
	       "vfio_iommu_type1"
	       "; 0000:01:00.0; 0000:03:00.0; ");
	check_findings("findings", &plan.findings,
		       "in-use 0000:01:00.0; in-use 0000:03:00.0; iommu host");
	plan_keep(&plan, is_not_on_bus, &(uint8_t){2});
	assert_int_equal(plan.n + plan.actions.n + plan.findings.n, 2 + 5 + 3);

	plan_keep(&plan, is_not_on_bus, &(uint8_t){1});
	expect(&plan, "0000:03:00.0; ", "pci_stub; 0000:03:00.0; ");
	plan_keep(&plan, is_not_on_bus, &(uint8_t){3});
	expect(&plan, "", "");
	check_findings("findings", &plan.findings, "iommu host");
	plan_keep(&plan, is_not_on_bus, &(uint8_t){3});
	plan_done(&plan);
}

/* It is on its driver already; no guest gets it without the other module. */
TEST(what_is_right_keeps_the_backend)
{
	struct plan plan;

	make(&plan);
	plan.items[0].state = DEVICE_RIGHT;
	plan.items[1].state = DEVICE_REFUSED;
	plan_keep(&plan, is_not_on_bus, &(uint8_t){3});
	expect(&plan, "0000:01:00.0; 0000:02:00.0; ",
	       "vfio_iommu_type1"
	       "; 0000:01:00.0; 0000:02:00.0; ");
	plan_keep(&plan, is_not_on_bus, &(uint8_t){1});
	expect(&plan, "0000:02:00.0; ", "0000:02:00.0; ");
	plan_done(&plan);
}

TEST(what_is_written_for_a_device)
{
	static const char *const rows[][3] = {
		{"set-override", "/sys/bus/pci/devices/0000:01:00.0/driver_override", "vfio-pci"},
		{"clear-override", "/sys/bus/pci/devices/0000:01:00.0/driver_override", "\n"},
		{"unbind", "/sys/bus/pci/drivers/nvme/unbind", "0000:01:00.0"},
		{"probe", "/sys/bus/pci/drivers_probe", "0000:01:00.0"},
	};
	struct plan plan = {};

	*vec_add(&plan) = (struct planned_device){.address = address("01:00.0"),
						  .before = xstrdup("nvme")};
	plan_override(&plan, 0, "vfio-pci", xstrdup("a"));
	plan_override(&plan, 0, NULL, xstrdup("b"));
	plan_unbind(&plan, 0, xstrdup("c"));
	plan_probe(&plan, 0, xstrdup("d"));
	assert_int_equal(plan.actions.n, ARRAY_SIZE(rows));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct action *action = &plan.actions.items[i];

		check_text("type", action_type_names[action->type], rows[i][0]);
		check_text(rows[i][0], action->path, rows[i][1]);
		check_text(rows[i][0], action->value, rows[i][2]);
		check_int(rows[i][0], action->reason[0], "abcd"[i]);
		check_int(rows[i][0], (int)action->device, 0);
	}
	plan_done(&plan);
}

TEST(devices_are_sorted)
{
	static const char *const places[] = {"0001:00:1f.7", "0000:01:00.1", "0000:01:00.0"};
	struct plan plan = {};

	plan_sort(&plan);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		((struct planned_device *)vec_add(&plan))->address = address(places[i]);
	plan_sort(&plan);
	expect(&plan, "0000:01:00.0; 0000:01:00.1; 0001:00:1f.7; ", "");
	plan_done(&plan);
}

TEST(names)
{
	assert_string_equal(action_type_names[ACTION_LOAD_MODULE], "load-module");
	assert_string_equal(action_type_names[ACTION_SET_OVERRIDE], "set-override");
	assert_string_equal(action_type_names[ACTION_CLEAR_OVERRIDE], "clear-override");
	assert_string_equal(action_type_names[ACTION_UNBIND], "unbind");
	assert_string_equal(action_type_names[ACTION_PROBE], "probe");
	assert_string_equal(action_type_names[ACTION_AUTOPROBE], "set-autoprobe");
	assert_string_equal(action_type_names[ACTION_SET_VFS], "set-vfs");
	assert_string_equal(device_state_names[DEVICE_VFS], "vfs-missing");
	assert_string_equal(device_state_names[DEVICE_BIND], "wrong-driver");
	assert_string_equal(device_state_names[DEVICE_RIGHT], "right");
	assert_string_equal(device_state_names[DEVICE_REFUSED], "refused");
	assert_string_equal(device_state_names[DEVICE_ABSENT], "absent");
}

TEST(what_is_given)
{
	static const struct {
		const char *what;
		struct planned_device device;
		bool given;
	} rows[] = {
		{"bind", {.state = DEVICE_BIND}, true},
		{"right", {.state = DEVICE_RIGHT}, true},
		{"waiting", {.state = DEVICE_WAITING}, true},
		{"refused", {.state = DEVICE_REFUSED}, false},
		{"in use", {.state = DEVICE_REFUSED, .next_boot = true}, true},
		{"absent", {.state = DEVICE_ABSENT}, false},
		{"with virtual functions", {.state = DEVICE_RIGHT, .vfs = 2}, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_int(rows[i].what, device_is_given(&rows[i].device), rows[i].given);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_in_it_is_freed),
		cmocka_unit_test(a_device_is_found),
		cmocka_unit_test(what_is_not_wanted_goes),
		cmocka_unit_test(what_is_right_keeps_the_backend),
		cmocka_unit_test(what_is_written_for_a_device),
		cmocka_unit_test(devices_are_sorted),
		cmocka_unit_test(names),
		cmocka_unit_test(what_is_given),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
