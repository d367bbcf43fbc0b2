/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the files that foreign settings stand in. Each function adds what it finds in the text of a file.
 * What has nothing to do with PCI passthrough is passed over, but blacklist, install and softdep lines of
 * modprobe.d are taken in whatever module they name.
 */
#pragma once

#include "model/foreign.h"
#include "model/kernel_args.h"

struct foreign_file {
	enum foreign_source source;
	const char *path; /* by which the settings are told; NULL: the running kernel's arguments */
	const char *text;
	struct foreign *foreign; /* where the settings are added */
	struct strv *programs; /* where the paths that the file runs are added, to be looked into */
};

/* Adds a setting in a line of the file (0: the file as a whole), as foreign_add() does. */
static inline struct foreign_setting *foreign_file_add(const struct foreign_file *file,
						       enum foreign_effect effect, unsigned line,
						       const char *text, const char *name)
{
	return foreign_add(file->foreign, file->source, effect, file->path, line, text, name);
}

/* Adds the paths that a command names, each once, until there are 16 of them. */
void foreign_find_programs(const char *command, struct strv *ret_programs);

typedef void foreign_parser(const struct foreign_file *file);

foreign_parser foreign_parse_modprobe; /* modprobe.d(5), as libkmod reads it */
foreign_parser
	foreign_parse_modules; /* a module in a line, with options: modules-load.d(5) and its like */
foreign_parser foreign_parse_dracut;    /* dracut.conf(5) */
foreign_parser foreign_parse_vfio_bind; /* DEVICES="..." of the vfio-bind recipes */
/* A file of /etc/driverctl.d, named "pci-ADDRESS" or "ADDRESS", that holds a driver's name. */
foreign_parser foreign_parse_driverctl;
/*
 * A shell script: lines that name devices, in a script that rebinds any (new_id, driver_override,
 * driverctl, vfiobind, vfio-bind). One that rebinds what it does not name is a setting without values.
 */
foreign_parser foreign_parse_script;
/* A boot script of initramfs-tools; one that comes after udev's, by its name and PREREQ line, has a flaw. */
foreign_parser foreign_parse_initramfs_script;
foreign_parser foreign_parse_unit; /* the commands of systemd.service(5), as lines of a script */
foreign_parser foreign_parse_udev; /* udev(7) */

/* Arguments that the kernel runs with. */
void foreign_parse_arguments(const struct kernel_args *args, struct foreign *foreign);
/* Arguments that are configured for the next boot, and that this one does not have. */
void foreign_parse_configured(const struct kernel_args *configured,
			      const struct kernel_args *running, struct foreign *foreign);
