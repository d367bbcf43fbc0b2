/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/mounts.h"

#include <string.h>

#include "base/text.h"

bool type_is_of_network(const char *type)
{
	static const char *const types[] = {"nfs",        "nfs4",           "cifs",
					    "smb3",       "ceph",           "glusterfs",
					    "fuse.sshfs", "fuse.glusterfs", "afs"};

	return TEXT_IN(types, type);
}

/* A path in /dev, or a tag: UUID=, and those that only others know (ID=). */
static bool names_device(const char *source)
{
	size_t capitals = strspn(source, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

	return text_starts_with(source, "/dev/") || (capitals && source[capitals] == '=');
}

/* "fuse.sshfs"; "sshfs#host:" and "ntfs-3g#/dev/sda1" of type fuse. fuseblk lies on a device. */
static bool is_fuse_without_device(const struct mount *entry)
{
	const char *of_helper = strchr(entry->source, '#');

	return (strcmp(entry->type, "fuse") == 0 || text_starts_with(entry->type, "fuse.")) &&
	       !(of_helper && names_device(of_helper + 1));
}

bool entry_needs_device(const struct mount *entry)
{
	/* Whatever stands in front of them: "nodev" in /proc/filesystems. */
	static const char *const nodev[] = {"9p",       "autofs",     "binfmt_misc", "bpf",
					    "cgroup",   "cgroup2",    "configfs",    "cpuset",
					    "debugfs",  "devpts",     "devtmpfs",    "efivarfs",
					    "fusectl",  "hugetlbfs",  "mqueue",      "nfsd",
					    "overlay",  "proc",       "pstore",      "ramfs",
					    "resctrl",  "rpc_pipefs", "securityfs",  "selinuxfs",
					    "smackfs",  "sysfs",      "tmpfs",       "tracefs",
					    "virtiofs", "zfs"};
	/* Clients of servers, as long as they name no device of this host. */
	static const char *const clients[] = {"beegfs", "davfs", "gpfs", "orangefs", "pvfs2"};
	const char *type = entry->type, *source = entry->source;

	if (type_is_of_network(type) || TEXT_IN(nodev, type))
		return false;
	if (names_device(source))
		return true;
	/* A bind mount or a swap file stands on something that is mounted. */
	if (source[0] == '/')
		return false;
	/* Its servers mount "pool/dataset" of their ZFS, also with _netdev. */
	if (strcmp(type, "lustre") == 0)
		return !strstr(source, ":/");
	return !entry->network && !TEXT_IN(clients, type) && !is_fuse_without_device(entry);
}
