/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/profile.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "model/profile.h"
#include "parse/config_space.h"

/* What a person would call a device of this class. */
static const char *class_word(uint32_t class)
{
	static const struct {
		unsigned class, shift; /* shift: of what the class says beyond it */
		const char *word;
	} words[] = {
		{0x0108, 8, "nvme"}, {0x01, 16, "disk"},        {0x02, 16, "nic"},
		{0x03, 16, "gpu"},   {0x04, 16, "audio"},       {0x0c03, 8, "usb"},
		{0x0c, 16, "bus"},   {0x12, 16, "accelerator"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (class >> words[i].shift == words[i].class)
			return words[i].word;
	return "device";
}

/* The first "gpu", then "gpu2", "gpu3". */
static char *label(const struct pci_function *function, struct strv *used)
{
	const char *word = function ? class_word(function->class) : "device";
	char *text = xstrdup(word);

	for (unsigned n = 2; strv_contains(used, text); n++) {
		free(text);
		text = xasprintf("%s%u", word, n);
	}
	strv_add(used, text);
	return text;
}

/* A line of a comment, which no text that is in it ends. */
static void add_comment(struct buf *buf, const char *before, const char *text)
{
	_cleanup_free_ char *visible = text_visible(text, "");

	buf_addf(buf, "# %s%s\n", before, visible);
}

static void add_function_comments(struct buf *buf, const struct profile_member *member)
{
	const struct pci_function *function = member->function;
	_cleanup_free_ char *reason = text_visible(member->reason, "");
	_cleanup_free_ char *driver = text_visible(function->driver ? function->driver : "none",
						   "");

	buf_addf(buf, "# %s %04x:%04x%s%s\n", PCI_ADDRESS_TEXT(&function->address),
		 function->vendor, function->device, function->name ? " " : "",
		 function->name ? function->name : "");
	buf_addf(buf, "#   %s; IOMMU group ", reason);
	if (function->iommu_group < 0)
		buf_add(buf, "none: it cannot be given to a guest until the IOMMU is on");
	else
		buf_addf(buf, "%d", function->iommu_group);
	buf_addf(buf, "; driver %s\n", driver);
	if (function->port_path)
		buf_addf(buf, "#   path = %s (stays when buses are renumbered)\n",
			 function->port_path);
	for (size_t i = 0; i < member->guards.n; i++)
		add_comment(buf, "  guarded, ", member->guards.items[i]);
}

/* Where the members of a section come from, each place once. */
static void add_sources(struct buf *buf, const struct profile_member *members, size_t n)
{
	_cleanup_(strv_done) struct strv seen = {};

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < members[i].sources.n; j++)
			if (!strv_contains(&seen, members[i].sources.items[j])) {
				strv_add(&seen, members[i].sources.items[j]);
				add_comment(buf, "", members[i].sources.items[j]);
			}
}

/* The functions of a card share its serial number; where they do not, none is written. */
static bool same_serial(const struct profile_member *members, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!members[i].function->has_serial ||
		    members[i].function->serial != members->function->serial)
			return false;
	return true;
}

static void add_functions(struct buf *buf, const struct profile_member *members, size_t n)
{
	_cleanup_(strv_done) struct strv ids = {};
	_cleanup_free_ char *all_ids = NULL;

	buf_add(buf, "address =");
	for (size_t i = 0; i < n; i++) {
		const struct pci_function *function = members[i].function;
		/* Members without a function are alone in their section. NOLINTNEXTLINE(*NullDereference) */
		_cleanup_free_ char *id = xasprintf("%04x:%04x", function->vendor,
						    function->device);

		buf_addf(buf, " %s", PCI_ADDRESS_TEXT(&function->address));
		strv_add_new(&ids, id);
	}
	all_ids = strv_join(&ids, " ");
	buf_addf(buf, "\nid      = %s\n", all_ids);
	if (same_serial(members, n)) {
		_cleanup_free_ char *serial = serial_text(members->function->serial);

		buf_addf(buf, "serial  = %s\n", serial);
	}
}

