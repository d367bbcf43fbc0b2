/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What only a verdict on the host needs, and no action: what the kernel was built with, whether
 * interrupts are remapped, what the firmware reserves, who else uses a device. Plain data;
 * host/platform.c fills it. In all of it 0 or NULL is "not known".
 */
#pragma once

#include <stdbool.h>

#include "base/strv.h"
#include "model/address.h"

enum answer { ANSWER_UNKNOWN, ANSWER_NO, ANSWER_YES };
/* CPU_OTHER: an x86 of another make; CPU_NOT_X86: RISC-V, LoongArch. */
enum cpu_vendor {
	CPU_UNKNOWN,
	CPU_INTEL,
	CPU_AMD,
	CPU_OTHER,
	CPU_ARM,
	CPU_S390,
	CPU_POWER,
	CPU_NOT_X86,
	N_CPUS
};

/* Options of the kernel's configuration; YES: built in or a module. */
enum kernel_option {
	KERNEL_INTEL_IOMMU,
	KERNEL_INTEL_IOMMU_DEFAULT_ON, /* also Debian's variant that leaves graphics out */
	KERNEL_AMD_IOMMU,
	KERNEL_ARM_SMMU,
	KERNEL_VIRTIO_IOMMU,
	KERNEL_IRQ_REMAP,
	KERNEL_VFIO_PCI,
	KERNEL_VFIO_IOMMU_TYPE1,
	KERNEL_LTO_CLANG,
	N_KERNEL_OPTIONS,
};

/* An IOMMU group, beside who is in it. */
struct iommu_group {
	int number;
	bool noiommu;       /* made up by vfio's no-IOMMU mode: nothing is translated */
	enum answer direct; /* has a region that must stay mapped one to one */
	char *regions;      /* these regions, "0xbf000000-0xbfffffff" */
};

/* A console of the kernel, and the PCI functions that it hangs on. */
struct console {
	char *name; /* "ttyS0" */
	struct pci_address_list carriers;
};

/* What passthrough is like on machines of a processor. */
struct machine {
	bool x86;
	/*
	 * Only there a guest could raise interrupts in the host unless an IOMMU remaps them. Others keep them apart
	 * (s390: arch_is_isolated_msi(); Arm: GICv3 ITS; POWER: EEH's partitionable endpoints), or do not say.
	 */
	enum answer isolates_interrupts;
	const char *
		passthrough; /* the argument that leaves the host's own devices untranslated; NULL: none */
	const char *backend;   /* the module through which VFIO maps a guest's memory */
	const char *log_words; /* what grep(1) finds its IOMMU by in the kernel's log */
};

struct platform {
	enum cpu_vendor cpu;
	bool snp_capable;  /* the processor has SEV-SNP */
	enum answer snp;   /* kvm_amd runs with it; unknown: the module is not loaded */
	char *config_path; /* where the kernel's configuration was found */
	enum answer config[N_KERNEL_OPTIONS];
	bool devicetree;       /* the firmware has one */
	bool devicetree_iommu; /* and an IOMMU in it */
	enum answer
		iort_smmu; /* the table IORT has a node of an SMMU; not known without the table */
	char *bootconfig;  /* arguments that come from there; they are in the command line too */

	enum answer interrupt_remapping;
	enum answer unsafe_interrupts; /* a loaded backend of VFIO goes without it */
	enum answer denylist_off;      /* vfio-pci takes what it otherwise refuses */

	char *lockdown; /* "none", "integrity", "confidentiality" */
	enum answer signatures_enforced;
	enum answer modules_disabled; /* no module can be loaded any more */
	enum answer modules_known;    /* NO: the kernel's module tables cannot be read */
	struct strv modules_missing;  /* of those asked for: the tables have no such module */

	char *framebuffer; /* the first in /proc/fb, "EFI VGA" */
	/* The functions on which a keyboard hangs, and whether there is one that hangs on none. */
	struct pci_address_list keyboards;
	bool keyboard_elsewhere;

	VEC_OF(struct console) consoles;
	VEC_OF(struct iommu_group) groups; /* sorted by number; those that were asked for */
};

/* Of a processor that is not known it is the one that this program was built for. */
const struct machine *machine_of(enum cpu_vendor cpu);
/* Is it the backend of some machine? iommufd, which any may have, is not meant. */
bool module_is_backend(const char *module);
void platform_done(struct platform *platform);
/* The group with that number, or NULL: not looked at. */
const struct iommu_group *platform_group(const struct platform *platform, int number);
