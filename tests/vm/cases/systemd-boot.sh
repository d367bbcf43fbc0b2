# The same as rebuild on a host with systemd-boot, whose entries the real kernel-install writes: update-initramfs has it
# do so, and apply once more.

# shellcheck source=rebuild.sh
. "$LAB_DIR/cases/rebuild.sh"
releases="trixie sid"
disk=systemd-boot
config=/boot/efi/loader/entries/$LOADER_TOKEN-${KVER-}.conf
begins="initrd=.$LOADER_TOKEN.${KVER-}.initrd[^ ]* root="
ends+=" systemd.machine_id=$LOADER_TOKEN"
broken='["failed", "skipped"]'

write_arguments() {
	echo "$1 ro lab.of-others=1 quiet" >"$dir/cmdline"
	# The root of the lab has both generators; a host has one.
	disk_do "write $dir/cmdline /etc/kernel/cmdline" 'rm /usr/bin/dracut' \
		'rm /usr/lib/kernel/install.d/50-dracut.install'
}
