# shellcheck shell=bash
# Guests that Debian's cloud-init sets up: a disk without the tool, with cloud-init, GRUB's generator and generators of
# images that make small ones. They boot without GRUB all the same.
#
# cloud_build sets CLOUD_DISK. Made once; it has nothing of the product.

CLOUD_PACKAGE=cloud-init

# generators_stage TREE: what a host has in /etc so that its own programs make an image and a grub.cfg.
generators_stage() {
	local tree=$1
	mkdir -p "$tree"/etc/{default/grub.d,initramfs-tools/hooks,dracut.conf.d}
	printf '%s\n' GRUB_DEFAULT=0 GRUB_TIMEOUT=1 'GRUB_DISTRIBUTOR=Debian' \
		'GRUB_CMDLINE_LINUX_DEFAULT="quiet"' 'GRUB_CMDLINE_LINUX="lab.of-others=1"' \
		GRUB_DISABLE_OS_PROBER=true GRUB_DISABLE_RECOVERY=true >"$tree/etc/default/grub"
	sed 's/^MODULES=.*/MODULES=list/' "$ROOT/etc/initramfs-tools/initramfs.conf" \
		>"$tree/etc/initramfs-tools/initramfs.conf"
	printf '%s\n' '#!/bin/sh' "[ \"\$1\" = prereqs ] && exit 0" \
		'. /usr/share/initramfs-tools/hook-functions' \
		"manual_add_modules $IMAGE_MODULES $NIC_MODULES" >"$tree/etc/initramfs-tools/hooks/lab"
	chmod 755 "$tree/etc/initramfs-tools/hooks/lab"
	cat >"$tree/etc/dracut.conf.d/lab.conf" <<-END
		hostonly=no
		early_microcode=no
		compress=zstd
		drivers+=" $IMAGE_MODULES $NIC_MODULES "
		filesystems+=" ext4 "
		add_dracutmodules+=" systemd-modules-load "
		omit_dracutmodules+=" crypt dm "
	END
}

# cloud-init without its modules for what such a guest has not: users, keys, locales, a network, sources of packages. And
# a kernel that is installed, as the programs of the host see it.
cloud_stage() {
	local tree=$1 wants=$1/etc/systemd/system/lab.target.wants
	generators_stage "$tree"
	mkdir -p "$tree/etc/cloud/cloud.cfg.d" "$wants" "$tree"/boot/grub "$tree/var/lib/initramfs-tools"
	cat >"$tree/etc/cloud/cloud.cfg.d/99-lab.cfg" <<-END
		datasource_list: [NoCloud, None]
		network: {config: disabled}
		cloud_init_modules: [seed_random, bootcmd, write-files]
		cloud_config_modules: [runcmd]
		cloud_final_modules: [write-files-deferred, scripts-per-boot, scripts-per-instance, scripts-user, final-message, power-state-change]
	END
	ln -s /usr/lib/systemd/system/cloud-init.target "$wants/"
	ln -s /etc/systemd/system/lab-restart.service "$wants/"
	# Once cloud-init is through; where it restarts the host, its word for it is what this unit says when it is stopped.
	mkdir "$tree/etc/systemd/system/lab-report.service.d"
	printf '%s\n' '[Unit]' 'After=cloud-final.service' >"$tree/etc/systemd/system/lab-report.service.d/cloud.conf"
	cat >"$tree/etc/systemd/system/lab-restart.service" <<-END
		[Unit]
		Description=Report to the lab that the host is to be restarted
		Before=cloud-final.service
		[Service]
		Type=oneshot
		RemainAfterExit=yes
		ExecStart=/bin/true
		ExecStop=/usr/lib/lab/lab-agent /usr/lib/lab/script
		TimeoutStopSec=60
	END
	echo '# none yet' >"$tree/boot/grub/grub.cfg"
	echo 'a kernel' >"$tree/boot/vmlinuz-$KVER"
	echo 'no image yet' >"$tree/boot/initrd.img-$KVER"
	(cd "$tree" && sha1sum "boot/initrd.img-$KVER" | sed 's,  ,  /,') >"$tree/var/lib/initramfs-tools/$KVER"
}

cloud_make() {
	local dir=$1
	say "making the disk with cloud-init"
	rm -rf "$dir.new"
	root_fetch "$ROOT" "$dir.new" "$CLOUD_PACKAGE"
	cloud_stage "$dir.new/stage"
	# The programs are compiled once, and not in each guest. Newer ones have other units.
	# shellcheck disable=SC2016 # expanded in the chroot
	in_root "$dir.new" "$GRUB_TREE $dir.new/tree $FURNITURE $dir.new/stage" sh -euc '
		for unit in cloud-init-main cloud-init-local cloud-init-network cloud-init cloud-config cloud-final; do
			[ ! -e "/usr/lib/systemd/system/$unit.service" ] || systemctl --quiet enable "$unit"
		done
		systemctl --quiet enable lab-report lab-profile
		python3 -m compileall -q /usr/lib/python3 /usr/lib/python3.* || :
		umount /tmp /run
		umount -R /dev /sys /proc
		mkdir /lab/root
		mount --bind / /lab/root
		rm -rf /lab/root/var/lib/apt/lists /lab/root/var/cache/apt
		mke2fs -q -t ext4 -O ^has_journal,^metadata_csum -E lazy_itable_init=1,nodiscard \
			-U "$1" -L labroot -d /lab/root /lab/out/disk "$2M"
	' sh "$DISK_UUID" $((DISK_MB + 160)) >"$dir.new/log" 2>&1 || {
		cat "$dir.new/log" >&2
		die "the disk with cloud-init could not be made"
	}
	rm -rf "$dir.new"/{tree,stage}
	mv -T "$dir.new" "$dir"
}

cloud_build() {
	local dir
	grub_build
	dir=$CACHE_DIR/cloud-$(
		{
			printf '%s\n' "$ROOT_KEY" "$GRUB_TREE" "$(tree_key "$FURNITURE")"
			apt-cache policy "$CLOUD_PACKAGE" | grep -E '^[a-z]|Candidate:'
			cat "$LAB_DIR/lib/cloud.sh"
		} | hash_text
	)
	[[ -e $dir ]] || cloud_make "$dir"
	touch "$dir"
	cache_prune cloud 2
	CLOUD_DISK=$dir/disk
}
