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
	EXPORT_LIBVIRT_NODEDEV,
	EXPORT_CLOUD_INIT,
	N_EXPORT_TEXTS,
};

enum export_kind {
	EXPORT_OF_HOST =
		1 << 0, /* has facts of the host, so that the profile alone is not enough */
	EXPORT_OF_DEVICES = 1 << 1, /* names devices: without one there is no text */
	EXPORT_INSTALLS = 1 << 2,   /* installs the program from a tarball (--url) */
};

struct export_info {
	const char *target, *part; /* part: "" where the target has no other */
	const char *format; /* what a parser would call it: "ini", "yaml", "json", "xml", "shell" */
	const char *place;  /* the file, command or API that it belongs in */
	/* The first and the last release of the consumer that the text is known to be right for; NULL: it has none. */
	const char *oldest, *newest;
	unsigned kinds;      /* enum export_kind */
	uint32_t max_domain; /* the highest PCI domain that the consumer can take */
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
	VEC(struct export_device); /* sorted by address */
};

void export_done(struct export *export);
/*
 * Takes a URL (http, https or file; #sha256=HEX behind it) apart. NULL, or what is wrong with it. It then has
 * nothing but characters of RFC 3986, which no quotes and no template mind.
 */
const char *export_set_url(struct export *export, const char *url);
/* Is the text for that release or a newer one? */
bool export_is_since(const struct export *export, const char *release);
/* The name that consumers ask for the section's devices by: its key alias, or its label. */
const char *export_alias(const struct device_section *section);
