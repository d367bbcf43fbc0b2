/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the module loader is to be told (modprobe.d): which ids vfio-pci may take by itself, which
 * native modules are kept out, and which only have to come after vfio-pci. What udev is to be told of
 * devices that appear later. And the files that say so.
 */
#pragma once

#include <stdbool.h>

#include "base/strv.h"
#include "model/address.h"
#include "model/host_places.h"

struct module_policy {
	struct strv ids;       /* "10de:1bb0", for options vfio-pci ids= */
	struct strv blacklist; /* modules */
	struct strv softdeps;  /* modules that must not come before vfio-pci */
	struct strv load;      /* modules to load at boot in any case */
	bool unsafe_interrupts;
	struct strv
		arguments; /* for the kernel, of modules that are built in and read no modprobe.d */
};

void module_policy_done(struct module_policy *policy);

/* What a device that appears later must look like, and the driver that it then gets. */
struct device_rule {
	bool anywhere;                /* whatever its address */
	struct address_pattern place; /* where not anywhere */
	struct id_pattern id;
	int32_t subsystem_vendor, subsystem_device; /* -1: any */
	char *driver;                               /* NULL: the program has to find out which */
	char *module;                               /* that provides it */
	unsigned looks;    /* enum allow_flag: for what a guard has to look at the device first */
	bool asks_program; /* whether this device is meant */
};

struct device_rules {
	VEC(struct device_rule);
};

void device_rules_done(struct device_rules *rules);

/* A file that the host should have, beside what it has now. */
enum file_state {
	FILE_SAME,
	FILE_CREATE,
	FILE_CHANGE,
	FILE_REMOVE,
	FILE_FOREIGN,    /* stands there, but was not written by this tool: left alone */
	FILE_UNREADABLE, /* stands there, and nobody knows what it is: left alone in any case */
};

/* What became of it when it was to be so. */
enum file_result {
	FILE_LEFT, /* nothing was to be done */
	FILE_WRITTEN,
	FILE_REMOVED,
	FILE_REFUSED, /* foreign or unreadable */
	FILE_FAILED,
	FILE_RESTORED, /* was written, and put back when something after it failed */
};

struct planned_file {
	const char *path; /* static */
	enum file_state state;
	char *now;     /* what it is; NULL: it is not there */
	char *content; /* "" where it should not be */
	char *diff;    /* lines that go with '-', that come with '+'; "" where nothing changes */
	enum file_result result;
	int error;     /* -errno, where it failed or cannot be read */
	unsigned mode; /* what its permissions were when it was written or removed */
};

struct planned_files {
	VEC(struct planned_file);
};

/* No file of ours is longer: RULES_MAX of the longest rules are not. */
#define OWN_FILE_MAX (4 * 1024 * 1024)
/* The line that every file of ours begins with. */
#define FILE_HEADER "# Written by vfio-prepare from its profile; changes here are lost.\n"

/*
 * Adds a file; now is what the host has (NULL: nothing), content what it should have ("": nothing).
 */
void planned_file_add(struct planned_files *files, const char *path, const char *now,
		      const char *content);
/* The same for a file that is not the tool's own, of which content differs from now in words of ours. */
void planned_file_edit(struct planned_files *files, const char *path, const char *now,
		       const char *content);
/* The same for a file that is there and cannot be read; error: why, -errno. */
void planned_file_unreadable(struct planned_files *files, const char *path, int error,
			     const char *content);
/* Is it to be written or removed? force: also what is foreign. */
bool planned_file_is_due(const struct planned_file *file, bool force);
void planned_files_done(struct planned_files *files);
extern const char *const file_state_names[];
extern const char *const file_result_names[];
