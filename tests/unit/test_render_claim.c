/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/claim.h"
#include "support.h"

#define HEADER                                                                                 \
	"# The administrator gave this device to guests, by the profile of vfio-prepare; see " \
	"vfio-prepare(8), CLAIMS.\n"

static void expect(const char *profile_text, const char *label, const char *want)
{
	struct binding binding = {.section = label, .driver = "vfio-pci"};
	struct profile profile;
	_cleanup_free_ char *got = NULL;

	profile_from(profile_text, &profile);
	got = render_claim(&binding, profile_section(&profile, label));
	check_text(profile_text, got, want);
	profile_done(&profile);
}

TEST(by_whom_and_for_whom)
{
	expect("[device gpu]\naddress = 01:00.0\nalias = p5000\nconsumer = nova\n", "gpu",
	       HEADER "VFIO_PREPARE_DRIVER=\"vfio-pci\"\nVFIO_PREPARE_SECTION=\"gpu\"\n"
		      "VFIO_PREPARE_ALIAS=\"p5000\"\nVFIO_PREPARE_CONSUMER=\"nova\"\n");
	expect("[device gpu]\naddress = 01:00.0\n", "gpu",
	       HEADER "VFIO_PREPARE_DRIVER=\"vfio-pci\"\nVFIO_PREPARE_SECTION=\"gpu\"\n"
		      "VFIO_PREPARE_ALIAS=\"gpu\"\nVFIO_PREPARE_CONSUMER=\"\"\n");
	/* A section that the profile has no more. */
	expect("[device gpu]\naddress = 01:00.0\n", "old",
	       HEADER "VFIO_PREPARE_DRIVER=\"vfio-pci\"\nVFIO_PREPARE_SECTION=\"old\"\n"
		      "VFIO_PREPARE_ALIAS=\"old\"\nVFIO_PREPARE_CONSUMER=\"\"\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_whom_and_for_whom),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
