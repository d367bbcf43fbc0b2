#!/bin/sh
# The hook of images without systemd.  dracut's /init sources it as process 1: an exit here would be a
# kernel panic.  Off switches and deadlines are the program's own.

/usr/sbin/vfio-prepare bind --phase early < /dev/null > /dev/null \
	|| warn "vfio-prepare: exit status $?, the boot goes on"
