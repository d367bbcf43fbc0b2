/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/log.h"
#include "decide/offer.h"
#include "host/boot_log.h"
#include "render/offers.h"
#include "render/tree.h"
#include "verbs/selection.h"
#include "verbs/situation.h"

/* The terminal's width; 0 where the report goes elsewhere. */
static unsigned terminal_width(void)
{
	struct winsize size;

	return isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col
										     : 0;
}

static char *render(const struct options *options, const struct inventory *inventory,
		    const struct list_entry *entries)
{
	const struct terminal terminal = {terminal_width(), wants_colour(), wants_utf8()};

	if (options->tree)
		return render_tree(inventory, entries, &terminal);
	if (options->assignable && options->format == FORMAT_TEXT)
		return render_offers(inventory, entries, terminal.width);
	return render_list(options->format, inventory, entries, terminal.width);
}

static int run(struct root *root, const struct options *options)
{
	const struct purpose purpose = {.goal = options->assignable ? GOAL_LIST_ASSIGNABLE
								    : GOAL_LIST,
					.all_details = options->format == FORMAT_JSON,
					.hierarchy = options->tree};
	_cleanup_(selection_done) struct selection selection = {};
	_cleanup_(situation_done) struct situation situation = {};
	_cleanup_(boot_log_done) struct boot_log log = {};
	_cleanup_(guards_done) struct guards guards = {};
	_cleanup_(offers_done) struct offers offers = {};
	const struct inventory *inventory = &situation.inventory;
	_cleanup_free_ struct list_entry *entries = NULL;
	int status;

	if (options->tree && options->format != FORMAT_TEXT)
		return log_fail(STATUS_USAGE, "list --tree goes with --format text alone");
	if (selection_parse(options, &selection) < 0)
		return STATUS_USAGE;
	boot_log_read(root, &log);
	status = situation_load(root, options, &purpose, &log, &situation);
	if (status != STATUS_DONE)
		return status;
	/* By hand, what is in use now is no device to be given away now. */
	guards_make(inventory, options->assignable ? PHASE_MANUAL : PHASE_APPLY, &guards);
	if (options->assignable)
		offers_make(inventory, &guards, &offers);
	entries = xcalloc(inventory->n, sizeof(*entries));
	for (size_t i = 0; i < inventory->n; i++) {
		const struct device_section *section = situation.match.items[i].section;

		entries[i].shown = selection_has(&selection, &inventory->items[i]);
		entries[i].section = section ? section->label : NULL;
		entries[i].offer = offers.n ? &offers.items[i] : NULL;
		vec_foreach(guard, &guards.functions[i])
			strv_add(&entries[i].guards, finding_name(guard->type));
	}
	status = (wants_colour() ? report_coloured : report)(render(options, inventory, entries),
							     STATUS_DONE);
	for (size_t i = 0; i < inventory->n; i++)
		strv_done(&entries[i].guards);
	return status;
}

const struct verb list_verb = {
	.name = "list",
	.summary = "list the PCI functions of the host",
	.help = "Lists each PCI function with its IOMMU group, ids, driver and name, the section\n"
		"of the profile that selects it, and the guards that keep it with the host. JSON\n"
		"also has the kernel modules that can drive it.\n"
		"--assignable says, without a profile, which functions could be given to guests,\n"
		"the first reason why not, and what that takes. --tree draws what is behind\n"
		"which port.\n",
	.run = run,
};
