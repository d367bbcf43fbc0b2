/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the texts in which the kernel describes the platform. */
#pragma once

#include "model/inventory.h"

/* "CONFIG_INTEL_IOMMU" */
const char *kernel_option_name(enum kernel_option option);
/* Texts of the kernel, from which each of these fills in what is there. */
void cpuinfo_parse(const char *text, struct platform *ret);
void kernel_config_parse(const char *text, struct platform *ret);
/* The table IORT as the firmware made it. */
void iort_parse(const unsigned char *table, size_t length, struct platform *ret);
void interrupts_parse(const char *text, struct platform *ret);
void lockdown_parse(const char *text, struct platform *ret);
void reserved_regions_parse(const char *text, struct iommu_group *ret);
/* /proc/bus/input/devices: the keyboards. */
void input_devices_parse(const char *text, struct platform *ret);
/* /proc/consoles: the names. */
void consoles_parse(const char *text, struct platform *ret);
/* A function's attribute resource: its BARs. false: the text is something else, and nothing changes. */
bool bars_parse(const char *text, struct pci_bar ret[static N_BARS]);
/* /proc/iomem: the functions in whose memory the firmware's framebuffer lies. */
void iomem_parse(const char *text, struct inventory *ret);
