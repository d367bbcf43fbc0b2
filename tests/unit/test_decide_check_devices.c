/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks.h"

TEST(on_the_wrong_driver)
{
	set_driver(0, "nouveau");
	set_override(0, NULL);
	expect_one("no override", X, NOT_READY, SEVERITY_ERROR, "wrong-driver 0000:01:00.0",
		   "nouveau", "vfio-prepare bind");
	set_override(0, "nouveau");
	expect_one("another's override", X, NOT_READY, SEVERITY_ERROR, "wrong-driver 0000:01:00.0",
		   "driver_override: nouveau", "vfio-prepare bind");
	set_arguments("vfio_prepare.enable=0");
	begin(X);
	check_findings("turned off", &findings, "wrong-driver 0000:01:00.0; off-switch host");
	check_part("remedy", findings.items[0].remedy, "vfio_prepare.enable=0");
	end();
}

TEST(too_few_virtual_functions)
{
	set_driver(0, "nvme");
	set_override(0, NULL);
	inventory.items[0].total_vfs = 4;
	inventory.items[0].num_vfs = 0;
	expect_one("none", X "vfs = 2\n", NOT_READY, SEVERITY_ERROR, "vfs-missing 0000:01:00.0",
		   "2 virtual functions", "vfio-prepare bind");
	inventory.items[0].num_vfs = 5;
	expect_one("more than can be", X "vfs = 5\n", NOT_READY, SEVERITY_ERROR,
		   "vfs-too-many 0000:01:00.0", "5 virtual functions", "vfs = 4");
}

#define REPAIR "echo vfio-pci >/sys/bus/pci/devices/0000:01:00.0/driver_override"

TEST(overrides)
{
	set_override(0, NULL);
	expect_one("cleared", X, READY, SEVERITY_WARNING, "override-cleared 0000:01:00.0",
		   "vfio-pci", REPAIR);
	set_override(0, "nouveau");
	expect_one("another's", X, READY, SEVERITY_WARNING, "override-differs 0000:01:00.0",
		   "nouveau", REPAIR);
	inventory.items[0].unknown = FUNCTION_OVERRIDE;
	expect_one("unknown", X, READY, SEVERITY_WARNING, "override-unknown 0000:01:00.0", "",
		   "cat /sys/bus/pci/devices/0000:01:00.0/driver_override");
	/* What goes to its native driver gets there without. */
	inventory.items[0].unknown = 0;
	set_override(0, NULL);
	set_driver(0, "nouveau");
	expect("native", X "driver = nouveau\n", READY, "");
}

TEST(headers)
{
	set_driver(0, NULL);
	set_override(0, NULL);
	inventory.items[0].header_type = 1;
	begin(X);
	check_findings("bridge", &findings,
		       "not-assignable 0000:01:00.0; wrong-driver 0000:01:00.0");
	check_part("detail", findings.items[0].detail, "type 1");
	end();
	inventory.items[0].header_type = 0;
	expect("device", X, NOT_READY, "wrong-driver 0000:01:00.0");
}

TEST(variants)
{
	inventory.items[0].variant = xstrdup("mlx5_vfio_pci");
	expect_one("a better driver", X, READY, SEVERITY_NOTE, "driver-variant 0000:01:00.0",
		   "mlx5_vfio_pci", "driver = auto");
	set_driver(0, "mlx5_vfio_pci");
	set_override(0, "mlx5_vfio_pci");
	strv_add(&inventory.drivers, "mlx5_vfio_pci");
	expect("auto", X "driver = auto\n", READY, "");
}

TEST(all_that_is_listed_is_left_out)
{
	expect_one("address", X "except = 01:00.0\n", NOT_READY, SEVERITY_ERROR,
		   "device-absent device x", "except", "except");
	/* Another section selects what is there. */
	expect("two", X "[device y]\naddress = 02:00.0\nexcept = 02:00.0\n", READY, "");
	/* What is told already is not told twice. */
	expect("told", "[device y]\nserial = 00-00-00-00-00-00-00-01\n", NOT_READY,
	       "device-absent device y");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CHECKS_TEST(on_the_wrong_driver),
		CHECKS_TEST(too_few_virtual_functions),
		CHECKS_TEST(overrides),
		CHECKS_TEST(headers),
		CHECKS_TEST(variants),
		CHECKS_TEST(all_that_is_listed_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
