/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the files that foreign settings stand in. Each function adds what it finds in the text of a file.
 * What has nothing to do with PCI passthrough is passed over, but blacklist, install and softdep lines of
 * modprobe.d are taken in whatever module they name.
 */
#pragma once

#include "model/boot_files.h"
#include "model/foreign.h"
#include "model/kernel_args.h"

struct foreign_file {
	enum foreign_source source;
	const char *path; /* by which the settings are told; NULL: the running kernel's arguments */
	const char *text;
	struct foreign *foreign; /* where the settings are added */
	struct strv *programs;   /* where what the file runs is added, to be looked into */
	/* Of a script: a script that sets its arguments and its environment; NULL: it has none. */
	const char *prelude;
	/* The text of a file with variables, which userdata keeps; NULL: there is none, or no reader. */
	const char *(*read)(void *userdata, const char *path);
	void *userdata;
	/* Functions of a script that are called behind it, up to NULL; NULL: none. */
	const char *const *entries;
};

/* Adds a setting in a line of the file (0: the file as a whole), as foreign_add() does. */
static inline struct foreign_setting *foreign_file_add(const struct foreign_file *file,
						       enum foreign_effect effect, unsigned line,
						       const char *text, const char *name)
{
	return foreign_add(file->foreign, file->source, effect, file->path, line, text, name);
}

/*
 * Adds an address, or a pattern of them for fnmatch(3), each once; a word that is neither is added as it
 * stands, to be told. foreign_add_addresses(): each word of the text.
 */
void foreign_add_address(struct foreign_setting *setting, const char *word);
void foreign_add_addresses(struct foreign_setting *setting, const char *text,
			   const char *separators);
/* Adds the value of xen-pciback's hide=. */
void foreign_add_hidden(const struct foreign_file *file, unsigned line, const char *text,
			const char *value);
/* Adds parameters of a module that hands devices to guests; false: there are none. */
bool foreign_add_parameters(const struct foreign_file *file, unsigned line, const char *text,
			    const char *module, const char *parameters);
/* Adds those arguments that have to do with passthrough; line 0: the file is all of them. */
void foreign_add_arguments(const struct foreign_file *file, unsigned line,
			   const struct kernel_args *args);

/*
 * Adds how many virtual functions a physical one is to have: by its address, its interface or a pattern of
 * them, the hardware address of that, or "module NAME"; "": whose they are cannot be told. Several numbers, with
 * commas between them, are those of a module's ports; what is no number is not known.
 * foreign_add_numvfs(): by the path of an attribute of sysfs, false: it is another attribute.
 */
void foreign_add_vfs(const struct foreign_file *file, unsigned line, const char *text,
		     const char *whose, const char *numbers);
bool foreign_add_numvfs(const struct foreign_file *file, unsigned line, const char *text,
			const char *path, const char *number);

/* "3C-FD-FE-00-00-01" as "3c:fd:fe:00:00:01"; false: it is no hardware address. */
#define FOREIGN_HARDWARE_ADDRESS sizeof("00:11:22:33:44:55")
bool foreign_take_hardware_address(const char *text, char ret[FOREIGN_HARDWARE_ADDRESS]);

/* Adds the path of a command that the file runs, a line break, and the prelude of it as a script. */
void foreign_add_program(const struct foreign_file *file, const struct strv *words,
			 const char *environment);

typedef void foreign_parser(const struct foreign_file *file);

foreign_parser foreign_parse_modprobe; /* modprobe.d(5), as libkmod reads it */
foreign_parser
	foreign_parse_modules; /* a module in a line, with options: modules-load.d(5) and its like */
/* One such line. */
void foreign_parse_module_line(const struct foreign_file *file, unsigned line, const char *text);
foreign_parser foreign_parse_dracut; /* dracut.conf(5) */
/* A hook of initramfs-tools, for the modules that it has loaded (force_load) or puts into an image. */
foreign_parser foreign_parse_initramfs_hook;
foreign_parser foreign_parse_mkinitcpio; /* mkinitcpio.conf(5) */
foreign_parser foreign_parse_vfio_bind;  /* DEVICES="..." of the vfio-bind recipes */
foreign_parser foreign_parse_unraid;     /* BIND=ADDRESS|ID ... of vfio-pci.cfg */
/* A file of /etc/driverctl.d, named "pci-ADDRESS" or "ADDRESS", that holds a driver's name. */
foreign_parser foreign_parse_driverctl;
/*
 * A shell script: the drivers on which it leaves devices. One that brings devices to a driver, and which ones
 * cannot be told, is a setting without values.
 */
foreign_parser foreign_parse_script;
/* A boot script of initramfs-tools; one that comes after udev's, by its name and PREREQ line, has a flaw. */
foreign_parser foreign_parse_initramfs_script;
foreign_parser foreign_parse_unit; /* the commands that systemd.service(5) runs at a start */
foreign_parser foreign_parse_udev; /* udev(7) */

/* Arguments of dom0's kernel in /etc/default/grub, in place of those that a kernel without Xen gets. */
foreign_parser foreign_parse_grub_xen;
/* The menu of limine, rEFInd, syslinux or extlinux: the arguments of its default, or of its first entry. */
foreign_parser foreign_parse_boot_menu;
/* Entries of the Boot Loader Specification or of a grub.cfg: the arguments of each kernel. */
foreign_parser foreign_parse_entries;
foreign_parser foreign_parse_cmdline; /* a file of arguments alone, as in cmdline.d */
/* Arguments that the kernel runs with. */
void foreign_parse_arguments(const struct kernel_args *args, struct foreign *foreign);
/* Arguments that the next boot gets, or that are configured for a later one, and that this one does not have. */
void foreign_parse_configured(const struct bootloader *bootloader,
			      const struct kernel_args *running, struct foreign *foreign);

/* How many virtual functions there are: netplan(5), systemd.link(5), NetworkManager's nm-settings-keyfile(5), ifcfg. */
foreign_parser foreign_parse_netplan, foreign_parse_link, foreign_parse_keyfile,
	foreign_parse_ifcfg;
/* A keyfile without the lines that have nothing to do with virtual functions, which may hold secrets; the caller's. */
char *foreign_keyfile_excerpt(const char *text);

/*
 * Files of which lines run a command or write to sysfs: crontab(5), interfaces(5) of ifupdown, tmpfiles.d(5),
 * sysfs.conf(5), a profile of tuned(8) that is active, /etc/dpdk/interfaces.
 */
foreign_parser foreign_parse_crontab, foreign_parse_interfaces, foreign_parse_tmpfiles,
	foreign_parse_sysfs, foreign_parse_tuned, foreign_parse_dpdk;
/* A script of init.d, of LSB or OpenRC, at a start; one that a network manager calls with what happens to a link. */
foreign_parser foreign_parse_init, foreign_parse_link_hook;

/*
 * Definitions of guests, of libvirt (domain XML), Proxmox VE (qemu-server/N.conf, mapping/pci.cfg) and xl.cfg(5):
 * the devices that a guest gets when it starts, each with the driver that it has then.
 */
foreign_parser foreign_parse_domain, foreign_parse_proxmox_guest, foreign_parse_proxmox_mapping,
	foreign_parse_xen_guest;
/* A definition without the lines that have nothing to do with devices, which may hold secrets; the caller's. */
char *foreign_guest_excerpt(const char *text);
