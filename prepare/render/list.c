/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/list.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "render/json.h"
#include "render/offers.h"
#include "render/text.h"

static json_t *id_or_null(const struct pci_function *function, unsigned value, int digits)
{
	/* The class alone has more digits than an id. */
	unsigned unknown = digits > 4 ? FUNCTION_CLASS : FUNCTION_IDS;

	return function->unknown & unknown ? json_null() : json_hex(value, digits);
}

static json_t *function_object(const struct pci_function *function, const struct list_entry *entry)
{
	json_t *object = json_object();

	json_set(object, "address", json_address(&function->address));
	json_set(object, "vendor", id_or_null(function, function->vendor, 4));
	json_set(object, "device", id_or_null(function, function->device, 4));
	json_set(object, "class", id_or_null(function, function->class, 6));
	json_set(object, "subsystem_vendor", id_or_null(function, function->subsystem_vendor, 4));
	json_set(object, "subsystem_device", id_or_null(function, function->subsystem_device, 4));
	json_set(object, "revision",
		 function->revision < 0 ? json_null() : json_hex((unsigned)function->revision, 2));
	json_set(object, "driver", json_text(function->driver));
	json_set(object, "driver_override", json_text(function->driver_override));
	json_set(object, "modules",
		 function->unknown & FUNCTION_MODULES ? json_null()
						      : json_strv(&function->modules));
	json_set(object, "iommu_group", json_count(function->iommu_group));
	json_set(object, "name", json_text(function->name));
	json_set(object, "numa_node", json_count(function->numa_node));
	json_set(object, "physfn", function->is_vf ? json_address(&function->physfn) : json_null());
	json_set(object, "guards", json_strv(&entry->guards));
	json_set(object, "section", json_text(entry->section));
	json_set(object, "assignable", json_offer(function, entry->offer));
	return object;
}

static char *list_json(const struct inventory *inventory, const struct list_entry *entries)
{
	json_t *report = json_report(), *host = json_object(), *iommu = json_object(),
	       *functions = json_array();

	json_set(iommu, "state", json_string(iommu_state_names[inventory->iommu]));
	json_set(iommu, "kind", json_text(iommu_kind_names[inventory->iommu_kind]));
	json_set(host, "kernel", json_text(inventory->kernel));
	json_set(host, "cmdline", json_text(inventory->cmdline));
	json_set(host, "iommu", iommu);
	json_set(report, "host", host);
	for (size_t i = 0; i < inventory->n; i++)
		if (entries[i].shown)
			json_append(functions, function_object(&inventory->items[i], &entries[i]));
	json_set(report, "functions", functions);
	return json_finish(report);
}

enum column { ADDRESS, GROUP, ID, CLASS, DRIVER, SECTION, GUARDS, NAME, N_COLUMNS };

static const char *const titles[N_COLUMNS] = {
	[ADDRESS] = "ADDRESS", [GROUP] = "GROUP",     [ID] = "ID",         [CLASS] = "CLASS",
	[DRIVER] = "DRIVER",   [SECTION] = "SECTION", [GUARDS] = "GUARDS", [NAME] = "NAME",
};

static void add_row(struct strv *cells, const struct pci_function *function,
		    const struct list_entry *entry)
{
	char group[16] = "-", id[] = "vvvv:dddd", class[] = "cccc";

	if (function->iommu_group >= 0)
		snprintf(group, sizeof(group), "%d", function->iommu_group);
	put_hex(id, function->vendor, 4);
	put_hex(id + 5, function->device, 4);
	put_hex(class, function->class >> 8, 4);
	strv_add(cells, PCI_ADDRESS_TEXT(&function->address));
	strv_add(cells, group);
	strv_add(cells, function->unknown & FUNCTION_IDS ? "?" : id);
	strv_add(cells, function->unknown & FUNCTION_CLASS ? "?" : class);
	strv_add(cells, function->driver ? function->driver : "-");
	strv_add(cells, entry->section ? entry->section : "-");
	strv_take(cells, entry->guards.n ? strv_join(&entry->guards, ",") : xstrdup("-"));
	strv_add(cells, function->name ? function->name : "");
}

/* A column of which nothing is known on this host takes no room. */
static bool is_empty(const struct strv *cells, enum column column)
{
	for (size_t i = N_COLUMNS + (size_t)column; i < cells->n; i += N_COLUMNS)
		if (*cells->items[i] && strcmp(cells->items[i], "-") != 0)
			return false;
	return true;
}

static char *list_text(const struct inventory *inventory, const struct list_entry *entries,
		       unsigned width)
{
	_cleanup_(strv_done) struct strv cells = {};
	struct buf buf = {};

	for (int column = 0; column < N_COLUMNS; column++)
		strv_add(&cells, titles[column]);
	for (size_t i = 0; i < inventory->n; i++)
		if (entries[i].shown)
			add_row(&cells, &inventory->items[i], &entries[i]);
	for (enum column column = SECTION; column <= NAME; column++)
		if (is_empty(&cells, column))
			*cells.items[column] = '\0';
	text_table(&buf, &cells, N_COLUMNS, "", width);
	return buf_take(&buf);
}

char *render_list(enum format format, const struct inventory *inventory,
		  const struct list_entry *entries, unsigned width)
{
	return format == FORMAT_JSON ? list_json(inventory, entries)
				     : list_text(inventory, entries, width);
}
