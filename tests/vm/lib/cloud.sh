# shellcheck shell=bash
# Guests that Debian's cloud-init sets up: a disk without the tool, with cloud-init, GRUB's generator and generators of
# images that make small ones. They boot without GRUB all the same.
#
# cloud_build sets CLOUD_DISK. Made once; it has nothing of the product.

CLOUD_PACKAGES=(cloud-init iproute2)

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
	root_fetch "$ROOT" "$dir.new" "${CLOUD_PACKAGES[@]}"
	cloud_stage "$dir.new/stage"
	# Its programs are compiled once, and not in each guest. Newer ones have other units, which start nc, an
	# alternative, and want certificates to be there.
	# shellcheck disable=SC2016 # expanded in the chroot
	disk_of "$dir.new" disk $((DISK_MB + 160)) "$GRUB_TREE $dir.new/tree $FURNITURE $dir.new/stage" \
		'lab-report lab-profile' '
		for unit in cloud-init-main cloud-init-local cloud-init-network cloud-init cloud-config cloud-final; do
			[ ! -e "/usr/lib/systemd/system/$unit.service" ] || systemctl --quiet enable "$unit"
		done
		[ ! -e /usr/bin/nc.openbsd ] || ln -s nc.openbsd /usr/bin/nc
		mkdir -p /etc/ssl/certs
		cat /usr/share/ca-certificates/*/*.crt >/etc/ssl/certs/ca-certificates.crt
		python3 -m compileall -q /usr/lib/python3 /usr/lib/python3.* || :'
	rm -rf "$dir.new"/{tree,stage}
	mv -T "$dir.new" "$dir"
}

cloud_build() {
	local dir
	grub_build
	dir=$CACHE_DIR/cloud-$(
		{
			printf '%s\n' "$ROOT_KEY" "$GRUB_TREE" "$(tree_key "$FURNITURE")"
			apt-cache policy "${CLOUD_PACKAGES[@]}" | grep -E '^[a-z]|Candidate:'
			cat "$LAB_DIR/lib/cloud.sh"
		} | hash_text
	)
	[[ -e $dir ]] || cloud_make "$dir"
	touch "$dir"
	cache_prune cloud 2
	CLOUD_DISK=$dir/disk
}
