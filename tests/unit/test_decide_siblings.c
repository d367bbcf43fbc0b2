/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/siblings.h"

#include "base/buf.h"
#include "support.h"

#define OWN         \
	FILE_HEADER \
		"options vfio-pci ids=10de:1bb0,8086:10d3\nblacklist e1000e\nblacklist nouveau\n"

static struct inventory inventory;

static int stop(void **state _unused_)
{
	inventory_done(&inventory);
	return 0;
}

static struct pci_function *add(const char *place, uint16_t device, int group, const char *driver,
				const char *modules)
{
	struct pci_function *function;

	add_function(&inventory, place, 0x8086, device, 0x020000, group, driver);
	function = &inventory.items[inventory.n - 1];
	strv_split(&function->modules, modules, " ");
	function->unknown = 0;
	return function;
}

/* A listed card, a twin of it and another card of its driver, without a driver; one that has its own. */
static int start(void **state _unused_)
{
	inventory.own_files[FILE_MODPROBE].text = xstrdup(OWN);
	add("01:00.0", 0x10d3, 1, "vfio-pci", "e1000e");
	add("02:00.0", 0x10d3, 2, NULL, "e1000e");
	add("03:00.0", 0x10f6, 3, NULL, "e1000e");
	add("04:00.0", 0x10f6, 4, "e1000e", "e1000e");
	add("05:00.0", 0x1521, 5, NULL, "igb");
	return 0;
}

static void expect(const char *what, const char *want)
{
	_cleanup_(siblings_done) struct siblings siblings = {};
	struct profile profile;
	struct match match;
	struct buf got = {};

	profile_from("[device nic]\naddress = 01:00.0\n", &profile);
	match_make(&profile, &inventory, &match);
	siblings_find(&match, &siblings);
	vec_foreach(place, &siblings.release.addresses)
		buf_addf(&got, "%s%02x", got.length ? " " : "", place->address.bus);
	check_text(what, buf_text(&got), want);
	buf_done(&got);
	match_done(&match);
	profile_done(&profile);
}

TEST(what_the_file_says)
{
	_cleanup_(strv_done) struct strv names = {};
	_cleanup_free_ char *joined = NULL;

	own_blacklist(&inventory, &names);
	joined = strv_join(&names, " ");
	assert_string_equal(joined, "e1000e nouveau");
	assert_true(siblings_have_ids(&inventory));
	assert_true(siblings_may_exist(&inventory));
	strcpy(inventory.own_files[FILE_MODPROBE].text, FILE_HEADER "softdep x pre: vfio-pci\n");
	assert_false(siblings_have_ids(&inventory));
	assert_false(siblings_may_exist(&inventory));
	strv_add(&inventory.drivers, "vfio-pci");
	assert_true(siblings_may_exist(&inventory));
	free(TAKE_PTR(inventory.own_files[FILE_MODPROBE].text));
	assert_false(siblings_have_ids(&inventory));
}

TEST(kept_without_a_driver)
{
	struct foreign_setting *setting;

	expect("twin, and another card of the driver", "02 03");
	strv_add(&inventory.items[1].modules, "igb");
	expect("with another driver to come", "03");
	setting = vec_add(&inventory.foreign);
	setting->effect = FOREIGN_BLACKLIST;
	strv_add(&setting->values, "e1000e");
	expect("others keep it out, too", "");
	setting->ours = true;
	expect("that was the file itself", "03");
	inventory.items[2].unknown = FUNCTION_MODULES;
	expect("nobody knows", "");
}

TEST(taken_by_ids)
{
	struct pci_function *twin = &inventory.items[1];

	twin->driver = xstrdup("vfio-pci");
	expect("taken", "02 03");
	twin->driver_override = xstrdup("vfio-pci");
	expect("somebody's will", "03");
	free(TAKE_PTR(twin->driver_override));
	twin->user = xstrdup("qemu (1)");
	expect("a guest has it", "03");
	free(TAKE_PTR(twin->user));
	twin->unknown = FUNCTION_OVERRIDE;
	expect("not known", "03");
	twin->unknown = 0;
	twin->iommu_group = 1;
	expect("in the group of the listed one", "03");
	twin->iommu_group = 2;
	free(TAKE_PTR(inventory.own_files[FILE_MODPROBE].text));
	expect("by the id of a listed one, whatever the file", "02");
	twin->device = 0x10d4;
	expect("by an id that is not the tool's", "");
}

int main(void)
{
#define SIBLINGS_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
		SIBLINGS_TEST(what_the_file_says),
		SIBLINGS_TEST(kept_without_a_driver),
		SIBLINGS_TEST(taken_by_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
