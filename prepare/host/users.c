/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/users.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/number.h"
#include "host/scan.h"
#include "parse/address.h"

#define TABLE_MAX (4 * 1024 * 1024)
#define MAX_PROCESSES 65536

/* "consumer:pci:0000:01:00.1", "supplier:pci:..." (Documentation/ABI/testing/sysfs-devices-consumer) */
static void read_links(struct root *root, const char *directory, struct pci_function *function)
{
	static const char *const prefixes[] = {"consumer:pci:", "supplier:pci:"};
	struct strv names = {};

	root_list(root, directory, &names);
	for (size_t i = 0; i < names.n; i++)
		for (size_t j = 0; j < ARRAY_SIZE(prefixes); j++) {
			size_t length = strlen(prefixes[j]);
			struct pci_address address;

			if (strncmp(names.items[i], prefixes[j], length) == 0 &&
			    pci_address_parse(names.items[i] + length, &address) == 0)
				*vec_add(&function->linked) = address;
		}
	strv_done(&names);
}

static void read_function(struct root *root, const struct inventory *inventory, bool resets,
			  struct pci_function *function)
{
	/* Device links tie only the functions of graphics cards (drivers/pci/quirks.c, quirk_gpu_hda()). */
	bool card = inventory_is_of_display_card(inventory, function);
	int dir = -1;
	char path[DEVICE_PATH_MAX], text[256];
	int r;

	if (!card && !resets && !function->driver)
		return;
	dir = device_lend(root, &function->address);
	if (dir < 0)
		return;
	/* A driver made them, and hardly any leaves them behind. */
	if (function->driver)
		function->live_vfs = attribute_read_link_name(root, dir, "virtfn0", text,
							      sizeof(text)) > 0;
	if (!card && !resets)
		return;
	scan_physfn(root, dir, function);
	if (card && !function->is_vf)
		read_links(root, device_path(&function->address, path), function);
	if (function->class >> 8 == 0x0300)
		function->boot_vga = attribute_read(root, dir, "boot_vga", text, sizeof(text)) ==
					     1 &&
				     text[0] == '1';
	if (!resets)
		return;
	scan_path(root, function);
	r = attribute_read(root, dir, "reset_method", text, sizeof(text));
	if (r >= 0)
		strv_split(&function->reset_methods, text, " ");
	/* A function without any does not have the attribute, nor has a kernel before 5.15. */
	function->has_reset_methods = r >= 0 || (r == -ENOENT && inventory->kernel &&
						 inventory_kernel_is_at_least(inventory, 5, 15));
}

/*
 * /proc/iomem shows resources in a tree by indentation; the firmware's framebuffer stands below the
 * BAR of the function that it lies in: "  e0000000-e0ffffff : 0000:01:00.0" and "... : BOOTFB".
 */
static void find_framebuffer(struct root *root, struct inventory *inventory)
{
	static const char *const names[] = {"BOOTFB", "efifb", "vesafb", "simplefb", "simpledrm"};
	_cleanup_free_ char *text = NULL;
	struct pci_address owner;
	size_t owner_depth = 0;
	bool owned = false;
	char *position, *line;

	if (root_read_file(root, "/proc/iomem", TABLE_MAX, &text, NULL) < 0)
		return;
	position = text;
	while ((line = strsep(&position, "\n"))) {
		size_t depth = strspn(line, " ");
		char *name = strstr(line, " : ");
		struct pci_function *function;

		if (!name)
			continue;
		name += strlen(" : ");
		if (depth <= owner_depth)
			owned = false;
		if (pci_address_parse(name, &owner) == 0) {
			owned = true;
			owner_depth = depth;
			continue;
		}
		function = owned ? inventory_find(inventory, &owner) : NULL;
		for (size_t i = 0; i < ARRAY_SIZE(names) && function; i++)
			if (strcmp(name, names[i]) == 0)
				function->boot_framebuffer = true;
	}
}

void scan_condition(struct root *root, struct inventory *inventory, bool resets,
		    bool (*chosen)(void *userdata, const struct pci_function *function),
		    void *userdata)
{
	bool display = false;

	vec_foreach(function, inventory)
		if (chosen(userdata, function)) {
			read_function(root, inventory, resets, function);
			display = display || function->class >> 16 == 0x03;
		}
	if (display)
		find_framebuffer(root, inventory);
}

static void set_user(struct inventory *inventory, const struct pci_address *address,
		     const char *process)
{
	struct pci_function *function = inventory_find(inventory, address);

	if (function && !function->user)
		function->user = xstrdup(process);
}

/* Functions of an IOMMU group: whoever has /dev/vfio/N open may use all of them. */
static void set_group_user(struct inventory *inventory, const char *group, const char *process)
{
	uint64_t number;

	/* Without an IOMMU the node has another name. */
	if (strncmp(group, "noiommu-", 8) == 0)
		group += 8;
	if (number_parse(group, 10, INT_MAX, &number) < 0)
		return;
	vec_foreach(function, inventory)
		if (function->iommu_group == (int)number && !function->user)
			function->user = xstrdup(process);
}

