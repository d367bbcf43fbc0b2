/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/buf.h"
#include "decide/export_nova.h"
#include "support.h"

/*
 * Two graphics cards with sound, two network cards that can have virtual functions, and two virtual ones of another;
 * the section of each is the one of the profile that has its bus as label.
 */
static const struct export_device host[] = {
	{.address = {0, 1, 0, 0}, .vendor = 0x10de, .device = 0x1bb0, .class = 0x030000},
	{.address = {0, 1, 0, 1}, .vendor = 0x10de, .device = 0x10f0, .class = 0x040300},
	{.address = {0, 2, 0, 0}, .vendor = 0x10de, .device = 0x1bb0, .class = 0x030000},
	{.address = {0, 2, 0, 1}, .vendor = 0x10de, .device = 0x10f0, .class = 0x040300},
	{.address = {0, 3, 0, 0},
	 .vendor = 0x8086,
	 .device = 0x10c9,
	 .class = 0x020000,
	 .type = EXPORT_TYPE_PF},
	{.address = {0, 4, 0, 0}, .vendor = 0x8086, .device = 0x1572, .class = 0x020000},
	{.address = {0, 5, 2, 0},
	 .vendor = 0x8086,
	 .device = 0x10ca,
	 .class = 0x020000,
	 .type = EXPORT_TYPE_VF,
	 .physfn = {0, 5, 0, 0}},
	{.address = {0, 6, 2, 0},
	 .vendor = 0x8086,
	 .device = 0x10ca,
	 .class = 0x020000,
	 .type = EXPORT_TYPE_VF,
	 .physfn = {0, 5, 0, 0}},
};

/* Sections are "[device A-B]", which has the devices from bus A to bus B. */
static void expect(enum export_text text, const char *release, const char *profile_text,
		   const char *want, const char *part)
{
	_cleanup_(findings_done) struct findings findings = {};
	struct profile profile;
	struct export export = {.text = text, .release = release, .profile = &profile};

	profile_from(profile_text, &profile);
	for (size_t i = 0; i < ARRAY_SIZE(host); i++)
		vec_foreach(section, &profile.sections) {
			unsigned from, to;

			assert_int_equal(sscanf(section->label, "%u-%u", &from, &to), 2);
			if (host[i].address.bus < from || host[i].address.bus > to)
				continue;
			*vec_add(&export) = host[i];
			export.items[export.n - 1].section = section;
		}
	export_check_nova(&export, &findings);
	check_findings(profile_text, &findings, want);
	if (part)
		check_part(profile_text, findings.items[0].detail, part);
	free(export.items);
	profile_done(&profile);
}

#define NOVA(release, text, want, part) expect(EXPORT_NOVA_COMPUTE, release, text, want, part)
#define S(label) "[device " label "]\naddress = 09:00.0\n"

TEST(names)
{
	NOVA(NULL, S("1-1"), "", NULL);
	NOVA(NULL, S("1-1") "alias = it's \"fine\"\n", "", NULL);
	NOVA(NULL, S("1-1") "alias = a:1\n", "export device 1-1", "a:1");
	NOVA(NULL, S("4-4") "alias = a,b\n", "export device 4-4", "flavor");
	NOVA(NULL, S("4-4") "alias = $x\n", "export device 4-4", "'$'");
	NOVA(NULL, S("4-4") "alias = g\xc3\xa9\n", "export device 4-4", "ASCII");
	NOVA(NULL, S("4-4") "alias = \"a \"\n", "export device 4-4", "ASCII");
	/* Neutron asks by the network. */
	NOVA(NULL, S("4-4") "physical-network = p\n", "", NULL);
}

TEST(values)
{
	NOVA(NULL, S("4-4") "numa = socket\ntrusted = on\nlive-migratable = no\n", "", NULL);
	NOVA("22", S("4-4") "numa = socket\n", "export device 4-4", "since release 23");
	NOVA("23", S("4-4") "numa = socket\n", "", NULL);
	NOVA(NULL, S("4-4") "numa = near\n", "export device 4-4", "near");
	NOVA(NULL, S("4-4") "trusted = maybe\n", "export device 4-4", "trusted");
	NOVA(NULL, S("4-4") "live-migratable = 2\n", "export device 4-4", "live-migratable");
	NOVA(NULL, S("4-4") "physical-network = $p\n", "export device 4-4", "physical-network");
	NOVA(NULL, S("4-4") "traits = A, B\nresource-class = x y\n", "", NULL);
	NOVA(NULL, S("4-4") "traits = A,$B\n", "export device 4-4", "$B");
	NOVA("25", S("4-4") "traits = A,$B\n", "", NULL);
	NOVA(NULL, S("4-4") "resource-class = \"\"\n", "export device 4-4", "resource-class");
}

