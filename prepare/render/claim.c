/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/claim.h"

#include "base/buf.h"
#include "base/text.h"
#include "model/export.h"

/* udev takes what stands between the first quote and the last one of the line. */
static void add_property(struct buf *buf, const char *key, const char *value)
{
	_cleanup_free_ char *visible = text_visible(value ? value : "", "");

	buf_addf(buf, "VFIO_PREPARE_%s=\"%s\"\n", key, visible);
}

char *render_claim(const struct binding *binding, const struct device_section *section)
{
	struct buf buf = {};

	buf_add(&buf,
		"# The administrator gave this device to guests, by the profile of vfio-prepare; see "
		"vfio-prepare(8), CLAIMS.\n");
	add_property(&buf, "DRIVER", binding->driver);
	add_property(&buf, "SECTION", binding->section);
	add_property(&buf, "ALIAS", section ? export_alias(section) : binding->section);
	add_property(&buf, "CONSUMER", section ? section->consumer : NULL);
	return buf_take(&buf);
}
