/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What nova loads of a host, and what the charms that write its configuration take. Each value that a person has named
 * is one of JSON, in ASCII, and has nothing that oslo.config replaces (decide/export_nova.h).
 */
#include "base/text.h"
#include "model/nova.h"
#include "render/escape.h"
#include "render/export.h"
#include "render/json.h"

static char *compact(json_t *value)
{
	char *text = json_dumps(value, JSON_ENSURE_ASCII);

	json_decref(value);
	return text ? text : xstrdup("null");
}

static void set_text(json_t *object, const char *key, const char *value)
{
	if (value && *value)
		json_set(object, key, json_text(value));
}

/* Values of nova are strings, and it compares them as such. */
static void set_truth(json_t *object, const char *key, const char *value)
{
	bool truth;

	if (value && bool_parse(value, &truth) == 0)
		json_set(object, key, json_text(truth ? "true" : "false"));
}

static void set_placement(json_t *object, const struct nova_alias *alias)
{
	_cleanup_free_ char *class = nova_resource_class(alias), *joined = NULL;
	_cleanup_(strv_done) struct strv traits = {};

	set_text(object, "resource_class", class);
	if (!alias->is_main)
		return;
	nova_traits(alias->section, &traits);
	joined = strv_join(&traits, ",");
	set_text(object, "traits", joined);
}

static json_t *device_spec(const struct export *export, const struct export_device *device,
			   const struct nova_alias *alias)
{
	const struct device_section *section = device->section;
	json_t *spec = json_object();

	json_set(spec, "address", json_address(&device->address));
	json_set(spec, "vendor_id", json_hex(device->vendor, 4));
	json_set(spec, "product_id", json_hex(device->device, 4));
	if (export_is_since(export, "31"))
		set_text(spec, "managed", "no");
	if (section->physical_network)
		json_set(spec, "physical_network",
			 nova_has_network(section) ? json_text(section->physical_network)
						   : json_null());
	if (export_is_since(export, "18"))
		set_truth(spec, "trusted", section->trusted);
	if (nova_reports(export))
		set_placement(spec, alias);
	if (export_is_since(export, "31"))
		set_truth(spec, "live_migratable", section->live_migratable);
	return spec;
}

static json_t *alias_line(const struct export *export, const struct nova_alias *alias)
{
	const struct device_section *section = alias->section;
	json_t *line = json_object();

	json_set(line, "name", json_text(alias->name));
	if (!nova_schedules(export) || !section->resource_class) {
		json_set(line, "vendor_id", json_hex(alias->device->vendor, 4));
		json_set(line, "product_id", json_hex(alias->device->device, 4));
	}
	json_set(line, "device_type", json_text(nova_types[alias->device->type]));
	set_text(line, "numa_policy", section->numa);
	if (nova_schedules(export))
		set_placement(line, alias);
	if (export_is_since(export, "31"))
		set_truth(line, "live_migratable", section->live_migratable);
	return line;
}

/* The devices, or the names, each as a text of JSON; of equal ones the first. */
static void make_specs(const struct export *export, const struct nova_aliases *aliases,
		       struct strv *ret)
{
	vec_foreach(device, export)
		if (!device->companion)
			strv_take(ret, compact(device_spec(export, device,
							   nova_alias_of(aliases, device))));
}

static void make_lines(const struct export *export, const struct nova_aliases *aliases,
		       struct strv *ret)
{
	vec_foreach(alias, aliases)
		if (alias->is_asked) {
			_cleanup_free_ char *line = compact(alias_line(export, alias));

			strv_add_new(ret, line);
		}
}

static void add_option(struct buf *buf, const char *option, const struct strv *values)
{
	vec_foreach(value, values)
		buf_addf(buf, "%s = %s\n", option, *value);
}

/* How flavors ask for the devices, and what nova does not know of them. */
static void add_flavors(struct buf *buf, const struct nova_aliases *aliases)
{
	_cleanup_(strv_done) struct strv properties = {};
	bool others = false;

	vec_foreach(alias, aliases)
		if (alias->is_asked && alias->is_main) {
			_cleanup_free_ char *property = xasprintf("pci_passthrough:alias=%s:1",
								  alias->name);

			strv_add_new(&properties, property);
		} else if (alias->is_asked) {
			others = true;
		}
	if (properties.n)
		buf_add(buf, "# A flavor asks for one device with:\n");
	vec_foreach(property, &properties) {
		buf_add(buf, "# openstack flavor set FLAVOR --property ");
		add_shell_word(buf, *property);
		buf_add(buf, "\n");
	}
	if (others)
		buf_add(buf, "# The other names are of other functions of the cards. nova does not "
			     "know which card a function\n# belongs to: ask for them only where a "
			     "host has one card.\n");
}

