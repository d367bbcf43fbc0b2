#!/bin/sh
# The hook of images without systemd for disks, which had to wait until the one of the root is known.
# Sourced by process 1 like vfio-prepare.sh.

/usr/sbin/vfio-prepare bind --phase premount < /dev/null > /dev/null \
	|| warn "vfio-prepare: exit status $?, the boot goes on"
