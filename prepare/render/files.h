/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files that a host gets; pure. Each begins with FILE_HEADER, or is "" where it is not needed. */
#pragma once

#include "model/guarded.h"
#include "model/network.h"
#include "model/policy.h"

/* modprobe.d(5) */
char *render_modprobe(const struct module_policy *policy);
/* modules-load.d(5) */
char *render_modules_load(const struct module_policy *policy);

/* What guarded_parse() reads. */
char *render_guarded(const struct guarded_list *guarded);

/*
 * The rules for devices that appear later, udev(7), two for each device. The first gives it its driver at the
 * "add" event, if it has none; units/04-vfio-prepare.rules says beforehand, in ENV{.vfio_prepare}, whether
 * that may be. As the kernel sends the event before it looks for a driver (drivers/base/core.c device_add()),
 * that may be too late where the native driver is loaded: at the "bind" event the second starts
 * vfio-prepare-hotplug@ADDRESS.service. For a device that is right neither does anything.
 */
char *render_udev_rules(const struct device_rules *rules);

/* The file of /etc/default/grub.d that adds the kernel's arguments to what others have. */
char *render_grub(const struct strv *arguments);
/* The file that remembers which arguments are the tool's own, one in a line. */
char *render_own_arguments(const struct strv *ours, const struct strv *kept);
/*
 * A line of arguments, as in /etc/kernel/cmdline, without those of old and with those of arguments; all
 * others stay, and so do comments, and the whole text where nothing changes. Has no header.
 */
char *render_cmdline(const char *now, const struct strv *old, const struct strv *arguments);
