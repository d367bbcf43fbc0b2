/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the parts of the fake kernel have in common: the tree's entries, which they make and remove, and
 * devices and drivers. What must not fail ends the process with a complaint.
 */
#pragma once

#include "fake/kernel.h"

#define PCI "/sys/bus/pci"

bool kernel_exists(struct root *root, const char *path);
void kernel_make_directory(struct root *root, const char *parent, const char *name);
void kernel_make_file(struct root *root, const char *parent, const char *name, const char *text);
void kernel_make_link(struct root *root, const char *parent, const char *name, const char *target);
void kernel_remove(struct root *root, const char *parent, const char *name);

/* The value of the first line "KEY VALUE" of a file below FAKE; the caller's, NULL: none. */
char *kernel_fact(struct root *root, const char *kind, const char *name, const char *key);
/* What an attribute of a device says, without its newline; the caller's, NULL: there is none. */
char *kernel_attribute(struct root *root, const char *address, const char *name);
/* "" without a driver */
void kernel_driver_of(struct root *root, const char *address, char *ret, size_t size);
void kernel_detach(struct root *root, const char *address, const char *driver);
/* device_attach(): the first driver that matches and whose probe() succeeds. */
void kernel_attach_any(struct root *root, const char *address);

/* --- sriov.c --- */

int sriov_numvfs_store(struct root *root, const char *address, const char *value);
int sriov_autoprobe_store(struct root *root, const char *address, const char *value);
/* How many virtual functions it has. */
int sriov_count(struct root *root, const char *address);
/* A virtual one without an override waits while its physical one's autoprobe is off. */
bool sriov_may_probe(struct root *root, const char *address);
