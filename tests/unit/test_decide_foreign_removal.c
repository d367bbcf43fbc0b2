/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/text.h"
#include "decide/foreign.h"
#include "support.h"

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

/* What stands beside it on a line, and what is left of it. */
TEST(test_parts)
{
	static const struct {
		enum foreign_source source;
		enum foreign_effect effect;
		const char *file, *values;
		bool idle;
		const char *removal;
	} rows[] = {
		{FOREIGN_DRACUT, FOREIGN_LOAD, "/etc/dracut.conf.d/a.conf", "vfio vfio_pci", false,
		 "take vfio, vfio_pci out of /etc/dracut.conf.d/a.conf:3, then rebuild the "
		 "initramfs (dracut "},
		{FOREIGN_MKINITCPIO, FOREIGN_MISSING, "/etc/mkinitcpio.conf", "vfio", false,
		 "take vfio out of /etc/mkinitcpio.conf:3, then rebuild the initramfs (mkinitcpio "},
		{FOREIGN_MKINITCPIO, FOREIGN_ADDRESSES, "/etc/initcpio/hooks/a", "0000:01:00.0",
		 false, "remove /etc/initcpio/hooks/a:3, then"},
		{FOREIGN_UNIT, FOREIGN_ADDRESSES, "/etc/systemd/system/a.service", "0000:01:00.0",
		 false, "systemctl disable a.service"},
		/* What is not enabled cannot be disabled. */
		{FOREIGN_UNIT, FOREIGN_ADDRESSES, "/etc/systemd/system/a.service", "0000:01:00.0",
		 true, "remove /etc/systemd/system/a.service"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct foreign foreign = {};
		struct foreign_setting *setting = foreign_add(&foreign, rows[i].source,
							      rows[i].effect, rows[i].file, 3,
							      "TEXT", "n");
		_cleanup_free_ char *place = foreign_place(setting), *removal = NULL;

		foreign_add_values(setting, rows[i].values, " ");
		setting->idle = rows[i].idle;
		removal = foreign_removal(setting, place);
		check(removal, text_starts_with(removal, rows[i].removal));
		foreign_done(&foreign);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_owner_of_each_source),
		cmocka_unit_test(test_packages),
		cmocka_unit_test(test_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
