# shellcheck shell=bash
# Disks that a firmware boots from, by GRUB or systemd-boot: an EFI system partition beside the root. The guest itself
# installs the boot loader, in its first boot, which is without a firmware.
#
# loader_disk NAME sets DISK_PATH: the root, with what that boot loader needs and a kernel that is installed. Made once
# per content of the product.
# loader_partition makes of DISK_PATH, a copy of the root, the whole disk.
# firmware_stage DIR puts the firmware and its variables there, and prints QEMU's arguments.

ESP_MB=160
LOADER_ESP_LABEL=LABESP

SYSTEMD_BOOT_PACKAGES=(systemd-boot)

# As kernel-install names what it writes for this host.
LOADER_TOKEN=0123456789abcdef0123456789abcdef

systemd_boot_fetch() {
	local dir
	dir=$CACHE_DIR/systemd-boot-$(
		{
			printf '%s\n' "$ROOT_KEY"
			apt-cache policy "${SYSTEMD_BOOT_PACKAGES[@]}" | grep -E '^[a-z]|Candidate:'
		} | hash_text
	)
	[[ -e $dir ]] || {
		say "fetching systemd-boot"
		rm -rf "$dir.new"
		root_fetch "$ROOT" "$dir.new" "${SYSTEMD_BOOT_PACKAGES[@]}"
		mv -T "$dir.new" "$dir"
	}
	touch "$dir"
	cache_prune systemd-boot 2
	SYSTEMD_BOOT_TREE=$dir/tree
}

# A kernel that is installed, as the programs of the host see it, without its image; and the partition.
loader_stage() {
	local tree=$1
	generators_stage "$tree"
	mkdir -p "$tree"/boot/{efi,grub} "$tree"/etc/kernel "$tree/var/lib/initramfs-tools"
	cp "$KERNEL" "$tree/boot/vmlinuz-$KVER"
	echo 'no image yet' >"$tree/boot/initrd.img-$KVER"
	(cd "$tree" && sha1sum "boot/initrd.img-$KVER" | sed 's,  ,  /,') >"$tree/var/lib/initramfs-tools/$KVER"
	cat - >"$tree/etc/fstab" <<-END
		UUID=$DISK_UUID / ext4 errors=remount-ro 0 1
		LABEL=$LOADER_ESP_LABEL /boot/efi vfat umask=0077 0 0
	END
}

loader_disk() {
	local name=$1 trees stage=$PRODUCT_DIR/$1.stage
	DISK_PATH=$DISK-$name
	[[ ! -e $DISK_PATH ]] || return 0
	case $name in
	grub) grub_build && trees=$GRUB_TREE ;;
	systemd-boot) systemd_boot_fetch && trees=$SYSTEMD_BOOT_TREE ;;
	esac
	say "making the disk with $name"
	rm -rf "$stage"
	mkdir "$stage"
	loader_stage "$stage"
	[[ $name == grub ]] || rm -r "$stage/etc/default"
	disk_of "$PRODUCT_DIR" "disk-$name" $((DISK_MB + 160)) "$trees $PRODUCT $FURNITURE $stage" \
		"vfio-prepare.service lab-report.service lab-profile.service"
	rm -r "$stage"
}

loader_partition() {
	local root_mb esp=$DISK_PATH.esp out=$DISK_PATH.whole
	root_mb=$(($(stat -c %s "$DISK_PATH") / 1048576))
	truncate -s $((root_mb + ESP_MB + 2))M "$out"
	printf '%s\n' 'label: gpt' "start=1MiB, size=${ESP_MB}MiB, type=U" \
		"start=$((ESP_MB + 1))MiB, size=$((root_mb))MiB, type=L" | sfdisk -q "$out" >&2
	rm -f "$esp"
	mkfs.fat -C -n "$LOADER_ESP_LABEL" "$esp" $((ESP_MB * 1024)) >/dev/null
	dd if="$esp" of="$out" bs=1M seek=1 conv=notrunc,sparse status=none
	dd if="$DISK_PATH" of="$out" bs=1M seek=$((ESP_MB + 1)) conv=notrunc,sparse status=none
	rm "$esp"
	mv "$out" "$DISK_PATH"
}

firmware_stage() {
	cp /usr/share/OVMF/OVMF_VARS_4M.fd "$1/variables"
	printf -- '-drive if=pflash,unit=0,format=raw,readonly=on,file=%s ' /usr/share/OVMF/OVMF_CODE_4M.fd
	printf -- '-drive if=pflash,unit=1,format=raw,file=%s\n' "$1/variables"
}
