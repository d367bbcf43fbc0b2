/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The facts that a run may have to know of a host, each of which is read as one piece. decide/needs.h says
 * which; host/survey.h reads them and marks them in the inventory as known. Known is what was asked for,
 * whatever the answer: a fact that cannot be read is not asked for again in that run.
 */
#pragma once

#include "base/strv.h"
#include "model/address.h"
#include "model/host_places.h"

struct inventory;
struct pci_function;

/* Bits of struct inventory.known. */
enum host_fact {
	HOST_KERNEL = 1 << 0,        /* release, arguments, PCI drivers, backend of VFIO */
	HOST_PLACES = 1 << 1,        /* functions of the places in struct needs, and their groups */
	HOST_FUNCTIONS = 1 << 2,     /* all functions */
	HOST_IOMMU = 1 << 3,         /* its state, and what the firmware says of it */
	HOST_GUARDED = 1 << 4,       /* what the guards held when apply looked last */
	HOST_STORAGE = 1 << 5,       /* block devices, and what the host needs of them */
	HOST_CONTENTS = 1 << 6,      /* with HOST_STORAGE: what lies on them */
	HOST_NETWORK = 1 << 7,       /* interfaces and routes */
	HOST_LINKS = 1 << 8,         /* with HOST_NETWORK: which interfaces are switched on */
	HOST_USERS = 1 << 9,         /* processes that hold functions */
	HOST_PROCESSOR = 1 << 10,    /* and the kernel's configuration */
	HOST_PLATFORM = 1 << 11,     /* the rest of struct platform */
	HOST_BUILTIN = 1 << 12,      /* modules that are built in */
	HOST_LOADED = 1 << 13,       /* modules that are loaded */
	HOST_BOOTLOADER = 1 << 14,   /* of the kind in struct needs */
	HOST_FOREIGN = 1 << 15,      /* what else was told about devices; with HOST_BOOTLOADER */
	HOST_REBUILD = 1 << 16,      /* how old the images and the boot loader's files are */
	HOST_IMAGES = 1 << 17,       /* what the images of the initramfs hold */
	HOST_OWN_FILES = 1 << 18,    /* the files that apply writes */
	HOST_RESTART = 1 << 19,      /* why a restart is required */
	HOST_OWN_MODPROBE = 1 << 20, /* of the files that apply writes, that for modprobe alone */
	HOST_DENYLIST = 1 << 21,     /* whether vfio-pci takes what it otherwise refuses */
	HOST_NODE = 1 << 22,         /* its name, and how its firmware numbers the root buses */
#define N_HOST_FACTS 23
	HOST_ALL = (1 << N_HOST_FACTS) - 1,
};

/* Bits of struct pci_function.known. */
enum function_fact {
	FACT_DETAILS = 1 << 0, /* revision, NUMA node, how many virtual functions it may have */
	FACT_NAME = 1 << 1,    /* from pci.ids */
	FACT_PATH = 1 << 2,    /* root-port path */
	FACT_PHYSFN = 1 << 3,  /* whose virtual function it is */
	FACT_SERIAL = 1 << 4,  /* device serial number */
	FACT_VFS = 1 << 5,     /* how many virtual functions it has */
	FACT_DISPLAY = 1 << 6, /* live virtual functions, and whether the firmware displays on it */
	FACT_RESET = 1 << 7,   /* with FACT_DISPLAY: reset methods, FACT_PHYSFN and FACT_PATH */
	FACT_MODULES = 1 << 8, /* candidate modules */
	FACT_OVERRIDE = 1 << 9, /* driver_override */
	FACT_HEADER = 1 << 10,  /* header type, and the regions of its IOMMU group */
	FACT_DISKS = 1 << 11,   /* with HOST_CONTENTS: whether something has its disks for itself */
	FACT_BARS = 1 << 12,    /* sizes of its BARs */
	FACT_ALL = (1 << 13) - 1,
};

struct needs {
	unsigned host;              /* enum host_fact */
	unsigned *functions;        /* enum function_fact, beside the inventory's functions */
	size_t n;                   /* of these */
	struct address_list places; /* with HOST_PLACES */
	/* With HOST_BOOTLOADER: which, and whether also the age of the files of all others matters. */
	enum bootloader_kind bootloader;
	bool each_bootloader;
	/* With HOST_PLATFORM: whose absence from the kernel's tables matters. */
	struct strv modules;
};

void needs_done(struct needs *needs);
/* Is any of the facts needed of the function and not known yet? */
bool needs_fact(const struct needs *needs, const struct inventory *inventory,
		const struct pci_function *function, unsigned facts);
/* Is anything needed that is not known yet? */
bool needs_any(const struct needs *needs, const struct inventory *inventory);
