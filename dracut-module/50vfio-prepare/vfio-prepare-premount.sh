#!/bin/sh
# Hook of images without systemd.  Binds storage, which has to wait until the disk of the root is known.
# dracut's /init sources this file as process 1: an exit here would be a kernel panic.

/usr/sbin/vfio-prepare bind --phase premount < /dev/null > /dev/null \
	|| warn "vfio-prepare: exit status $?, the boot goes on"
