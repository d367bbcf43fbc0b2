/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/survey.h"

#include <errno.h>

#include "host/boot_log.h"
#include "host/bootloader.h"
#include "host/display.h"
#include "host/foreign.h"
#include "host/foreign_entries.h"
#include "host/foreign_owners.h"
#include "host/images.h"
#include "host/kernel.h"
#include "host/network.h"
#include "host/pci.h"
#include "host/pci_bounded.h"
#include "host/pci_ids.h"
#include "host/pci_modules.h"
#include "host/platform.h"
#include "host/rebuild.h"
#include "host/sriov.h"
#include "host/storage.h"
#include "host/users.h"
#include "parse/foreign.h"

typedef void read_facts(struct root *root, const struct needs *needs, struct inventory *inventory);

static void read_names(struct root *root, const struct needs *needs _unused_,
		       struct inventory *inventory)
{
	pci_ids_name(root, inventory);
}

/* The facts in the order in which they are read: some rest on those before them. */
static const struct {
	enum function_fact fact;
	pci_read_fact *read_each;           /* of one function; or: */
	const struct bounded_read *bounded; /* as well, by a process; or: */
	read_facts *read;                   /* of all functions that the fact is needed of */
} function_facts[] = {
	{FACT_PHYSFN, .read_each = pci_read_physfn},
	{FACT_DETAILS, .read_each = pci_read_details},
	{FACT_NAME, .read = read_names},
	{FACT_PATH, .read_each = pci_read_path},
	{FACT_OVERRIDE, .bounded = &pci_override},
	{FACT_SERIAL, .bounded = &pci_serial},
	{FACT_VFS, .bounded = &pci_vfs},
	{FACT_DISPLAY, .read = display_read},
	{FACT_RESET, .read_each = pci_read_reset},
	{FACT_MODULES, .read = pci_read_modules},
	{FACT_BARS, .read_each = pci_read_bars},
	{FACT_HEADER, .bounded = &pci_header},
	{FACT_HEADER, .read = platform_read_groups},
};

static void read_each(struct root *root, const struct needs *needs, enum function_fact fact,
		      pci_read_fact *read, struct inventory *inventory)
{
	vec_foreach(function, inventory) {
		int dir;

		if (!needs_fact(needs, inventory, function, fact))
			continue;
		root_heed(root);
		dir = device_lend(root, &function->address);
		if (dir >= 0)
			read(root, dir, inventory, function);
		pci_take_unread(root, function, fact);
	}
}

static void read_functions(struct root *root, const struct needs *needs,
			   struct inventory *inventory)
{
	unsigned due = 0;

	for (size_t i = 0; i < needs->n; i++)
		due |= needs->functions[i] & ~inventory->items[i].known;
	for (size_t i = 0; i < ARRAY_SIZE(function_facts); i++) {
		enum function_fact fact = function_facts[i].fact;

		if (!(due & fact))
			continue;
		if (function_facts[i].read_each)
			read_each(root, needs, fact, function_facts[i].read_each, inventory);
		if (function_facts[i].bounded)
			pci_read_bounded(root, needs, fact, function_facts[i].bounded, inventory);
		if (function_facts[i].read)
			function_facts[i].read(root, needs, inventory);
	}
}

static void read_storage(struct root *root, const struct needs *needs, struct inventory *inventory)
{
	struct pci_address_list claims = {};

	vec_foreach(function, inventory)
		if (needs_fact(needs, inventory, function, FACT_DISKS))
			*vec_add(&claims) = function->address;
	scan_storage(root, &inventory->args, needs->host & HOST_CONTENTS, &claims,
		     &inventory->storage);
	free(claims.items);
}

static void read_bootloader(struct root *root, const struct needs *needs,
			    struct inventory *inventory)
{
	scan_bootloader(root, needs->bootloader, &inventory->bootloader);
	for (enum bootloader_kind kind = 0; needs->each_bootloader && kind <= BOOTLOADER_AUTO;
	     kind++) {
		_cleanup_(bootloader_done) struct bootloader other = {};

		scan_bootloader(root, kind, &other);
		if (bootloader_path(&other) && bootloader_is_older(&other))
			strv_add(&inventory->older, bootloader_path(&other));
	}
}

static void read_foreign(struct root *root, struct inventory *inventory)
{
	scan_foreign(root, &inventory->args, &inventory->foreign);
	foreign_parse_configured(&inventory->bootloader, &inventory->args, &inventory->foreign);
	scan_foreign_entries(root, &inventory->bootloader, &inventory->foreign);
	find_argument_owners(root, &inventory->foreign);
}

