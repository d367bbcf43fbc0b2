/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/group.h"
#include "parse/kernel_args.h"
#include "support.h"

static struct inventory inventory;

static void complete(struct match *match)
{
	struct guards guards;

	guards_make(&inventory, PHASE_SYSTEM, &guards);
	group_complete(&guards, PHASE_SYSTEM, match);
	guards_done(&guards);
}

static int free_inventory(void **state _unused_)
{
	inventory_done(&inventory);
	return 0;
}

/* Completes the groups of a profile; claims as "ADDRESS LABEL", "!" refused, "+" companion. */
static void expect(const char *text, const char *claims, const char *findings)
{
	_cleanup_free_ char *got = xstrdup("");
	struct profile profile;
	struct match match;

	profile_from(text, &profile);
	match_make(&profile, &inventory, &match);
	check_findings(text, &match.findings, "");
	complete(&match);
	for (size_t i = 0; i < inventory.n; i++) {
		const struct claim *claim = &match.items[i];
		char *longer;

		if (!claim->section)
			continue;
		longer = xasprintf("%s%s%s %s%s%s", got, *got ? "; " : "",
				   PCI_ADDRESS_TEXT(&inventory.items[i].address),
				   claim->section->label, claim->companion ? "+" : "",
				   claim->refused ? "!" : "");
		free(got);
		got = longer;
	}
	check_text(text, got, claims);
	check_findings(text, &match.findings, findings);
	match_done(&match);
	profile_done(&profile);
}

static void add_candidate(struct pci_function *function, const char *module)
{
	strv_add(&function->modules, module);
}

TEST(a_group_of_its_own_is_complete)
{
	add_function(&inventory, "01:00.0", 1, 1, 0x120000, 7, NULL);
	add_function(&inventory, "02:00.0", 1, 1, 0x030000, 8, "nouveau");
	add_function(&inventory, "03:00.0", 1, 1, 0x030000, -1, NULL);
	add_function(&inventory, "04:00.0", 1, 1, 0x030000, -1, "nouveau");
	expect("[device x]\naddress = 01:00.0 03:00.0\n", "0000:01:00.0 x; 0000:03:00.0 x", "");
}

