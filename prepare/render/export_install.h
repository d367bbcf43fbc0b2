/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How another system installs the program on a host, gives it the profile and has it prepare the host. Neither
 * script nor file has anything that a quote, an indentation or a template in double braces would mind.
 */
#pragma once

#include "base/buf.h"
#include "model/export.h"

/*
 * A script for sh (POSIX), run by root, which ends its shell: installs the program from the export's URL, or takes the
 * one that is there, then runs apply --rebuild. Does nothing in a container. Exit status 0: all is written, and
 * /run/vfio-prepare/reboot-required stands if a restart is required.
 */
void add_install_script(struct buf *buf, const struct export *export);

/* The lines of a text, each behind that many spaces: a block of YAML, behind "|". */
void add_indented(struct buf *buf, const char *text, unsigned spaces);

/* An item of cloud-init's write_files, which begins with "- " behind that many spaces: the profile. */
void add_profile_file(struct buf *buf, const struct export *export, unsigned spaces);

/* export cloud-init, and juju model; the caller's. */
char *render_cloud_init(const struct export *export);
char *render_juju_model(const struct export *export);
