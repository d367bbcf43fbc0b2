/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/export_install.h"

#include <string.h>

#include "base/text.h"
#include "model/boot_log.h"
#include "model/host_places.h"
#include "render/escape.h"

/* cloud-init runs what is there at the end of each boot, in front of runcmd (cloudinit/config/cc_scripts_per_boot.py). */
#define SCRIPTS_OF_NEXT_BOOT "/var/lib/cloud/scripts/per-boot"

static const char fetch[] =
	"fetch() { # FILE\n"
	"  case $url in\n"
	"  file://*) cp \"${url#file://}\" \"$1\" ;;\n"
	"  *)\n"
	"    if command -v curl >/dev/null; then\n"
	"      curl --fail --silent --show-error --location --retry 3 --output \"$1\" \"$url\"\n"
	"    elif command -v wget >/dev/null; then\n"
	"      wget -q -O \"$1\" \"$url\"\n"
	"    else\n"
	"      python3 -c 'import sys, urllib.request as u; u.urlretrieve(*sys.argv[1:])' \"$url\" \"$1\"\n"
	"    fi\n"
	"    ;;\n"
	"  esac\n"
	"}\n"
	"has_sum() { # FILE\n"
	"  [ -z \"$sha256\" ] && return\n"
	"  echo \"$sha256  $1\" | sha256sum -c >/dev/null 2>&1 && return\n"
	"  echo \"vfio-prepare: what $url has is not of the SHA-256 $sha256\" >&2\n"
	"  return 1\n"
	"}\n"
	"install_program() {\n"
	"  dir=$(mktemp -d) || return\n"
	"  fetch \"$dir/tarball\" && has_sum \"$dir/tarball\" &&\n"
	"    tar -xzf \"$dir/tarball\" -C \"$dir\" && sh \"$dir\"/vfio-prepare-*/install.sh\n"
	"  status=$?\n"
	"  rm -rf \"$dir\"\n"
	"  return $status\n"
	"}\n"
	"if ! install_program; then\n"
	"  echo \"vfio-prepare: it could not be installed from $url; what is installed already is taken\" >&2\n"
	"fi\n";

static const char apply[] =
	"if ! command -v vfio-prepare >/dev/null; then\n"
	"  echo 'vfio-prepare: it is not installed, and nothing is prepared' >&2\n"
	"  exit 1\n"
	"fi\n"
	"# What needs the groups of an IOMMU that this boot has not on can be written after the restart only.\n"
	"once_more() {\n"
	"  mkdir -p " SCRIPTS_OF_NEXT_BOOT " || return\n"
	"  cat >" SCRIPTS_OF_NEXT_BOOT "/vfio-prepare <<'SCRIPT'\n"
	"#!/bin/sh\n"
	"rm -f \"$0\"\n"
	"PATH=$PATH:/usr/sbin:/sbin\n"
	"vfio-prepare apply --rebuild\n"
	"status=$?\n"
	"[ $status -eq 5 ] || exit $status\n"
	"systemctl --no-block reboot\n"
	"SCRIPT\n"
	"  chmod 755 " SCRIPTS_OF_NEXT_BOOT "/vfio-prepare\n"
	"}\n"
	"status=0\n"
	"vfio-prepare apply --rebuild || status=$?\n"
	"case $status in\n"
	"0) ;;\n"
	"5)\n"
	"  status=0\n"
	"  once_more\n"
	"  ;;\n"
	"*) echo \"vfio-prepare: apply ended with status $status; vfio-prepare validate shows what is missing\" >&2 ;;\n"
	"esac\n"
	"exit $status\n";

void add_install_script(struct buf *buf, const struct export *export)
{
	buf_add(buf, "# Installs vfio-prepare and prepares the host. Again is harmless.\n"
		     "PATH=$PATH:/usr/sbin:/sbin\n"
		     "if systemd-detect-virt --quiet --container 2>/dev/null; then exit 0; fi\n");
	if (export->url) {
		buf_add(buf, "url=");
		add_shell_word(buf, export->url);
		buf_addf(buf, "\nsha256=%s\n", export->sha256 ? export->sha256 : "");
		buf_add(buf, fetch);
	}
	buf_add(buf, apply);
}

void add_indented(struct buf *buf, const char *text, unsigned spaces)
{
	for (const char *line = text, *next; *line; line = next) {
		next = text_next_line(line);
		buf_addf(buf, "%*s%.*s", *line == '\n' ? 0 : (int)spaces, "", (int)(next - line),
			 line);
	}
}

void add_profile_file(struct buf *buf, const struct export *export, unsigned spaces)
{
	_cleanup_(buf_done) struct buf profile = {};
	int column = (int)spaces;

	add_profile_text(&profile, export->profile);
	buf_addf(buf, "%*s- path: " PROFILE_PATH "\n%*s  permissions: '0644'\n", column, "", column,
		 "");
	if (text_is_plain(buf_text(&profile))) {
		buf_addf(buf, "%*s  content: |\n", column, "");
		add_indented(buf, buf_text(&profile), spaces + 4);
	} else {
		buf_addf(buf, "%*s  encoding: b64\n%*s  content: ", column, "", column, "");
		add_base64(buf, buf_text(&profile), profile.length);
		buf_add(buf, "\n");
	}
}

static void add_restart(struct buf *buf)
{
	buf_add(buf, "power_state:\n"
		     "  mode: reboot\n"
		     "  delay: now\n"
		     "  timeout: 30\n"
		     "  message: vfio-prepare has written what the next boot needs\n"
		     "  condition: test -e " RESTART_REASONS_PATH "\n");
}

/* runcmd and power_state are of the last stage, each once for an instance: what fails there stops no boot. */
char *render_cloud_init(const struct export *export)
{
	_cleanup_(buf_done) struct buf script = {};
	struct buf buf = {};

	buf_add(&buf,
		"#cloud-config\n"
		"# Prepares a host to give PCI devices to guests, and restarts it once if that is "
		"required.\n"
		"write_files:\n");
	add_profile_file(&buf, export, 0);
	buf_add(&buf, "runcmd:\n- - sh\n  - -c\n  - |\n");
	add_install_script(&script, export);
	add_indented(&buf, buf_text(&script), 4);
	add_restart(&buf);
	return buf_take(&buf);
}

/*
 * Juju refuses runcmd (environs/config/config.go), and makes one script of its own commands and of these, each a text,
 * behind "set -e": the subshell is all that ends there.
 */
char *render_juju_model(const struct export *export)
{
	_cleanup_(buf_done) struct buf script = {}, userdata = {};
	struct buf buf = {};

	buf_add(&userdata, "write_files:\n");
	add_profile_file(&userdata, export, 0);
	buf_add(&userdata, "postruncmd:\n- |\n  (\n");
	add_install_script(&script, export);
	add_indented(&userdata, buf_text(&script), 2);
	buf_add(&userdata, "  ) || echo 'vfio-prepare: the host is not prepared' >&2\n");
	add_restart(&userdata);
	buf_add(&buf,
		"# Prepares the machines of a model to give PCI devices to guests, and restarts each once if "
		"that is required.\n"
		"cloudinit-userdata: |\n");
	add_indented(&buf, buf_text(&userdata), 2);
	return buf_take(&buf);
}
