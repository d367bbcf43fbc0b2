/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the files that foreign settings stand in. Each function adds what it finds in text; file is
 * the name to tell it by. What has nothing to do with PCI passthrough is passed over, but blacklist,
 * install and softdep lines of modprobe.d are taken in whatever module they name.
 */
#pragma once

#include "model/foreign.h"
#include "model/kernel_args.h"

/*
 * The next line from *position, which moves behind it; a backslash at its end joins it with the next.
 * *number counts the lines and is that of the last part afterwards, *ret_first that of the first.
 * unescape: a backslash elsewhere goes too, as kmod has it. NULL: none is left. The caller's.
 */
char *logical_line(const char **position, unsigned *number, unsigned *ret_first, bool unescape);

/* Adds the paths that a command names, each once, until there are 16 of them. */
void foreign_find_programs(const char *command, struct strv *ret_programs);

/* modprobe.d(5), as libkmod reads it. ret_programs: paths in install lines, to be looked into. */
void foreign_parse_modprobe(const char *file, const char *text, struct foreign *foreign,
			    struct strv *ret_programs);
/* A module in a line, with options: /etc/initramfs-tools/modules, /etc/modules, modules-load.d(5). */
void foreign_parse_modules(enum foreign_source source, const char *file, const char *text,
			   struct foreign *foreign);
/* dracut.conf(5) */
void foreign_parse_dracut(const char *file, const char *text, struct foreign *foreign);
/* DEVICES="..." of the vfio-bind recipes. */
void foreign_parse_vfio_bind(const char *file, const char *text, struct foreign *foreign);
/* A file of /etc/driverctl.d, named "pci-ADDRESS" or "ADDRESS", that holds a driver's name. */
void foreign_parse_driverctl(const char *file, const char *text, struct foreign *foreign);
/* file: where they stand, and in which line; NULL: the kernel runs with them. */
void foreign_parse_arguments(enum foreign_source source, const char *file, unsigned line,
			     const struct kernel_args *args, struct foreign *foreign);
/* Those that are configured for the next boot, and that this one does not have. */
void foreign_parse_configured(const struct kernel_args *configured,
			      const struct kernel_args *running, struct foreign *foreign);

/*
 * A shell script: lines that name devices, in a script that rebinds any (new_id, driver_override,
 * driverctl, vfiobind, vfio-bind). One that rebinds what it does not name is a setting without values.
 */
void foreign_parse_script(enum foreign_source source, const char *file, const char *text,
			  struct foreign *foreign);
/* systemd.service(5): its commands, as lines of a script. ret_programs: paths that they name. */
void foreign_parse_unit(const char *file, const char *text, struct foreign *foreign,
			struct strv *ret_programs);
/* udev(7) */
void foreign_parse_udev(const char *file, const char *text, struct foreign *foreign);
/* Does a boot script of initramfs-tools come after udev's? By its name and its PREREQ line. */
bool initramfs_script_is_late(const char *name, const char *text);
