/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/validate.h"

#include <string.h>

#include "render/json.h"
#include "render/text.h"

static char *validate_json(const char *status, const struct plan *plan,
			   const struct findings *findings)
{
	json_t *report = json_report(), *devices = json_array();

	json_object_set_new(report, "status", json_string(status));
	json_object_set_new(report, "ready", json_boolean(strcmp(status, "ready") == 0));
	json_object_set_new(report, "reboot_required",
			    json_boolean(strcmp(status, "reboot-required") == 0));
	vec_foreach(device, plan) {
		json_t *object = json_object();

		json_object_set_new(object, "address", json_address(&device->address));
		json_object_set_new(object, "section", json_text_or_null(device->section));
		json_object_set_new(object, "want", json_text_or_null(device->want));
		json_object_set_new(object, "driver", json_text_or_null(device->before));
		json_object_set_new(object, "iommu_group", json_count_or_null(device->iommu_group));
		json_object_set_new(object, "state", json_string(device_state_name(device->state)));
		json_array_append_new(devices, object);
	}
	json_object_set_new(report, "devices", devices);
	json_object_set_new(report, "findings", json_findings(findings));
	return json_text(report);
}

char *render_validate(enum format format, const char *status, const struct plan *plan,
		      const struct findings *findings)
{
	struct buf buf = {};

	if (format == FORMAT_JSON)
		return validate_json(status, plan, findings);
	buf_addf(&buf, "%s\n", status);
	text_findings(&buf, findings);
	vec_foreach(device, plan)
		buf_addf(&buf, "%s [%s] %s: wants %s, has %s\n", PCI_ADDRESS_TEXT(&device->address),
			 device->section, device_state_name(device->state), device->want,
			 device_driver_text(device));
	return buf_take(&buf);
}
