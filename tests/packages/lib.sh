# shellcheck shell=bash
# What the tests of the packages share.

# in_root ROOT DIRECTORY COMMAND...: runs in a root of tests/packages/root, of which it has a view that it may change and
# that is gone afterwards. DIRECTORY is /mnt there, and stays; its directory sys, if there is one, is /sys. Nothing else
# of this machine is seen but the network.
in_root() {
	# shellcheck disable=SC2016 # expanded by the inner shell
	ROOT=$1 HERE=$2 unshare -m -p -f --propagation private bash -euc '
		mount -t tmpfs view /mnt
		mkdir /mnt/upper /mnt/work /mnt/root /mnt/here
		mount --bind "$HERE" /mnt/here
		mount -t overlay view -o "lowerdir=$ROOT,upperdir=/mnt/upper,workdir=/mnt/work" /mnt/root
		cd /mnt/root
		mount -t proc proc proc
		[[ ! -d /mnt/here/sys ]] || mount --bind /mnt/here/sys sys
		mount -t tmpfs dev dev
		for node in null:3 zero:5 full:7 random:8 urandom:9; do
			mknod -m 666 "dev/${node%:*}" c 1 "${node#*:}"
		done
		ln -s /proc/self/fd dev/fd
		mount -t tmpfs -o mode=755 run run
		mount -t tmpfs tmp tmp
		mount --bind /mnt/here mnt
		exec chroot . /usr/bin/env -i -C /mnt PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
			DEBIAN_FRONTEND=noninteractive "$@"
	' in_root "${@:3}"
}
