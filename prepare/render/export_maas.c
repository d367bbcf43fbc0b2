/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What MAAS loads: a tag, scripts that it runs on machines, and commands of curtin's. */
#include <ctype.h>
#include <string.h>

#include "render/escape.h"
#include "render/export.h"
#include "render/export_install.h"

#define MAX_NAME 200

/* What tags and scripts are called: of letters, digits, '-' and '_' (models/tag.py; forms/script.py). */
static void add_name(struct buf *buf, const struct export *export, const char *end)
{
	struct buf name = {};

	buf_add(&name, "vfio");
	vec_foreach(section, &export->profile->sections) {
		buf_add(&name, "-");
		for (const char *c = export_alias(section); *c; c++)
			buf_add_n(&name, isalnum((unsigned char)*c) || *c == '_' ? c : "-", 1);
	}
	buf_addf(buf, "%.*s%s", MAX_NAME, buf_text(&name), end);
	buf_done(&name);
}

/* --- the tag: an XPath expression on what lshw -xml says of a machine -------------------------------- */

/* A function that a machine has before anything is prepared: of virtual ones, the physical one. */
static const struct pci_function *original(const struct export *export,
					   const struct export_device *device)
{
	return device->type == EXPORT_TYPE_VF ? inventory_find(export->inventory, &device->physfn)
					      : device->function;
}

/* lshw has numbers as they are printed by "0x%X"; its texts depend on the pci.ids of the machine. */
static void add_ids(struct buf *buf, const struct pci_function *function)
{
	buf_addf(buf,
		 "hints/hint[@name=\"pci.vendor\"]/@value=\"0x%X\" and "
		 "hints/hint[@name=\"pci.device\"]/@value=\"0x%X\"",
		 function->vendor, function->device);
}

/* Has an earlier device of the section the same original, or the same ids? */
static bool is_repeated(const struct export *export, const struct export_device *device,
			bool by_address)
{
	const struct pci_function *function = original(export, device);

	vec_foreach(other, export) {
		const struct pci_function *seen = other == device ? NULL : original(export, other);

		if (other == device)
			return false;
		if (other->section == device->section && seen && !other->companion &&
		    (by_address ? seen == function
				: seen->vendor == function->vendor &&
					  seen->device == function->device))
			return true;
	}
	return false;
}

/* Devices by address: each is where it is listed. */
static void add_addresses(struct buf *buf, const struct export *export,
			  const struct device_section *section, const char **separator)
{
	vec_foreach(device, export) {
		const struct pci_function *function = original(export, device);

		if (device->section != section || device->companion || !function ||
		    is_repeated(export, device, true))
			continue;
		buf_addf(buf, "%s//node[businfo=\"pci@%s\" and ", *separator,
			 PCI_ADDRESS_TEXT(&function->address));
		add_ids(buf, function);
		buf_add(buf, "]");
		*separator = " and ";
	}
}

/* Devices wherever they are: as many as the section wants, or any number. */
static void add_count(struct buf *buf, const struct export *export,
		      const struct device_section *section, const char **separator)
{
	const char *alternative = "";
	struct buf nodes = {};

	vec_foreach(device, export) {
		const struct pci_function *function = original(export, device);

		if (device->section != section || device->companion || !function ||
		    is_repeated(export, device, false))
			continue;
		buf_addf(&nodes, "%s(", alternative);
		add_ids(&nodes, function);
		buf_add(&nodes, ")");
		alternative = " or ";
	}
	if (nodes.length) {
		buf_addf(buf, "%scount(//node[%s])", *separator, buf_text(&nodes));
		if (section->has_count)
			buf_addf(buf, " = %u", section->count);
		else
			buf_add(buf, " > 0");
		*separator = " and ";
	}
	buf_done(&nodes);
}

char *render_maas_tag(const struct export *export)
{
	_cleanup_free_ char *arguments = strv_join(&export->arguments, " "), *comment = NULL;
	_cleanup_(buf_done) struct buf definition = {};
	const char *description = export->profile->description, *separator = "";
	struct buf buf = {};

	vec_foreach(section, &export->profile->sections)
		(section->addresses.n ? add_addresses : add_count)(&definition, export, section,
								   &separator);
	comment = xasprintf("Machines that vfio-prepare makes ready%s%s", description ? ": " : "",
			    description ? description : "");
	buf_add(&buf, "maas \"$PROFILE\" tags create \\\n  name=");
	add_name(&buf, export, "");
	buf_add(&buf, " \\\n  comment=");
	add_shell_word(&buf, comment);
	if (*arguments) {
		buf_add(&buf, " \\\n  kernel_opts=");
		add_shell_word(&buf, arguments);
	}
	buf_add(&buf, " \\\n  definition=");
	add_shell_word(&buf, buf_text(&definition));
	buf_add(&buf, "\n");
	return buf_take(&buf);
}

/* --- scripts ------------------------------------------------------------------------------------- */

/* Ends a here-document; no line of base64 and none of a profile is so. */
#define HERE "VFIO_PREPARE_END"

static void add_base64_lines(struct buf *buf, const char *bytes, size_t length)
{
	enum { BYTES_IN_LINE = 57 };

	for (size_t i = 0; i < length; i += BYTES_IN_LINE) {
		add_base64(buf, bytes + i, length - i < BYTES_IN_LINE ? length - i : BYTES_IN_LINE);
		buf_add(buf, "\n");
	}
}

