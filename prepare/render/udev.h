/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules file for devices that appear later, udev(7); pure. "" where there is no rule.
 *
 * Two rules for each device. The first gives it its driver at the "add" event, if it has none;
 * units/04-vfio-prepare.rules says beforehand, in ENV{.vfio_prepare}, whether that may be. As the
 * kernel sends the event before it looks for a driver (drivers/base/core.c device_add()), that may be
 * too late where the native driver is loaded: at the "bind" event the second starts
 * vfio-prepare-hotplug@ADDRESS.service. For a device that is right neither does anything.
 */
#pragma once

#include "model/policy.h"

char *render_udev_rules(const struct device_rules *rules);
