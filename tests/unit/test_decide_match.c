/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/match.h"
#include "decide/selector.h"
#include "support.h"

static struct inventory inventory;

/* Two GPUs with their audio functions, two alike network cards, a bridge, a disk. */
static int make_inventory(void **state _unused_)
{
	struct pci_function *function;

	add_function(&inventory, "00:01.0", 0x8086, 0x1901, 0x060400, 1, "pcieport");
	function = add_function(&inventory, "01:00.0", 0x10de, 0x1bb0, 0x030000, 10, NULL);
	function->subsystem_vendor = 0x1028;
	function->subsystem_device = 0x11b2;
	function->port_path = xstrdup("00:01.0/00.0");
	function->has_serial = true;
	function->serial = 0x001122ffff334455;
	add_function(&inventory, "01:00.1", 0x10de, 0x10f0, 0x040300, 10, "snd_hda_intel")
		->port_path = xstrdup("00:01.0/00.1");
	add_function(&inventory, "02:00.0", 0x10de, 0x1bb0, 0x030000, 11, NULL);
	add_function(&inventory, "02:00.1", 0x10de, 0x10f0, 0x040300, 11, NULL);
	add_function(&inventory, "03:00.0", 0x8086, 0x10d3, 0x020000, 12, "e1000e");
	add_function(&inventory, "04:00.0", 0x8086, 0x10d3, 0x020000, 13, "e1000e");
	add_function(&inventory, "05:00.0", 0x144d, 0xa808, 0x010802, 14, "nvme");
	add_function(&inventory, "10000:01:00.0", 0x8086, 0x10d3, 0x020000, 15, NULL);
	return 0;
}

static int free_inventory(void **state _unused_)
{
	inventory_done(&inventory);
	return 0;
}

/* "ADDRESS LABEL" of each claimed function, "!" behind a refused one. */
static char *claimed(const struct match *match)
{
	char *text = xstrdup("");

	for (size_t i = 0; i < inventory.n; i++) {
		const struct claim *claim = &match->items[i];

		if (!claim->section)
			continue;
		char *longer = xasprintf("%s%s%s %s%s", text, *text ? "; " : "",
					 PCI_ADDRESS_TEXT(&inventory.items[i].address),
					 claim->section->label, claim->refused ? "!" : "");
		free(text);
		text = longer;
	}
	return text;
}

/* What a profile claims and finds. */
static void expect(const char *text, const char *claims, const char *findings)
{
	_cleanup_free_ char *got = NULL;
	struct profile profile;
	struct match match;

	profile_from(text, &profile);
	match_make(&profile, &inventory, &match);
	got = claimed(&match);
	check_text(text, got, claims);
	check_findings(text, &match.findings, findings);
	vec_foreach(finding, &match.findings) {
		check_int(text, finding->severity, SEVERITY_ERROR);
		check(text, *finding->detail && *finding->remedy);
	}
	match_done(&match);
	profile_done(&profile);
}