static void add_title(struct buf *buf, const struct export *export, const char *what)
{
	const struct export_info *info = &export_infos[export->text];

	buf_addf(buf, "# vfio-prepare: %s, for release %s of nova\n", what,
		 export->release ? export->release : info->newest);
}

/* The names that the filters of a release are in; nova's own are nova/conf/scheduler.py, enabled_filters. */
static char *filters(const struct export *export, const char *until_retry, const char *until_zone,
		     const char *more)
{
	return xasprintf("%s%sComputeFilter,ComputeCapabilitiesFilter,ImagePropertiesFilter,"
			 "ServerGroupAntiAffinityFilter,ServerGroupAffinityFilter,%s"
			 "PciPassthroughFilter",
			 export_is_since(export, until_retry) ? "" : "RetryFilter,",
			 export_is_since(export, until_zone) ? "" : "AvailabilityZoneFilter,",
			 more);
}

char *render_nova_compute(const struct export *export)
{
	_cleanup_(nova_aliases_done) struct nova_aliases aliases = {};
	_cleanup_(strv_done) struct strv specs = {}, lines = {};
	struct buf buf = {};

	nova_aliases_make(export, &aliases);
	make_specs(export, &aliases, &specs);
	make_lines(export, &aliases, &lines);
	add_title(&buf, export, "the PCI devices of this host");
	buf_add(&buf, "[pci]\n");
	add_option(&buf, export_is_since(export, "26") ? "device_spec" : "passthrough_whitelist",
		   &specs);
	add_option(&buf, "alias", &lines);
	if (nova_reports(export))
		buf_add(&buf, "# Once it is on, nova-compute does not start without it.\n"
			      "report_in_placement = true\n");
	return buf_take(&buf);
}

char *render_nova_controller(const struct export *export)
{
	_cleanup_(nova_aliases_done) struct nova_aliases aliases = {};
	_cleanup_(strv_done) struct strv lines = {};
	_cleanup_free_ char *list = filters(export, "20", "24", "");
	struct buf buf = {};

	nova_aliases_make(export, &aliases);
	make_lines(export, &aliases, &lines);
	add_title(&buf, export, "the names by which flavors ask for PCI devices");
	buf_add(&buf, "[pci]\n");
	add_option(&buf, "alias", &lines);
	add_flavors(&buf, &aliases);
	buf_addf(
		&buf,
		"\n[filter_scheduler]\n"
		"# The release's default and PciPassthroughFilter; add that to your own list instead, "
		"if you have one.\n"
		"enabled_filters = %s\n",
		list);
	if (nova_schedules(export))
		buf_add(&buf, "# Only once all compute nodes have report_in_placement.\n"
			      "pci_in_placement = true\n");
	return buf_take(&buf);
}

/* A list of JSON texts, which are ASCII, as one option of a charm: a YAML scalar in single quotes. */
static void add_charm_list(struct buf *buf, const char *option, const struct strv *values)
{
	const char *separator = "[";

	if (!values->n)
		return;
	buf_addf(buf, "      %s: '", option);
	vec_foreach(value, values) {
		buf_add(buf, separator);
		for (const char *c = *value; *c; c++)
			buf_addf(buf, "%s%c", *c == '\'' ? "'" : "", *c);
		separator = ", ";
	}
	buf_add(buf, "]'\n");
}

static bool has_display(const struct export *export)
{
	vec_foreach(device, export)
		if (device->class >> 16 == 0x03)
			return true;
	return false;
}

/* The options as config.yaml of the charms has them; theirs of other filters are in hooks/nova_cc_context.py. */
char *render_juju_charms(const struct export *export)
{
	_cleanup_(nova_aliases_done) struct nova_aliases aliases = {};
	_cleanup_(strv_done) struct strv specs = {}, lines = {};
	_cleanup_free_ char *list = filters(export, "22", "28",
					    "DifferentHostFilter,SameHostFilter,");
	struct buf buf = {};

	nova_aliases_make(export, &aliases);
	make_specs(export, &aliases, &specs);
	make_lines(export, &aliases, &lines);
	add_title(&buf, export,
		  "an overlay of a bundle, with what the charms are told of PCI devices");
	add_flavors(&buf, &aliases);
	buf_add(&buf, "applications:\n  nova-compute:\n    options:\n");
	add_charm_list(&buf, "pci-passthrough-whitelist", &specs);
	add_charm_list(&buf, "pci-alias", &lines);
	buf_add(&buf, "  nova-cloud-controller:\n    options:\n");
	add_charm_list(&buf, "pci-alias", &lines);
	buf_addf(&buf, "      scheduler-default-filters: %s\n", list);
	if (has_display(export))
		buf_add(&buf,
			"      # A guest that gets a graphics card needs a display of its own besides.\n"
			"      console-access-protocol: spice\n");
	return buf_take(&buf);
}
