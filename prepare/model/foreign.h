/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a host was told about PCI passthrough by other means than this tool: by hand, after one of
 * the recipes, or by driverctl. Plain data: host/foreign.c finds it, parse/foreign.h reads the
 * files, decide/ judges it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/strv.h"
#include "model/foreign_owner.h"

struct pci_function;

/* Where it stands, in the order in which a boot comes to it. */
enum foreign_source {
	FOREIGN_ARGUMENT,          /* the running kernel's command line */
	FOREIGN_MODPROBE,          /* modprobe.d */
	FOREIGN_INITRAMFS_SCRIPT,  /* a boot script of initramfs-tools */
	FOREIGN_UDEV_RULE,         /* /etc/udev/rules.d */
	FOREIGN_INITRAMFS_MODULES, /* /etc/initramfs-tools/modules */
	FOREIGN_DRACUT,            /* dracut.conf, dracut.conf.d, scripts of dracut's modules */
	FOREIGN_MKINITCPIO,        /* mkinitcpio.conf, hooks of mkinitcpio */
	FOREIGN_MODULES_LOAD,      /* /etc/modules, modules-load.d */
	FOREIGN_DRIVERCTL,         /* /etc/driverctl.d */
	FOREIGN_VFIO_BIND,         /* DEVICES= in /etc/sysconfig/vfio-bind */
	FOREIGN_UNIT,              /* a systemd unit, or the script that it runs */
	FOREIGN_RC_LOCAL,          /* /etc/rc.local */
	FOREIGN_GUEST_HOOK,        /* what libvirt runs when a guest starts or stops */
	FOREIGN_NETWORK,           /* netplan, systemd.link(5), sysfs.conf */
	FOREIGN_GUEST,             /* the definition of a guest, which names its devices */
};

/* What it does. */
enum foreign_effect {
	FOREIGN_ADDRESSES, /* values: addresses that go to the driver name; none: cannot be told */
	FOREIGN_IDS,       /* values: ids that the driver name takes, as written */
	FOREIGN_BLACKLIST, /* values: modules that are kept out; name: the key or argument, NULL: blacklist */
	FOREIGN_INSTALL, /* name: a module, in place of which the command in values is run */
	FOREIGN_SOFTDEP, /* name: a module; values: those that come before it */
	FOREIGN_LOAD,    /* values: modules that are loaded */
	FOREIGN_VFS, /* name: an address, an interface or "module NAME"; values: how many virtual functions it has */
	FOREIGN_OPTION, /* name: a kernel argument or "module.option"; values: what it is set to */
	FOREIGN_COPY,   /* values: files that go into images of the initramfs, as their names have to do with guests */
	FOREIGN_HOOKS,  /* values: hooks of mkinitcpio, or modules of dracut, that go into images */
	FOREIGN_MISSING, /* values: a program, file or hook that it names and that is not there */
};

/*
 * By what it brings devices to a driver. Which devices it takes, and what undoes it, hangs on this and not on
 * the file that it stands in.
 */
enum foreign_mechanism {
	FOREIGN_BY_NOTHING,   /* it brings none: blacklist, softdep, load; or that cannot be told */
	FOREIGN_BY_IDS,       /* ids= of the driver's module */
	FOREIGN_BY_ALIAS,     /* an alias that loads the driver's module for an id */
	FOREIGN_BY_NEW_ID,    /* new_id */
	FOREIGN_BY_OVERRIDE,  /* driver_override, and a probe or a bind */
	FOREIGN_BY_BIND,      /* bind alone */
	FOREIGN_BY_HIDE,      /* hide= of xen-pciback */
	FOREIGN_BY_DRIVERCTL, /* driverctl set-override, or what it has saved */
	FOREIGN_BY_DEVBIND,   /* dpdk-devbind */
	FOREIGN_BY_LIBVIRT,   /* virsh nodedev-detach, a managed hostdev */
	FOREIGN_BY_REMOVE,    /* it takes them off the bus; the driver is "none" */
};

struct foreign_setting {
	enum foreign_source source;
	enum foreign_effect effect;
	enum foreign_mechanism mechanism;
	char *file;    /* NULL: the kernel command line */
	unsigned line; /* from 1; 0: the file as a whole */
	char *text;    /* the line, fit to be shown */
	char *name;    /* drivers as the kernel registers them, modules with '_' */
	struct strv values;
	const char *flaw; /* static: why it does not do what it says; NULL: nothing known */
	bool fatal;       /* the flaw keeps the driver from being there at all */
	bool idle;        /* as the flaw says, it does nothing any more at a boot */
	bool ours;        /* in a file that this tool wrote */
	bool groups;      /* values: each stands for all devices in its IOMMU group */
	bool if_id;  /* of the values, those that have an id which the file gives to the driver */
	bool unsure; /* whether it does that at a boot hangs on what the script is called with */
	enum foreign_owner owner; /* of the file, or of the arguments */
	char *package;            /* whose configuration file it is; NULL: not known, or none */
};

struct foreign {
	VEC(struct foreign_setting);
	struct strv unread; /* "/etc/rc.local: Permission denied" */
	unsigned managers;  /* of the host: bits of enum foreign_owner */
};

void foreign_setting_done(struct foreign_setting *setting);
void foreign_done(struct foreign *foreign);
/*
 * A copy of foreign text that can be shown and be a part of a line: without space around it, without
 * what a terminal would take for a command, and not too long. The caller's.
 */
char *foreign_shown(const char *text);
/*
 * Adds a setting; what is copied is fit to be shown. Its mechanism is FOREIGN_BY_IDS with FOREIGN_IDS and
 * FOREIGN_BY_NOTHING else: the caller changes it. The pointer is valid until the next one is added.
 */
struct foreign_setting *foreign_add(struct foreign *foreign, enum foreign_source source,
				    enum foreign_effect effect, const char *file, unsigned line,
				    const char *text, const char *name);
/* Adds to the values, fit to be shown: the text, or each word of it. */
void foreign_add_value(struct foreign_setting *setting, const char *text);
void foreign_add_values(struct foreign_setting *setting, const char *text, const char *separators);
/* Gives each setting from number "from" on a flaw, which is static. */
void foreign_add_flaw(struct foreign *foreign, size_t from, const char *flaw);
/* As above, and the flaw is why it does nothing any more. */
void foreign_add_idle(struct foreign *foreign, size_t from, const char *flaw);
/* "/etc/rc.local:12", "/etc/driverctl.d/pci-0000:01:00.0", "kernel arguments"; the caller's. */
char *foreign_place(const struct foreign_setting *setting);

/* Has a word or a line to do with guests' devices, as far as its words tell? */
bool text_is_about_guests(const char *text);

#define FOREIGN_SNP_OPTION "kvm_amd.sev_snp"
/* Does modprobe.d set the option "module.option" to a value that means yes? The last one counts. */
bool foreign_option_is_on(const struct foreign *foreign, const char *name);

/* vfio_pci and its parts, pci_stub and pciback: what devices are handed to guests with. */
bool module_is_for_guests(const char *module);
/* Has it a parameter ids=? */
bool module_takes_ids(const char *module);

/* A longer ids= makes vfio-pci fail to load (drivers/vfio/pci/vfio_pci.c: static char ids[1024]). */
#define VFIO_IDS_MAX 1023

/* An entry of ids= as vfio-pci and pci-stub read it; UINT32_MAX: any. */
struct foreign_id {
	uint32_t vendor, device, subvendor, subdevice, class, class_mask;
};

bool foreign_id_matches(const struct foreign_id *id, const struct pci_function *function);
