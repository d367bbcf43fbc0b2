/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/foreign.h"

#include "base/text.h"
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

/* Each mechanism with each owner: what somebody else has written is told to that one, and not removed. */
TEST(test_each_owner_of_each_source)
{
	static const char *const files[] = {
		[FOREIGN_ARGUMENT] = "/etc/cmdline.d/a.conf",
		[FOREIGN_MODPROBE] = "/etc/modprobe.d/a.conf",
		[FOREIGN_INITRAMFS_SCRIPT] = "/etc/initramfs-tools/scripts/init-top/a",
		[FOREIGN_UDEV_RULE] = "/etc/udev/rules.d/a.rules",
		[FOREIGN_INITRAMFS_MODULES] = "/etc/initramfs-tools/modules",
		[FOREIGN_DRACUT] = "/etc/dracut.conf.d/a.conf",
		[FOREIGN_MKINITCPIO] = "/etc/mkinitcpio.conf",
		[FOREIGN_MODULES_LOAD] = "/etc/modules-load.d/a.conf",
		[FOREIGN_DRIVERCTL] = "/etc/driverctl.d/pci-0000:01:00.0",
		[FOREIGN_VFIO_BIND] = "/etc/sysconfig/vfio-bind",
		[FOREIGN_UNIT] = "/etc/systemd/system/a.service",
		[FOREIGN_RC_LOCAL] = "/etc/rc.local",
		[FOREIGN_GUEST_HOOK] = "/etc/libvirt/hooks/qemu",
		[FOREIGN_NETWORK] = "/etc/sysfs.conf",
		[FOREIGN_GUEST] = "/etc/libvirt/qemu/a.xml",
	};

	static char text[] = "TEXT", package[] = "kmod";

	for (unsigned source = 0; source < ARRAY_SIZE(files); source++)
		for (unsigned owner = 0; owner < N_FOREIGN_OWNERS; owner++) {
			const struct foreign_owner_row *row = &foreign_owners[owner];
			struct foreign_setting setting = {.source = source,
							  .effect = FOREIGN_IDS,
							  .file = (char *)files[source],
							  .line = 3,
							  .text = text,
							  .owner = owner};
			_cleanup_free_ char *place = foreign_place(&setting), *removal = NULL,
					    *removed = NULL;

			/* Some have arguments of the kernel and no files. */
			if (source != FOREIGN_ARGUMENT && owner > FOREIGN_OF_PACKAGE && !row->told)
				continue;
			if (owner == FOREIGN_OF_PACKAGE)
				setting.package = package;
			removal = foreign_removal(&setting, place);
			removed = xasprintf("remove %s", place);
			if (source == FOREIGN_ARGUMENT)
				check(removal, strstr(removal, row->argument ? row->argument
									     : "remove TEXT"));
			else if (row->told)
				check(removal,
				      strstr(removal, row->name) && strstr(removal, row->told));
			else if (owner == FOREIGN_OF_PACKAGE && source != FOREIGN_DRIVERCTL &&
				 source != FOREIGN_UNIT)
				check(removal, strstr(removal, "put a #") &&
						       strstr(removal, "package kmod"));
			if (owner != FOREIGN_OF_PERSON)
				check(removal, !strstr(removal, removed));
		}
}

/* Below /usr a file in /etc takes the place of what a package has brought, where there is such a place. */
TEST(test_packages)
{
	static const struct {
		enum foreign_source source;
		const char *file, *package, *removal;
	} rows[] = {
		{FOREIGN_MODPROBE, "/usr/lib/modprobe.d/a.conf", NULL,
		 "copy /usr/lib/modprobe.d/a.conf to /etc/modprobe.d and remove the line from the copy, which takes its place, then rebuild"},
		{FOREIGN_UDEV_RULE, "/lib/udev/rules.d/a.rules", "udev",
		 "copy /lib/udev/rules.d/a.rules to /etc/udev/rules.d and remove"},
		{FOREIGN_MODULES_LOAD, "/usr/lib/modules-load.d/a.conf", NULL,
		 "copy /usr/lib/modules-load.d/a.conf to /etc/modules-load.d and remove"},
		{FOREIGN_DRACUT, "/usr/lib/dracut/dracut.conf.d/a.conf", NULL,
		 "copy /usr/lib/dracut/dracut.conf.d/a.conf to /etc/dracut.conf.d and remove"},
		{FOREIGN_DRACUT, "/usr/lib/dracut/modules.d/20vfio/m.sh", "recipe",
		 "write omit_dracutmodules+=\" vfio \" to a file in /etc/dracut.conf.d, then"},
		{FOREIGN_DRACUT, "/usr/lib/dracut/modules.d/20vfio/m.sh", NULL,
		 "if a package has brought the file, write omit_dracutmodules+=\" vfio \" to a "
		 "file in /etc/dracut.conf.d; else remove "
		 "/usr/lib/dracut/modules.d/20vfio/m.sh:3"},
		{FOREIGN_INITRAMFS_SCRIPT, "/usr/share/initramfs-tools/scripts/init-top/a", "a",
		 "a script /etc/initramfs-tools/scripts/init-top/a that does nothing takes its "
		 "place"},
		{FOREIGN_MKINITCPIO, "/usr/lib/initcpio/hooks/a", "a",
		 "take a out of HOOKS in /etc/mkinitcpio.conf"},
		{FOREIGN_RC_LOCAL, "/usr/bin/a", "a", "remove the line that runs /usr/bin/a"},
		{FOREIGN_MODPROBE, "/usr/local/lib/modprobe.d/a.conf", NULL,
		 "remove /usr/local/lib/modprobe.d/a.conf:3"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct foreign foreign = {};
		struct foreign_setting *setting = foreign_add(&foreign, rows[i].source,
							      FOREIGN_LOAD, rows[i].file, 3, "TEXT",
							      NULL);
		_cleanup_free_ char *place = foreign_place(setting), *removal = NULL;

		setting->package = rows[i].package ? xstrdup(rows[i].package) : NULL;
		removal = foreign_removal(setting, place);
		check(removal, text_starts_with(removal, rows[i].removal));
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
		 "rc.local runs after the native driver has started the device and services use it; "
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
		cmocka_unit_test(test_each_owner_of_each_source),
		cmocka_unit_test(test_packages),
		cmocka_unit_test(test_each_mechanism_has_its_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
