/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/profile.h"

#include "support.h"

static struct inventory inventory;
static struct profile_draft draft = {.verb = "init"};

static void add_member(const char *place, const char *reason, const char *guards, unsigned allow)
{
	struct pci_address wanted = address(place);
	struct profile_member *member = vec_add(&draft);

	member->function = inventory_find(&inventory, &wanted);
	assert_non_null(member->function);
	member->reason = reason;
	member->allow = allow;
	strv_split(&member->guards, guards, "|");
}

static int stop(void **state _unused_)
{
	profile_draft_done(&draft);
	draft.verb = "init";
	inventory_done(&inventory);
	return 0;
}

/* A card of two functions, a network card with a serial number, a disk without a group. */
static int start(void **state _unused_)
{
	struct pci_function *function;

	function = add_function(&inventory, "01:00.0", 0x10de, 0x1bb0, 0x030000, 10, "nouveau");
	function->name = xstrdup("NVIDIA Quadro; [x] = \"y\" \\");
	function->port_path = xstrdup("00:01.0/00.0");
	add_function(&inventory, "01:00.1", 0x10de, 0x10f0, 0x040300, 10, NULL);
	function = add_function(&inventory, "03:00.0", 0x8086, 0x10d3, 0x020000, 12, "e1000e");
	function->has_serial = true;
	function->serial = 0x001122ffff334455;
	add_function(&inventory, "10000:05:00.0", 0x144d, 0xa808, 0x010802, -1, "nvme");
	return 0;
}

/* What it says is read back: the sections with their addresses, ids and serial numbers. */
static void read_back(const char *text, struct profile *ret)
{
	profile_from(text, ret);
}

#define HEAD                                                                        \
	"# A profile for vfio-prepare, made by vfio-prepare init from this host.\n" \
	"# Put it into /etc/vfio-prepare/profile.conf, look at vfio-prepare plan, " \
	"then run vfio-prepare apply --rebuild.\n"

TEST(nothing)
{
	_cleanup_free_ char *text = render_profile(&draft);
	struct profile profile;

	check_text("text", text, HEAD);
	read_back(text, &profile);
	assert_int_equal(profile.sections.n, 0);
	profile_done(&profile);
}

TEST(a_card_a_port_and_a_disk)
{
	_cleanup_free_ char *text = NULL;
	const struct device_section *section;
	struct profile profile;

	add_member("01:00.0", "asked for",
		   "display: the firmware chose the device as the display of the host",
		   ALLOW_DISPLAY);
	add_member("01:00.1", "has to go with it", "", 0);
	add_member("03:00.0", "asked for", "network: eth0 has a default route|in-use: x",
		   ALLOW_NETWORK);
	add_member("10000:05:00.0", "asked for", "", 0);
	text = render_profile(&draft);
	check_text(
		"text", text,
		HEAD
		"\n"
		"# 0000:01:00.0 10de:1bb0 NVIDIA Quadro; [x] = \"y\" \\\n"
		"#   asked for; IOMMU group 10; driver nouveau\n"
		"#   path = 00:01.0/00.0 (stays when buses are renumbered)\n"
		"#   guarded, display: the firmware chose the device as the display of the host\n"
		"# 0000:01:00.1 10de:10f0\n"
		"#   has to go with it; IOMMU group 10; driver none\n"
		"[device gpu]\n"
		"address = 0000:01:00.0 0000:01:00.1\n"
		"id      = 10de:1bb0 10de:10f0\n"
		"# allow = display   ; only if the host can do without it\n"
		"\n"
		"# 0000:03:00.0 8086:10d3\n"
		"#   asked for; IOMMU group 12; driver e1000e\n"
		"#   guarded, network: eth0 has a default route\n"
		"#   guarded, in-use: x\n"
		"[device nic]\n"
		"address = 0000:03:00.0\n"
		"id      = 8086:10d3\n"
		"serial  = 00-11-22-ff-ff-33-44-55\n"
		"# allow = network   ; only if the host can do without it\n"
		"\n"
		"# 10000:05:00.0 144d:a808\n"
		"#   asked for; IOMMU group none: it cannot be given to a guest until the IOMMU is "
		"on; driver nvme\n"
		"[device nvme]\n"
		"address = 10000:05:00.0\n"
		"id      = 144d:a808\n");
	read_back(text, &profile);
	assert_int_equal(profile.sections.n, 3);
	section = &profile.sections.items[0];
	assert_string_equal(section->label, "gpu");
	assert_int_equal(section->addresses.n, 2);
	assert_int_equal(section->ids.n, 2);
	assert_int_equal(section->allow, 0);
	section = &profile.sections.items[1];
	assert_int_equal(section->serials.n, 1);
	assert_true(section->serials.items[0] == 0x001122ffff334455);
	assert_int_equal(profile.sections.items[2].addresses.items[0].address.domain, 0x10000);
	profile_done(&profile);
}

/* What allow would have to be, taken at its word, is a profile too. */
TEST(the_proposed_allow_can_be_written)
{
	_cleanup_free_ char *text = NULL;
	struct profile profile;
	char *allow;

	add_member("03:00.0", "asked for", "", ALLOW_DISPLAY | ALLOW_NETWORK | ALLOW_STORAGE);
	text = render_profile(&draft);
	allow = strstr(text, "# allow");
	assert_non_null(allow);
	allow[0] = allow[1] = ' ';
	memmove(allow, allow + 2, strlen(allow + 2) + 1);
	read_back(text, &profile);
	assert_int_equal(profile.sections.items[0].allow,
			 ALLOW_DISPLAY | ALLOW_NETWORK | ALLOW_STORAGE);
	profile_done(&profile);
}

