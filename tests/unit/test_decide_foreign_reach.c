/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/foreign_reach.h"

#include "foreign_host.h"

/* Three equal cards, of which the profile has the first. */
static struct plan plan;

static int start(void **state _unused_)
{
	struct planned_device *device = vec_add(&plan);

	add_cards();
	device->address = address("0000:01:00.0");
	device->section = "s";
	device->want = xstrdup("vfio-pci");
	device->module = xstrdup("vfio_pci");
	return 0;
}

static int stop(void **state _unused_)
{
	inventory_done(&inventory);
	plan_done(&plan);
	plan = (struct plan){};
	return 0;
}

/* What the setting that was put reaches, as counts, its severity, and how that begins. */
static void expect(const char *want, const char *begin)
{
	const struct checks checks = {.inventory = &inventory, .plan = &plan};
	const struct foreign_setting *setting = &inventory.foreign.items[0];
	struct foreign_reach reach = {};
	struct buf said = {};
	_cleanup_free_ char *got = NULL;

	foreign_reach_add(&checks, setting, &reach);
	got = xasprintf("same %zu other %zu unlisted %zu absent %zu bad %zu%s %s", reach.same.n,
			reach.other.n, reach.unlisted.n, reach.absent.n, reach.bad.n,
			foreign_takes_nothing(setting, &reach) ? " nothing" : "",
			severity_names[foreign_severity(setting, &reach)]);
	check_text(begin, got, want);
	foreign_describe(setting, &reach, &said);
	if (strncmp(buf_text(&said), begin, strlen(begin)) != 0)
		fail_msg("\"%s\" does not begin\n%s", begin, buf_text(&said));
	buf_done(&said);
	foreign_reach_done(&reach);
	foreign_done(&inventory.foreign);
}

TEST(test_reach)
{
	static const struct setting_row rows[] = {
		ROW("same 1 other 0 unlisted 2 absent 0 bad 0 warning",
		    "; the profile already binds 0000:01:00.0; it also applies to 0000:02:00.0, "
		    "0000:03:00.0, which no section lists; an id",
		    PUT(MODPROBE, IDS, "/m", 1, "vfio-pci", "10de:1bb0")),
		ROW("same 0 other 1 unlisted 0 absent 0 bad 0 error",
		    "; it brings to nouveau: 0000:01:00.0 (section [device s] wants vfio-pci); ",
		    PUT(DRIVERCTL, ADDRESSES, "/d", 0, "nouveau", "0000:01:00.0")),
		ROW("same 0 other 0 unlisted 0 absent 1 bad 0 nothing note",
		    "; no device of this host is at 0000:09:00.0, so that it does nothing",
		    PUT(RC_LOCAL, ADDRESSES, "/r", 1, "vfio-pci", "0000:09:00.0")),
		ROW("same 0 other 0 unlisted 0 absent 0 bad 1 warning", "; no id: x",
		    PUT(MODPROBE, IDS, "/m", 1, "vfio-pci", "x")),
		ROW("same 0 other 0 unlisted 0 absent 0 bad 0 warning",
		    "; the devices that it applies to cannot be determined",
		    PUT(RC_LOCAL, ADDRESSES, "/r", 1, "vfio-pci", "")),
		ROW("same 0 other 1 unlisted 2 absent 0 bad 0 error", "; it takes off the bus: ",
		    PUT(UDEV_RULE, IDS, "/r", 1, "none", "10de:1bb0", .removes = true)),
		ROW("same 0 other 1 unlisted 0 absent 0 bad 0 note", "; it brings to nouveau: ",
		    PUT(UNIT, ADDRESSES, "/u", 1, "nouveau", "0000:01:00.0", .flaw = "x",
			.idle = true)),
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_reach, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
