/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/list.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "render/json.h"

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

/* The cells of one row, as text that the caller frees. */
static void fill_row(const struct pci_function *function, const struct list_entry *entry,
		     char *row[N_COLUMNS])
{
	bool known = !(function->unknown & FUNCTION_IDS);
	struct buf guards = {};

	for (size_t i = 0; i < entry->guards.n; i++)
		buf_addf(&guards, "%s%s", i ? "," : "", entry->guards.items[i]);
	row[ADDRESS] = xstrdup(PCI_ADDRESS_TEXT(&function->address));
	row[GROUP] = function->iommu_group < 0 ? xstrdup("-")
					       : xasprintf("%d", function->iommu_group);
	row[ID] = known ? xasprintf("%04x:%04x", function->vendor, function->device) : xstrdup("?");
	row[CLASS] = known ? xasprintf("%04x", function->class >> 8) : xstrdup("?");
	row[DRIVER] = xstrdup(function->driver ? function->driver : "-");
	row[SECTION] = xstrdup(entry->section ? entry->section : "-");
	row[GUARDS] = guards.length ? buf_take(&guards) : xstrdup("-");
	row[NAME] = xstrdup(function->name ? function->name : "");
	buf_done(&guards);
}

/* A column of which nothing is known on this host takes no room. */
static bool is_empty(char *(*rows)[N_COLUMNS], size_t n, enum column column)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i][column], "-") != 0 && *rows[i][column])
			return false;
	return true;
}

static void add_row(struct buf *buf, const char *const row[N_COLUMNS],
		    const size_t widths[N_COLUMNS], unsigned width)
{
	struct buf line = {};
	size_t length;

	for (int column = 0; column < N_COLUMNS; column++)
		if (widths[column])
			buf_addf(&line, "%-*s  ", (int)widths[column], row[column]);
	length = line.length;
	if (width && length > width)
		length = width;
	while (length && buf_text(&line)[length - 1] == ' ')
		length--;
	buf_add_n(buf, buf_text(&line), length);
	buf_add(buf, "\n");
	buf_done(&line);
}

static char *list_text(const struct inventory *inventory, const struct list_entry *entries,
		       unsigned width)
{
	char *(*rows)[N_COLUMNS] = xcalloc(inventory->n, sizeof(*rows));
	size_t widths[N_COLUMNS], n = 0;
	struct buf buf = {};

	for (size_t i = 0; i < inventory->n; i++)
		if (entries[i].shown)
			fill_row(&inventory->items[i], &entries[i], rows[n++]);
	for (int column = 0; column < N_COLUMNS; column++) {
		widths[column] = strlen(titles[column]);
		for (size_t i = 0; i < n; i++)
			if (strlen(rows[i][column]) > widths[column])
				widths[column] = strlen(rows[i][column]);
		if ((column == SECTION || column == GUARDS || column == NAME) &&
		    is_empty(rows, n, (enum column)column))
			widths[column] = 0;
	}
	add_row(&buf, titles, widths, width);
	for (size_t i = 0; i < n; i++) {
		add_row(&buf, (const char *const *)rows[i], widths, width);
		for (int column = 0; column < N_COLUMNS; column++)
			free(rows[i][column]);
	}
	free(rows);
	return buf_take(&buf);
}

char *render_list(enum format format, const struct inventory *inventory,
		  const struct list_entry *entries, unsigned width)
{
	return format == FORMAT_JSON ? list_json(inventory, entries)
				     : list_text(inventory, entries, width);
}
