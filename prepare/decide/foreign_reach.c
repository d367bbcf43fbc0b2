/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/foreign_reach.h"

#include <string.h>

#include "base/text.h"
#include "decide/foreign.h"

/* Of the devices that a setting means, so many are named; the rest is counted. */
#define MAX_NAMED 8

void text_add_names(struct buf *buf, const char *before, const struct strv *names,
		    const char *behind)
{
	for (size_t i = 0; i < names->n && i < MAX_NAMED; i++)
		buf_addf(buf, "%s%s", i ? ", " : before, names->items[i]);
	if (names->n > MAX_NAMED)
		buf_addf(buf, " and %zu more", names->n - MAX_NAMED);
	if (names->n)
		buf_add(buf, behind);
}

void foreign_reach_done(struct foreign_reach *reach)
{
	strv_done(&reach->same);
	strv_done(&reach->other);
	strv_done(&reach->unlisted);
	strv_done(&reach->absent);
	strv_done(&reach->bad);
}

static void add_device(const struct checks *checks, const struct pci_address *address,
		       const char *driver, struct foreign_reach *reach)
{
	const struct planned_device *device = plan_find(checks->plan, address);
	_cleanup_free_ char *text = NULL;

	if (!device) {
		bool absent = checks->inventory->n && !inventory_find(checks->inventory, address);

		strv_add_new(absent ? &reach->absent : &reach->unlisted, PCI_ADDRESS_TEXT(address));
	} else if (strcmp(device->want, driver) == 0) {
		strv_add_new(&reach->same, PCI_ADDRESS_TEXT(address));
	} else {
		text = xasprintf("%s (section [device %s] wants %s)", PCI_ADDRESS_TEXT(address),
				 device->section, device->want);
		strv_add_new(&reach->other, text);
	}
}

void foreign_reach_add(const struct checks *checks, const struct foreign_setting *setting,
		       struct foreign_reach *reach)
{
	vec_foreach(value, &setting->values) {
		struct foreign_word word;

		foreign_word_read(setting, *value, &word);
		/* An address that the host does not have may be listed all the same. */
		if (word.type == FOREIGN_WORD_ADDRESS && !word.has_id && !setting->groups &&
		    !setting->if_id)
			add_device(checks, &word.address, setting->name, reach);
		else if (word.type == FOREIGN_WORD_UNREADABLE ||
			 word.type == FOREIGN_WORD_MISPLACED)
			strv_add_new(&reach->bad, *value);
		else
			vec_foreach(function, checks->inventory)
				if (foreign_means(checks->inventory, setting, &word, function) &&
				    !function_is_bridge(function))
					add_device(checks, &function->address, setting->name,
						   reach);
	}
}

static bool is_late_service(const struct foreign_setting *setting)
{
	return setting->source == FOREIGN_UNIT || setting->source == FOREIGN_RC_LOCAL ||
	       setting->source == FOREIGN_VFIO_BIND;
}

bool foreign_takes_nothing(const struct foreign_setting *setting, const struct foreign_reach *reach)
{
	return setting->values.n && !reach->bad.n && !reach->same.n && !reach->other.n &&
	       !reach->unlisted.n;
}

enum severity foreign_severity(const struct foreign_setting *setting,
			       const struct foreign_reach *reach)
{
	if (setting->fatal)
		return SEVERITY_ERROR;
	if (setting->idle || foreign_takes_nothing(setting, reach))
		return SEVERITY_NOTE;
	/* An override or a bind has the last word; ids give way to the override that is set early. */
	if (reach->other.n && !setting->flaw && !setting->unsure &&
	    (setting->effect == FOREIGN_ADDRESSES || setting->mechanism == FOREIGN_BY_REMOVE))
		return SEVERITY_ERROR;
	if (setting->flaw || reach->other.n || reach->bad.n ||
	    (setting->effect == FOREIGN_IDS && reach->same.n && reach->unlisted.n))
		return SEVERITY_WARNING;
	return is_late_service(setting) ? SEVERITY_WARNING : SEVERITY_NOTE;
}

void foreign_describe(const struct foreign_setting *setting, const struct foreign_reach *reach,
		      struct buf *buf)
{
	bool removes = setting->mechanism == FOREIGN_BY_REMOVE;
	_cleanup_free_ char *brings = removes ? xstrdup("; it takes off the bus: ")
					      : xasprintf("; it brings to %s: ", setting->name);
	_cleanup_free_ char *why = foreign_why(setting);
	bool ids = setting->effect == FOREIGN_IDS, any = reach->same.n || reach->other.n;

	text_add_names(buf, brings, &reach->other, "");
	text_add_names(buf, "; the profile already binds ", &reach->same, "");
	text_add_names(buf, ids && any ? "; it also applies to " : "; it applies to ",
		       &reach->unlisted, ", which no section lists");
	text_add_names(buf, "; no device of this host is at ", &reach->absent,
		       any || reach->unlisted.n || setting->idle ? ""
								 : ", so that it does nothing");
	text_add_names(buf, ids ? "; no id: " : "; no address: ", &reach->bad, "");
	if (removes && foreign_takes_nothing(setting, reach))
		buf_add(buf,
			"; no device of this host is meant, perhaps because all were taken off "
			"the bus");
	else if (!any && !reach->unlisted.n && !reach->absent.n)
		buf_addf(buf, "; %s",
			 ids ? "no device of this host has such an id, so that it takes nothing"
			     : "the devices that it applies to cannot be determined from it");
	if (setting->unsure && !setting->idle)
		buf_add(buf, "; whether it does hangs on what the script is called with");
	if (setting->flaw || !foreign_takes_nothing(setting, reach))
		buf_addf(buf, "; %s", why);
}
