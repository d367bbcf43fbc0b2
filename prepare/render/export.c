/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/export.h"

#include "base/text.h"
#include "render/escape.h"
#include "render/export_install.h"
#include "render/json.h"
#include "render/text.h"

static char *render_kernel_args(const struct export *export)
{
	_cleanup_free_ char *line = strv_join(&export->arguments, " ");

	return xasprintf("%s\n", line);
}

static char *render_nodedev(const struct export *export)
{
	struct buf buf = {};

	vec_foreach(device, export) {
		add_nodedev(&buf, &device->address);
		buf_add(&buf, "\n");
	}
	return buf_take(&buf);
}

static char *(*const renderers[N_EXPORT_TEXTS])(const struct export *export) = {
	[EXPORT_KERNEL_ARGS] = render_kernel_args,
	[EXPORT_OPENNEBULA_PROBE] = render_opennebula_probe,
	[EXPORT_OPENNEBULA_HOST] = render_opennebula_host,
	[EXPORT_OPENNEBULA_TEMPLATE] = render_opennebula_template,
	[EXPORT_OPENNEBULA_NIC] = render_opennebula_nic,
	[EXPORT_OVIRT_KERNEL] = render_ovirt_kernel,
	[EXPORT_OVIRT_DEVICES] = render_ovirt_devices,
	[EXPORT_LIBVIRT_HOSTDEV] = render_libvirt_hostdev,
	[EXPORT_LIBVIRT_NODEDEV] = render_nodedev,
	[EXPORT_QEMU_HOST] = render_qemu_host,
	[EXPORT_QEMU_SYSFSDEV] = render_qemu_sysfsdev,
	[EXPORT_CLOUD_INIT] = render_cloud_init,
	[EXPORT_MAAS_TAG] = render_maas_tag,
	[EXPORT_MAAS_COMMISSIONING] = render_maas_commissioning,
	[EXPORT_MAAS_TESTING] = render_maas_testing,
	[EXPORT_MAAS_CURTIN] = render_maas_curtin,
	[EXPORT_HYPERV] = render_hyperv,
	[EXPORT_PROXMOX_MAPPING] = render_proxmox_mapping,
	[EXPORT_PROXMOX_VM] = render_proxmox_vm,
	[EXPORT_KUBEVIRT_PERMIT] = render_kubevirt_permit,
	[EXPORT_KUBEVIRT_VM] = render_kubevirt_vm,
	[EXPORT_HARVESTER] = render_harvester,
	[EXPORT_INCUS] = render_incus,
	[EXPORT_ANSIBLE] = render_ansible,
	[EXPORT_NOVA_COMPUTE] = render_nova_compute,
	[EXPORT_NOVA_CONTROLLER] = render_nova_controller,
	[EXPORT_JUJU_CHARMS] = render_juju_charms,
	[EXPORT_JUJU_MODEL] = render_juju_model,
};

char *render_export(const struct export *export)
{
	return renderers[export->text](export);
}

/* --- the list ------------------------------------------------------------------------------------ */

static char *list_json(void)
{
	json_t *report = json_report(), *texts = json_array();

	for (size_t i = 0; i < N_EXPORT_TEXTS; i++) {
		const struct export_info *info = &export_infos[i];
		json_t *text = json_object();

		json_set(text, "target", json_text(info->target));
		json_set(text, "part", *info->part ? json_text(info->part) : json_null());
		json_set(text, "format", json_text(info->format));
		json_set(text, "place", json_text(info->place));
		json_set(text, "oldest_release", json_text(info->oldest));
		json_set(text, "newest_release", json_text(info->newest));
		json_set(text, "needs_host", json_boolean(info->kinds & EXPORT_OF_HOST));
		json_append(texts, text);
	}
	json_set(report, "texts", texts);
	return json_finish(report);
}

char *render_export_list(enum format format)
{
	static const char *const titles[] = {"TARGET", "PART", "RELEASES", "FORMAT", "BELONGS IN"};
	_cleanup_(strv_done) struct strv cells = {};
	struct buf buf = {};

	if (format == FORMAT_JSON)
		return list_json();
	for (size_t i = 0; i < ARRAY_SIZE(titles); i++)
		strv_add(&cells, titles[i]);
	for (size_t i = 0; i < N_EXPORT_TEXTS; i++) {
		const struct export_info *info = &export_infos[i];

		strv_add(&cells, info->target);
		strv_add(&cells, *info->part ? info->part : "-");
		strv_take(&cells, info->oldest ? xasprintf("%s to %s", info->oldest, info->newest)
					       : xstrdup("any"));
		strv_add(&cells, info->format);
		strv_add(&cells, info->place);
	}
	text_table(&buf, &cells, ARRAY_SIZE(titles), "", 0);
	return buf_take(&buf);
}
