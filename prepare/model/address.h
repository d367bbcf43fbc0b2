/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a PCI function is: domain:bus:slot.function, written as the kernel writes it
 * (drivers/pci/probe.c: "%04x:%02x:%02x.%d"). Domains have up to 32 bits: Intel VMD and Hyper-V
 * number theirs from 0x10000.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/alloc.h"

/* Where the kernel has the PCI devices and their drivers. */
#define SYSFS_PCI "/sys/bus/pci"

struct pci_address {
	uint32_t domain;
	uint8_t bus;
	uint8_t slot;     /* 0 to 0x1f */
	uint8_t function; /* 0 to 7 */
};

/* An address of a profile: one function, or all functions of a slot ("0000:01:00.*"). */
struct address_pattern {
	struct pci_address address;
	bool any_function;
};

struct address_list {
	VEC(struct address_pattern);
};

struct pci_address_list {
	VEC(struct pci_address);
};

#define PCI_ADDRESS_MAX sizeof("ffffffff:ff:1f.7")

/* Must be called before address_list_has(), which searches in order. */
void address_list_sort(struct address_list *list);
/* Does any pattern of the sorted list match? */
bool address_list_has(const struct address_list *list, const struct pci_address *address);
bool address_pattern_matches(const struct address_pattern *pattern,
			     const struct pci_address *address);

/*
 * Writes that many hex digits of value to where to points, without a NUL, and returns what is behind them. Ids and
 * addresses are written a few times for each function of a host, and snprintf() takes thousands of instructions.
 */
char *put_hex(char *to, uint32_t value, int digits);
/* Writes the kernel's form, at most PCI_ADDRESS_MAX bytes, into text, and returns text. */
char *pci_address_format(const struct pci_address *address, char text[static PCI_ADDRESS_MAX]);
#define PCI_ADDRESS_TEXT(address) pci_address_format((address), (char[PCI_ADDRESS_MAX]){})

/* Order by domain, bus, slot, function: <0, 0, >0. */
int pci_address_compare(const struct pci_address *a, const struct pci_address *b);
bool pci_address_list_has(const struct pci_address_list *list, const struct pci_address *address);
/* The order of elements that begin with their address, for vec_sort() and vec_find(). */
int pci_address_order(const void *a, const void *b);
/*
 * The way from a root bus to a function, which survives the renumbering of the buses behind it:
 * "00:03.1/00.0" is function 00.0 behind root port 00:03.1; a domain other than 0 stands in front.
 * Appends one function to path (NULL: starts with it), frees path and returns the longer one.
 */
char *port_path_append(char *path, const struct pci_address *address);
bool pci_address_same_slot(const struct pci_address *a, const struct pci_address *b);

/* --- what a function is, as lspci -d takes it: each part may be any -------------------------------- */

/* "vendor:device[:class]" as lspci -d takes it. */
struct id_pattern {
	int32_t vendor; /* -1: any */
	int32_t device;
	uint32_t class; /* left-aligned in 24 bits, to be compared under class_mask (0: any) */
	uint32_t class_mask;
};

struct id_list {
	VEC(struct id_pattern);
};

bool id_pattern_matches(const struct id_pattern *pattern, uint16_t vendor, uint16_t device,
			uint32_t class);
