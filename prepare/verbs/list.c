/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/log.h"
#include "decide/boot_log.h"
#include "decide/guards.h"
#include "host/boot_log.h"
#include "host/network.h"
#include "host/profile_files.h"
#include "host/scan.h"
#include "host/storage.h"
#include "host/users.h"
#include "render/list.h"
#include "verbs/selection.h"
#include "verbs/verb.h"

/* Whose section wants each function. A host without a usable profile can be listed all the same. */
static void find_sections(struct root *root, const struct options *options,
			  struct inventory *inventory, struct profile *profile,
			  struct list_entry *entries)
{
	struct findings findings = {};
	struct match match = {};
	int r = profile_load(root, options->profile, profile, &findings);

	if (r == -EINVAL || (r == -ENOENT && options->profile))
		log_findings(&findings);
	if (r == 0) {
		if (profile_asks_serials(profile))
			scan_serials(root, inventory);
		match_make(profile, inventory, &match);
		for (size_t i = 0; i < inventory->n; i++)
			if (match.claims[i].section)
				entries[i].section = match.claims[i].section->label;
	}
	match_done(&match);
	findings_done(&findings);
}

static void find_guards(struct root *root, struct inventory *inventory, struct list_entry *entries)
{
	struct guards guards;

	scan_storage(root, &inventory->args, true, NULL, &inventory->storage);
	scan_network(root, false, &inventory->network);
	scan_users(root, inventory);
	guards_make(inventory, PHASE_SYSTEM, &guards);
	for (size_t i = 0; i < inventory->n; i++)
		vec_foreach(guard, &guards.functions[i])
			strv_add(&entries[i].guards, finding_name(guard->type));
	guards_done(&guards);
}

/* The terminal's width; 0 where the report goes elsewhere. */
static unsigned terminal_width(void)
{
	struct winsize size;

	return isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col
										     : 0;
}

static int run(struct root *root, const struct options *options)
{
	struct selection selection = {};
	struct inventory inventory = {};
	struct boot_log log;
	struct profile profile = {};
	struct list_entry *entries;
	int r;

	if (selection_parse(options, &selection) < 0)
		return STATUS_USAGE;
	r = scan_host(root, SCAN_DETAILS | SCAN_NAMES | SCAN_PATHS | SCAN_IOMMU, NULL, &inventory);
	if (r < 0) {
		log_error("the PCI functions of the host cannot be read: %s", strerror(-r));
		selection_done(&selection);
		return STATUS_FAILED;
	}
	boot_log_read(root, &log);
	boot_log_find_hanging(&log, &inventory);
	boot_log_done(&log);
	scan_overrides(root, &inventory, any_function, NULL);
	scan_condition(root, &inventory, options->format == FORMAT_JSON, any_function, NULL);
	if (options->format == FORMAT_JSON)
		scan_modules(root, &inventory, any_function, NULL);
	entries = xcalloc(inventory.n, sizeof(*entries));
	for (size_t i = 0; i < inventory.n; i++)
		entries[i].shown = selection_has(&selection, &inventory.items[i]);
	find_sections(root, options, &inventory, &profile, entries);
	find_guards(root, &inventory, entries);
	r = report(render_list(options->format, &inventory, entries, terminal_width()),
		   STATUS_DONE);

	for (size_t i = 0; i < inventory.n; i++)
		strv_done(&entries[i].guards);
	free(entries);
	profile_done(&profile);
	inventory_done(&inventory);
	selection_done(&selection);
	return r;
}

const struct verb list_verb = {
	.name = "list",
	.summary = "list the PCI functions of the host",
	.help = "Lists each PCI function with its IOMMU group, ids, driver and name, the section of the\n"
		"profile that selects it, and the guards that keep it with the host. JSON also has the\n"
		"kernel modules that can drive it.\n",
	.run = run,
};
