/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/files.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "model/kernel_args.h"
#include "model/profile.h"
#include "parse/config_space.h"
#include "parse/kernel_args.h"

static void add_lines(struct buf *buf, const char *before, const struct strv *words,
		      const char *after)
{
	for (size_t i = 0; i < words->n; i++)
		buf_addf(buf, "%s%s%s\n", before, words->items[i], after);
}

/* The content of a file, "" without lines; empties them. */
static char *below_header(struct buf *lines)
{
	char *text = lines->length ? xasprintf(FILE_HEADER "%s", lines->text) : xstrdup("");

	buf_done(lines);
	return text;
}

char *render_modprobe(const struct module_policy *policy)
{
	_cleanup_free_ char *ids = strv_join(&policy->ids, ",");
	struct buf buf = {};

	if (policy->ids.n)
		buf_addf(&buf, "options vfio-pci ids=%s\n", ids);
	if (policy->unsafe_interrupts)
		buf_add(&buf, "options vfio_iommu_type1 allow_unsafe_interrupts=1\n");
	add_lines(&buf, "blacklist ", &policy->blacklist, "");
	add_lines(&buf, "softdep ", &policy->softdeps, " pre: vfio-pci");
	return below_header(&buf);
}

char *render_modules_load(const struct module_policy *policy)
{
	struct buf buf = {};

	add_lines(&buf, "", &policy->load, "");
	return below_header(&buf);
}

char *render_guarded(const struct guarded_list *guarded)
{
	struct buf buf = {};

	vec_foreach(function, guarded) {
		_cleanup_free_ char *contents = strv_join(&function->contents, ",");

		buf_addf(&buf, "%s %04x:%04x %s", PCI_ADDRESS_TEXT(&function->address),
			 (unsigned)function->id.vendor, (unsigned)function->id.device,
			 finding_name(function->type));
		if (function->path)
			buf_addf(&buf, " path=%s", function->path);
		if (function->has_serial) {
			_cleanup_free_ char *serial = serial_text(function->serial);

			buf_addf(&buf, " serial=%s", serial);
		}
		buf_addf(&buf, "%s%s\n", *contents ? " contents=" : "", contents);
	}
	return below_header(&buf);
}

/* --- the kernel's arguments --- */

char *render_grub(const struct strv *arguments)
{
	_cleanup_free_ char *words = strv_join(arguments, " ");

	return arguments->n ? xasprintf(FILE_HEADER "GRUB_CMDLINE_LINUX_DEFAULT="
						    "\"$GRUB_CMDLINE_LINUX_DEFAULT %s\"\n",
					words)
			    : xstrdup("");
}

char *render_own_arguments(const struct strv *ours, const struct strv *kept)
{
	struct buf buf = {};

	add_lines(&buf, "", ours, "");
	add_lines(&buf, "", kept, "");
	return below_header(&buf);
}

char *render_cmdline(const char *now, const struct strv *old, const struct strv *arguments)
{
	_cleanup_(strv_done) struct strv words = {};
	_cleanup_(buf_done) struct buf comments = {};
	_cleanup_free_ char *joined = NULL;
	bool changed = false;

	for (const char *line = now; *line; line = text_next_line(line)) {
		_cleanup_free_ char *text = xstrndup(line, strcspn(line, "\n"));
		_cleanup_(kernel_args_done) struct kernel_args args = {};

		if (*text == '#')
			buf_addf(&comments, "%s\n", text);
		else
			kernel_args_parse(text, &args);
		vec_foreach(arg, &args)
			if (strv_contains(old, arg->text) && !strv_contains(arguments, arg->text))
				changed = true;
			else
				strv_add(&words, arg->text);
	}
	for (size_t i = 0; i < arguments->n; i++)
		if (!strv_contains(&words, arguments->items[i])) {
			changed = true;
			strv_add(&words, arguments->items[i]);
		}
	joined = strv_join(&words, " ");
	return changed ? xasprintf("%s%s\n", buf_text(&comments), joined) : xstrdup(now);
}

/* --- udev's rules --- */

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
	return below_header(&buf);
}