/* /dev/nvidia0 has no place in sysfs; its driver says which function has which number. */
static void set_nvidia_user(struct root *root, struct inventory *inventory, const char *minor,
			    const char *process)
{
	struct strv gpus = {};

	root_list(root, "/proc/driver/nvidia/gpus", &gpus);
	for (size_t i = 0; i < gpus.n; i++) {
		_cleanup_free_ char *path = xasprintf("/proc/driver/nvidia/gpus/%s/information",
						      gpus.items[i]);
		_cleanup_free_ char *text = NULL;
		struct pci_address address;
		const char *line;

		if (root_read_file(root, path, TABLE_MAX, &text, NULL) < 0 ||
		    pci_address_parse(gpus.items[i], &address) < 0)
			continue;
		line = strstr(text, "Device Minor:");
		line = line ? line + strlen("Device Minor:") : "";
		line += strspn(line, " \t");
		if (strncmp(line, minor, strlen(minor)) == 0 &&
		    !isdigit((unsigned char)line[strlen(minor)]))
			set_user(inventory, &address, process);
	}
	strv_done(&gpus);
}

/* A character or block device that a process has open: the functions on its way in sysfs. */
static void set_device_user(struct root *root, struct inventory *inventory, const struct stat *st,
			    const char *process)
{
	struct pci_address_list carriers = {};
	char link[64], path[PATH_MAX];

	snprintf(link, sizeof(link), "/sys/dev/%s/%u:%u", S_ISBLK(st->st_mode) ? "block" : "char",
		 major(st->st_rdev), minor(st->st_rdev));
	if (root_read_link(root, link, path, sizeof(path)) > 0)
		path_carriers(path, &carriers);
	vec_foreach(address, &carriers)
		set_user(inventory, address, process);
	free(carriers.items);
}

static char *process_name(struct root *root, const char *pid)
{
	_cleanup_free_ char *path = xasprintf("/proc/%s/comm", pid), *name = NULL;

	if (root_read_file(root, path, 256, &name, NULL) < 0)
		name = xstrdup("?");
	name[strcspn(name, "\n")] = '\0';
	return xasprintf("%s (%s)", name, pid);
}

static void scan_process(struct root *root, struct inventory *inventory, const char *pid)
{
	_cleanup_free_ char *directory = xasprintf("/proc/%s/fd", pid), *process = NULL;
	_cleanup_close_ int dir = root_open(root, directory, O_RDONLY | O_DIRECTORY);
	struct strv fds = {};

	if (dir >= 0)
		root_list(root, directory, &fds);
	for (size_t i = 0; i < fds.n; i++) {
		char target[PATH_MAX];
		struct stat st;
		ssize_t length = readlinkat(dir, fds.items[i], target, sizeof(target) - 1);

		if (length <= 0 || strncmp(target, "/dev/", 5) != 0)
			continue;
		target[length] = '\0';
		/* What /dev/null and terminals are is known without a look. */
		if (strcmp(target, "/dev/null") == 0 || strncmp(target, "/dev/pts/", 9) == 0 ||
		    fstatat(dir, fds.items[i], &st, 0) < 0 ||
		    (!S_ISCHR(st.st_mode) && !S_ISBLK(st.st_mode)))
			continue;
		if (!process)
			process = process_name(root, pid);
		if (strncmp(target, "/dev/vfio/", 10) == 0)
			set_group_user(inventory, target + 10, process);
		else if (strncmp(target, "/dev/nvidia", 11) == 0)
			set_nvidia_user(root, inventory, target + 11, process);
		set_device_user(root, inventory, &st, process);
	}
	strv_done(&fds);
}

static void read_captured(struct root *root, struct inventory *inventory)
{
	_cleanup_free_ char *text = NULL;
	char *position, *line;

	if (root_read_file(root, SNAPSHOT_USERS, TABLE_MAX, &text, NULL) < 0)
		return;
	position = text;
	while ((line = strsep(&position, "\n"))) {
		char *name = strchr(line, ' ');
		struct pci_address address;

		if (!name)
			continue;
		*name++ = '\0';
		if (pci_address_parse(line, &address) == 0)
			set_user(inventory, &address, name);
	}
}

void scan_users(struct root *root, struct inventory *inventory)
{
	struct strv processes = {};

	if (!root->live) {
		read_captured(root, inventory);
		return;
	}
	root_list(root, "/proc", &processes);
	for (size_t i = 0; i < processes.n && i < MAX_PROCESSES; i++)
		if (isdigit((unsigned char)processes.items[i][0]))
			scan_process(root, inventory, processes.items[i]);
	strv_done(&processes);
}
