/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel modules, through libkmod: which would be loaded for a device, and loading one. */
#pragma once

#include <stdbool.h>

#include "base/strv.h"
#include "host/root.h"

/* The modules whose alias matches: sorted, without repetition. Each is free()d by strv_done(). */
struct found_modules {
	bool known; /* false: the tables do not answer */
	struct strv names;
};

/*
 * Looks each alias up in the module tables of a kernel release below the root (/lib/modules/RELEASE). What
 * modprobe.d says is left out: the question is what the kernel's tables offer. libkmod reads them in a child
 * with a deadline, as a table that is damaged ends it. ret: one for each alias, zeroed; the caller's.
 *
 * 0; -ENOENT: there are no tables; -EUCLEAN: the child died, or did not end; -errno.
 */
int modules_find(struct root *root, const char *release, const struct strv *aliases,
		 struct found_modules *ret);
void found_modules_done(struct found_modules *found, size_t n);

/* Reads the tables that libkmod reads past the root handle through it, so that a recorder gets them. */
void modules_touch(struct root *root, const char *release);

/*
 * Loads a module of the running kernel with its dependencies, the options and soft dependencies of
 * modprobe.d and the kernel command line; "install" commands there are not run. Named by a modalias it is
 * what udev would load, one or more of which one is enough, and a blacklist applies, as it does not to a
 * module that is asked for by name. Already loaded or built in is success.
 * vfio_pci and pci_stub get an empty ids= behind what is configured, so that they take nothing by an id. Blocks for as long as the
 * module's init does: see host/bounded.h.
 *
 * -ENOENT: there is no such module; -EOPNOTSUPP: the root is not the running host; -ECANCELED: it is
 * blacklisted; otherwise the kernel's error (-EPERM lockdown, -EKEYREJECTED signature).
 */
int module_load(struct root *root, const char *name);