static void read_own_file(struct root *root, enum managed_file which, struct inventory *inventory)
{
	struct own_file *file = &inventory->own_files[which];

	file->error = root_read_file(root, managed_files[which], OWN_FILE_MAX, &file->text, NULL);
}

static void read_host(struct root *root, const struct needs *needs, enum host_fact fact,
		      struct inventory *inventory)
{
	switch (fact) {
	case HOST_KERNEL:
		kernel_read(root, inventory);
		break;
	case HOST_IOMMU:
		kernel_read_iommu(root, inventory);
		break;
	case HOST_GUARDED:
		scan_guarded(root, &inventory->guarded);
		break;
	case HOST_STORAGE:
		read_storage(root, needs, inventory);
		break;
	case HOST_NETWORK:
		scan_network(root, &inventory->args, needs->host & HOST_LINKS, &inventory->network);
		break;
	case HOST_USERS:
		scan_users(root, inventory);
		break;
	case HOST_PROCESSOR:
		platform_read_processor(root, inventory);
		break;
	case HOST_PLATFORM:
		platform_read(root, &needs->modules, inventory);
		break;
	case HOST_BUILTIN:
		kernel_read_builtin(root, inventory);
		break;
	case HOST_LOADED:
		kernel_read_loaded(root, inventory);
		break;
	case HOST_BOOTLOADER:
		read_bootloader(root, needs, inventory);
		break;
	case HOST_FOREIGN:
		read_foreign(root, inventory);
		break;
	case HOST_REBUILD:
		scan_rebuild(root, &inventory->bootloader, &inventory->rebuild);
		break;
	case HOST_IMAGES:
		images_read(root, inventory->kernel, &inventory->bootloader, &inventory->images);
		break;
	case HOST_OWN_FILES:
		for (enum managed_file file = 0; file < N_MANAGED_FILES; file++)
			read_own_file(root, file, inventory);
		break;
	case HOST_OWN_MODPROBE:
		read_own_file(root, FILE_MODPROBE, inventory);
		break;
	case HOST_RESTART:
		restart_reasons_read(root, &inventory->restart);
		break;
	case HOST_DENYLIST:
		platform_read_denylist(root, inventory);
		break;
	case HOST_NODE:
		kernel_read_node(root, inventory);
		break;
	case HOST_PLACES: /* see survey() */
	case HOST_FUNCTIONS:
	case HOST_CONTENTS: /* with HOST_STORAGE */
	case HOST_LINKS:    /* with HOST_NETWORK */
	case HOST_ALL:
		break;
	}
}

/* The facts of the host, in the order of their bits. */
static void read_hosts(struct root *root, const struct needs *needs, unsigned due,
		       struct inventory *inventory)
{
	for (size_t i = 0; i < N_HOST_FACTS; i++)
		if (due & 1U << i) {
			root_heed(root);
			read_host(root, needs, 1U << i, inventory);
			free(inventory->unread[i]);
			inventory->unread[i] = TAKE_PTR(root->unread);
		}
}

int survey(struct root *root, const struct needs *needs, struct inventory *inventory)
{
	const unsigned first = HOST_KERNEL | HOST_IOMMU, list = HOST_PLACES | HOST_FUNCTIONS,
		       due = needs->host & ~inventory->known;

	read_hosts(root, needs, due & first, inventory);
	/* needs->functions covers the functions that were known when it was made, not those that are listed now. */
	if (due & list) {
		int r = pci_list(root, due & HOST_FUNCTIONS ? NULL : &needs->places, inventory);

		if (r < 0)
			return r;
	} else {
		read_functions(root, needs, inventory);
	}
	read_hosts(root, needs, due & ~first, inventory);
	/* A page that a child had, and that stays as it is, need not be copied. */
	for (size_t i = 0; i < needs->n && !(due & list); i++)
		if (needs->functions[i] & ~inventory->items[i].known)
			inventory->items[i].known |= needs->functions[i];
	inventory->known |= needs->host;
	return 0;
}

void survey_forget(struct root *root, unsigned facts, struct inventory *inventory)
{
	root_forget(root);
	if (facts & HOST_BOOTLOADER)
		bootloader_done(&inventory->bootloader);
	if (facts & HOST_REBUILD)
		rebuild_done(&inventory->rebuild);
	for (size_t i = 0; i < N_MANAGED_FILES && (facts & HOST_OWN_FILES); i++)
		free(TAKE_PTR(inventory->own_files[i].text));
	inventory->known &= ~facts;
}
