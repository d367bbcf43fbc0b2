/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/files.h"

#include "parse/tables.h"
#include "support.h"

static const struct {
	const char *what;
	const char *ids, *blacklist, *softdeps, *load;
	bool unsafe_interrupts;
	const char *modprobe, *modules_load;
} rows[] = {
	{"nothing", "", "", "", "", false, "", ""},
	{"all of it", "10de:1bb0 10de:10f0", "nouveau nvidia", "snd_hda_intel xhci_pci",
	 "vfio_iommu_type1 vfio_pci", true,
	 FILE_HEADER "options vfio-pci ids=10de:1bb0,10de:10f0\n"
		     "options vfio_iommu_type1 allow_unsafe_interrupts=1\n"
		     "blacklist nouveau\nblacklist nvidia\n"
		     "softdep snd_hda_intel pre: vfio-pci\nsoftdep xhci_pci pre: vfio-pci\n",
	 FILE_HEADER "vfio_iommu_type1\nvfio_pci\n"},
	{"one id", "1:2", "", "", "", false, FILE_HEADER "options vfio-pci ids=1:2\n", ""},
	{"modules alone", "", "", "", "pci_stub", false, "", FILE_HEADER "pci_stub\n"},
	{"interrupts alone", "", "", "", "", true,
	 FILE_HEADER "options vfio_iommu_type1 allow_unsafe_interrupts=1\n", ""},
	{"blacklist alone", "", "nouveau", "", "", false, FILE_HEADER "blacklist nouveau\n", ""},
};

TEST(files)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct module_policy policy = {.unsafe_interrupts = rows[i].unsafe_interrupts};
		_cleanup_free_ char *modprobe = NULL, *modules_load = NULL;

		strv_split(&policy.ids, rows[i].ids, " ");
		strv_split(&policy.blacklist, rows[i].blacklist, " ");
		strv_split(&policy.softdeps, rows[i].softdeps, " ");
		strv_split(&policy.load, rows[i].load, " ");
		modprobe = render_modprobe(&policy);
		modules_load = render_modules_load(&policy);
		check_text(rows[i].what, modprobe, rows[i].modprobe);
		check_text(rows[i].what, modules_load, rows[i].modules_load);
		module_policy_done(&policy);
	}
}

/* What is written is what is read. */
TEST(guarded)
{
	struct guarded_list list = {}, again = {};
	_cleanup_free_ char *none = render_guarded(&list), *text = NULL;

	assert_string_equal(none, "");
	*vec_add(&list) = (struct guarded){address("01:00.0"),
					   {.vendor = 0x8086, .device = 0x10d3}};
	*vec_add(&list) = (struct guarded){address("10000:e1:00.1"),
					   {.vendor = 0x15b3, .device = 0xa}};
	text = render_guarded(&list);
	assert_string_equal(text, FILE_HEADER "0000:01:00.0 8086:10d3\n10000:e1:00.1 15b3:000a\n");
	guarded_parse(text, &again);
	assert_int_equal(again.n, 2);
	assert_true(pci_address_compare(&again.items[1].address, &list.items[1].address) == 0);
	assert_int_equal(again.items[1].id.device, 0xa);
	free(list.items);
	free(again.items);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files),
		cmocka_unit_test(guarded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