/* A listed function, and one beside it in its group: what becomes of them in each mode. */
TEST(each_kind_of_neighbour_in_each_mode)
{
	/* COUNTS: it is there already, but it is of the section all the same. */
	enum fate { STAYS, COUNTS, JOINS, STOPS };
	static const struct {
		const char *what;
		uint32_t class;
		const char *driver, *module;
		unsigned unknown;
		enum fate expand;
	} rows[] = {
		{"no driver and no module", 0x040300, NULL, NULL, 0, STAYS},
		{"on vfio-pci", 0x040300, "vfio-pci", NULL, 0, COUNTS},
		{"on pci-stub", 0x040300, "pci-stub", "snd_hda_intel", 0, STAYS},
		{"on a driver", 0x040300, "snd_hda_intel", NULL, 0, JOINS},
		{"a driver may come", 0x040300, NULL, "snd_hda_intel", 0, JOINS},
		{"modules not known", 0x040300, NULL, NULL, FUNCTION_MODULES, JOINS},
		{"driver not known", 0x040300, NULL, NULL, FUNCTION_DRIVER, STOPS},
		{"ids not known, on a driver", 0, "snd_hda_intel", NULL, FUNCTION_IDS, STOPS},
		{"storage on a driver", 0x010802, "nvme", NULL, 0, STOPS},
		{"storage that a driver may come for", 0x010601, NULL, "ahci", 0, STOPS},
		{"port on pcieport", 0x060400, "pcieport", NULL, 0, STAYS},
		{"bridge that modules offer themselves for", 0x060400, NULL, "shpchp", 0, STAYS},
		{"bridge with modules not known", 0x060100, NULL, NULL, FUNCTION_MODULES, STAYS},
		{"bridge on a driver", 0x060400, "shpchp", NULL, 0, STOPS},
		{"ISA bridge on a driver", 0x060100, "lpc_ich", NULL, 0, STOPS},
		{"host bridge on a driver", 0x060000, "ie31200_edac", NULL, 0, STOPS},
		{"SMBus on a driver", 0x0c0500, "i801_smbus", NULL, 0, JOINS},
		{"SMBus that a driver may come for", 0x0c0500, NULL, "i2c_i801", 0, JOINS},
		{"SMBus without driver and module", 0x0c0500, NULL, NULL, 0, STAYS},
		{"FPGA on a driver", 0x058000, "xclmgmt", NULL, 0, JOINS},
		{"NVSwitch on a driver", 0x068000, "nvidia-nvswitch", NULL, 0, JOINS},
		{"system peripheral on a driver", 0x088000, "ioatdma", NULL, 0, JOINS},
		{"CXL memory on a driver", 0x050210, "cxl_pci", NULL, 0, STOPS},
		{"RAM that a driver may come for", 0x050000, NULL, "x", 0, STAYS},
		{"IOMMU that modules offer themselves for", 0x080600, NULL, "x", 0, STAYS},
		{"event collector on pcieport", 0x080700, "pcieport", NULL, 0, STAYS},
	};
	static const char *const modes[] = {"require", "expand", "ignore"};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		for (size_t mode = 0; mode < ARRAY_SIZE(modes); mode++) {
			_cleanup_free_ char *text =
				xasprintf("# %s\n[device x]\naddress = 01:00.0\ngroup = %s\n",
					  rows[i].what, modes[mode]);
			struct pci_function *other;
			bool stops = mode == 1 ? rows[i].expand == STOPS : rows[i].expand > COUNTS;
			bool ignored = stops && mode == 2;

			add_function(&inventory, "01:00.0", 1, 1, 0x120000, 7, NULL);
			other = add_function(&inventory, "01:00.1", 1, 1, rows[i].class, 7,
					     rows[i].driver);
			other->unknown = rows[i].unknown;
			if (rows[i].module)
				add_candidate(other, rows[i].module);
			expect(text,
			       stops && !ignored ? "0000:01:00.0 x!"
			       : mode == 1 && rows[i].expand != STAYS
				       ? "0000:01:00.0 x; 0000:01:00.1 x+"
				       : "0000:01:00.0 x",
			       stops ? "group-incomplete group 7" : "");
			inventory_done(&inventory);
		}
}

TEST(finding_names_the_others_and_ignore_only_warns)
{
	struct profile profile;
	struct match match;

	add_function(&inventory, "01:00.0", 1, 1, 0x120000, 7, NULL);
	add_function(&inventory, "01:00.1", 0x10de, 0x10f0, 0x040300, 7, "snd_hda_intel");
	add_candidate(add_function(&inventory, "01:00.2", 0x10de, 0x1ad6, 0x0c0330, 7, NULL),
		      "xhci_pci");
	add_function(&inventory, "01:00.3", 0x10de, 0x1ad7, 0x0c8000, 7, NULL)->unknown =
		FUNCTION_MODULES;
	add_function(&inventory, "01:00.4", 0x10de, 0x1ad8, 0x0c8000, 7, NULL)->unknown =
		FUNCTION_DRIVER;
	profile_from("[device x]\naddress = 01:00.0\ngroup = ignore\n", &profile);
	match_make(&profile, &inventory, &match);
	complete(&match);
	assert_int_equal(match.findings.n, 1);
	assert_int_equal(match.findings.items[0].severity, SEVERITY_WARNING);
	check_part(
		"detail", match.findings.items[0].detail,
		"0000:01:00.1 (10de:10f0, snd_hda_intel), 0000:01:00.2 (10de:1ad6, xhci_pci), 0000:01:00.3 (10de:1ad7, no driver), 0000:01:00.4 (10de:1ad8, unknown driver)");
	assert_string_not_equal(match.findings.items[0].remedy, "");
	assert_false(match.items[0].refused);
	match_done(&match);
	profile_done(&profile);
}

