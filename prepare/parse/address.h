/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads addresses, ids and paths of sysfs. The whole text counts: each of these functions returns 0, or
 * -EINVAL and leaves *ret alone.
 */
#pragma once

#include "model/address.h"
#include "model/foreign.h"

/* "[domain:]bus:slot.function"; without a domain it is 0. */
int pci_address_parse(const char *text, struct pci_address *ret);
/* An address whose function may be "*". */
int address_pattern_parse(const char *text, struct address_pattern *ret);
/* "vendor:device[:class]" as lspci -d takes it; an empty or "*" part is any. */
int id_pattern_parse(const char *text, struct id_pattern *ret);
/* 2 to 6 hex digits of a class code. */
int class_pattern_parse(const char *text, struct id_pattern *ret);
/* An entry of ids= as vfio-pci and pci-stub read it; -EINVAL: the driver would pass over it. */
int foreign_id_parse(const char *text, struct foreign_id *ret);

/* The port path (port_path_append()) in a path of sysfs, from its last root bus on; NULL: it names none. */
char *port_path_of(const char *path);
/* The function below which the last root bus of a path of sysfs stands, made by its driver; false: none. */
bool function_above(const char *path, struct pci_address *ret);
/* Adds the functions named in a path of sysfs, "../../devices/pci0000:00/0000:00:1d.0/...", in order. */
void path_carriers(const char *path, struct pci_address_list *ret);