TEST(each_selector)
{
	static const struct {
		const char *key, *value, *claims;
	} rows[] = {
		{"address", "01:00.0", "0000:01:00.0 x"},
		{"address", "10000:01:00.0", "10000:01:00.0 x"},
		{"address", "02:00.*", "0000:02:00.0 x; 0000:02:00.1 x"},
		{"address", "01:00.0 02:00.1", "0000:01:00.0 x; 0000:02:00.1 x"},
		{"id", "10de:1bb0", "0000:01:00.0 x; 0000:02:00.0 x"},
		{"id", "10de:1bb0 10de:10f0:0403",
		 "0000:01:00.0 x; 0000:01:00.1 x; 0000:02:00.0 x; 0000:02:00.1 x"},
		{"id", "8086::02", "0000:03:00.0 x; 0000:04:00.0 x; 10000:01:00.0 x"},
		{"class", "0403", "0000:01:00.1 x; 0000:02:00.1 x"},
		{"class", "030000 0200",
		 "0000:01:00.0 x; 0000:02:00.0 x; 0000:03:00.0 x; 0000:04:00.0 x; 10000:01:00.0 x"},
		{"subsystem", "1028:11b2", "0000:01:00.0 x"},
		{"subsystem", "1028:", "0000:01:00.0 x"},
		{"path", "00:01.0/00.0", "0000:01:00.0 x"},
		{"serial", "00-11-22-ff-ff-33-44-55", "0000:01:00.0 x"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *text = xasprintf("[device x]\n%s = %s\n", rows[i].key,
						      rows[i].value);

		expect(text, rows[i].claims, "");
	}
	expect("[device x]\npath = 00:01.0/00.1 00:09.0\n", "0000:01:00.1 x",
	       "device-absent device x");
	expect("[device x]\nserial = 00-00-00-00-00-00-00-00 00-11-22-ff-ff-33-44-55\n",
	       "0000:01:00.0 x", "device-absent device x");
}

TEST(nothing_wanted)
{
	expect("[host]\ndescription = x\n", "", "");
}

TEST(all_selectors_of_a_section_must_match)
{
	expect("[device x]\nid = 10de:1bb0\nsubsystem = 1028:11b2\n", "0000:01:00.0 x", "");
	expect("[device x]\nid = 10de:\nclass = 03\nserial = 00-11-22-ff-ff-33-44-55\n",
	       "0000:01:00.0 x", "");
	expect("[device x]\nid = 10de:1bb0\nclass = 0403\n", "", "device-absent device x");
	expect("[device x]\npath = 00:01.0/00.0\nid = 8086:\n", "0000:01:00.0 x!",
	       "identity-mismatch 0000:01:00.0; device-absent device x");
	/* Of each that is listed something must come. */
	expect("[device x]\naddress = 01:00.* 02:00.*\npath = 00:01.0/00.1\n",
	       "0000:01:00.1 x; 0000:02:00.0 x!", "identity-mismatch 0000:02:00.0");
}

TEST(except_takes_away)
{
	expect("[device x]\nid = 8086:10d3\nexcept = 03:00.0\n", "0000:04:00.0 x; 10000:01:00.0 x",
	       "");
	expect("[device x]\naddress = 01:00.*\nexcept = 01:00.1\n", "0000:01:00.0 x", "");
	expect("[device x]\nid = 8086:10d3\nexcept = 03:00.* 04:00.* 10000:01:00.0\n", "",
	       "device-absent device x");
}

TEST(absent_addresses)
{
	struct profile profile;
	struct match match;

	expect("[device x]\naddress = 01:00.0 09:00.0\n", "0000:01:00.0 x",
	       "device-absent 0000:09:00.0");
	expect("[device x]\naddress = 09:00.*\n", "", "device-absent 0000:09:00.0");
	/* Not where it is except. */
	expect("[device x]\naddress = 01:00.0\nexcept = 01:00.0\n", "", "");

	profile_from("[device x]\naddress = 09:00.0 08:00.0\n[device y]\nid = 1:1\n", &profile);
	match_make(&profile, &inventory, &match);
	assert_int_equal(match.absent.n, 2);
	assert_int_equal(match.absent.items[0].address.bus, 8);
	assert_int_equal(match.absent.items[1].address.bus, 9);
	assert_ptr_equal(match.absent.items[1].section, &profile.sections.items[0]);
	match_done(&match);
	match_done(NULL);
	profile_done(&profile);
}

/* The first finding of a profile: what it says, and what to do. */
static void expect_told(const char *text, const char *detail, const char *remedy)
{
	struct profile profile;
	struct match match;

	profile_from(text, &profile);
	match_make(&profile, &inventory, &match);
	assert_true(match.findings.n > 0);
	check_part(text, match.findings.items[0].detail, detail);
	check_part(text, match.findings.items[0].remedy, remedy);
	match_done(&match);
	profile_done(&profile);
}

TEST(each_path_and_serial_number_that_is_listed_is_there)
{
	expect("[device x]\npath = 00:09.0 00:08.0\n", "",
	       "device-absent device x; device-absent device x");
	expect_told("[device x]\npath = 00:01.0/00.0 00:09.0\n", "path 00:09.0", "the path");
	expect_told("[device x]\nserial = 00-11-22-ff-ff-33-44-55 00-11-22-ff-ff-33-44-66\n",
		    "00-11-22-ff-ff-33-44-66", "the serial number");
	/* With another key that lists, these say which of its devices are meant: told once. */
	expect("[device x]\naddress = 01:00.0 09:00.0\npath = 00:01.0/00.0 00:09.0\n",
	       "0000:01:00.0 x", "device-absent 0000:09:00.0");
	expect("[device x]\npath = 00:01.0/00.0 00:09.0\n"
	       "serial = 00-11-22-ff-ff-33-44-55 00-11-22-ff-ff-33-44-66\n",
	       "0000:01:00.0 x", "device-absent device x");
	/* Nor is it absent where it is left out. */
	expect("[device x]\npath = 00:01.0/00.0 00:01.0/00.1\nexcept = 01:00.1\n", "0000:01:00.0 x",
	       "");
}

TEST(keys_that_contradict_each_other_are_told)
{
	expect("[device x]\naddress = 03:00.0\npath = 00:01.0/00.0\n", "0000:03:00.0 x!",
	       "identity-mismatch 0000:03:00.0");
	expect("[device x]\naddress = 03:00.0\npath = 00:01.0/00.0\nexcept = 03:00.0\n", "", "");
	expect("[device x]\naddress = 02:00.*\npath = 00:01.0/00.0\nexcept = 02:00.0\n",
	       "0000:02:00.1 x!", "identity-mismatch 0000:02:00.1");
	expect_told("[device x]\naddress = 03:00.0\npath = 00:01.0/00.0\n", "cannot be read",
		    "0000:01:00.0");
	inventory.items[5].port_path = xstrdup("00:02.0/00.0");
	expect_told("[device x]\naddress = 03:00.0\npath = 00:09.0\n", "00:02.0/00.0",
		    "correct the section");
	/* The serial number is there, and not on what is meant. */
	inventory.items[5].has_serial = true;
	inventory.items[5].serial = 0x10;
	expect("[device x]\nserial = 00-11-22-ff-ff-33-44-55 00-00-00-00-00-00-00-10\nclass = 03\n",
	       "0000:01:00.0 x; 0000:03:00.0 x!", "identity-mismatch 0000:03:00.0");
	expect_told(
		"[device x]\nserial = 00-11-22-ff-ff-33-44-55 00-00-00-00-00-00-00-10\nclass = 03\n",
		"8086:10d3 (class 020000)", "correct the section");
	/* Of the functions of a card that share it, one is enough. */
	inventory.items[2].has_serial = true;
	inventory.items[2].serial = inventory.items[1].serial;
	expect("[device x]\nserial = 00-11-22-ff-ff-33-44-55\nclass = 03\n", "0000:01:00.0 x", "");
}

TEST(identity_must_be_that_of_the_address)
{
	struct profile profile;
	struct match match;

	expect("[device x]\naddress = 01:00.0\nid = 10de:1bb0\n", "0000:01:00.0 x", "");
	expect("[device x]\naddress = 03:00.0\nid = 10de:1bb0\n", "0000:03:00.0 x!",
	       "identity-mismatch 0000:03:00.0");
	expect("[device x]\naddress = 01:00.0 03:00.0\nid = 10de:1bb0\n",
	       "0000:01:00.0 x; 0000:03:00.0 x!", "identity-mismatch 0000:03:00.0");
	/* An id that nobody knows matches nothing. */
	inventory.items[1].has_serial = false;
	expect("[device x]\naddress = 01:00.0\nserial = 00-11-22-ff-ff-33-44-55\n",
	       "0000:01:00.0 x!", "identity-mismatch 0000:01:00.0");

	/* Nor is one that hangs asked for its serial number; that it is another kind is known. */
	inventory.items[1].hangs = xstrdup("in phase early unbinding did not return within 10 s");
	inventory.items[1].unknown = FUNCTION_SERIAL;
	expect("[device x]\naddress = 01:00.0\nserial = 00-11-22-ff-ff-33-44-55\n",
	       "0000:01:00.0 x!", "device-hangs 0000:01:00.0");
	expect("[device x]\naddress = 01:00.0\nid = 8086:\nserial = 00-11-22-ff-ff-33-44-55\n",
	       "0000:01:00.0 x!", "identity-mismatch 0000:01:00.0");

	profile_from("[device x]\naddress = 03:00.0\nid = 10de:1bb0\nexcept = 02:00.0\n", &profile);
	match_make(&profile, &inventory, &match);
	check_part("detail", match.findings.items[0].detail, "8086:10d3 (class 020000)");
	check_part("remedy", match.findings.items[0].remedy, "0000:01:00.0");
	match_done(&match);
	profile_done(&profile);

	profile_from("[device x]\naddress = 03:00.0\nid = 1:1\n", &profile);
	match_make(&profile, &inventory, &match);
	check_part("remedy", match.findings.items[0].remedy, "no device");
	match_done(&match);
	profile_done(&profile);
}

TEST(counts)
{
	expect("[device x]\nid = 10de:1bb0\ncount = 2\n", "0000:01:00.0 x; 0000:02:00.0 x", "");
	/* Too many: which are meant cannot be told. Too few: those that are there are meant. */
	expect("[device x]\nid = 10de:1bb0\ncount = 1\n", "0000:01:00.0 x!; 0000:02:00.0 x!",
	       "count device x");
	expect("[device x]\nid = 10de:1bb0\ncount = 3\n", "0000:01:00.0 x; 0000:02:00.0 x",
	       "count device x");
	expect("[device x]\nid = 1:1\ncount = 3\n", "", "device-absent device x; count device x");
	/* A device with another identity does not count. */
	expect("[device x]\naddress = 01:00.0 03:00.0\nid = 10de:1bb0\ncount = 2\n",
	       "0000:01:00.0 x; 0000:03:00.0 x!", "identity-mismatch 0000:03:00.0; count device x");
}

TEST(sections_in_conflict)
{
	/* The same wish twice is no conflict. */
	expect("[device x]\naddress = 03:00.0\n[device y]\nid = 8086:10d3\n",
	       "0000:03:00.0 x; 0000:04:00.0 y; 10000:01:00.0 y", "");
	expect("[device x]\naddress = 03:00.0\n[device y]\nid = 8086:10d3\ndriver = pci-stub\n",
	       "0000:03:00.0 x!; 0000:04:00.0 y; 10000:01:00.0 y", "section-conflict 0000:03:00.0");
	expect("[device x]\naddress = 03:00.0\n[device y]\nid = 8086:10d3\ndriver = pci-stub\n"
	       "except = 03:00.0\n",
	       "0000:03:00.0 x; 0000:04:00.0 y; 10000:01:00.0 y", "");
	/* Which of two sections comes first makes no difference to what is refused. */
	expect("[device y]\nid = 8086:10d3\ndriver = pci-stub\n[device x]\naddress = 03:00.0\n",
	       "0000:03:00.0 y!; 0000:04:00.0 y; 10000:01:00.0 y", "section-conflict 0000:03:00.0");
}

TEST(what_cannot_be_handed_on)
{
	expect("[device x]\naddress = 00:01.0\n", "0000:00:01.0 x!", "not-assignable 0000:00:01.0");
	/* Whether a disk can be, the guards say. */
	expect("[device x]\naddress = 05:00.0\n", "0000:05:00.0 x", "");
}

/* 04:00.0 and 10000:01:00.0 as virtual functions of 03:00.0. */
static void make_virtual(void)
{
	inventory.items[6].is_vf = inventory.items[8].is_vf = true;
	inventory.items[6].physfn = inventory.items[8].physfn = inventory.items[5].address;
}

TEST(virtual_functions_go_with_what_makes_them)
{
	make_virtual();
	expect("[device x]\naddress = 03:00.0\nvfs = 2\n",
	       "0000:03:00.0 x; 0000:04:00.0 x; 10000:01:00.0 x", "");
	/* The identity that the physical function is selected by may be theirs too. */
	expect("[device x]\nid = 8086:10d3\nvfs = 2\ncount = 1\nexcept = 04:00.0\n",
	       "0000:03:00.0 x; 10000:01:00.0 x", "");
	/* Those of others, and those of one that is refused, do not. */
	expect("[device x]\naddress = 03:00.0\n", "0000:03:00.0 x", "");
	expect("[device x]\naddress = 03:00.0\nid = 8086:1521\nvfs = 2\n", "0000:03:00.0 x!",
	       "identity-mismatch 0000:03:00.0");
	expect("[device x]\naddress = 04:00.0\ndriver = pci-stub\n[device y]\naddress = 03:00.0\n"
	       "vfs = 2\n",
	       "0000:03:00.0 y; 0000:04:00.0 x!; 10000:01:00.0 y", "section-conflict 0000:04:00.0");
}

/* What makes virtual functions is listed, and not these. */
TEST(a_virtual_function_that_is_listed_to_make_some)
{
	make_virtual();
	expect("[device x]\naddress = 04:00.0\nvfs = 2\n", "0000:04:00.0 x!",
	       "identity-mismatch 0000:04:00.0");
	expect_told("[device x]\naddress = 04:00.0\nvfs = 2\n", "physical function",
		    "0000:03:00.0");
	/* They go with it, whoever lists them. */
	expect("[device x]\naddress = 03:00.0 04:00.0\nvfs = 2\n",
	       "0000:03:00.0 x; 0000:04:00.0 x; 10000:01:00.0 x", "");
	expect("[device x]\naddress = 03:00.0 04:00.0\nid = 8086:1521\nvfs = 2\n",
	       "0000:03:00.0 x!", "identity-mismatch 0000:03:00.0");
	inventory.items[6].port_path = xstrdup("00:02.0/00.0");
	expect("[device x]\npath = 00:02.0/00.0\nvfs = 2\n", "0000:04:00.0 x!",
	       "device-absent device x; identity-mismatch 0000:04:00.0");
}

TEST(what_makes_virtual_functions_keeps_its_driver)
{
	struct profile profile;
	struct match match;

	make_virtual();
	profile_from("[device x]\naddress = 03:00.0 01:00.0\nvfs = 2\n", &profile);
	match_make(&profile, &inventory, &match);
	assert_true(claim_is_physical(&match.items[5]));
	assert_false(claim_is_physical(&match.items[6]));
	check_text("bound", wanted_driver(&profile.sections.items[0], &inventory.items[5]),
		   "e1000e");
	check_text("virtual", wanted_driver(&profile.sections.items[0], &inventory.items[6]),
		   "vfio-pci");
	check_text("unbound", wanted_driver(&profile.sections.items[0], &inventory.items[1]),
		   "native");
	strv_add(&inventory.items[1].modules, "nouveau");
	check_text("module", wanted_driver(&profile.sections.items[0], &inventory.items[1]),
		   "nouveau");
	match_done(&match);
	profile_done(&profile);
}

TEST(who_uses_virtual_functions_matters_where_they_have_to_go)
{
	static const struct {
		const char *vfs;
		bool takes;
	} rows[] = {{"1", true}, {"2", false}, {"3", true}};
	struct profile profile;
	struct match match;

	make_virtual();
	free(inventory.items[8].driver);
	inventory.items[8].driver = xstrdup("vfio-pci");
	free(inventory.items[6].driver);
	inventory.items[6].driver = xstrdup("vfio-pci");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *text = xasprintf("[device x]\naddress = 03:00.0\nvfs = %s\n",
						      rows[i].vfs);

		profile_from(text, &profile);
		match_make(&profile, &inventory, &match);
		check_int(text, match_takes(&match, false), rows[i].takes);
		check_int(text, match_takes(&match, true), rows[i].takes);
		match_done(&match);
		profile_done(&profile);
	}
}

