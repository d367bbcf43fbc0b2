/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/tree.h"

#include "support.h"

static struct inventory inventory;
static struct list_entry entries[16];
static char host_disk[] = "host-disk", *guards[] = {host_disk};

static struct pci_function *add(const char *place, const char *path, unsigned class, int group,
				const char *driver)
{
	struct pci_function *function = add_function(&inventory, place, 0x8086, 0x10d3, class,
						     group, driver);

	function->port_path = xstrdup_null(path);
	entries[inventory.n - 1] = (struct list_entry){.shown = true};
	return function;
}

/* A port with a card behind it that has virtual functions, a switch, and a second root bus. */
static int make_inventory(void **state _unused_)
{
	add("00:00.0", "00:00.0", 0x060000, 0, NULL)->numa_node = 0;
	add("00:01.0", "00:01.0", 0x060400, 1, "pcieport");
	add("00:03.0", "00:03.0", 0x060400, 2, "pcieport");
	add("01:00.0", "00:01.0/00.0", 0x020000, 10, "igb");
	for (unsigned i = 0; i < 4; i++) {
		_cleanup_free_ char *place = xasprintf("01:10.%u", i),
				    *path = xasprintf("00:01.0/10.%u", i);
		struct pci_function *vf = add(place, path, 0x020000, 11 + (int)i, NULL);

		vf->is_vf = true;
		vf->physfn = address("01:00.0");
	}
	add("02:00.0", "00:03.0/00.0", 0x060400, 2, "pcieport");
	add("03:00.0", "00:03.0/00.0/00.0", 0x010802, 20, "nvme")->name = xstrdup("Disk");
	add("80:00.0", "80:00.0", 0x0c0330, 30, "xhci_hcd");
	add("81:00.0", NULL, 0x030000, 31, "ast")->unknown = FUNCTION_IDS | FUNCTION_CLASS;
	inventory_sort(&inventory);
	entries[3].section = "nic";
	entries[9].guards = (struct strv){.items = guards, .n = 1};
	return 0;
}

static int free_inventory(void **state _unused_)
{
	inventory_done(&inventory);
	return 0;
}

static void expect(const char *what, struct terminal terminal, const char *want)
{
	_cleanup_free_ char *got = render_tree(&inventory, entries, &terminal);

	check_text(what, got, want);
}

TEST(ports_and_what_is_behind_them)
{
	/* A window of a few columns cuts no character in two. */
	expect("in ASCII", (struct terminal){},
	       "ADDRESS                                               GROUP  DRIVER    SECTION  GUARDS     NAME\n"
	       "0000:00                                                                                    NUMA node 0\n"
	       "|-- 0000:00:00.0                                      0      -                             host bridge 8086:10d3\n"
	       "|-- 0000:00:01.0                                      1      pcieport                      PCI bridge 8086:10d3\n"
	       "|   `-- 0000:01:00.0                                  10     igb       [nic]               Ethernet card 8086:10d3\n"
	       "|       `-- 0000:01:10.0 and 3 more, to 0000:01:10.3  11-14  -                             Ethernet card 8086:10d3 (each)\n"
	       "`-- 0000:00:03.0                                      2      pcieport                      PCI bridge 8086:10d3\n"
	       "    `-- 0000:02:00.0                                  2      pcieport                      PCI bridge 8086:10d3\n"
	       "        `-- 0000:03:00.0                              20     nvme               host-disk  NVMe disk 8086:10d3 Disk\n"
	       "0000:80\n"
	       "`-- 0000:80:00.0                                      30     xhci_hcd                      USB controller 8086:10d3\n"
	       "0000:81\n"
	       "`-- 0000:81:00.0                                      31     ast                           ?\n");
	expect("drawn", (struct terminal){.width = 60, .utf8 = true},
	       "ADDRESS                                            GROUP  DR\n"
	       "0000:00\n"
	       "├─ 0000:00:00.0                                    0      -\n"
	       "├─ 0000:00:01.0                                    1      pc\n"
	       "│  └─ 0000:01:00.0                                 10     ig\n"
	       "│     └─ 0000:01:10.0 and 3 more, to 0000:01:10.3  11-14  -\n"
	       "└─ 0000:00:03.0                                    2      pc\n"
	       "   └─ 0000:02:00.0                                 2      pc\n"
	       "      └─ 0000:03:00.0                              20     nv\n"
	       "0000:80\n"
	       "└─ 0000:80:00.0                                    30     xh\n"
	       "0000:81\n"
	       "└─ 0000:81:00.0                                    31     as\n");
	expect("coloured", (struct terminal){.width = 40, .colour = true, .utf8 = true},
	       "ADDRESS\n"
	       "0000:00\n"
	       "\033[2m├─ 0000:00:00.0\033[0m\n"
	       "\033[2m├─ 0000:00:01.0\033[0m\n"
	       "\033[32m│  └─ 0000:01:00.0\033[0m\n"
	       "│     └─ 0000:01:10.0 and 3 more, to 000\n"
	       "\033[2m└─ 0000:00:03.0\033[0m\n"
	       "\033[2m   └─ 0000:02:00.0\033[0m\n"
	       "\033[31m      └─ 0000:03:00.0\033[0m\n"
	       "0000:80\n"
	       "└─ 0000:80:00.0\n"
	       "0000:81\n"
	       "└─ 0000:81:00.0\n");
}

TEST(what_is_selected_is_drawn_with_the_ports_above_it)
{
	struct offer offer = {.when = OFFER_NEVER};

	for (size_t i = 0; i < inventory.n; i++)
		entries[i].shown = i == 5 || i == 9;
	entries[9].offer = &offer;
	expect("a function, and a disk", (struct terminal){},
	       "ADDRESS                   GROUP  DRIVER    ASSIGNABLE  SECTION  GUARDS     NAME\n"
	       "0000:00\n"
	       "|-- 0000:00:01.0          1      pcieport                                  PCI bridge 8086:10d3\n"
	       "|   `-- 0000:01:00.0      10     igb                   [nic]               Ethernet card 8086:10d3\n"
	       "|       `-- 0000:01:10.1  12     -                                         Ethernet card 8086:10d3\n"
	       "`-- 0000:00:03.0          2      pcieport                                  PCI bridge 8086:10d3\n"
	       "    `-- 0000:02:00.0      2      pcieport                                  PCI bridge 8086:10d3\n"
	       "        `-- 0000:03:00.0  20     nvme      no                   host-disk  NVMe disk 8086:10d3 Disk\n");
	for (size_t i = 0; i < inventory.n; i++)
		entries[i].shown = false;
	expect("nothing", (struct terminal){}, "");
}

/* Wherever a virtual function says that it is, the drawing ends. */
TEST(broken_trees)
{
	/* Behind a virtual function, and that one's physical one. */
	free(inventory.items[3].port_path);
	inventory.items[3].port_path = xstrdup("00:01.0/10.0/00.0");
	for (size_t i = 0; i < inventory.n; i++)
		entries[i].shown = i == 3 || i == 4;
	expect("a circle", (struct terminal){},
	       "ADDRESS               GROUP  DRIVER  SECTION  NAME\n"
	       "0000:01\n"
	       "`-- 0000:01:00.0      10     igb     [nic]    Ethernet card 8086:10d3\n"
	       "    `-- 0000:01:10.0  11     -                Ethernet card 8086:10d3\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(ports_and_what_is_behind_them, make_inventory,
						free_inventory),
		cmocka_unit_test_setup_teardown(what_is_selected_is_drawn_with_the_ports_above_it,
						make_inventory, free_inventory),
		cmocka_unit_test_setup_teardown(broken_trees, make_inventory, free_inventory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
