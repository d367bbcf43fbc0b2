/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/udev.h"

#include <string.h>

#include "base/buf.h"
#include "model/profile.h"

/* The class as sysfs shows it, "0x030000", with as many digits as the pattern has. */
static void add_class(struct buf *buf, const struct id_pattern *id)
{
	int digits = 0;

	for (uint32_t mask = id->class_mask; mask; mask = mask << 4 & 0xffffff)
		digits++;
	if (digits)
		buf_addf(buf, ", ATTR{class}==\"0x%0*x%s\"", digits, id->class >> 4 * (6 - digits),
			 digits < 6 ? "*" : "");
}

static void add_number(struct buf *buf, const char *attribute, int32_t number)
{
	if (number >= 0)
		buf_addf(buf, ", ATTR{%s}==\"0x%04x\"", attribute, (unsigned)number);
}

/* Where and what. */
static void add_match(struct buf *buf, const struct device_rule *rule)
{
	char address[PCI_ADDRESS_MAX];

	pci_address_format(&rule->place.address, address);
	if (rule->anywhere)
		buf_add(buf, "KERNEL==\"*\"");
	else if (rule->place.any_function)
		buf_addf(buf, "KERNEL==\"%.*s?\"", (int)strlen(address) - 1, address);
	else
		buf_addf(buf, "KERNEL==\"%s\"", address);
	add_number(buf, "vendor", rule->id.vendor);
	add_number(buf, "device", rule->id.device);
	add_class(buf, &rule->id);
	add_number(buf, "subsystem_vendor", rule->subsystem_vendor);
	add_number(buf, "subsystem_device", rule->subsystem_device);
	buf_add(buf, ", ");
}

static void add_override(struct buf *buf, const struct device_rule *rule)
{
	add_match(buf, rule);
	/* On its driver already, as by ids= before udev came to it, it has no override yet. */
	buf_addf(buf, "DRIVER==\"|%s\", ENV{.vfio_prepare}==\"add%s%s%s\", ", rule->driver,
		 rule->looks & ALLOW_STORAGE ? "" : "|disks",
		 rule->looks & ALLOW_DISPLAY ? "" : "|display",
		 rule->looks & ALLOW_NETWORK ? "" : "|network");
	/* With its driver loaded already, nothing else would have the kernel look again. */
	buf_addf(buf,
		 "ATTR{driver_override}=\"%s\", ATTR{[subsystem/pci]drivers_probe}=\"$kernel\", "
		 "RUN{builtin}+=\"kmod load %s\"\n",
		 rule->driver, rule->module);
}

char *render_udev_rules(const struct device_rules *rules)
{
	struct buf buf = {};

	if (rules->n)
		buf_add(&buf, FILE_HEADER);
	vec_foreach(rule, rules) {
		if (rule->driver && !rule->asks_program)
			add_override(&buf, rule);
		add_match(&buf, rule);
		/* Variants have vfio in their names. */
		buf_addf(&buf,
			 "DRIVER!=\"%s\", ENV{.vfio_prepare}==\"bind\", RUN+=\"/bin/systemctl "
			 "--no-block start vfio-prepare-hotplug@$kernel.service\"\n",
			 rule->driver ? rule->driver : "*vfio*");
	}
	return buf_take(&buf);
}
