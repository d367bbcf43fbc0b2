/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The profile: what the host gives to virtual machines, as vfio-prepare.conf(5) defines it. A plain
 * value; profile_parse() makes it from ini entries and touches nothing.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/strv.h"
#include "model/address.h"
#include "model/finding.h"
#include "model/host_places.h"

/* --- entries of its files -------------------------------------------------------------------------- */

/* A file of a profile is no larger. */
#define INI_MAX_BYTES (256 * 1024)

struct ini_entry {
	char *section; /* as written: "device gpu" */
	char *key;     /* lower case; NULL stands for the section's own line */
	char *value;
	char *file;
	unsigned line; /* from 1 */
};

/*
 * In the order in which they were read, each with the place that it came from. A later entry for the same
 * section and key replaces an earlier one.
 */
struct ini {
	VEC(struct ini_entry);
};

/* Adds or replaces; strings are copied. */
void ini_set(struct ini *ini, const char *section, const char *key, const char *value,
	     const char *file, unsigned line);
void ini_done(struct ini *ini);

/* --- what they come to ------------------------------------------------------------------------------ */

/* Limits on what a file may ask for; each has its own message. */
#define PROFILE_MAX_SECTIONS 512
#define PROFILE_MAX_LIST 512
#define PROFILE_MAX_COUNT 4096
/* The units end a phase only after both, the second look at the host and what is put back. */
#define PROFILE_MAX_TIMEOUT_S 55
#define DRIVER_NAME_MAX 64

struct serial_list {
	VEC(uint64_t);
};

enum group_mode { GROUP_REQUIRE, GROUP_EXPAND, GROUP_IGNORE };
enum reset_mode { RESET_WARN, RESET_REQUIRE, RESET_IGNORE };

enum allow_flag { ALLOW_DISPLAY = 1, ALLOW_NETWORK = 2, ALLOW_STORAGE = 4 };
#define N_ALLOW 3
/* The words of the key allow, in the order of the flags. */
extern const char *const allow_names[N_ALLOW];

struct device_section {
	char *label;
	char *file; /* where the section first stands */
	unsigned line;

	struct address_list addresses;
	struct id_list ids;
	struct id_list classes; /* only the class of each is used */
	struct id_list subsystems;
	struct strv paths;
	struct serial_list serials;
	struct address_list except;

	char *driver; /* a driver's name, or "auto" */
	enum group_mode group;
	bool optional; /* a device that is not there is no error */
	bool has_count;
	unsigned count;
	unsigned allow; /* enum allow_flag */
	unsigned vfs;
	enum reset_mode reset;
	/* What only exports and the record of who bound it have a use for; NULL where absent. */
	char *alias, *numa, *resource_class, *traits, *physical_network, *trusted, *live_migratable,
		*consumer;
};

/* How those who use the devices open them: through a group's node, or through iommufd. */
enum iommu_backend { BACKEND_AUTO, BACKEND_GROUP, BACKEND_IOMMUFD };

enum passthrough { PASSTHROUGH_NO, PASSTHROUGH_YES, PASSTHROUGH_AUTO };

struct profile {
	struct ini entries; /* that it was made of */
	char *description;
	bool iommu_required;
	enum passthrough iommu_passthrough;
	enum iommu_backend iommu_backend;
	bool unsafe_interrupts;
	unsigned device_timeout_s, timeout_s; /* for one device, and for all of a phase */
	char *kernel_arguments;
	enum bootloader_kind bootloader;
	char *blacklist_mode; /* "auto" or "none"; NULL: the list */
	struct strv blacklist;
	VEC_OF(struct device_section) sections;
};
void profile_done(struct profile *profile);
/* The section of that label; NULL: there is none. */
const struct device_section *profile_section(const struct profile *profile, const char *label);
/* What sections want that has to be read for them alone: selectors, virtual functions, a reset that works. */
enum profile_ask { ASKS_SERIALS = 1, ASKS_PATHS = 2, ASKS_VFS = 4, ASKS_RESETS = 8 };
/* Of all sections together. */
unsigned profile_asks(const struct profile *profile);
/*
 * Adds all addresses that are listed, sorted; false: they are not all that matters, as a section selects by
 * other means alone, or makes virtual functions.
 */
bool profile_places(const struct profile *profile, struct address_list *ret);

/* Could it name a module or a driver? */
bool is_module_name(const char *word);
/* The driver's name as the kernel registers it, where people write the module's. */
const char *driver_canonical_name(const char *name);
/*
 * As a profile may name it: by the file of its module, too, as nvgrace-gpu-vfio-pci. Variants are registered by
 * KBUILD_MODNAME. The caller's.
 */
char *driver_registered_name(const char *name);
/* Is it VFIO's, by its name or its module's? Variants have vfio in theirs: mlx5_vfio_pci, nvgrace_gpu_vfio_pci. */
bool driver_is_vfio(const char *name);
/* The module of a driver: modules are named with '_' where drivers have '-'. The caller's. */
char *module_of_driver(const char *driver);
