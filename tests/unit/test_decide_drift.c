/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/drift.h"

#include "support.h"

/* What is said of a device that was bound as "driver" and of which the checks found this; NULL: nothing. */
static void expect(const char *consumer, const char *driver, enum finding_type type,
		   const char *subject, const char *detail, const char *remedy)
{
	struct profile profile;
	struct plan plan = {};
	struct bindings bindings = {};
	struct findings findings = {};
	const struct pci_address address = {.bus = 1};
	_cleanup_free_ char *text = xasprintf("[device x]\naddress = 01:00.0\n%s%s\n",
					      consumer ? "consumer = " : "",
					      consumer ? consumer : "");

	profile_from(text, &profile);
	*vec_add(&plan) = (struct planned_device){.address = address,
						  .section = "x",
						  .want = xstrdup("vfio-pci")};
	if (driver)
		bindings_set(&bindings, &address, "x", driver);
	finding_add(&findings, SEVERITY_ERROR, type, subject, "found");
	drift_explain(&profile, &plan, &bindings, &findings);
	check_int(text, findings.n, detail ? 2 : 1);
	if (detail) {
		assert_int_equal(findings.items[1].type, FINDING_DRIFT);
		assert_int_equal(findings.items[1].severity, SEVERITY_NOTE);
		check_text(text, findings.items[1].subject, subject);
		check(findings.items[1].detail, strstr(findings.items[1].detail, detail));
		check(findings.items[1].remedy, strstr(findings.items[1].remedy, remedy));
	}
	findings_done(&findings);
	bindings_done(&bindings);
	plan_done(&plan);
	profile_done(&profile);
}

#define CARD "0000:01:00.0"

TEST(each_consumer_has_its_remedy)
{
	expect("libvirt", "vfio-pci", FINDING_OVERRIDE_CLEARED, CARD, "nodedev-reattach",
	       "managed='no'");
	expect("Nova", "vfio-pci", FINDING_WRONG_DRIVER, CARD, "it has left that since: nova",
	       "export nova compute");
	expect("ovirt", "vfio-pci", FINDING_WRONG_DRIVER, CARD, "vdsm has libvirt reattach",
	       "blacklist = auto");
	expect("vdsm", "vfio-pci", FINDING_OVERRIDE_DIFFERS, CARD,
	       "driver_override was changed since: when a guest stops", "blacklist = auto");
	expect("harvester", "vfio-pci", FINDING_WRONG_DRIVER, CARD, "no claim", "export harvester");
	expect("somebody", "vfio-pci", FINDING_WRONG_DRIVER, CARD, "libvirt's reattach",
	       "set consumer in section [device x]");
	expect(NULL, "vfio-pci", FINDING_WRONG_DRIVER, CARD, "libvirt's reattach",
	       "set consumer in section [device x]");
}

TEST(what_is_no_drift)
{
	expect("libvirt", NULL, FINDING_WRONG_DRIVER, CARD, NULL, NULL);
	expect("libvirt", "e1000e", FINDING_WRONG_DRIVER, CARD, NULL, NULL);
	expect("libvirt", "vfio-pci", FINDING_RESET, CARD, NULL, NULL);
	expect("libvirt", "vfio-pci", FINDING_WRONG_DRIVER, "0000:02:00.0", NULL, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_consumer_has_its_remedy),
		cmocka_unit_test(what_is_no_drift),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
