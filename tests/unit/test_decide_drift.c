/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks.h"

/*
 * What is said of a device that was bound to a driver in this boot (NULL: it was not) and has this driver and this
 * override now; detail NULL: there is no drift.
 */
static void expect_drift(const char *consumer, const char *bound, const char *driver,
			 const char *override, const char *detail, const char *remedy)
{
	const struct pci_address address = {.bus = 1};
	_cleanup_free_ char *text = xasprintf(X "%s%s\n", consumer ? "consumer = " : "",
					      consumer ? consumer : "");
	_cleanup_free_ char *what = xasprintf("%s %s %s %s", text, bound, driver, override);
	const struct finding *drift = NULL;

	set_driver(0, driver);
	set_override(0, override);
	if (bound)
		bindings_set(&bindings, &address, "x", bound);
	begin(text);
	check(what, findings.n == (detail ? 2 : 1));
	vec_foreach(finding, &findings)
		if (finding->type == FINDING_DRIFT)
			drift = finding;
	check(what, !detail == !drift);
	if (drift && detail) {
		check_int(what, drift->severity, SEVERITY_NOTE);
		check_text(what, drift->subject, "0000:01:00.0");
		check_part(what, drift->detail, detail);
		check_part(what, drift->remedy, remedy);
	}
	end();
	bindings_done(&bindings);
}

TEST(each_consumer_has_its_remedy)
{
	expect_drift("libvirt", "vfio-pci", "vfio-pci", NULL,
		     "its driver_override was changed since: virsh nodedev-reattach",
		     "managed='no'");
	expect_drift("Nova", "vfio-pci", "nouveau", NULL, "it has left that since: nova",
		     "export nova compute");
	expect_drift("ovirt", "vfio-pci", "nouveau", NULL, "vdsm has libvirt reattach",
		     "blacklist = auto");
	expect_drift("vdsm", "vfio-pci", "vfio-pci", "nouveau",
		     "driver_override was changed since: when a guest stops", "blacklist = auto");
	expect_drift("harvester", "vfio-pci", NULL, NULL, "no claim", "export harvester");
	expect_drift("somebody", "vfio-pci", "nouveau", NULL, "libvirt's reattach",
		     "set consumer in section [device x]");
	expect_drift(NULL, "vfio-pci", "nouveau", NULL, "libvirt's reattach",
		     "set consumer in section [device x]");
}

TEST(what_is_no_drift)
{
	expect_drift("libvirt", NULL, "nouveau", NULL, NULL, NULL);
	expect_drift("libvirt", "pci-stub", "nouveau", NULL, NULL, NULL);
	expect_drift("libvirt", NULL, "vfio-pci", NULL, NULL, NULL);
	inventory.items[0].unknown = FUNCTION_OVERRIDE;
	expect_drift("libvirt", "vfio-pci", "vfio-pci", NULL, NULL, NULL);
}

/* Of a card that stays with the host only its virtual functions were to be bound. */
TEST(virtual_functions_alone)
{
	const struct pci_address address = {.bus = 1};

	bindings_set(&bindings, &address, "x", "vfio-pci");
	set_driver(0, "nvme");
	set_override(0, NULL);
	inventory.items[0].total_vfs = 4;
	begin(X "vfs = 2\nconsumer = libvirt\n");
	check_findings("a card", &findings, "vfs-missing 0000:01:00.0");
	end();
	bindings_done(&bindings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CHECKS_TEST(each_consumer_has_its_remedy),
		CHECKS_TEST(what_is_no_drift),
		CHECKS_TEST(virtual_functions_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
