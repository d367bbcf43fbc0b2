/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads tables of the kernel, of the distribution and of this tool, line by line: a line that is no entry
 * is passed over. proc(5) mountinfo, fstab(5), crypttab(5), /proc/swaps; their octal escapes are undone.
 */
#pragma once

#include "model/inventory.h"

void mountinfo_parse(const char *text, struct mount_list *ret);
void fstab_parse(const char *text, struct mount_list *ret);
void crypttab_parse(const char *text, struct mount_list *ret);
void swaps_parse(const char *text, struct mount_list *ret);
/* "8:1" as sysfs and mountinfo have it; 0 or -EINVAL. */
int device_number_parse(const char *text, unsigned *ret_major, unsigned *ret_minor);

/* Add what /proc/net/route and /proc/net/ipv6_route have, default routes and at most ROUTES_KEPT others. */
void routes_parse(const char *text, struct network *ret);
void routes6_parse(const char *text, struct network *ret);

/*
 * Adds the lines "ADDRESS VENDOR:DEVICE [GUARD [path=PATH] [serial=SERIAL] [contents=ID,ID...]]" of the list of
 * guarded functions (render_guarded()). Without a guard it is network, the only one that versions before 0.2 kept.
 */
void guarded_parse(const char *text, struct guarded_list *ret);
/* Fills in what a snapshot says of the disks' contents (render_contents()); the first line of a disk counts. */
void contents_parse(const char *text, struct storage *storage);
/* Fills in what a snapshot says of the processes that hold functions (render_users()). */
void users_parse(const char *text, struct inventory *inventory);
