/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/list.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "render/json.h"
#include "render/text.h"

static json_t *id_or_null(const struct pci_function *function, unsigned value, int digits)
{
	return function->unknown & FUNCTION_IDS ? json_null() : json_hex(value, digits);
}

static json_t *function_object(const struct pci_function *function, const struct list_entry *entry)
{
	json_t *object = json_object();

	json_object_set_new(object, "address", json_address(&function->address));
	json_object_set_new(object, "vendor", id_or_null(function, function->vendor, 4));
	json_object_set_new(object, "device", id_or_null(function, function->device, 4));
	json_object_set_new(object, "class", id_or_null(function, function->class, 6));
	json_object_set_new(object, "subsystem_vendor",
			    id_or_null(function, function->subsystem_vendor, 4));
	json_object_set_new(object, "subsystem_device",
			    id_or_null(function, function->subsystem_device, 4));
	json_object_set_new(object, "revision",
			    function->revision < 0 ? json_null()
						   : json_hex((unsigned)function->revision, 2));
	json_object_set_new(object, "driver", json_text_or_null(function->driver));
	json_object_set_new(object, "driver_override",
			    json_text_or_null(function->driver_override));
	json_object_set_new(object, "modules",
			    function->unknown & FUNCTION_MODULES ? json_null()
								 : json_strv(&function->modules));
	json_object_set_new(object, "iommu_group", json_count_or_null(function->iommu_group));
	json_object_set_new(object, "name", json_text_or_null(function->name));
	json_object_set_new(object, "numa_node", json_count_or_null(function->numa_node));
	json_object_set_new(object, "physfn",
			    function->is_vf ? json_address(&function->physfn) : json_null());
	json_object_set_new(object, "guards", json_strv(&entry->guards));
	json_object_set_new(object, "section", json_text_or_null(entry->section));
	return object;
}

static char *list_json(const struct inventory *inventory, const struct list_entry *entries)
{
	json_t *report = json_report(), *host = json_object(), *iommu = json_object(),
	       *functions = json_array();

	json_object_set_new(iommu, "state", json_string(iommu_state_name(inventory->iommu)));
	json_object_set_new(iommu, "kind",
			    json_text_or_null(iommu_kind_name(inventory->iommu_kind)));
	json_object_set_new(host, "kernel", json_text_or_null(inventory->kernel));
	json_object_set_new(host, "cmdline", json_text_or_null(inventory->cmdline));
	json_object_set_new(host, "iommu", iommu);
	json_object_set_new(report, "host", host);
	for (size_t i = 0; i < inventory->n; i++)
		if (entries[i].shown)
			json_array_append_new(functions,
					      function_object(&inventory->items[i], &entries[i]));
	json_object_set_new(report, "functions", functions);
	return json_text(report);
}

enum column { ADDRESS, GROUP, ID, CLASS, DRIVER, SECTION, GUARDS, NAME, N_COLUMNS };

static const char *const titles[N_COLUMNS] = {
	[ADDRESS] = "ADDRESS", [GROUP] = "GROUP",     [ID] = "ID",         [CLASS] = "CLASS",
	[DRIVER] = "DRIVER",   [SECTION] = "SECTION", [GUARDS] = "GUARDS", [NAME] = "NAME",
};

static void add_row(struct strv *cells, const struct pci_function *function,
		    const struct list_entry *entry)
{
	bool known = !(function->unknown & FUNCTION_IDS);
	_cleanup_(buf_done) struct buf guards = {};

	for (size_t i = 0; i < entry->guards.n; i++)
		buf_addf(&guards, "%s%s", i ? "," : "", entry->guards.items[i]);
	strv_add(cells, PCI_ADDRESS_TEXT(&function->address));
	strv_take(cells, function->iommu_group < 0 ? xstrdup("-")
						   : xasprintf("%d", function->iommu_group));
	strv_take(cells, known ? xasprintf("%04x:%04x", function->vendor, function->device)
			       : xstrdup("?"));
	strv_take(cells, known ? xasprintf("%04x", function->class >> 8) : xstrdup("?"));
	strv_add(cells, function->driver ? function->driver : "-");
	strv_add(cells, entry->section ? entry->section : "-");
	strv_add(cells, guards.length ? buf_text(&guards) : "-");
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
