/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What nova loads of a host, and what the charms that write its configuration take. Each value that a person has named
 * is one of JSON, in ASCII, and has nothing that oslo.config replaces (decide/export_nova.h).
 */
#pragma once

#include "model/export.h"

/* export nova compute, nova controller, juju charms; the caller's. */
char *render_nova_compute(const struct export *export);
char *render_nova_controller(const struct export *export);
char *render_juju_charms(const struct export *export);
