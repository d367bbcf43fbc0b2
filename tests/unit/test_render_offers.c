/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/offers.h"

#include "model/profile.h"
#include "support.h"

static struct inventory inventory;
static struct offer offers[5];
static struct list_entry entries[5];
static char in_use[] = "someone has it open", unread[] = "its ids cannot be read",
	    data[] = "nvme0n1 contains data (ext4)";

/* A card that can go with its sound, one after a restart, one that nobody can read, and a disk of the host. */
static int make_inventory(void **state _unused_)
{
	struct pci_function *function;

	function = add_function(&inventory, "01:00.0", 0x10de, 0x1bb0, 0x030000, 10, "nouveau");
	function->name = xstrdup("NVIDIA Quadro");
	function->numa_node = 1;
	function->has_reset_methods = function->has_bars = true;
	strv_split(&function->reset_methods, "flr bus", " ");
	function->bars[0] = (struct pci_bar){.bytes = 16 << 20};
	function->bars[1] = (struct pci_bar){.bytes = 256 << 20,
					     .wide = true,
					     .prefetchable = true};
	function->bars[5] = (struct pci_bar){.bytes = 128, .io = true};
	function = add_function(&inventory, "01:00.1", 0x10de, 0x10f0, 0x040300, 10, NULL);
	function->has_reset_methods = function->has_bars = true;
	add_function(&inventory, "02:00.0", 0x8086, 0x10d3, 0x020000, 11, "e1000e");
	add_function(&inventory, "03:00.0", 0, 0, 0, -1, NULL)->unknown = FUNCTION_IDS | FUNCTION_CLASS;
	add_function(&inventory, "04:00.0", 0x144d, 0xa808, 0x010802, 12, "nvme");
	offers[0] = (struct offer){.check = N_FINDING_TYPES,
				   .window = 1 << 30,
				   .window_known = true};
	*vec_add(&offers[0].with) = address("01:00.1");
	offers[1] = (struct offer){.check = N_FINDING_TYPES, .window_known = true};
	offers[2] = (struct offer){.when = OFFER_AFTER_RESTART,
				   .why = in_use,
				   .check = FINDING_IN_USE};
	offers[3] = (struct offer){.when = OFFER_UNKNOWN, .why = unread, .check = N_FINDING_TYPES};
	offers[4] = (struct offer){.when = OFFER_NEVER,
				   .why = data,
				   .check = FINDING_STORAGE,
				   .allow = ALLOW_STORAGE | ALLOW_DISPLAY};
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++)
		entries[i] = (struct list_entry){.shown = true, .offer = &offers[i]};
	return 0;
}

static int free_inventory(void **state _unused_)
{
	free(offers[0].with.items);
	inventory_done(&inventory);
	return 0;
}

TEST(tables_for_persons)
{
	_cleanup_free_ char *got = render_offers(&inventory, entries, 0), *one = NULL;

	check_text(
		"all", got,
		"Can be given away now:\n"
		"  ADDRESS       GROUP  ID         CLASS        DRIVER   NODE  RESET    BARS      "
		"WINDOW  WITH          NAME\n"
		"  0000:01:00.0  10     10de:1bb0  VGA display  nouveau  1     flr,bus  16M+256M  "
		"1G      0000:01:00.1  NVIDIA Quadro\n"
		"  0000:01:00.1  10     10de:10f0  audio        -        -     none     -         "
		"-       -\n"
		"\n"
		"After a restart:\n"
		"  ADDRESS       GROUP  ID         CLASS          DRIVER  NODE  RESET  BARS  "
		"WINDOW  WITH  WHY\n"
		"  0000:02:00.0  11     8086:10d3  Ethernet card  e1000e  -     ?      ?     ?    "
		"   -     someone has it open [in-use]\n"
		"\n"
		"Not known:\n"
		"  ADDRESS       GROUP  ID  CLASS  DRIVER  NODE  RESET  BARS  WINDOW  WITH  WHY\n"
		"  0000:03:00.0  -      ?   ?      -       -     ?      ?     ?       -     its "
		"ids cannot be read\n"
		"\n"
		"Not at all:\n"
		"  ADDRESS       GROUP  ID         CLASS      DRIVER  WHY\n"
		"  0000:04:00.0  12     144d:a808  NVMe disk  nvme    nvme0n1 contains data (ext4) "
		"[storage]; allow = display storage\n");
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++)
		entries[i].shown = i == 4;
	one = render_offers(&inventory, entries, 21);
	check_text("one, cut", one, "Not at all:\n  ADDRESS       GROUP\n  0000:04:00.0  12\n");
	entries[4].shown = false;
	free(one);
	one = render_offers(&inventory, entries, 0);
	check_text("none", one, "");
}

TEST(json)
{
	json_t *all = json_offer(&inventory.items[0], &offers[0]),
	       *never = json_offer(&inventory.items[4], &offers[4]),
	       *none = json_offer(&inventory.items[4], NULL);
	char *text = json_dumps(all, JSON_COMPACT);

	check_text("all", text,
		   "{\"verdict\":\"now\",\"reason\":null,\"allow\":[],\"with\":[\"0000:01:00.1\"],"
		   "\"reset\":[\"flr\",\"bus\"],\"bars\":["
		   "{\"bar\":0,\"bytes\":16777216,\"type\":\"mem32\",\"prefetchable\":false},"
		   "{\"bar\":1,\"bytes\":268435456,\"type\":\"mem64\",\"prefetchable\":true},"
		   "{\"bar\":5,\"bytes\":128,\"type\":\"io\",\"prefetchable\":false}],"
		   "\"window_bytes\":1073741824}");
	free(text);
	text = json_dumps(never, JSON_COMPACT);
	check_text("never", text,
		   "{\"verdict\":\"no\",\"reason\":{\"check\":\"storage\",\"detail\":\"nvme0n1 "
		   "contains data (ext4)\"},\"allow\":[\"display\",\"storage\"],\"with\":[],"
		   "\"reset\":null,\"bars\":null,\"window_bytes\":null}");
	free(text);
	assert_true(json_is_null(none));
	json_decref(all);
	json_decref(never);
	json_decref(none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(tables_for_persons, make_inventory, free_inventory),
		cmocka_unit_test_setup_teardown(json, make_inventory, free_inventory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