static void add_program(struct buf *buf, const struct export *export)
{
	buf_add(buf, "base64 -d <<'" HERE "' | gzip -d >\"$dir/vfio-prepare\"\n");
	buf_add(buf, export->program);
	buf_add(buf, HERE "\nchmod 755 \"$dir/vfio-prepare\"\nprogram=$dir/vfio-prepare\n");
}

/* The program of the tarball that MAAS has fetched to $DOWNLOAD_PATH for the header's sake. */
static void add_fetched_program(struct buf *buf, const struct export *export)
{
	buf_addf(buf,
		 "for file in \"$DOWNLOAD_PATH\"/*; do\n"
		 "  [ -f \"$file\" ] || continue\n"
		 "%s%s%s"
		 "  tar -xzf \"$file\" -C \"$dir\"\n"
		 "done\n"
		 "program=$(echo \"$dir\"/vfio-prepare-*/tree/sbin/vfio-prepare)\n",
		 export->sha256 ? "  echo \"" : "", export->sha256 ? export->sha256 : "",
		 export->sha256 ? "  $file\" | sha256sum -c >/dev/null 2>&1 || continue\n" : "");
}

static void add_profile(struct buf *buf, const struct export *export)
{
	_cleanup_(buf_done) struct buf profile = {};

	add_profile_text(&profile, export->profile);
	if (text_is_plain(buf_text(&profile))) {
		buf_addf(buf, "cat >\"$dir/profile.conf\" <<'" HERE "'\n%s", buf_text(&profile));
	} else {
		buf_add(buf, "base64 -d >\"$dir/profile.conf\" <<'" HERE "'\n");
		add_base64_lines(buf, buf_text(&profile), profile.length);
	}
	buf_add(buf, HERE "\n");
}

struct script {
	const char *type, *end_of_name, *title, *description, *options;
};

/* The header is YAML behind '#' (forms/script.py); the result, what models/scriptresult.py reads. */
static char *render_script(const struct export *export, const struct script *script)
{
	struct buf buf = {};

	buf_add(&buf, "#!/bin/sh\n"
		      "#\n"
		      "# --- Start MAAS 1.0 script metadata ---\n"
		      "# name: ");
	add_name(&buf, export, script->end_of_name);
	buf_addf(&buf,
		 "\n# title: %s\n# description: %s\n# script_type: %s\n# hardware_type: node\n"
		 "# parallel: any\n# timeout: 00:05:00\n",
		 script->title, script->description, script->type);
	if (export->url)
		buf_addf(&buf, "# packages: {url: \"%s\"}\n", export->url);
	buf_add(&buf,
		"# results:\n"
		"#   fitness: {title: Verdict}\n"
		"#   findings: {title: Findings, description: What is missing and what to do about it}\n"
		"# --- End MAAS 1.0 script metadata ---\n"
		"set -u\n"
		"dir=$(mktemp -d) || exit 1\n"
		"trap 'rm -rf \"$dir\"' EXIT\n");
	add_profile(&buf, export);
	if (export->url)
		add_fetched_program(&buf, export);
	else
		add_program(&buf, export);
	buf_addf(&buf,
		 "validate() { \"$program\" --profile \"$dir/profile.conf\" validate%s \"$@\"; }\n"
		 "validate\n"
		 "validate --format maas >\"$RESULT_PATH\"\n"
		 "grep -q '^status: ' \"$RESULT_PATH\" || echo 'status: failed' >\"$RESULT_PATH\"\n"
		 "! grep -q '^status: failed' \"$RESULT_PATH\"\n",
		 script->options);
	return buf_take(&buf);
}

char *render_maas_commissioning(const struct export *export)
{
	return render_script(
		export,
		&(struct script){
			.type = "commissioning",
			.end_of_name = "-fitness",
			.title = "Fitness for passthrough",
			.description =
				"Could this machine give the devices of the profile to guests?",
			.options = " --fit",
		});
}

char *render_maas_testing(const struct export *export)
{
	return render_script(
		export, &(struct script){
				.type = "testing",
				.end_of_name = "-readiness",
				.title = "Readiness for passthrough",
				.description = "Are the devices of the profile ready for guests?",
				.options = "",
			});
}

/* --- curtin -------------------------------------------------------------------------------------- */

/*
 * The preseed is a template, so that no two braces may stand together in it: the profile is base64. What fails is
 * in the log of the installation, and does not end it.
 */
char *render_maas_curtin(const struct export *export)
{
	static const char command[] =
		"  - curtin\n  - in-target\n  - '--'\n  - sh\n  - -c\n  - |\n";
	_cleanup_(buf_done) struct buf profile = {}, script = {};
	struct buf buf = {};

	add_profile_text(&profile, export->profile);
	buf_addf(&buf,
		 "late_commands:\n  vfio_prepare_1:\n%s    mkdir -p /etc/vfio-prepare\n    echo ",
		 command);
	add_base64(&buf, buf_text(&profile), profile.length);
	buf_addf(&buf, " | base64 -d >/etc/vfio-prepare/profile.conf\n  vfio_prepare_2:\n%s    (\n",
		 command);
	add_install_script(&script, export);
	add_indented(&buf, buf_text(&script), 4);
	buf_add(&buf, "    ) || echo 'vfio-prepare: this host is not prepared' >&2\n");
	return buf_take(&buf);
}