TEST(except_keeps_a_companion_out)
{
	add_function(&inventory, "01:00.0", 1, 1, 0x120000, 7, NULL);
	add_function(&inventory, "01:00.1", 1, 1, 0x040300, 7, "snd_hda_intel");
	expect("[device x]\naddress = 01:00.0\ngroup = expand\nexcept = 01:00.1\n",
	       "0000:01:00.0 x!", "group-incomplete group 7");
}

/* Nor is a driver that did not come back asked to let go for the sake of another device. */
TEST(what_hangs_does_not_join)
{
	static const char text[] = "[device x]\naddress = 01:00.0\ngroup = expand\n";

	add_function(&inventory, "01:00.0", 1, 1, 0x120000, 7, NULL);
	add_function(&inventory, "01:00.1", 1, 1, 0x040300, 7, "snd_hda_intel")->hangs = xstrdup(
		"in phase early unbinding did not return within 10 s");
	expect(text, "0000:01:00.0 x!", "group-incomplete group 7");
	/* Where it is to be, nothing is asked of its driver. */
	free(inventory.items[1].driver);
	inventory.items[1].driver = xstrdup("vfio-pci");
	expect(text, "0000:01:00.0 x; 0000:01:00.1 x+", "");
}

TEST(sections_may_share_a_group)
{
	add_function(&inventory, "01:00.0", 1, 1, 0x120000, 7, NULL);
	add_function(&inventory, "01:00.1", 1, 1, 0x040300, 7, "snd_hda_intel");
	add_function(&inventory, "01:00.2", 1, 1, 0x0c8000, 7, "ish");
	expect("[device x]\naddress = 01:00.0\n[device y]\naddress = 01:00.1 01:00.2\n",
	       "0000:01:00.0 x; 0000:01:00.1 y; 0000:01:00.2 y", "");
	/* One takes the third along, so the other's group is complete too. */
	expect("[device x]\naddress = 01:00.0\ngroup = expand\n[device y]\naddress = 01:00.1\n",
	       "0000:01:00.0 x; 0000:01:00.1 y; 0000:01:00.2 x+", "");
	/* None takes it: both are refused, each by a finding of its own. */
	expect("[device x]\naddress = 01:00.0\n[device y]\naddress = 01:00.1\n",
	       "0000:01:00.0 x!; 0000:01:00.1 y!",
	       "group-incomplete group 7; group-incomplete group 7");
}

TEST(a_refused_neighbour_is_in_the_way)
{
	struct profile profile;
	struct match match;

	add_function(&inventory, "01:00.0", 1, 1, 0x120000, 7, NULL);
	add_function(&inventory, "01:00.1", 1, 1, 0x040300, 7, "snd_hda_intel");
	profile_from("[device x]\naddress = 01:00.0\ngroup = expand\n"
		     "[device y]\naddress = 01:00.1\nid = 2:2\n",
		     &profile);
	match_make(&profile, &inventory, &match);
	complete(&match);
	check_findings("refused", &match.findings,
		       "identity-mismatch 0000:01:00.1; group-incomplete group 7");
	assert_true(match.items[0].refused);
	assert_true(match.items[1].refused);
	assert_false(match.items[1].companion);
	match_done(&match);
	profile_done(&profile);
}

TEST(companions_of_a_refused_section_are_refused_with_it)
{
	add_function(&inventory, "01:00.0", 1, 1, 0x120000, 7, NULL);
	add_function(&inventory, "01:00.1", 1, 1, 0x040300, 7, "snd_hda_intel");
	add_function(&inventory, "01:00.2", 1, 1, 0x010601, 7, "ahci");
	add_function(&inventory, "02:00.0", 1, 1, 0x120000, 8, NULL);
	/* Only in that group: the section's other device goes on. */
	expect("[device x]\naddress = 01:00.0 02:00.0\ngroup = expand\n",
	       "0000:01:00.0 x!; 0000:01:00.1 x+!; 0000:02:00.0 x", "group-incomplete group 7");
}

/* --- cards --- */

