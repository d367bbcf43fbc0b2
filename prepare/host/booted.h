/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What has started the running kernel: by the variables of the Boot Loader Interface, which systemd-boot and
 * GRUB 2.12 set, and by what boot loaders add to the command line.
 */
#pragma once

#include "host/root.h"
#include "model/host_places.h"

struct boot_traces {
	enum booted by;
	/* Names of entries, with or without ".conf"; NULL: not told. */
	char *selected;  /* that has been started */
	char *preferred; /* that is started next, unless somebody chooses another one */
	char *image;     /* a unified kernel image, as its path on its partition */
	char *initrd;    /* the last one of the command line, as its path on its partition */
};

void boot_traces_read(struct root *root, struct boot_traces *ret);
void boot_traces_done(struct boot_traces *traces);
