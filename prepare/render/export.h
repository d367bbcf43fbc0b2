/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The texts that other systems load, each in one function; names and values through render/escape.h. */
#pragma once

#include "model/export.h"
#include "render/format.h"

/* The text, as it belongs into its place (struct export_info); the caller's. */
char *render_export(const struct export *export);
/* What texts there are, as a table or as JSON; the caller's. */
char *render_export_list(enum format format);

/* The texts of the consumers, each in the file of its name. */
char *render_opennebula_probe(const struct export *export);
char *render_opennebula_host(const struct export *export);
char *render_opennebula_template(const struct export *export);
char *render_opennebula_nic(const struct export *export);
char *render_ovirt_kernel(const struct export *export);
char *render_ovirt_devices(const struct export *export);
char *render_libvirt_hostdev(const struct export *export);
char *render_qemu_host(const struct export *export);
char *render_qemu_sysfsdev(const struct export *export);
char *render_maas_tag(const struct export *export);
char *render_maas_commissioning(const struct export *export);
char *render_maas_testing(const struct export *export);
char *render_maas_curtin(const struct export *export);
char *render_hyperv(const struct export *export);
char *render_proxmox_mapping(const struct export *export);
char *render_proxmox_vm(const struct export *export);
char *render_kubevirt_permit(const struct export *export);
char *render_kubevirt_vm(const struct export *export);
char *render_harvester(const struct export *export);
char *render_incus(const struct export *export);
char *render_ansible(const struct export *export);
char *render_nova_compute(const struct export *export);
char *render_nova_controller(const struct export *export);
char *render_juju_charms(const struct export *export);
