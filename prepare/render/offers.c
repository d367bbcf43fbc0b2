/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/offers.h"

#include <string.h>

#include "base/buf.h"
#include "model/profile.h"
#include "render/text.h"

enum column { ADDRESS, GROUP, ID, CLASS, DRIVER, NODE, RESET, BARS, WINDOW, WITH, WHY, N_COLUMNS };

static const char *const titles[N_COLUMNS] = {
	[ADDRESS] = "ADDRESS", [GROUP] = "GROUP", [ID] = "ID",       [CLASS] = "CLASS",
	[DRIVER] = "DRIVER",   [NODE] = "NODE",   [RESET] = "RESET", [BARS] = "BARS",
	[WINDOW] = "WINDOW",   [WITH] = "WITH",   [WHY] = "NAME",
};

static const char *const headings[N_OFFERS] = {
	[OFFER_NOW] = "Can be given away now:",
	[OFFER_AFTER_RESTART] = "After a restart:",
	[OFFER_UNKNOWN] = "Not known:",
	[OFFER_NEVER] = "Not at all:",
};

static char *number_text(int number)
{
	return number < 0 ? xstrdup("-") : xasprintf("%d", number);
}

static char *reset_text(const struct pci_function *function)
{
	if (!function->has_reset_methods)
		return xstrdup("?");
	return function->reset_methods.n ? strv_join(&function->reset_methods, ",")
					 : xstrdup("none");
}

/* The sizes of the regions in memory: "16M+256M+32M". */
static char *bars_text(const struct pci_function *function)
{
	struct buf buf = {};

	for (size_t i = 0; i < N_BARS && function->has_bars; i++) {
		_cleanup_free_ char *bytes = text_bytes(function->bars[i].bytes);

		if (function->bars[i].bytes && !function->bars[i].io)
			buf_addf(&buf, "%s%s", buf.length ? "+" : "", bytes);
	}
	if (!buf.length)
		buf_add(&buf, function->has_bars ? "-" : "?");
	return buf_take(&buf);
}

static char *with_text(const struct offer *offer)
{
	struct buf buf = {};

	vec_foreach(address, &offer->with)
		buf_addf(&buf, "%s%s", buf.length ? "," : "", PCI_ADDRESS_TEXT(address));
	if (!buf.length)
		buf_add(&buf, "-");
	return buf_take(&buf);
}

static char *why_text(const struct pci_function *function, const struct offer *offer)
{
	struct buf buf = {};

	if (!offer->why)
		return xstrdup(function->name ? function->name : "");
	buf_add(&buf, offer->why);
	if (offer->check != N_FINDING_TYPES)
		buf_addf(&buf, " [%s]", finding_name(offer->check));
	for (size_t i = 0; i < N_ALLOW; i++)
		if (offer->allow & 1U << i)
			buf_addf(&buf, "%s%s",
				 strstr(buf_text(&buf), "; allow =") ? " " : "; allow = ",
				 allow_names[i]);
	return buf_take(&buf);
}

static void add_row(struct strv *cells, const struct pci_function *function,
		    const struct offer *offer)
{
	bool known = !(function->unknown & FUNCTION_IDS);

	strv_add(cells, PCI_ADDRESS_TEXT(&function->address));
	strv_take(cells, number_text(function->iommu_group));
	strv_take(cells, known ? xasprintf("%04x:%04x", function->vendor, function->device)
			       : xstrdup("?"));
	strv_add(cells, function->unknown & FUNCTION_CLASS ? "?" : text_class(function->class));
	strv_add(cells, function->driver ? function->driver : "-");
	strv_take(cells, number_text(function->numa_node));
	strv_take(cells, reset_text(function));
	strv_take(cells, bars_text(function));
	strv_take(cells, !offer->window_known ? xstrdup("?")
			 : offer->window      ? text_bytes(offer->window)
					      : xstrdup("-"));
	strv_take(cells, with_text(offer));
	strv_take(cells, why_text(function, offer));
}

static void add_table(struct buf *buf, const struct inventory *inventory,
		      const struct list_entry *entries, enum offer_when when, unsigned width)
{
	_cleanup_(strv_done) struct strv cells = {};

	for (int column = 0; column < N_COLUMNS; column++)
		/* How it would be to have it is of no use where nobody can. */
		strv_add(&cells, when == OFFER_NEVER && column >= NODE && column <= WITH ? ""
				 : when != OFFER_NOW && column == WHY                    ? "WHY"
								      : titles[column]);
	for (size_t i = 0; i < inventory->n; i++)
		if (entries[i].shown && entries[i].offer && entries[i].offer->when == when)
			add_row(&cells, &inventory->items[i], entries[i].offer);
	if (cells.n == N_COLUMNS)
		return;
	buf_addf(buf, "%s%s\n", buf->length ? "\n" : "", headings[when]);
	text_table(buf, &cells, N_COLUMNS, "  ", width);
}

char *render_offers(const struct inventory *inventory, const struct list_entry *entries,
		    unsigned width)
{
	static const enum offer_when order[] = {OFFER_NOW, OFFER_AFTER_RESTART, OFFER_UNKNOWN,
						OFFER_NEVER};
	struct buf buf = {};

	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		add_table(&buf, inventory, entries, order[i], width);
	return buf_take(&buf);
}

static json_t *bars_array(const struct pci_function *function)
{
	json_t *bars = json_array();

	for (size_t i = 0; i < N_BARS; i++) {
		const struct pci_bar *bar = &function->bars[i];
		json_t *object;

		if (!bar->bytes)
			continue;
		object = json_object();
		json_set(object, "bar", json_integer((json_int_t)i));
		json_set(object, "bytes", json_integer((json_int_t)bar->bytes));
		json_set(object, "type",
			 json_string(bar->io     ? "io"
				     : bar->wide ? "mem64"
						 : "mem32"));
		json_set(object, "prefetchable", json_boolean(bar->prefetchable));
		json_append(bars, object);
	}
	return bars;
}

static json_t *reason_object(const struct offer *offer)
{
	json_t *reason = json_object();

	json_set(reason, "check",
		 offer->check == N_FINDING_TYPES ? json_null()
						 : json_string(finding_name(offer->check)));
	json_set(reason, "detail", json_text(offer->why));
	return reason;
}

json_t *json_offer(const struct pci_function *function, const struct offer *offer)
{
	json_t *object, *allow, *with;

	if (!offer)
		return json_null();
	object = json_object();
	allow = json_array();
	with = json_array();
	json_set(object, "verdict", json_string(offer_names[offer->when]));
	json_set(object, "reason", offer->why ? reason_object(offer) : json_null());
	for (size_t i = 0; i < N_ALLOW; i++)
		if (offer->allow & 1U << i)
			json_append(allow, json_string(allow_names[i]));
	json_set(object, "allow", allow);
	vec_foreach(address, &offer->with)
		json_append(with, json_address(address));
	json_set(object, "with", with);
	json_set(object, "reset",
		 function->has_reset_methods ? json_strv(&function->reset_methods) : json_null());
	json_set(object, "bars", function->has_bars ? bars_array(function) : json_null());
	json_set(object, "window_bytes",
		 offer->window_known ? json_integer((json_int_t)offer->window) : json_null());
	return object;
}
