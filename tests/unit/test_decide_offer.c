/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/offer.h"

#include <inttypes.h>

#include "base/buf.h"
#include "checks.h"

/* What list says of the function at a place: "now [network] allow=2 with 0000:01:00.1 window=1". */
static void expect_offer(const char *what, const char *place, const char *want)
{
	struct pci_address at = address(place);
	size_t i = (size_t)(inventory_find(&inventory, &at) - inventory.items);
	struct guards guards;
	struct offers offers;
	struct buf got = {};

	guards_make(&inventory, PHASE_MANUAL, &guards);
	offers_make(&inventory, &guards, &offers);
	assert_int_equal(offers.n, inventory.n);
	buf_add(&got, offer_names[offers.items[i].when]);
	if (offers.items[i].check != N_FINDING_TYPES)
		buf_addf(&got, " [%s]", finding_name(offers.items[i].check));
	if (offers.items[i].allow)
		buf_addf(&got, " allow=%u", offers.items[i].allow);
	vec_foreach(other, &offers.items[i].with)
		buf_addf(&got, " with %s", PCI_ADDRESS_TEXT(other));
	if (offers.items[i].window_known)
		buf_addf(&got, " window=%" PRIu64, offers.items[i].window >> 30);
	check_text(what, buf_text(&got), want);
	check(what, (offers.items[i].when == OFFER_NOW) == !offers.items[i].why);
	buf_done(&got);
	offers_done(&offers);
	guards_done(&guards);
}

static void set_bar(const char *place, size_t bar, uint64_t mib, bool wide, bool prefetchable)
{
	struct pci_address at = address(place);
	struct pci_function *function = inventory_find(&inventory, &at);

	function->has_bars = true;
	function->bars[bar] = (struct pci_bar){.bytes = mib << 20,
					       .wide = wide,
					       .prefetchable = prefetchable};
}

TEST(what_can_be_given_away)
{
	expect_offer("on vfio-pci", "01:00.0", "now");
	expect_offer("on its native driver", "02:00.0", "now");
	inventory.items[1].user = xstrdup("dpdk (7)");
	expect_offer("in use", "02:00.0", "after-restart [in-use]");
	free(TAKE_PTR(inventory.items[1].user));
	inventory.items[1].header_type = 1;
	expect_offer("a bridge by its header", "02:00.0", "no [not-assignable]");
	inventory.items[1].header_type = 0;
	inventory.items[1].device = 0x19e2;
	expect_offer("denylisted", "02:00.0", "no [denylisted]");
	inventory.platform.denylist_off = ANSWER_YES;
	expect_offer("and allowed all the same", "02:00.0", "now");
	inventory.platform.groups.items[1].direct = ANSWER_UNKNOWN;
	expect_offer("who knows", "02:00.0", "unknown [reserved-region-unknown]");
	inventory.platform.groups.items[1].direct = ANSWER_NO;
	inventory.platform.groups.items[1].noiommu = true;
	expect_offer("no-IOMMU mode", "02:00.0", "no [vfio-noiommu]");
	inventory.items[1].unknown |= FUNCTION_GROUP;
	expect_offer("unreadable", "02:00.0", "unknown");
}

TEST(guards_say_what_would_have_to_be_allowed)
{
	struct interface *interface = vec_add(&inventory.network);

	interface->name = xstrdup("eth0");
	interface->default_route = true;
	*vec_add(&interface->carriers) = address("02:00.0");
	expect_offer("the host's network", "02:00.0", "no [network] allow=2");
	inventory.storage.known = true;
	expect_offer("another one", "01:00.0", "now");
}

TEST(what_goes_along_counts)
{
	add_function(&inventory, "02:00.1", 0x8086, 0x10d3, 0x020000, 11, "e1000e");
	expect_offer("both", "02:00.0", "now with 0000:02:00.1");
	expect_offer("both", "02:00.1", "now with 0000:02:00.0");
	inventory.items[2].user = xstrdup("dpdk (7)");
	expect_offer("the other is in use", "02:00.0", "after-restart [in-use] with 0000:02:00.1");
}

TEST(the_machine_speaks_for_all)
{
	inventory.platform.interrupt_remapping = ANSWER_NO;
	expect_offer("interrupts", "01:00.0", "no [interrupt-remapping]");
	set_arguments("intremap=off");
	expect_offer("interrupts, by argument", "01:00.0", "after-restart [interrupt-remapping]");
	inventory.platform.interrupt_remapping = ANSWER_YES;
	inventory.iommu = IOMMU_OFF;
	inventory.items[0].iommu_group = inventory.items[1].iommu_group = -1;
	set_arguments("intel_iommu=off");
	expect_offer("the IOMMU is off", "02:00.0", "after-restart [iommu-argument]");
	strv_done(&inventory.firmware_tables);
	expect_offer("and in the firmware", "02:00.0", "no [firmware-table]");
	inventory.firmware_known = false;
	set_arguments("");
	expect_offer("and nobody knows of the firmware", "02:00.0", "unknown [iommu]");
	/* What is not known of the device comes first. */
	inventory.items[1].unknown |= FUNCTION_IDS;
	expect_offer("nor of the device", "02:00.0", "unknown");
	inventory.items[1].unknown &= ~(unsigned)FUNCTION_IDS;
	inventory.firmware_known = true;
	strv_add(&inventory.firmware_tables, "DMAR");
	inventory.unread[__builtin_ctz(HOST_NETWORK)] = xstrdup("why");
	expect_offer("nor of the network", "02:00.0", "unknown [network] allow=2");
	free(TAKE_PTR(inventory.unread[__builtin_ctz(HOST_NETWORK)]));
	inventory.firmware_known = false;
	inventory.iommu = IOMMU_UNKNOWN;
	expect_offer("nobody knows", "02:00.0", "unknown [iommu-unknown]");
}

/* Only prefetchable 64-bit BARs lie above 4 GiB; each root port is as large as a multiple of its largest BAR. */
TEST(windows)
{
	set_bar("02:00.0", 0, 16, false, false);
	expect_offer("32-bit", "02:00.0", "now window=0");
	set_bar("02:00.0", 2, 4096, true, false);
	expect_offer("64-bit, not prefetchable", "02:00.0", "now window=0");
	set_bar("02:00.0", 2, 1, true, true);
	expect_offer("the least", "02:00.0", "now window=1");
	set_bar("02:00.0", 4, 1024, true, true);
	expect_offer("two", "02:00.0", "now window=2");
	set_bar("02:00.0", 2, 131072, true, true);
	expect_offer("a large one and a small one", "02:00.0", "now window=256");
	add_function(&inventory, "02:00.1", 0x8086, 0x10d3, 0x020000, 11, "e1000e");
	expect_offer("the BARs of the other are not known", "02:00.0", "now with 0000:02:00.1");
	set_bar("02:00.1", 0, 1, true, true);
	expect_offer("both", "02:00.0", "now with 0000:02:00.1 window=257");
	set_bar("02:00.1", 0, UINT64_MAX >> 20, true, true);
	expect_offer("more than there is", "02:00.0", "now with 0000:02:00.1 window=17179869183");
}

#define OFFER_TEST(name) cmocka_unit_test_setup_teardown(name, make_inventory, free_inventory)

int main(void)
{
	const struct CMUnitTest tests[] = {
		OFFER_TEST(what_can_be_given_away),
		OFFER_TEST(guards_say_what_would_have_to_be_allowed),
		OFFER_TEST(what_goes_along_counts),
		OFFER_TEST(the_machine_speaks_for_all),
		OFFER_TEST(windows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
