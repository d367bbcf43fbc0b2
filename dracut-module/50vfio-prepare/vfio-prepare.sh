#!/bin/sh
# Hook of images without systemd.  dracut's /init sources this file as process 1: an exit here would be a
# kernel panic.  The program handles the off switches and deadlines.

/usr/sbin/vfio-prepare bind --phase early < /dev/null > /dev/null \
	|| warn "vfio-prepare: exit status $?, the boot goes on"
