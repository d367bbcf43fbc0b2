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

#include "base/text.h"
#include "parse/address.h"
#include "parse/tables.h"

#define TABLE_MAX (4 * 1024 * 1024)
#define MAX_PROCESSES 65536

/* Sets the user of the functions of an IOMMU group: whoever has /dev/vfio/N open may use all of them. */
static void set_group_user(struct inventory *inventory, const char *group, const char *process)
{
	uint64_t number;

	/* The node of a group without an IOMMU has another name. */
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
	_cleanup_(strv_done) struct strv gpus = {};

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
			inventory_set_user(inventory, &address, process);
	}
}

/* Sets the user of the functions on the way in sysfs to a device that the process has open. */
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
		inventory_set_user(inventory, address, process);
	free(carriers.items);
}

static char *process_name(struct root *root, const char *pid)
{
	_cleanup_free_ char *path = xasprintf("/proc/%s/comm", pid),
			    *name = root_read_line(root, path);

	return xasprintf("%s (%s)", name ? name : "?", pid);
}

static void scan_process(struct root *root, struct inventory *inventory, const char *pid)
{
	_cleanup_free_ char *directory = xasprintf("/proc/%s/fd", pid), *process = NULL;
	_cleanup_close_ int dir = root_open(root, directory, O_RDONLY | O_DIRECTORY);
	_cleanup_(strv_done) struct strv fds = {};

	if (dir >= 0)
		root_list(root, directory, &fds);
	for (size_t i = 0; i < fds.n; i++) {
		char target[PATH_MAX];
		struct stat st;
		ssize_t length = readlinkat(dir, fds.items[i], target, sizeof(target) - 1);

		if (length <= 0 || strncmp(target, "/dev/", 5) != 0)
			continue;
		target[length] = '\0';
		/* Common files of /dev that are no devices of a function need no look. */
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
}

void scan_users(struct root *root, struct inventory *inventory)
{
	/* A snapshot has what was found, not what it was found in. */
	struct recorder *recorder = TAKE_PTR(root->recorder);
	_cleanup_(strv_done) struct strv processes = {};
	_cleanup_free_ char *captured = NULL;

	if (root->live)
		root_list(root, "/proc", &processes);
	else
		captured = root_read_text(root, SNAPSHOT_USERS, TABLE_MAX);
	if (captured)
		users_parse(captured, inventory);
	for (size_t i = 0; i < processes.n && i < MAX_PROCESSES; i++)
		if (isdigit((unsigned char)processes.items[i][0]))
			scan_process(root, inventory, processes.items[i]);
	root->recorder = recorder;
}