TEST(what_cannot_be_read_is_left_alone)
{
	static const struct {
		unsigned unknown;
		bool ids;
	} rows[] = {{FUNCTION_IDS, true}, {FUNCTION_DRIVER, false}, {FUNCTION_GROUP, false}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		inventory.items[5].unknown = rows[i].unknown;
		expect("[device x]\naddress = 03:00.0\n", "0000:03:00.0 x!",
		       "unreadable 0000:03:00.0");
		expect("[device x]\naddress = 03:00.0\nid = 8086:10d3\n", "0000:03:00.0 x!",
		       "unreadable 0000:03:00.0");
		/* Who asks for an identity does not get what has none, and is not told of all of it. */
		if (rows[i].ids)
			expect("[device x]\nid = 8086:10d3\n", "0000:04:00.0 x; 10000:01:00.0 x",
			       "");
		else
			expect("[device x]\nid = 8086:10d3\n",
			       "0000:03:00.0 x!; 0000:04:00.0 x; 10000:01:00.0 x",
			       "unreadable 0000:03:00.0");
	}
	/* What does not matter here. */
	inventory.items[5].unknown = FUNCTION_OVERRIDE | FUNCTION_MODULES | FUNCTION_SERIAL;
	expect("[device x]\naddress = 03:00.0\n", "0000:03:00.0 x", "");
}

