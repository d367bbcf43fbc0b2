/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a host is, as far as this tool cares: its PCI functions and the state of its IOMMU. Plain
 * data; host/ fills it, decide/ and render/ read it. Unknown (an attribute that is there but could
 * not be read) is kept apart from absent.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/strv.h"
#include "model/address.h"
#include "model/boot_files.h"
#include "model/boot_log.h"
#include "model/facts.h"
#include "model/foreign.h"
#include "model/guarded.h"
#include "model/image.h"
#include "model/kernel_args.h"
#include "model/network.h"
#include "model/platform.h"
#include "model/policy.h"
#include "model/storage.h"

/* Longer overrides name no driver: the kernel's names of modules end below 64 bytes. */
#define DRIVER_OVERRIDE_MAX 256

/* Attributes of a function that exist but could not be read; bits of struct pci_function.unknown. */
enum function_attribute {
	FUNCTION_IDS = 1,
	FUNCTION_DRIVER = 2,
	FUNCTION_OVERRIDE = 4,
	FUNCTION_GROUP = 8,
	FUNCTION_MODULES = 16, /* also: not asked for */
	FUNCTION_SERIAL = 32,  /* also: not asked for */
	FUNCTION_VFS = 64,     /* also: not asked for */
	FUNCTION_CLASS = 128,  /* of FUNCTION_IDS: a capture may have the class alone */
};

/* A base address register's region; bytes 0: the function does not have it. */
struct pci_bar {
	uint64_t bytes;
	bool io;   /* ports instead of memory */
	bool wide; /* may lie above 4 GiB */
	bool prefetchable;
};
#define N_BARS 6

struct pci_function {
	struct pci_address address;
	uint16_t vendor, device;
	uint16_t subsystem_vendor, subsystem_device;
	uint32_t class;  /* 24 bits: base class, subclass, programming interface */
	int revision;    /* -1: not known or not asked for */
	int numa_node;   /* -1: none, or not asked for */
	int iommu_group; /* -1: none */
	char *modalias;
	char *driver;             /* NULL: none */
	char *driver_override;    /* NULL: none, or not asked for */
	char *port_path;          /* "00:03.1/00.0", see the profile's key path; NULL: not known */
	char *name;               /* from pci.ids; NULL: not known */
	int header_type;          /* of its configuration space; -1: not known or not asked for */
	int total_vfs;            /* sriov_totalvfs; -1: not a PF, or not asked for */
	int vf_offset, vf_stride; /* sriov_offset, sriov_stride; -1: not a PF, or not asked for */
	int num_vfs;              /* sriov_numvfs; -1: not a PF, or not known */
	int vf_device;     /* sriov_vf_device, the id that they have; -1: not a PF, or not known */
	int vfs_autoprobe; /* sriov_drivers_autoprobe; -1: not a PF, not known, or an old kernel */
	bool has_serial;
	uint64_t serial;
	/* Its condition; not known (false, NULL, empty) where it was not asked for. */
	bool is_vf;
	struct pci_address physfn; /* where is_vf */
	bool boot_vga;             /* the firmware's display, as the kernel's VGA arbiter sees it */
	bool boot_framebuffer;     /* the firmware's framebuffer lies in its memory */
	bool answers_nothing;      /* every byte of its configuration space reads as ff */
	/* Whose driver makes its domain (VMD): without that driver the function is not there. */
	bool has_above;
	struct pci_address above;
	bool live_vfs; /* a PF whose VFs exist */
	/* How a driver did not let go of it in this boot: what takes its lock is not read. NULL: none did. */
	char *hangs;
	char *user; /* a process that holds it open, "qemu-system-x86 (812)" */
	struct pci_address_list
		linked;         /* tied to it by device links (consumer:pci:, supplier:pci:) */
	bool has_reset_methods; /* these are all there are; false: the kernel does not say */
	struct strv reset_methods;
	bool has_bars; /* these are known; false: not asked for, or not readable */
	struct pci_bar bars[N_BARS];
	struct strv modules; /* that the kernel's tables offer for it, sorted */
	char *variant;       /* the vfio variant module made for it; NULL: none */
	unsigned unknown;    /* enum function_attribute */
	unsigned known;      /* enum function_fact (model/facts.h) */
	/* Facts of these that could not be read, and of the first the path and why: "PATH cannot be read: WHY". */
	unsigned unread;
	char *unread_why;
};

/* A root bus, as /sys/devices/pciDDDD:BB has it. */
struct pci_root {
	uint32_t domain;
	uint8_t bus;
	uint64_t uid; /* _UID of its host bridge in the firmware's tables */
};

enum iommu_state { IOMMU_UNKNOWN, IOMMU_OFF, IOMMU_ON };
enum iommu_kind {
	IOMMU_KIND_NONE,
	IOMMU_KIND_INTEL,
	IOMMU_KIND_AMD,
	IOMMU_KIND_ARM,
	IOMMU_KIND_OTHER
};