/* A host that stands on none of its functions, so that those that carry disks are free. */
static void stand_on_nothing(void)
{
	inventory.storage.known = true;
	kernel_args_parse("root=/dev/ram0", &inventory.args);
}

/* A GPU whose four functions have IOMMU groups of their own. */
static void add_card(const char *audio_driver)
{
	stand_on_nothing();
	add_function(&inventory, "01:00.0", 0x10de, 1, 0x030000, 10, NULL);
	add_function(&inventory, "01:00.1", 0x10de, 2, 0x040300, 11, audio_driver);
	add_function(&inventory, "01:00.2", 0x10de, 3, 0x0c0330, 12, NULL);
	add_candidate(&inventory.items[2], "xhci_pci");
	add_function(&inventory, "01:00.3", 0x10de, 4, 0x0c8000, 13, NULL);
	add_function(&inventory, "02:00.0", 0x10de, 2, 0x040300, 14, "snd_hda_intel");
	/* The host's. */
	add_function(&inventory, "03:00.0", 0x1a03, 0x2000, 0x030000, 15, "ast");
}

TEST(a_graphics_card_goes_as_one)
{
	add_card("snd_hda_intel");
	expect("[device x]\naddress = 01:00.0\ngroup = expand\n",
	       "0000:01:00.0 x; 0000:01:00.1 x+; 0000:01:00.2 x+; 0000:01:00.3 x+", "");
	/* From whichever function one begins. */
	expect("[device x]\naddress = 01:00.2\ngroup = expand\n",
	       "0000:01:00.0 x+; 0000:01:00.1 x+; 0000:01:00.2 x; 0000:01:00.3 x+", "");
	/* Without expand each that stays is told, once, where a driver has it or may take it. */
	expect("[device x]\naddress = 01:00.0\n", "0000:01:00.0 x",
	       "card-incomplete 0000:01:00.0; card-incomplete 0000:01:00.0");
	expect("[device x]\naddress = 01:00.0\ngroup = ignore\n", "0000:01:00.0 x",
	       "card-incomplete 0000:01:00.0; card-incomplete 0000:01:00.0");
	expect("[device x]\naddress = 01:00.*\n",
	       "0000:01:00.0 x; 0000:01:00.1 x; 0000:01:00.2 x; 0000:01:00.3 x", "");
	expect("[device x]\naddress = 01:00.0 01:00.2\ngroup = expand\nexcept = 01:00.1\n",
	       "0000:01:00.0 x; 0000:01:00.2 x; 0000:01:00.3 x+", "card-incomplete 0000:01:00.0");
}

TEST(what_a_guard_keeps_does_not_join)
{
	add_card("snd_hda_intel");
	inventory.items[1].user = xstrdup("pipewire (7)");
	expect("[device x]\naddress = 01:00.0\ngroup = expand\n",
	       "0000:01:00.0 x; 0000:01:00.2 x+; 0000:01:00.3 x+", "card-incomplete 0000:01:00.0");
	/* The display that the firmware chose joins where it is allowed. */
	inventory.items[0].boot_vga = true;
	free(TAKE_PTR(inventory.items[1].user));
	expect("[device x]\naddress = 01:00.1\ngroup = expand\nallow = display\n",
	       "0000:01:00.0 x+; 0000:01:00.1 x; 0000:01:00.2 x+; 0000:01:00.3 x+", "");
	expect("[device x]\naddress = 01:00.1\ngroup = expand\n",
	       "0000:01:00.1 x; 0000:01:00.2 x+; 0000:01:00.3 x+", "");
}