/* Each line as a comment, if it is none yet. */
static void add_commented(struct buf *buf, const char *text)
{
	while (*text) {
		size_t length = strcspn(text, "\n") + 1;

		buf_add(buf, *text == '#' ? "" : "# ");
		buf_add_n(buf, text, length);
		text += length;
	}
}

static void add_section(struct buf *buf, const struct profile_member *members, size_t n,
			struct strv *used)
{
	_cleanup_free_ char *name = label(members->function, used);
	_cleanup_(buf_done) struct buf section = {};
	unsigned allow = 0;
	bool holds_data = false;

	for (size_t i = 0; i < n; i++) {
		if (members[i].function)
			add_function_comments(&section, &members[i]);
		else
			add_comment(&section, "", members[i].reason);
		allow |= members[i].allow;
		holds_data = holds_data || members[i].holds_data;
	}
	add_sources(&section, members, n);
	buf_addf(&section, "[device %s]\n", name);
	if (members->function)
		add_functions(&section, members, n);
	else
		buf_addf(&section, "%s\n", members->selector);
	if (members->vfs)
		buf_addf(&section, "vfs     = %u\n", members->vfs);
	if (members->except)
		buf_addf(&section, "except  = %s   ; the host has them\n", members->except);
	if (members->driver)
		buf_addf(&section, "driver  = %s\n", members->driver);
	if (holds_data && !(allow & ALLOW_STORAGE))
		buf_add(&section,
			"allow   = storage   ; or the next boot refuses disks that a guest has "
			"written to\n");
	if (allow)
		buf_addf(&section, "# allow =%s%s%s   ; only if the host can do without it\n",
			 allow & ALLOW_DISPLAY ? " display" : "",
			 allow & ALLOW_NETWORK ? " network" : "",
			 allow & ALLOW_STORAGE ? " storage" : "");
	buf_add(buf, "\n");
	if (members->left_out)
		add_commented(buf, buf_text(&section));
	else
		buf_add(buf, buf_text(&section));
}

/* Do they go into one section? */
static bool belong_together(const struct profile_member *a, const struct profile_member *b)
{
	return a->function && b->function &&
	       pci_address_same_slot(&a->function->address, &b->function->address) &&
	       text_same(a->driver, b->driver) && a->left_out == b->left_out && a->vfs == b->vfs &&
	       (a->unit == b->unit || a->allow == b->allow);
}

char *render_profile(const struct profile_draft *draft)
{
	struct buf buf = {};
	_cleanup_(strv_done) struct strv used = {};

	buf_addf(
		&buf,
		"# A profile for vfio-prepare, made by vfio-prepare %s from this host.\n"
		"# Put it into /etc/vfio-prepare/profile.conf, look at vfio-prepare plan, then run vfio-prepare apply --rebuild.\n",
		draft->verb);
	for (size_t i = 0; i < draft->remarks.n; i++)
		buf_addf(&buf, "#%s%s\n", *draft->remarks.items[i] ? " " : "",
			 draft->remarks.items[i]);
	if (draft->unsafe_interrupts)
		buf_add(&buf, "\n[iommu]\nunsafe-interrupts = yes\n");
	for (size_t first = 0, next; first < draft->n; first = next) {
		next = first + 1;
		while (next < draft->n &&
		       belong_together(&draft->items[first], &draft->items[next]))
			next++;
		add_section(&buf, &draft->items[first], next - first, &used);
	}
	return buf_take(&buf);
}

void profile_draft_done(struct profile_draft *draft)
{
	if (!draft)
		return;
	vec_foreach(member, draft) {
		free(member->selector);
		free(member->except);
		strv_done(&member->sources);
		strv_done(&member->guards);
	}
	free(draft->items);
	strv_done(&draft->remarks);
	*draft = (struct profile_draft){};
}
