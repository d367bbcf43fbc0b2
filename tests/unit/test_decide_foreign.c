/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/foreign.h"

#include "support.h"

TEST(test_each_source_has_its_words)
{
	static const struct {
		enum foreign_source source;
		enum foreign_effect effect;
		const char *file;
		enum finding_type type;
		const char *why, *removal; /* parts of them */
	} rows[] = {
		{FOREIGN_ARGUMENT, FOREIGN_IDS, NULL, FINDING_FOREIGN_ARGUMENT, "every device",
		 "remove TEXT from the kernel's arguments"},
		{FOREIGN_ARGUMENT, FOREIGN_LOAD, NULL, FINDING_FOREIGN_ARGUMENT, "loaded early",
		 "remove TEXT"},
		{FOREIGN_ARGUMENT, FOREIGN_BLACKLIST, NULL, FINDING_FOREIGN_BLACKLIST, "",
		 "remove TEXT"},
		{FOREIGN_MODPROBE, FOREIGN_IDS, "/m", FINDING_FOREIGN_IDS, "every device",
		 "remove /m:3"},
		{FOREIGN_MODPROBE, FOREIGN_SOFTDEP, "/m", FINDING_FOREIGN_MODPROBE, "orders",
		 "rebuild the initramfs"},
		{FOREIGN_MODPROBE, FOREIGN_INSTALL, "/m", FINDING_FOREIGN_BLACKLIST, "",
		 "rebuild the initramfs"},
		{FOREIGN_MODPROBE, FOREIGN_ADDRESSES, "/sbin/o", FINDING_FOREIGN_MODPROBE,
		 "is loaded", "remove the install line that runs /sbin/o"},
		{FOREIGN_INITRAMFS_SCRIPT, FOREIGN_ADDRESSES, "/s",
		 FINDING_FOREIGN_INITRAMFS_SCRIPT, "in front of udev", "rebuild"},
		{FOREIGN_UDEV_RULE, FOREIGN_ADDRESSES, "/r", FINDING_FOREIGN_UDEV_RULE,
		 "every boot", "rebuild"},
		{FOREIGN_INITRAMFS_MODULES, FOREIGN_IDS, "/i", FINDING_FOREIGN_INITRAMFS_MODULES,
		 "after udev", "rebuild"},
		{FOREIGN_DRACUT, FOREIGN_LOAD, "/d", FINDING_FOREIGN_DRACUT, "loaded early",
		 "rebuild"},
		{FOREIGN_DRACUT, FOREIGN_IDS, "/d", FINDING_FOREIGN_DRACUT, "every device",
		 "rebuild"},
		{FOREIGN_MODULES_LOAD, FOREIGN_LOAD, "/l", FINDING_FOREIGN_MODULES_LOAD,
		 "not ordered", "remove /l:3"},
		{FOREIGN_DRIVERCTL, FOREIGN_ADDRESSES, "/c", FINDING_FOREIGN_DRIVERCTL,
		 "driverctl runs", "rm /c"},
		{FOREIGN_VFIO_BIND, FOREIGN_ADDRESSES, "/v", FINDING_FOREIGN_VFIO_BIND, "a service",
		 "remove /v:3"},
		{FOREIGN_UNIT, FOREIGN_ADDRESSES, "/etc/systemd/system/u.service",
		 FINDING_FOREIGN_UNIT, "a service", "systemctl disable u.service"},
		{FOREIGN_UNIT, FOREIGN_ADDRESSES, "/etc/systemd/system/u.service.d/x.conf",
		 FINDING_FOREIGN_UNIT, "a service",
		 "remove /etc/systemd/system/u.service.d/x.conf:3"},
		{FOREIGN_UNIT, FOREIGN_ADDRESSES, "/opt/x", FINDING_FOREIGN_UNIT, "a service",
		 "disable the unit that runs /opt/x"},
		{FOREIGN_RC_LOCAL, FOREIGN_ADDRESSES, "/etc/rc.local", FINDING_FOREIGN_RC_LOCAL,
		 "services use it", "remove /etc/rc.local:3"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct foreign foreign = {};
		struct foreign_setting *setting = foreign_add(&foreign, rows[i].source,
							      rows[i].effect, rows[i].file, 3,
							      "TEXT", "vfio-pci");
		_cleanup_free_ char *place = foreign_place(setting),
				    *removal = foreign_removal(setting, place),
				    *why = foreign_why(setting);

		check_int(rows[i].removal, foreign_finding(setting), rows[i].type);
		check(why, strstr(why, rows[i].why));
		check(removal, strstr(removal, rows[i].removal));
		foreign_done(&foreign);
	}
}

/* What a recipe does beside what is meant hangs on its mechanism, and when on its place; a flaw says more. */
TEST(test_each_mechanism_has_its_words)
{
	static const struct {
		enum foreign_source source;
		enum foreign_mechanism mechanism;
		const char *flaw, *why;
	} rows[] = {
		{FOREIGN_UDEV_RULE, FOREIGN_BY_NOTHING, NULL,
		 "it is done at every boot, whichever card is there"},
		{FOREIGN_ARGUMENT, FOREIGN_BY_IDS, NULL, "an id applies to every device"},
		{FOREIGN_RC_LOCAL, FOREIGN_BY_NEW_ID, NULL,
		 "it runs after the native driver has started the device and services use it; "
		 "new_id also takes"},
		{FOREIGN_UNIT, FOREIGN_BY_OVERRIDE, NULL,
		 "a service runs after the native driver has started the device; driver_override "
		 "applies to an address"},
		{FOREIGN_UDEV_RULE, FOREIGN_BY_BIND, NULL, "bind fails unless"},
		{FOREIGN_ARGUMENT, FOREIGN_BY_HIDE, NULL, "an address is hidden"},
		{FOREIGN_UNIT, FOREIGN_BY_DRIVERCTL, NULL,
		 "a service runs after the native driver has started the device; it unbinds"},
		{FOREIGN_RC_LOCAL, FOREIGN_BY_DEVBIND, "it is late", "it is late; dpdk-devbind"},
		{FOREIGN_UNIT, FOREIGN_BY_LIBVIRT, "it is late", "it is late; libvirt takes"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct foreign_setting setting = {.source = rows[i].source,
						  .effect = FOREIGN_ADDRESSES,
						  .mechanism = rows[i].mechanism,
						  .flaw = rows[i].flaw};
		_cleanup_free_ char *why = foreign_why(&setting);

		check(why, strncmp(why, rows[i].why, strlen(rows[i].why)) == 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_source_has_its_words),
		cmocka_unit_test(test_each_mechanism_has_its_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
