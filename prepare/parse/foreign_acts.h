/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What becomes of devices by what is written to driver_override, bind, unbind, new_id and drivers_probe, as
 * drivers/base/bus.c and drivers/pci/pci-driver.c have it. The drivers on which they are left become settings.
 */
#pragma once

#include "model/address.h"
#include "parse/foreign.h"
#include "parse/shell.h"

/* Marks in words, beside SHELL_UNKNOWN: something of the device whose address stands in front of it. */
#define OF_DEVICE SHELL_OPAQUE /* its vendor or device id */
#define OF_GROUP '\3'          /* each device of its IOMMU group */

/* A device, or each of its IOMMU group, and what becomes of it. */
struct foreign_device {
	struct pci_address address;
	bool group;
	bool slot;          /* each function of its slot: "0000:01:00.*" */
	char *override;     /* NULL: none */
	char *driver;       /* that it is brought to; "": its native one; NULL: none */
	char *guests;       /* the last one of these that hands devices to guests; NULL: none */
	bool bound;         /* and not only told to go there */
	bool freed;         /* taken from a driver, and given to none since */
	bool short_address; /* written to the kernel without its domain */
	bool maybe, unsure, told;
	enum foreign_mechanism mechanism;
	unsigned line;
};

/* Ids that a driver is given. */
struct foreign_ids {
	char *driver, *ids;
	enum foreign_mechanism mechanism;
	unsigned line;
};

/* A number that is written to an attribute. */
struct foreign_numvfs {
	char *path, *number;
	unsigned line;
};

struct foreign_acts {
	const struct foreign_file *file;
	const char *prelude;
	VEC_OF(struct foreign_device) devices;
	VEC_OF(struct foreign_ids) ids;
	VEC_OF(struct foreign_numvfs) numvfs;
	unsigned untold; /* a line that brings to a driver what cannot be told; 0: there is none */
};

/* An address as the kernel, a person or libvirt writes it, with a mark behind it; false: it is none. */
bool foreign_take_address(const char *text, struct foreign_device *ret);
/* A device that is not told goes to a driver: that matters unless the driver is one of the host's own. */
void foreign_add_untold(struct foreign_acts *acts, const char *driver,
			const struct shell_event *event);
/* What a command does to a file of sysfs. */
void foreign_write(struct foreign_acts *acts, const struct shell_event *event);
/* Brings each word from one on that is an address to the driver; one that is none cannot be told. */
void foreign_assign_words(struct foreign_acts *acts, const struct strv *words, size_t from,
			  const char *driver, enum foreign_mechanism mechanism,
			  const struct shell_event *event);
/* Gives ids, with commas between them, to a driver. */
void foreign_add_ids(struct foreign_acts *acts, const char *ids, const char *driver,
		     enum foreign_mechanism mechanism, const struct shell_event *event);
void foreign_acts_done(struct foreign_acts *acts);

/* The settings of devices, and the lines of the file that they stand in. */
struct foreign_emission {
	const struct foreign_file *file;
	const char *text, *shown;
	unsigned line; /* of the command that the text is; 0: the text is the file's */
};

/* Adds a setting in a line of the text. */
struct foreign_setting *foreign_emit(const struct foreign_emission *emission,
				     enum foreign_effect effect, unsigned line, const char *driver);
void foreign_emit_acts(const struct foreign_emission *emission, struct foreign_acts *acts);