TEST(device_links_tie_functions_of_other_slots)
{
	add_card(NULL);
	*vec_add(&inventory.items[0].linked) = address("02:00.0");
	*vec_add(&inventory.items[0].linked) = address("09:00.0");
	expect("[device x]\naddress = 01:00.*\ngroup = expand\n",
	       "0000:01:00.0 x; 0000:01:00.1 x; 0000:01:00.2 x; 0000:01:00.3 x; 0000:02:00.0 x+",
	       "");
	expect("[device x]\naddress = 01:00.*\n",
	       "0000:01:00.0 x; 0000:01:00.1 x; 0000:01:00.2 x; 0000:01:00.3 x",
	       "card-incomplete 0000:01:00.0");
	/* To another section it belongs already. */
	expect("[device x]\naddress = 01:00.*\ngroup = expand\n[device y]\naddress = 02:00.0\n",
	       "0000:01:00.0 x; 0000:01:00.1 x; 0000:01:00.2 x; 0000:01:00.3 x; 0000:02:00.0 y",
	       "");
}

/* Each port of a network card is its own, though they share a slot. */
TEST(the_second_port_of_a_network_card_never_joins)
{
	add_function(&inventory, "03:00.0", 0x8086, 1, 0x020000, 20, "igb");
	add_function(&inventory, "03:00.1", 0x8086, 1, 0x020000, 21, "igb");
	expect("[device x]\naddress = 03:00.0\ngroup = expand\n", "0000:03:00.0 x", "");
	expect("[device x]\naddress = 03:00.0\n", "0000:03:00.0 x", "");
	/* In one group the kernel demands it. */
	inventory.items[1].iommu_group = 20;
	expect("[device x]\naddress = 03:00.0\ngroup = expand\n", "0000:03:00.0 x; 0000:03:00.1 x+",
	       "");
}

TEST(virtual_functions_are_no_part_of_a_card)
{
	add_card("snd_hda_intel");
	for (size_t i = 1; i < 4; i++)
		inventory.items[i].is_vf = true;
	expect("[device x]\naddress = 01:00.0\ngroup = expand\n", "0000:01:00.0 x", "");
	expect("[device x]\naddress = 01:00.1\ngroup = expand\n", "0000:01:00.1 x", "");
}

/* What joins brings what is tied to it, and that its group, until nothing more does. */
TEST(joining_goes_on)
{
	stand_on_nothing();
	add_function(&inventory, "01:00.0", 1, 1, 0x030000, 10, NULL);
	add_function(&inventory, "01:00.1", 1, 2, 0x040300, 11, "snd_hda_intel");
	add_function(&inventory, "05:00.0", 1, 3, 0x010802, 11, "nvme");
	add_function(&inventory, "06:00.0", 1, 4, 0x020000, 11, "igb");
	*vec_add(&inventory.items[3].linked) = address("00:1f.0");
	expect("[device x]\naddress = 01:00.0\ngroup = expand\n",
	       "0000:01:00.0 x; 0000:01:00.1 x+; 0000:05:00.0 x+; 0000:06:00.0 x+", "");
	/* Once the disk is the host's, its group is not to be had, and so the card is not whole. */
	storage_done(&inventory.storage);
	expect("[device x]\naddress = 01:00.0\ngroup = expand\n",
	       "0000:01:00.0 x; 0000:01:00.1 x+!; 0000:06:00.0 x+!", "group-incomplete group 11");
}

/* --- resets --- */