TEST(alternatives_of_a_name)
{
	NOVA(NULL, S("1-2"), "", NULL);
	/* Two kinds of network card, of which one can have virtual functions. */
	NOVA(NULL, S("3-4"), "export device 3-4", "type-PF and of type-PCI");
	NOVA(NULL, S("3-3") "alias = n\n" S("4-4") "alias = n\n", "export device 4-4", "type-PF");
	NOVA(NULL, S("1-1") "alias = g\n" S("2-2") "alias = g\n", "", NULL);
	NOVA(NULL, S("1-1") "alias = g\nnuma = required\n" S("2-2") "alias = g\n",
	     "export device 2-2", "numa");
	/* Graphics cards and a network card: alternatives of one name, but not for Placement. */
	NOVA("26", S("1-1") "alias = g\nresource-class = r\n" S("4-4") "alias = g\n", "", NULL);
	NOVA(NULL, S("1-1") "alias = g\nresource-class = r\n" S("4-4") "alias = g\n",
	     "export device 4-4", "one resource class");
	NOVA(NULL, S("1-1") "alias = g\ntraits = t\n" S("4-4") "alias = g\n", "export device 4-4",
	     "one resource class");
	NOVA(NULL,
	     S("1-1") "alias = g\nresource-class = r\n" S("4-4") "alias = g\nresource-class = R\n",
	     "", NULL);
}

TEST(devices_of_one_id)
{
	NOVA(NULL,
	     S("1-1") "alias = g\ntraits = t\n" S(
		     "2-2") "alias = g\ntraits = t\nlive-migratable = no\n",
	     "export device 2-2; export device 2-2", "one resource class");
	/* The sound of the cards is alike, too; nobody asks for it alone. */
	NOVA(NULL, S("1-1") S("2-2"), "export device 2-2", "1-1");
	NOVA(NULL, S("1-1") "resource-class = r\n" S("2-2"), "", NULL);
	NOVA("26", S("1-1") "resource-class = r\n" S("2-2"), "export device 2-2", "1-1");
	expect(EXPORT_JUJU_CHARMS, NULL, S("1-1") "resource-class = r\n" S("2-2"),
	       "export device 2-2", "1-1");
	NOVA(NULL, S("1-1") "resource-class = r\n" S("2-2") "resource-class = r\n",
	     "export device 2-2", "1-1");
	/* Whoever asks by the name gets what Neutron has. */
	NOVA(NULL, S("5-5") S("6-6") "physical-network = p\n", "export device 6-6", "5-5");
	NOVA(NULL, S("5-5") "physical-network = q\n" S("6-6") "physical-network = p\n", "", NULL);
}

TEST(placement)
{
	NOVA(NULL,
	     S("5-5") "alias = v\nresource-class = r\n" S("6-6") "alias = w\nresource-class = s\n",
	     "export device 6-6", "virtual functions of one card");
	NOVA(NULL, S("5-6") "resource-class = r\n", "", NULL);
	NOVA(NULL, S("5-5") "alias = v\nresource-class = r\n" S("6-6") "physical-network = p\n", "",
	     NULL);
	NOVA(NULL, S("5-5") "resource-class = r\nphysical-network = p\n", "export device 5-5",
	     "out of Placement");
	NOVA("25", S("5-5") "resource-class = r\nphysical-network = p\n", "", NULL);
	NOVA(NULL, S("5-5") "alias = v\nphysical-network = p\n" S("1-1") "traits = t\n",
	     "export device 5-5", "out of Placement");
	NOVA(NULL, S("5-5") "resource-class = r\nphysical-network = null\n", "", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(values),
		cmocka_unit_test(alternatives_of_a_name),
		cmocka_unit_test(devices_of_one_id),
		cmocka_unit_test(placement),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
