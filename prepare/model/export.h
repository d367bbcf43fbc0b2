/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What other systems get of a prepared host: the table of texts, and the devices with what such a text says of
 * them. decide/export.h makes it, render/export.h writes the texts.
 */
#pragma once

#include "model/inventory.h"
#include "model/profile.h"

/* The texts: a target has one or more parts, of which the first stands for the target. */
enum export_text {
	EXPORT_KERNEL_ARGS,
	EXPORT_OPENNEBULA_PROBE,
	EXPORT_OPENNEBULA_HOST,
	EXPORT_OPENNEBULA_TEMPLATE,
	EXPORT_OPENNEBULA_NIC,
	EXPORT_OVIRT_KERNEL,
	EXPORT_OVIRT_DEVICES,
	EXPORT_LIBVIRT_HOSTDEV,
	EXPORT_LIBVIRT_NODEDEV,
	EXPORT_QEMU_HOST,
	EXPORT_QEMU_SYSFSDEV,
	EXPORT_CLOUD_INIT,
	EXPORT_MAAS_TAG,
	EXPORT_MAAS_COMMISSIONING,
	EXPORT_MAAS_TESTING,
	EXPORT_MAAS_CURTIN,
	EXPORT_HYPERV,
	EXPORT_PROXMOX_MAPPING,
	EXPORT_PROXMOX_VM,
	EXPORT_KUBEVIRT_PERMIT,
	EXPORT_KUBEVIRT_VM,
	EXPORT_HARVESTER,
	EXPORT_INCUS,
	EXPORT_ANSIBLE,
	EXPORT_NOVA_COMPUTE,
	EXPORT_NOVA_CONTROLLER,
	EXPORT_JUJU_CHARMS,
	EXPORT_JUJU_MODEL,
	N_EXPORT_TEXTS,
};

enum export_kind {
	EXPORT_OF_HOST =
		1 << 0, /* has facts of the host, so that the profile alone is not enough */
	EXPORT_OF_DEVICES = 1 << 1, /* names devices: without one there is no text */
	EXPORT_INSTALLS = 1 << 2,   /* installs the program from a tarball (--url) */
	EXPORT_OF_GROUPS = 1 << 3,  /* names IOMMU groups, which the host must have for that */
	EXPORT_OF_NODE = 1 << 4,    /* names the host */
	EXPORT_VFIO_PCI =
		1 << 5, /* the consumer knows the driver vfio-pci, and none of its variants */
	EXPORT_OF_NOVA = 1 << 6, /* for a release of OpenStack (model/nova.h) */
	EXPORT_CARRIES =
		1 << 7, /* carries the program itself, or has it fetched by somebody else */
};

/* What a consumer takes as a name of devices. */
enum export_names {
	NAMES_ANY,     /* whatever it is, it can be escaped */
	NAMES_WORD,    /* letters, digits, '-' and '_', and a number can be put behind it */
	NAMES_PROXMOX, /* the same, two at least (pve-common, src/PVE/JSONSchema.pm: pve-configid) */
	NAMES_DNS, /* small letters, digits and '-', which is not the first or last, at most 63 (RFC 1123) */
};

struct export_info {
	const char *target, *part; /* part: "" where the target has no other */
	const char *format; /* what a parser would call it: "ini", "yaml", "json", "xml", "shell" */
	const char *place;  /* the file, command or API that it belongs in */
	/* The first and the last release of the consumer that the text is known to be right for; NULL: it has none. */
	const char *oldest, *newest;
	unsigned kinds;      /* enum export_kind */
	uint32_t max_domain; /* the highest PCI domain that the consumer can take */
	enum export_names names;
	/* The first release that opens devices by iommufd (backend in [iommu]); NULL: it has no setting for that. */
	const char *iommufd;
};

extern const struct export_info export_infos[N_EXPORT_TEXTS];

/* The text of that target and part (NULL: the first); -1: there is none. */
int export_find(const char *target, const char *part);

/*
 * Compares two releases, "26.2.2" and "31": numbers between dots, of which one that is missing is 0. <0, 0, >0.
 * Is it such a text?
 */
int release_compare(const char *a, const char *b);
bool release_is_valid(const char *release);

/* What a guest gets, as nova and libvirt tell it apart. */
enum export_type {
	EXPORT_TYPE_PCI, /* a function that can have no virtual ones */
	EXPORT_TYPE_PF,  /* the whole of one that can */
	EXPORT_TYPE_VF,
};

/* A device that a guest may get once the host is prepared. */
struct export_device {
	struct pci_address address;
	const struct device_section *section;
	const struct pci_function *function; /* NULL: a virtual function that is not made yet */
	uint16_t vendor, device;
	uint32_t class;
	int numa_node;   /* -1: none */
	int iommu_group; /* -1: none, or not known yet */
	enum export_type type;
	struct pci_address physfn; /* EXPORT_TYPE_VF: its physical function */
	char *driver;              /* that it is on once the host is prepared; owned */
	char *location;            /* as Windows says it, for EXPORT_HYPERV; owned */
	bool companion;            /* joins for its group's sake, and no section lists it */
};

struct export
{
	enum export_text text;
	const struct profile *profile;
	const struct inventory *inventory;
	const char *release;   /* of the consumer; NULL: the newest */
	struct strv arguments; /* of the kernel, all that the host shall run with */
	/* Where the tarball of make dist is to be had, and its SHA-256 in hex; NULL: not told. */
	char *url, *sha256;
	/* This program, where the text carries it, packed (host/program.h); NULL: it does not. */
	char *program;
	VEC(struct export_device); /* sorted by address */
};

void export_done(struct export *export);
/*
 * Takes a URL (http, https or file; #sha256=HEX behind it) apart. NULL, or what is wrong with it. It then has
 * nothing but characters of RFC 3986, which no quotes and no template mind.
 */
const char *export_set_url(struct export *export, const char *url);
/*
 * Is it the one of its slot's functions in its section that people mean by the card: the first that is listed? Sound
 * and ports of a graphics card are not asked for by the card's name.
 */
bool export_is_main(const struct export *export, const struct export_device *device);
/* Does the section have all functions of the device's slot that the host has, and are these several? */
bool export_is_whole_slot(const struct export *export, const struct export_device *device);
/* Is the text for that release or a newer one? */
bool export_is_since(const struct export *export, const char *release);
/* The resource by which KubeVirt's machines ask for them: resource-class with a slash, or one of our own; the caller's. */
char *export_resource(const struct device_section *section);
/* The name that consumers ask for the section's devices by: its key alias, or its label. */
const char *export_alias(const struct device_section *section);
bool export_has_alias(const struct export_device *device, const char *alias);
/* The names of the devices that a section lists, each once, in the order of the sections. */
void export_aliases(const struct export *export, struct strv *ret);
