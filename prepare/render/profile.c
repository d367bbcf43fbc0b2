/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/profile.h"

#include <string.h>

#include "base/buf.h"
#include "model/profile.h"

/* What a person would call a device of this class. */
static const char *class_word(uint32_t class)
{
	static const struct {
		unsigned base;
		const char *word;
	} words[] = {{0x01, "disk"},  {0x02, "nic"}, {0x03, "gpu"},
		     {0x04, "audio"}, {0x0c, "bus"}, {0x12, "accelerator"}};

	if (class >> 8 == 0x0108)
		return "nvme";
	if (class >> 8 == 0x0c03)
		return "usb";
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (class >> 16 == words[i].base)
			return words[i].word;
	return "device";
}

/* The first "gpu", then "gpu2", "gpu3". */
static char *label(const struct pci_function *function, struct strv *used)
{
	const char *word = class_word(function->class);
	char *text = xstrdup(word);

	for (unsigned n = 2; strv_contains(used, text); n++) {
		free(text);
		text = xasprintf("%s%u", word, n);
	}
	strv_add(used, text);
	return text;
}

static void add_comments(struct buf *buf, const struct profile_member *member)
{
	const struct pci_function *function = member->function;

	buf_addf(buf, "# %s %04x:%04x%s%s\n", PCI_ADDRESS_TEXT(&function->address),
		 function->vendor, function->device, function->name ? " " : "",
		 function->name ? function->name : "");
	buf_addf(buf, "#   %s; IOMMU group ", member->reason);
	if (function->iommu_group < 0)
		buf_add(buf, "none: it cannot be given to a guest until the IOMMU is on");
	else
		buf_addf(buf, "%d", function->iommu_group);
	buf_addf(buf, "; driver %s\n", function->driver ? function->driver : "none");
	if (function->port_path)
		buf_addf(buf, "#   path = %s (stays when buses are renumbered)\n",
			 function->port_path);
	for (size_t i = 0; i < member->guards.n; i++)
		buf_addf(buf, "#   guarded, %s\n", member->guards.items[i]);
}

static void add_serial(struct buf *buf, uint64_t serial)
{
	for (int i = 7; i >= 0; i--)
		buf_addf(buf, "%02x%s", (unsigned)(serial >> 8 * i) & 0xff, i ? "-" : "\n");
}

/* The functions of a card share its serial number; where they do not, none is written. */
static bool same_serial(const struct profile_member *members, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!members[i].function->has_serial ||
		    members[i].function->serial != members->function->serial)
			return false;
	return n > 0;
}

static void add_section(struct buf *buf, const struct profile_member *members, size_t n,
			struct strv *used)
{
	_cleanup_free_ char *name = label(members->function, used);
	struct strv ids = {};
	unsigned allow = 0;

	buf_add(buf, "\n");
	for (size_t i = 0; i < n; i++) {
		const struct pci_function *function = members[i].function;
		char *id = xasprintf("%04x:%04x", function->vendor, function->device);

		add_comments(buf, &members[i]);
		allow |= members[i].allow;
		if (!strv_contains(&ids, id))
			strv_add(&ids, id);
		free(id);
	}
	buf_addf(buf, "[device %s]\naddress =", name);
	for (size_t i = 0; i < n; i++)
		buf_addf(buf, " %s", PCI_ADDRESS_TEXT(&members[i].function->address));
	buf_add(buf, "\nid      =");
	for (size_t i = 0; i < ids.n; i++)
		buf_addf(buf, " %s", ids.items[i]);
	buf_add(buf, "\n");
	if (same_serial(members, n)) {
		buf_add(buf, "serial  = ");
		add_serial(buf, members->function->serial);
	}
	if (allow)
		buf_addf(buf, "# allow =%s%s%s   ; only if the host can do without it\n",
			 allow & ALLOW_DISPLAY ? " display" : "",
			 allow & ALLOW_NETWORK ? " network" : "",
			 allow & ALLOW_STORAGE ? " storage" : "");
	strv_done(&ids);
}

char *render_profile(const struct profile_members *members)
{
	struct buf buf = {};
	struct strv used = {};

	buf_add(&buf,
		"# A profile for vfio-prepare, made by vfio-prepare init from this host.\n"
		"# Put it into /etc/vfio-prepare/profile.conf, look at vfio-prepare plan, then rebuild the initramfs.\n");
	for (size_t first = 0, next; first < members->n; first = next) {
		next = first + 1;
		while (next < members->n &&
		       pci_address_same_slot(&members->items[next].function->address,
					     &members->items[first].function->address))
			next++;
		add_section(&buf, &members->items[first], next - first, &used);
	}
	strv_done(&used);
	return buf_take(&buf);
}