/* Functions of a slot that can go without each other: what one would have to be allowed is not asked for the other. */
TEST(parts_of_a_slot)
{
	static const struct {
		size_t second, sections;
		unsigned allow;
	} rows[] = {{1, 1, 0}, {2, 2, 0}, {2, 1, ALLOW_DISPLAY}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *text = NULL;
		struct profile profile;

		add_member("01:00.0", "asked for", "display: x", ALLOW_DISPLAY);
		add_member("01:00.1", "asked for", "", rows[i].allow);
		draft.items[0].unit = 1;
		draft.items[1].unit = rows[i].second;
		text = render_profile(&draft);
		read_back(text, &profile);
		check_int("sections", profile.sections.n, rows[i].sections);
		profile_done(&profile);
		profile_draft_done(&draft);
		draft.verb = "init";
	}
}

TEST(labels)
{
	static const struct {
		uint32_t class;
		const char *label;
	} rows[] = {
		{0x030000, "gpu"},    {0x030200, "gpu2"},    {0x020000, "nic"},
		{0x010802, "nvme"},   {0x010601, "disk"},    {0x0c0330, "usb"},
		{0x0c0400, "bus"},    {0x040300, "audio"},   {0x120000, "accelerator"},
		{0x0b4000, "device"}, {0xff0000, "device2"}, {0x000000, "device3"},
	};
	_cleanup_free_ char *text = NULL;
	struct profile profile;

	inventory_done(&inventory);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *place = xasprintf("07:%02zx.0", i);

		add_function(&inventory, place, 1, 1, rows[i].class, 1, NULL);
	}
	for (size_t i = 0; i < inventory.n; i++)
		*vec_add(&draft) = (struct profile_member){.function = &inventory.items[i],
							   .reason = "asked for"};
	text = render_profile(&draft);
	read_back(text, &profile);
	assert_int_equal(profile.sections.n, ARRAY_SIZE(rows));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(profile.sections.items[i].label, rows[i].label);
	profile_done(&profile);
}

TEST(serial_numbers_that_are_not_the_cards)
{
	static const struct {
		bool second_has;
		uint64_t second;
		bool written;
	} rows[] = {{true, 7, true}, {true, 8, false}, {false, 7, false}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *text = NULL;

		inventory.items[0].has_serial = true;
		inventory.items[0].serial = 7;
		inventory.items[1].has_serial = rows[i].second_has;
		inventory.items[1].serial = rows[i].second;
		add_member("01:00.0", "asked for", "", 0);
		add_member("01:00.1", "asked for", "", 0);
		text = render_profile(&draft);
		assert_int_equal(strstr(text, "serial  = 00-00-00-00-00-00-00-07\n") != NULL,
				 rows[i].written);
		assert_int_equal(strstr(text, "serial") != NULL, rows[i].written);
		draft.n = 0;
	}
}

/* What import has to say beside the sections; a section that is left out is a comment altogether. */
TEST(places_remarks_and_what_is_left_out)
{
	_cleanup_free_ char *text = NULL;
	struct profile profile;

	draft.verb = "import";
	draft.unsafe_interrupts = true;
	strv_add(&draft.remarks, "A remark.");
	strv_add(&draft.remarks, "");
	add_member("01:00.0", "by hand", "", 0);
	add_member("01:00.1", "by hand", "", 0);
	add_member("03:00.0", "by hand", "network: x", ALLOW_NETWORK);
	strv_split(&draft.items[0].sources, "From a|  loses: b|From c|  loses: b", "|");
	strv_split(&draft.items[1].sources, "From a|  loses: b", "|");
	draft.items[1].driver = "pci-stub";
	draft.items[2].left_out = true;
	*(struct profile_member *)vec_add(
		&draft) = (struct profile_member){.reason = "absent",
						  .selector = xstrdup("address = 0000:09:00.0")};
	text = render_profile(&draft);
	check("verb", strstr(text, "made by vfio-prepare import from this host"));
	check("remarks", strstr(text, "# A remark.\n#\n\n[iommu]\nunsafe-interrupts = yes\n"));
	check("places once",
	      strstr(text, "; driver nouveau\n#   path = 00:01.0/00.0 (stays when buses are "
			   "renumbered)\n# From a\n#   loses: b\n# From c\n[device gpu]\n"));
	check("driver", strstr(text, "[device audio]\naddress = 0000:01:00.1\nid      = 10de:10f0\n"
				     "driver  = pci-stub\n"));
	check("left out",
	      strstr(text, "\n# [device nic]\n# address = 0000:03:00.0\n"
			   "# id      = 8086:10d3\n# serial  = 00-11-22-ff-ff-33-44-55\n"
			   "# allow = network   ; only if the host can do without it\n"));
	check("absent", strstr(text, "\n# absent\n[device device]\naddress = 0000:09:00.0\n"));
	read_back(text, &profile);
	assert_int_equal(profile.sections.n, 3);
	assert_true(profile.unsafe_interrupts);
	profile_done(&profile);
}

int main(void)
{
#define PROFILE_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
		PROFILE_TEST(nothing),
		PROFILE_TEST(a_card_a_port_and_a_disk),
		PROFILE_TEST(the_proposed_allow_can_be_written),
		PROFILE_TEST(parts_of_a_slot),
		PROFILE_TEST(labels),
		PROFILE_TEST(serial_numbers_that_are_not_the_cards),
		PROFILE_TEST(places_remarks_and_what_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