/* What more of the host the decision hangs on; each as "ADDRESS" of those that are asked for. */
static void expect_asked(const char *text, const char *condition, bool takes, bool takes_bound,
			 bool whole_host)
{
	_cleanup_free_ char *asked = xstrdup("");
	struct profile profile;
	struct match match;

	profile_from(text, &profile);
	match_make(&profile, &inventory, &match);
	for (size_t i = 0; i < inventory.n; i++)
		if (match.items[i].concerned) {
			char *longer = xasprintf("%s %s", asked,
						 PCI_ADDRESS_TEXT(&inventory.items[i].address));

			free(asked);
			asked = longer;
		}
	check_text(text, asked, condition);
	check_int(text, match_takes(&match, false), takes);
	check_int(text, match_takes(&match, true), takes_bound);
	check_int(text, match_spans_host(&match), whole_host);
	match_done(&match);
	profile_done(&profile);
}

TEST(what_the_decision_hangs_on)
{
	expect_asked("[host]\ndescription = x\n", "", false, false, false);
	expect_asked("[device x]\naddress = 03:00.0\n", " 0000:03:00.0", true, true, false);
	/* A display asks for the others, a card for its slot. */
	expect_asked("[device x]\naddress = 01:00.0\n", " 0000:01:00.0 0000:01:00.1", true, false,
		     true);
	expect_asked("[device x]\naddress = 02:00.1\n", " 0000:02:00.0 0000:02:00.1", true, false,
		     true);
	inventory.items[6].iommu_group = 12;
	expect_asked("[device x]\naddress = 03:00.0\n", " 0000:03:00.0 0000:04:00.0", true, true,
		     false);
	/* Where an identity went, the whole host may say. */
	expect_asked("[device x]\naddress = 03:00.0\nid = 1:1\n", " 0000:03:00.0 0000:04:00.0",
		     false, false, true);
	/* And where a path leads. */
	expect_asked("[device x]\naddress = 03:00.0\npath = 00:09.0\n",
		     " 0000:03:00.0 0000:04:00.0", false, false, true);
	/* What is on its driver is not taken from anybody. */
	expect_asked("[device x]\naddress = 03:00.0\ndriver = e1000e\n",
		     " 0000:03:00.0 0000:04:00.0", false, false, false);
}

int main(void)
{
#define MATCH_TEST(name) cmocka_unit_test_setup_teardown(name, make_inventory, free_inventory)
	const struct CMUnitTest tests[] = {
		MATCH_TEST(each_selector),
		MATCH_TEST(nothing_wanted),
		MATCH_TEST(all_selectors_of_a_section_must_match),
		MATCH_TEST(except_takes_away),
		MATCH_TEST(absent_addresses),
		MATCH_TEST(each_path_and_serial_number_that_is_listed_is_there),
		MATCH_TEST(keys_that_contradict_each_other_are_told),
		MATCH_TEST(identity_must_be_that_of_the_address),
		MATCH_TEST(counts),
		MATCH_TEST(sections_in_conflict),
		MATCH_TEST(what_cannot_be_handed_on),
		MATCH_TEST(virtual_functions_go_with_what_makes_them),
		MATCH_TEST(a_virtual_function_that_is_listed_to_make_some),
		MATCH_TEST(what_makes_virtual_functions_keeps_its_driver),
		MATCH_TEST(who_uses_virtual_functions_matters_where_they_have_to_go),
		MATCH_TEST(what_cannot_be_read_is_left_alone),
		MATCH_TEST(what_the_decision_hangs_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
