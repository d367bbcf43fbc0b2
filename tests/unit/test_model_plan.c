/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/plan.h"
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
	finding_add(&plan.findings, SEVERITY_NOTE, "a", "b", "c");
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

/* The actions of the others still say whose they are. */
TEST(a_device_is_forgotten)
{
	static const char *const places[] = {"0000:01:00.0", "0000:02:00.0", "0000:03:00.0"};
	struct pci_address second = address("02:00.0");
	struct plan plan = {};

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		((struct planned_device *)vec_add(&plan))->address = address(places[i]);
		plan_act(&plan, ACTION_PROBE, i, xstrdup("/sys"), places[i], xstrdup("why"));
		finding_add(&plan.findings, SEVERITY_ERROR, "in-use", places[i], "why");
	}
	plan_load(&plan, "vfio_pci", "/sys", xstrdup("why"));
	plan_load(&plan, "vfio_pci", "/sys", xstrdup("why not twice"));
	plan_forget(&plan, &second);
	plan_forget(&plan, &second);
	assert_int_equal(plan.n, 2);
	assert_int_equal(plan.actions.n, 3);
	for (size_t i = 0; i < plan.n; i++)
		check_text("action", plan.actions.items[i].value,
			   PCI_ADDRESS_TEXT(&plan.items[plan.actions.items[i].device].address));
	assert_int_equal(plan.actions.items[2].device, SIZE_MAX);
	check_findings("findings", &plan.findings, "in-use 0000:01:00.0; in-use 0000:03:00.0");
	plan_done(&plan);
}

TEST(names)
{
	assert_string_equal(action_type_name(ACTION_LOAD_MODULE), "load-module");
	assert_string_equal(action_type_name(ACTION_SET_OVERRIDE), "set-override");
	assert_string_equal(action_type_name(ACTION_CLEAR_OVERRIDE), "clear-override");
	assert_string_equal(action_type_name(ACTION_UNBIND), "unbind");
	assert_string_equal(action_type_name(ACTION_PROBE), "probe");
	assert_string_equal(action_type_name(ACTION_AUTOPROBE), "set-autoprobe");
	assert_string_equal(action_type_name(ACTION_SET_VFS), "set-vfs");
	assert_string_equal(device_state_name(DEVICE_VFS), "vfs-missing");
	assert_string_equal(device_state_name(DEVICE_BIND), "wrong-driver");
	assert_string_equal(device_state_name(DEVICE_RIGHT), "right");
	assert_string_equal(device_state_name(DEVICE_REFUSED), "refused");
	assert_string_equal(device_state_name(DEVICE_ABSENT), "absent");
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
		cmocka_unit_test(a_device_is_forgotten),
		cmocka_unit_test(names),
		cmocka_unit_test(what_is_given),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
