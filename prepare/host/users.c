/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/users.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "host/bounded.h"
#include "parse/address.h"
#include "parse/tables.h"

#define TABLE_MAX (4 * 1024 * 1024)
/* For all that is looked at, in time and in number. */
#define USERS_MS 5000
#define MAX_PROCESSES 65536
#define MAX_FILES (1024 * 1024)
#define USER_MAX 64
/* Documentation/admin-guide/devices.txt: memory, console, pseudo-terminals; NVIDIA's driver has 195. */
#define MAJOR_MEM 1
#define MAJOR_TTYAUX 5
#define MAJOR_PTS_FIRST 136
#define MAJOR_PTS_LAST 143
#define MAJOR_NVIDIA 195

/* The look at other processes, by a child. */
struct users {
	struct root *root;
	struct inventory *inventory;
	char (*names)[USER_MAX]; /* beside the functions, shared with the parent; "": nobody */
	bool *complete;          /* shared: all processes were looked at */
	size_t n_files;
};

/* The first counts. */
static void set_user(const struct users *users, const struct pci_function *function,
		     const char *process)
{
	char *name = users->names[function - users->inventory->items];

	if (!*name)
		snprintf(name, USER_MAX, "%s", process);
}

static void set_user_at(const struct users *users, const struct pci_address *address,
			const char *process)
{
	const struct pci_function *function = inventory_find(users->inventory, address);

	if (function)
		set_user(users, function, process);
}

/* Sets the user of the functions of an IOMMU group: whoever has its node open may use all of them. */
static void set_group_user(const struct users *users, const char *group, const char *process)
{
	uint64_t number;

	/* The node of a group without an IOMMU has another name. */
	if (strncmp(group, "noiommu-", 8) == 0)
		group += 8;
	if (number_parse(group, 10, INT_MAX, &number) < 0)
		return;
	vec_foreach(function, users->inventory)
		if (function->iommu_group == (int)number)
			set_user(users, function, process);
}

/* NVIDIA's nodes have no place in sysfs; the driver says which function has which minor number. */
static void set_nvidia_user(const struct users *users, unsigned number, const char *process)
{
	_cleanup_(strv_done) struct strv gpus = {};

	root_list(users->root, "/proc/driver/nvidia/gpus", &gpus);
	for (size_t i = 0; i < gpus.n; i++) {
		_cleanup_free_ char *path = xasprintf("/proc/driver/nvidia/gpus/%s/information",
						      gpus.items[i]);
		_cleanup_free_ char *text = root_read_text(users->root, path, TABLE_MAX);
		const char *line = text ? strstr(text, "Device Minor:") : NULL;
		struct pci_address address;

		if (line && pci_address_parse(gpus.items[i], &address) == 0 &&
		    strtoul(line + strlen("Device Minor:"), NULL, 10) == number)
			set_user_at(users, &address, process);
	}
}

/* Sets the user of what a process has open by its device number, whatever the path that it was opened by. */
static void set_device_user(const struct users *users, const struct statx *st, const char *process)
{
	struct pci_address_list carriers = {};
	char link[64], path[PATH_MAX];

	if (S_ISCHR(st->stx_mode) && st->stx_rdev_major == MAJOR_NVIDIA)
		set_nvidia_user(users, st->stx_rdev_minor, process);
	snprintf(link, sizeof(link), "/sys/dev/%s/%u:%u", S_ISBLK(st->stx_mode) ? "block" : "char",
		 st->stx_rdev_major, st->stx_rdev_minor);
	if (root_read_link(users->root, link, path, sizeof(path)) <= 0)
		return;
	if (strstr(path, "/virtual/vfio/"))
		set_group_user(users, strrchr(path, '/') + 1, process);
	path_carriers(path, &carriers);
	vec_foreach(address, &carriers)
		set_user_at(users, address, process);
	free(carriers.items);
}

static char *process_name(struct root *root, const char *pid)
{
	_cleanup_free_ char *path = xasprintf("/proc/%s/comm", pid),
			    *name = root_read_line(root, path);

	return xasprintf("%s (%s)", name ? name : "?", pid);
}

/* Common devices that are no function's need no look. */
static bool is_common(const struct statx *st)
{
	return S_ISCHR(st->stx_mode) &&
	       (st->stx_rdev_major == MAJOR_MEM || st->stx_rdev_major == MAJOR_TTYAUX ||
		(st->stx_rdev_major >= MAJOR_PTS_FIRST && st->stx_rdev_major <= MAJOR_PTS_LAST));
}

/*
 * What cannot be read of a process that runs counts; of one that ended meanwhile nothing is open. False: the
 * processes have more files open than are looked at.
 */
static bool scan_process(struct users *users, const char *pid)
{
	_cleanup_free_ char *directory = xasprintf("/proc/%s/fd", pid), *process = NULL;
	_cleanup_close_ int dir = root_open(users->root, directory, O_RDONLY | O_DIRECTORY);
	_cleanup_(strv_done) struct strv fds = {};

	root_list(users->root, directory, &fds);
	for (size_t i = 0; dir >= 0 && i < fds.n; i++) {
		struct statx st;

		if (++users->n_files > MAX_FILES)
			return false;
		/* Without asking a server, as FUSE and NFS have it, which may never answer. */
		if (statx(dir, fds.items[i], AT_STATX_DONT_SYNC, STATX_TYPE, &st) < 0 ||
		    (!S_ISCHR(st.stx_mode) && !S_ISBLK(st.stx_mode)) || is_common(&st))
			continue;
		if (!process)
			process = process_name(users->root, pid);
		set_device_user(users, &st, process);
	}
	return true;
}

static void scan_processes(void *userdata, size_t piece _unused_)
{
	struct users *users = userdata;
	_cleanup_(strv_done) struct strv processes = {};

	root_heed(users->root);
	*users->complete = root_list(users->root, "/proc", &processes) == 0 &&
			   processes.n < MAX_PROCESSES;
	for (size_t i = 0; i < processes.n && *users->complete; i++)
		if (isdigit((unsigned char)processes.items[i][0]))
			*users->complete = scan_process(users, processes.items[i]);
	/* What others have open an ordinary user cannot see; what root cannot see is not known. */
	if (users->root->unread && geteuid() == 0)
		*users->complete = false;
}

static void scan_live(struct root *root, struct inventory *inventory)
{
	size_t bytes = inventory->n * USER_MAX + sizeof(bool);
	char *memory = bounded_memory(bytes);
	struct users users = {.root = root, .inventory = inventory};

	if (!memory) {
		root_unread(root, "/proc/*/fd", -ENOMEM);
		return;
	}
	users.names = (char(*)[USER_MAX])memory;
	users.complete = (bool *)(memory + inventory->n * USER_MAX);
	if (bounded_once(scan_processes, &users, USERS_MS) != BOUNDED_DONE || !*users.complete)
		root_unread(root, "/proc/*/fd", -EIO);
	for (size_t i = 0; i < inventory->n; i++)
		if (*users.names[i])
			inventory->items[i].user = xstrdup(users.names[i]);
	bounded_free(memory, bytes);
}

void scan_users(struct root *root, struct inventory *inventory)
{
	/* A snapshot has what was found, not what it was found in. */
	struct recorder *recorder = TAKE_PTR(root->recorder);
	_cleanup_free_ char *captured = NULL;

	if (root->live)
		scan_live(root, inventory);
	else
		captured = root_read_text(root, SNAPSHOT_USERS, TABLE_MAX);
	if (captured)
		users_parse(captured, inventory);
	root->recorder = recorder;
}
