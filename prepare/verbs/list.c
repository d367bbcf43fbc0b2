/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <sys/ioctl.h>
#include <unistd.h>

#include "decide/guards.h"
#include "host/boot_log.h"
#include "render/list.h"
#include "verbs/selection.h"
#include "verbs/situation.h"

/* The terminal's width; 0 where the report goes elsewhere. */
static unsigned terminal_width(void)
{
	struct winsize size;

	return isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col
										     : 0;
}

static int run(struct root *root, const struct options *options)
{
	const struct purpose purpose = {.goal = GOAL_LIST,
					.all_details = options->format == FORMAT_JSON};
	_cleanup_(selection_done) struct selection selection = {};
	_cleanup_(situation_done) struct situation situation = {};
	_cleanup_(boot_log_done) struct boot_log log = {};
	_cleanup_(guards_done) struct guards guards = {};
	const struct inventory *inventory = &situation.inventory;
	_cleanup_free_ struct list_entry *entries = NULL;
	int status;

	if (selection_parse(options, &selection) < 0)
		return STATUS_USAGE;
	boot_log_read(root, &log);
	status = situation_load(root, options, &purpose, &log, &situation);
	if (status != STATUS_DONE)
		return status;
	guards_make(inventory, PHASE_APPLY, &guards);
	entries = xcalloc(inventory->n, sizeof(*entries));
	for (size_t i = 0; i < inventory->n; i++) {
		const struct device_section *section = situation.match.items[i].section;

		entries[i].shown = selection_has(&selection, &inventory->items[i]);
		entries[i].section = section ? section->label : NULL;
		vec_foreach(guard, &guards.functions[i])
			strv_add(&entries[i].guards, finding_name(guard->type));
	}
	status = report(render_list(options->format, inventory, entries, terminal_width()),
			STATUS_DONE);
	for (size_t i = 0; i < inventory->n; i++)
		strv_done(&entries[i].guards);
	return status;
}

const struct verb list_verb = {
	.name = "list",
	.summary = "list the PCI functions of the host",
	.help = "Lists each PCI function with its IOMMU group, ids, driver and name, the section of the\n"
		"profile that selects it, and the guards that keep it with the host. JSON also has the\n"
		"kernel modules that can drive it.\n",
	.run = run,
};
