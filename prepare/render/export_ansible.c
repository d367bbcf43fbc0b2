/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ansible: a local fact. */
#include "render/escape.h"
#include "render/export.h"

/* A fact is JSON, and a status other than 0 a failure of Ansible's. */
char *render_ansible(const struct export *export _unused_)
{
	return xstrdup(
		"#!/bin/sh\n"
		"# ansible_local.vfio_prepare: status, ready, reboot_required, devices, findings.\n"
		"PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin\n"
		"report=$(vfio-prepare --format json validate 2> /dev/null)\n"
		"case $report in\n"
		"{*) printf '%s\\n' \"$report\" ;;\n"
		"*) echo '{\"status\": \"unknown\", \"ready\": false}' ;;\n"
		"esac\n");
}
