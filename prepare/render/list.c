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

static json_t *function_object(const struct pci_function *function, const char *section)
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
	json_object_set_new(object, "guards", json_array());
	json_object_set_new(object, "section", json_text_or_null(section));
	return object;
}

static char *list_json(const struct inventory *inventory, const bool *shown,
		       const char *const *sections)
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
		if (shown[i])
			json_array_append_new(functions,
					      function_object(&inventory->items[i], sections[i]));
	json_object_set_new(report, "functions", functions);
	return json_text(report);
}

static void add_row(struct buf *buf, const struct pci_function *function, const char *section,
		    size_t driver_width)
{
	char group[16] = "-", ids[16] = "?", class[8] = "?";

	if (function->iommu_group >= 0)
		snprintf(group, sizeof(group), "%d", function->iommu_group);
	if (!(function->unknown & FUNCTION_IDS)) {
		snprintf(ids, sizeof(ids), "%04x:%04x", function->vendor, function->device);
		snprintf(class, sizeof(class), "%04x", function->class >> 8 & 0xffff);
	}
	buf_add_column(buf, PCI_ADDRESS_TEXT(&function->address), 12);
	buf_add_column(buf, group, 5);
	buf_add_column(buf, ids, 9);
	buf_add_column(buf, class, 5);
	buf_add_column(buf, function->driver ? function->driver : "-", driver_width);
	if (section)
		buf_addf(buf, "[%s] ", section);
	buf_addf(buf, "%s\n", function->name ? function->name : "");
}

static char *list_text(const struct inventory *inventory, const bool *shown,
		       const char *const *sections)
{
	size_t width = strlen("DRIVER");
	struct buf buf = {};

	for (size_t i = 0; i < inventory->n; i++)
		if (shown[i] && inventory->items[i].driver &&
		    strlen(inventory->items[i].driver) > width)
			width = strlen(inventory->items[i].driver);
	buf_addf(&buf, "%-12s %-5s %-9s %-5s %-*s %s\n", "ADDRESS", "GROUP", "ID", "CLASS",
		 (int)width, "DRIVER", "[SECTION] NAME");
	for (size_t i = 0; i < inventory->n; i++)
		if (shown[i])
			add_row(&buf, &inventory->items[i], sections[i], width);
	return buf_take(&buf);
}

char *render_list(enum format format, const struct inventory *inventory, const bool *shown,
		  const char *const *sections)
{
	return format == FORMAT_JSON ? list_json(inventory, shown, sections)
				     : list_text(inventory, shown, sections);
}