/* A file that apply writes, as it was read. */
struct own_file {
	char *text;
	int error; /* -errno; -ENOENT: it is not there */
};

/* The tables in which firmware describes an IOMMU, by their names in sysfs. */
#define N_FIRMWARE_TABLES 4
struct firmware_table {
	const char *name;
	enum iommu_kind kind;
};
extern const struct firmware_table firmware_tables[N_FIRMWARE_TABLES];

struct inventory {
	unsigned known; /* enum host_fact (model/facts.h); what is not is empty */
	/* Of these, what could not be read in full, "PATH cannot be read: WHY"; beside the bits, NULL: nothing. */
	char *unread[N_HOST_FACTS];
	char *kernel;  /* release; NULL: not known */
	char *cmdline; /* NULL: not known */
	struct kernel_args args;
	enum iommu_state iommu;
	enum iommu_kind iommu_kind;
	bool firmware_known;
	struct strv firmware_tables; /* those of the array below that the firmware has */
	struct strv drivers;         /* PCI drivers that are registered, sorted */
	struct strv builtin_modules; /* of this kernel, sorted; empty where not asked for */
	struct strv loaded_modules;  /* that /sys/module shows, sorted; empty where not asked for */
	bool has_iommu_backend;      /* vfio_iommu_type1 or iommufd is loaded or built in */

	char *hostname;                /* NULL: not known */
	VEC_OF(struct pci_root) roots; /* those whose number is known */

	struct storage storage;
	struct network network;
	struct guarded_list guarded; /* what apply found so; empty where not asked for */
	struct platform platform;
	struct foreign foreign;
	struct images images;
	struct bootloader bootloader;
	struct strv older; /* files of other boot loaders that are older than this boot */
	struct rebuild rebuild;
	struct own_file own_files[N_MANAGED_FILES];
	struct restart_reasons restart;

	/* Sorted by address. */
	VEC(struct pci_function);
};

void inventory_done(struct inventory *inventory);
/* Sorts the functions; must be called after they have been added. */
void inventory_sort(struct inventory *inventory);
/* The function at address or NULL. */
struct pci_function *inventory_find(const struct inventory *inventory,
				    const struct pci_address *address);
/* Keeps which process holds the function at address; the first counts. */
void inventory_set_user(struct inventory *inventory, const struct pci_address *address,
			const char *process);

/* "6.1.0-56-amd64" is at least 5.19; a kernel that does not say is taken for a new one. */
bool inventory_kernel_is_at_least(const struct inventory *inventory, unsigned major,
				  unsigned minor);
/* How many virtual functions of a physical one there are, as far as it was asked whose they are. */
unsigned inventory_count_vfs(const struct inventory *inventory, const struct pci_address *physfn);

/* The first of these facts (enum host_fact) that could not be read in full, and why; NULL: none. */
const char *inventory_unread(const struct inventory *inventory, unsigned facts);
/* What of the functions, or of what guards look at, could not be read, and why; NULL: nothing. */
const char *inventory_uncertain(const struct inventory *inventory);

/* Is there a display among the functions of its slot? */
bool inventory_is_beside_display(const struct inventory *inventory,
				 const struct pci_function *function);
/*
 * And one of its own vendor: is it a graphics card, or its audio or USB? The slot of a processor's display has
 * security processors, USB controllers and sound of the board, which are another vendor's and no part of it.
 */
bool inventory_is_of_display_card(const struct inventory *inventory,
				  const struct pci_function *function);
/* Has the host no other function that may be a display (base class 03)? */
bool inventory_is_only_display(const struct inventory *inventory,
			       const struct pci_function *function);
/*
 * Could disks hang on it? Storage controllers, USB, FireWire, Fibre Channel and SD hosts; whether
 * any do is another question.
 */
bool function_may_carry_disks(const struct pci_function *function);
/* Is it made to carry disks, a storage controller or Fibre Channel? */
bool function_is_storage(const struct pci_function *function);
/* A host, ISA or PCI bridge, which no vfio driver takes (vfio_pci_core: header type, class). */
bool function_is_bridge(const struct pci_function *function);
/* Memory that the host may work in: RAM and CXL memory devices; controllers of other memory are none. */
bool function_is_memory(const struct pci_function *function);
/*
 * A part of the root complex that no guest has a use for, and that is in nobody's way without a driver: bridges,
 * memory, interrupt controllers, timers, IOMMUs and event collectors.
 */
bool function_is_infrastructure(const struct pci_function *function);

/* What passthrough is like on this machine: by its processor, or else by its IOMMU. */
const struct machine *inventory_machine(const struct inventory *inventory);
/* The IOMMU that the machine has: by the firmware's word, by its processor, or by which one is on. */
enum iommu_kind inventory_machine_iommu(const struct inventory *inventory);
/* "intel", "amd", "smmu", "other"; NULL for none. */
extern const char *const iommu_kind_names[];
extern const char *const iommu_state_names[];
