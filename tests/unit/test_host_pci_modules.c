/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: modules_find */
#include "host/modules.h"
#include "survey.h"

/* --- what stands in for the module tables --- */

static struct {
	int error;
	struct strv asked;
} tables;

/* The alias is a list of its own modules: "pci:a,b" is for a and b, "vfio_pci:..." for v_a, v_b. */
static bool find(const char *alias, struct strv *ret)
{
	if (strstr(alias, "broken"))
		return false;
	if (strcmp(alias, "vfio_pci:nic,other") == 0)
		strv_split(ret, "vfio_pci nic_vfio_pci zz_vfio_pci", " ");
	else if (strncmp(alias, "vfio_pci:", 9) == 0)
		strv_add(ret, "vfio_pci");
	else if (*alias)
		strv_split(ret, strchr(alias, ':') + 1, ",");
	return true;
}

int __wrap_modules_find(struct root *root, const char *release, const struct strv *aliases,
			struct found_modules *ret);
int __wrap_modules_find(struct root *root _unused_, const char *release, const struct strv *aliases,
			struct found_modules *ret)
{
	assert_string_equal(release, "6.1.0");
	if (tables.error)
		return tables.error;
	for (size_t i = 0; i < aliases->n; i++) {
		if (*aliases->items[i])
			strv_add(&tables.asked, aliases->items[i]);
		ret[i].known = find(aliases->items[i], &ret[i].names);
	}
	return 0;
}

/* --- the tree --- */

static int start(void **state _unused_)
{
	tree_init(&tree);
	memset(&tables, 0, sizeof(tables));
	return 0;
}

static int stop(void **state _unused_)
{
	strv_done(&tables.asked);
	inventory_done(&inventory);
	tree_done(&tree);
	return 0;
}

static uint8_t not_bus;

static bool chosen(const struct pci_function *candidate)
{
	return candidate->address.bus != not_bus;
}

static void scan(void)
{
	assert_int_equal(look(0, FACT_MODULES, chosen), 0);
}

/* Functions with these aliases, in slots 0 and on of bus 1; the last one on bus 2. */
static void put_modules(void)
{
	static const char *const aliases[] = {"pci:nic,other", "pci:gpu",
					      "pci:nic,other", NULL,
					      "pci:broken",    "usb:card",
					      "pci:broken",    "pci:last"};

	tree_file(&tree, "proc/sys/kernel/osrelease", "6.1.0\n");
	for (size_t i = 0; i < ARRAY_SIZE(aliases); i++) {
		_cleanup_free_ char *path = xasprintf(PORT "0000:%02x:%02zx.0",
						      i == ARRAY_SIZE(aliases) - 1 ? 2 : 1, i);
		_cleanup_free_ char *uevent =
			xasprintf("PCI_CLASS=20000\nPCI_ID=1:1\nPCI_SUBSYS_ID=0:0\n%s%s\n",
				  aliases[i] ? "MODALIAS=" : "", aliases[i] ? aliases[i] : "");

		put_function(path);
		put_attribute(path, "uevent", uevent);
	}
	assert_int_equal(look(0, 0, NULL), 0);
}

static void expect_modules(const char *place, size_t n, const char *first, const char *variant)
{
	const struct pci_function *card = function(place);

	check_int(place, card->unknown & FUNCTION_MODULES, 0);
	check_int(place, card->modules.n, n);
	check_text(place, card->modules.items[0], first);
	check_text(place, card->variant, variant);
}

TEST(modules_of_the_chosen)
{
	not_bus = 2;
	put_modules();
	scan();
	expect_modules("01:00.0", 2, "nic", "nic_vfio_pci");
	expect_modules("01:01.0", 1, "gpu", NULL);
	expect_modules("01:02.0", 2, "nic", "nic_vfio_pci");
	expect_modules("01:05.0", 1, "card", NULL);
	assert_true(function("01:03.0")->unknown & FUNCTION_MODULES);
	assert_true(function("01:04.0")->unknown & FUNCTION_MODULES);
	assert_true(function("01:06.0")->unknown & FUNCTION_MODULES);
	assert_true(function("02:07.0")->unknown & FUNCTION_MODULES);
	/* Equal devices are asked for once; a variant only of what is PCI. */
	assert_int_equal(tables.asked.n, 2 + 2 + 2 + 1);
	assert_false(strv_contains(&tables.asked, "pci:last"));
	assert_false(strv_contains(&tables.asked, "vfio_pci:card"));

	/* What is known is not asked for again. */
	scan();
	assert_int_equal(function("01:00.0")->modules.n, 2);
	not_bus = 1;
	scan();
	expect_modules("02:07.0", 1, "last", NULL);
}

TEST(modules_without_tables_or_kernel)
{
	not_bus = 2;
	put_modules();
	tables.error = -ENOENT;
	scan();
	assert_true(function("01:00.0")->unknown & FUNCTION_MODULES);
	tables.error = 0;
	free(TAKE_PTR(inventory.kernel));
	vec_foreach(card, &inventory)
		card->known = 0;
	scan();
	assert_true(function("01:00.0")->unknown & FUNCTION_MODULES);
	assert_int_equal(tables.asked.n, 0);
}

int main(void)
{
#define SCAN_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
		SCAN_TEST(modules_of_the_chosen),
		SCAN_TEST(modules_without_tables_or_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