/* Two functions on a bus: the first with these methods, the second listed or not. */
TEST(resets)
{
	static const struct {
		const char *what, *methods, *path, *mode;
		bool both, told, vf;
		const char *claims, *findings;
	} rows[] = {
		{"flr", "flr bus", "00:01.0/00.0", "warn", false, true, false, "0000:05:00.0 x",
		 ""},
		{"bus, the other stays", "bus", "00:01.0/00.0", "warn", false, true, false,
		 "0000:05:00.0 x", "reset 0000:05:00.0"},
		{"none, the other stays", "", "00:01.0/00.0", "warn", false, true, false,
		 "0000:05:00.0 x", "reset 0000:05:00.0"},
		{"bus, the other stays", "bus", "00:01.0/00.0", "require", false, true, false,
		 "0000:05:00.0 x!", "reset 0000:05:00.0"},
		{"bus, the other stays", "bus", "00:01.0/00.0", "ignore", false, true, false,
		 "0000:05:00.0 x", ""},
		{"bus, both listed", "bus", "00:01.0/00.0", "require", true, true, false,
		 "0000:05:00.0 x; 0000:05:01.0 x", ""},
		{"bus, the other is a VF", "bus", "00:01.0/00.0", "warn", false, true, true,
		 "0000:05:00.0 x", ""},
		{"bus, and alone", "bus", "00:01.0/00.0", "require", false, true, true,
		 "0000:05:00.0 x", ""},
		{"none, and alone", "", "00:01.0/00.0", "warn", false, true, true, "0000:05:00.0 x",
		 "reset 0000:05:00.0"},
		{"none, and alone", "", "00:01.0/00.0", "require", false, true, true,
		 "0000:05:00.0 x!", "reset 0000:05:00.0"},
		{"none, and alone", "", "00:01.0/00.0", "ignore", false, true, true,
		 "0000:05:00.0 x", ""},
		{"none, both listed", "", "00:01.0/00.0", "require", true, true, false,
		 "0000:05:00.0 x; 0000:05:01.0 x", ""},
		{"on a root bus", "", "05:00.0", "warn", true, true, false,
		 "0000:05:00.0 x; 0000:05:01.0 x", "reset 0000:05:00.0"},
		{"on a root bus", "", "05:00.0", "require", true, true, false,
		 "0000:05:00.0 x!; 0000:05:01.0 x", "reset 0000:05:00.0"},
		/* Kernels before 5.15 do not say. */
		{"not told", "", "05:00.0", "require", false, false, false, "0000:05:00.0 x", ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *text =
			xasprintf("# %s\n[device x]\naddress = 05:00.0 %s\nreset = %s\n",
				  rows[i].what, rows[i].both ? "05:01.0" : "", rows[i].mode);

		add_function(&inventory, "04:00.0", 1, 1, 0x020000, 4, "igb")->has_reset_methods =
			rows[i].told;
		add_function(&inventory, "05:00.0", 1, 1, 0x020000, 5, NULL);
		add_function(&inventory, "05:01.0", 1, 1, 0x020000, 6, "igb");
		add_function(&inventory, "06:00.0", 1, 1, 0x020000, 7, "igb");
		strv_split(&inventory.items[1].reset_methods, rows[i].methods, " ");
		inventory.items[1].port_path = xstrdup(rows[i].path);
		inventory.items[2].is_vf = rows[i].vf;
		strv_split(&inventory.items[2].reset_methods, "flr", " ");
		expect(text, rows[i].claims, rows[i].findings);
		inventory_done(&inventory);
	}
}

TEST(a_reset_finding_names_who_stays)
{
	struct profile profile;
	struct match match;

	add_function(&inventory, "05:00.0", 1, 1, 0x020000, 5, NULL)->has_reset_methods = true;
	add_function(&inventory, "05:00.1", 2, 3, 0x020000, 6, "igb");
	profile_from("[device x]\naddress = 05:00.0\nreset = require\n", &profile);
	match_make(&profile, &inventory, &match);
	complete(&match);
	assert_int_equal(match.findings.n, 1);
	assert_int_equal(match.findings.items[0].severity, SEVERITY_ERROR);
	check_part("detail", match.findings.items[0].detail, "0000:05:00.1 (0002:0003, igb)");
	match_done(&match);
	profile_done(&profile);
}

/* --- waiting --- */

/* What shares a group with a disk that waits waits with it, and nothing is wrong with that. */
TEST(a_group_waits_as_one)
{
	struct profile profile;
	struct match match;

	stand_on_nothing();
	add_function(&inventory, "05:00.0", 1, 1, 0x010802, 5, "nvme");
	add_function(&inventory, "05:00.1", 1, 1, 0x020000, 5, "igb");
	add_function(&inventory, "06:00.0", 1, 1, 0x020000, 6, "igb");
	profile_from("[device x]\naddress = 05:00.* 06:00.0\n", &profile);
	match_make(&profile, &inventory, &match);
	match.items[0].waiting = true;
	complete(&match);
	check_findings("waiting", &match.findings, "");
	assert_true(match.items[1].waiting && !match.items[1].refused);
	assert_false(match.items[2].waiting);
	match_done(&match);
	profile_done(&profile);
}

/* Does anything join that is not where it goes, and is any of that on a driver? */
static void expect_takes(const char *text, bool any, bool bound)
{
	struct profile profile;
	struct match match;

	profile_from(text, &profile);
	match_make(&profile, &inventory, &match);
	check_int(text, group_takes(&match, false), any);
	check_int(text, group_takes(&match, true), bound);
	for (size_t i = 0; i < inventory.n; i++)
		check(text, !match.items[i].companion);
	match_done(&match);
	profile_done(&profile);
}

/* Whatever the listed device is on: it may have been there before the others were looked at. */
TEST(what_joins_may_be_taken_from_a_driver)
{
	static const struct {
		const char *what, *driver, *module;
		bool any, bound;
	} rows[] = {
		{"on a driver", "e1000e", NULL, true, true},
		{"a driver may come", NULL, "e1000e", true, false},
		{"nothing drives it", NULL, NULL, false, false},
		{"there already", "vfio-pci", "e1000e", false, false},
	};
	static const char *const listed[] = {"vfio-pci", "e1000e", NULL};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		for (size_t j = 0; j < ARRAY_SIZE(listed); j++) {
			_cleanup_free_ char *text =
				xasprintf("# %s\n[device x]\naddress = 01:00.1\ngroup = expand\n",
					  rows[i].what);
			struct pci_function *other = add_function(&inventory, "01:00.0", 1, 1,
								  0x020000, 7, rows[i].driver);

			if (rows[i].module)
				add_candidate(other, rows[i].module);
			add_function(&inventory, "01:00.1", 1, 1, 0x020000, 7, listed[j]);
			expect_takes(text, rows[i].any, rows[i].bound);
			expect_takes("[device x]\naddress = 01:00.1\n", false, false);
			inventory_done(&inventory);
		}
	/* What is tied to it has the group of another. */
	add_card("snd_hda_intel");
	add_function(&inventory, "02:00.1", 1, 1, 0x020000, 11, "e1000e");
	expect_takes("[device x]\naddress = 01:00.0 01:00.1 01:00.2 01:00.3\ngroup = expand\n",
		     true, true);
	expect_takes("[device x]\naddress = 01:00.*\ngroup = expand\nexcept = 02:00.1\n", false,
		     false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_group_of_its_own_is_complete, free_inventory),
		cmocka_unit_test_teardown(each_kind_of_neighbour_in_each_mode, free_inventory),
		cmocka_unit_test_teardown(finding_names_the_others_and_ignore_only_warns,
					  free_inventory),
		cmocka_unit_test_teardown(except_keeps_a_companion_out, free_inventory),
		cmocka_unit_test_teardown(what_hangs_does_not_join, free_inventory),
		cmocka_unit_test_teardown(what_joins_may_be_taken_from_a_driver, free_inventory),
		cmocka_unit_test_teardown(sections_may_share_a_group, free_inventory),
		cmocka_unit_test_teardown(a_refused_neighbour_is_in_the_way, free_inventory),
		cmocka_unit_test_teardown(companions_of_a_refused_section_are_refused_with_it,
					  free_inventory),
		cmocka_unit_test_teardown(a_graphics_card_goes_as_one, free_inventory),
		cmocka_unit_test_teardown(what_a_guard_keeps_does_not_join, free_inventory),
		cmocka_unit_test_teardown(device_links_tie_functions_of_other_slots,
					  free_inventory),
		cmocka_unit_test_teardown(the_second_port_of_a_network_card_never_joins,
					  free_inventory),
		cmocka_unit_test_teardown(virtual_functions_are_no_part_of_a_card, free_inventory),
		cmocka_unit_test_teardown(joining_goes_on, free_inventory),
		cmocka_unit_test_teardown(resets, free_inventory),
		cmocka_unit_test_teardown(a_reset_finding_names_who_stays, free_inventory),
		cmocka_unit_test_teardown(a_group_waits_as_one, free_inventory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
