# shellcheck shell=bash
# The Debian root and the kernel of the guests: made once, from the apt sources of this host,
# and kept in the cache.
#
# root_build sets
#   ROOT        a root file system with systemd, udev, dracut, initramfs-tools and one kernel's
#               modules; never written to after it is made
#   KERNEL      that kernel as the distribution ships it
#   FAST_KERNEL the same kernel unpacked: QEMU boots it without the guest's own decompression,
#               which takes seconds under TCG
#   KVER        its version
#   CRYPT_TREE  what a root on LVM over dm-crypt needs besides. Not in ROOT, because with LVM installed
#               each image that initramfs-tools makes and each boot would grow by it
#   LIBVIRT_TREE  virt-host-validate, which vfio-prepare is compared with, and the libraries that it
#               needs; not in ROOT for the same reason

# shellcheck source=apt.sh
. "$LAB_DIR/lib/apt.sh"

ROOT_PACKAGES=(
	systemd systemd-sysv udev kmod
	# dracut proper conflicts with initramfs-tools; its core does not
	dracut-core initramfs-tools busybox-static zstd e2fsprogs
	# the tools that vfio-prepare is compared with
	driverctl pciutils
)

# Only unpacked, with the libraries that the root lacks.
CRYPT_PACKAGES=(
	cryptsetup cryptsetup-bin cryptsetup-initramfs libpopt0
	lvm2 dmsetup libaio1 libdevmapper-event1.02.1 libedit2 libbsd0
)

# Unpacked with all that it needs and the root lacks.
LIBVIRT_PACKAGE=libvirt-clients

# What the guests' devices and file systems can ask for. The rest of the kernel's 390 MB
# would only make each image and each boot slower.
KERNEL_KEEP=(
	arch/x86/crypto crypto lib block virt
	fs/ext4 fs/jbd2 fs/mbcache.ko fs/fuse fs/autofs fs/configfs fs/overlayfs fs/efivarfs fs/nls fs/fat
	net/core net/802 net/ipv6 net/ipv4
	drivers/acpi drivers/ata drivers/block drivers/char drivers/firmware drivers/hid
	drivers/i2c drivers/input drivers/iommu drivers/md drivers/mfd drivers/nvme drivers/pci
	drivers/pps drivers/ptp drivers/scsi/scsi_mod.ko drivers/scsi/scsi_common.ko
	drivers/scsi/sd_mod.ko drivers/scsi/sg.ko drivers/usb/host drivers/usb/core
	drivers/usb/common drivers/vfio drivers/virtio drivers/watchdog
	drivers/net/ethernet/intel drivers/net/vmxnet3 drivers/net/virtio_net.ko drivers/net/net_failover.ko
	drivers/gpu/drm/tiny drivers/gpu/drm/drm.ko drivers/gpu/drm/drm_kms_helper.ko
	drivers/gpu/drm/drm_vram_helper.ko drivers/gpu/drm/drm_ttm_helper.ko
	drivers/gpu/drm/drm_shmem_helper.ko drivers/gpu/drm/ttm drivers/gpu/drm/virtio
	drivers/dca drivers/video
	sound/core sound/hda sound/pci/hda sound/soundcore.ko
)

# Name of the kernel image package that Debian's metapackage stands for today.
root_kernel_package() {
	apt-cache depends linux-image-amd64 |
		sed -n 's/^ *Depends: \(linux-image-[0-9][^ ]*\)$/\1/p' | head -n 1
}

# Everything that decides what the root contains.
root_key() {
	local codename=$1 kernel=$2
	{
		printf '%s\n' "$codename"
		apt-cache policy "${ROOT_PACKAGES[@]}" "${CRYPT_PACKAGES[@]}" "$LIBVIRT_PACKAGE" "$kernel" | grep -E '^[a-z]|Candidate:'
		cat "$LAB_DIR/lib/root.sh"
	} | hash_text
}

# The bzImage's setup header says where its payload lies (Documentation/arch/x86/boot.rst,
# payload_offset and payload_length).
root_unpack_kernel() {
	local image=$1 out=$2 setup_sectors offset length magic
	setup_sectors=$(od -An -tu1 -j $((0x1f1)) -N 1 "$image")
	offset=$(od -An -tu4 -j $((0x248)) -N 4 "$image")
	length=$(od -An -tu4 -j $((0x24c)) -N 4 "$image")
	offset=$((offset + (setup_sectors + 1) * 512))
	magic=$(od -An -tx1 -j "$offset" -N 4 "$image" | tr -d ' ')
	# The last four bytes of the payload are its unpacked size, which is no part of the stream.
	dd if="$image" bs=64k iflag=skip_bytes,count_bytes skip=$offset count=$((length - 4)) status=none |
		case $magic in
		fd377a58) xz -dc ;;
		28b52ffd) zstd -dcq ;;
		1f8b*) gzip -dc ;;
		*) die "the kernel's payload has a compression that the lab does not know: $magic" ;;
		esac >"$out"
}

# The packages of a directory as they would be installed on a merged /usr, without being configured.
root_unpack() {
	local debs=$1 tree=$2 deb link
	mkdir -p "$tree"/usr/{bin,sbin,lib}
	for link in bin sbin lib; do
		ln -s "usr/$link" "$tree/$link"
	done
	for deb in "$debs"/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$tree" --keep-directory-symlink
	done
	rm -rf "$tree"/usr/share/{doc,man,locale} "${tree:?}"/{bin,sbin,lib}
}

# Take modules, image and configuration of one kernel out of its package, into a root.
root_add_kernel() {
	local deb=$1 root=$2 dir=$3 tree keep modules
	tree=$dir/kernel-package
	mkdir -p "$tree"
	dpkg-deb -x "$deb" "$tree"
	KVER=$(basename "$tree"/lib/modules/*)
	modules=$root/usr/lib/modules/$KVER
	mkdir -p "$modules/kernel" "$root/boot"
	cp "$tree/lib/modules/$KVER"/modules.{order,builtin,builtin.modinfo} "$modules/"
	for keep in "${KERNEL_KEEP[@]}"; do
		[[ -e $tree/lib/modules/$KVER/kernel/$keep ]] || continue
		mkdir -p "$(dirname "$modules/kernel/$keep")"
		cp -a "$tree/lib/modules/$KVER/kernel/$keep" "$modules/kernel/$keep"
	done
	# Generators read the configuration to see what the kernel can decompress.
	cp "$tree/boot/config-$KVER" "$root/boot/"
	cp "$tree/boot/vmlinuz-$KVER" "$dir/vmlinuz"
	chroot "$root" depmod "$KVER"
	root_unpack_kernel "$dir/vmlinuz" "$dir/vmlinux"
	printf '%s\n' "$KVER" >"$dir/kver"
	rm -rf "$tree"
}

root_make() {
	local dir=$1 codename=$2 kernel=$3 work
	work=$dir.new
	say "making a $codename root with $kernel (one to two minutes, once)"
	rm -rf "$work"
	mkdir -p "$work/crypt-packages" "$work/libvirt-packages/partial"
	apt_sources "$codename" >"$work/debian.sources"
	[[ -s $work/debian.sources ]] ||
		die "apt knows no Debian source of release $codename; run apt-get update first"
	apt_configuration >"$work/apt.conf"
	# The kernel's package is only unpacked: installing it would drag in an image generator run.
	# shellcheck disable=SC2016 # expanded by the hook's shell
	mmdebstrap --mode=root --variant=essential --quiet \
		--aptopt="$work/apt.conf" \
		--dpkgopt='force-unsafe-io' \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--include="$(IFS=,; printf '%s' "${ROOT_PACKAGES[*]}")" \
		--customize-hook='cd "'"$work"'" && APT_CONFIG="$MMDEBSTRAP_APT_CONFIG" apt-get -q download '"$kernel" \
		--customize-hook='cd "'"$work"'/crypt-packages" && APT_CONFIG="$MMDEBSTRAP_APT_CONFIG" apt-get -q download '"${CRYPT_PACKAGES[*]}" \
		--customize-hook='APT_CONFIG="$MMDEBSTRAP_APT_CONFIG" apt-get -q -y --download-only --no-install-recommends -o Dir::Cache::Archives="'"$work"'/libvirt-packages" install '"$LIBVIRT_PACKAGE" \
		"$codename" "$work/root" "$work/debian.sources" >"$work/log" 2>&1 || {
		tail -n 30 "$work/log" >&2
		die "mmdebstrap failed; its whole output is in $work/log"
	}
	rm "$work/apt.conf"
	rm -f "$work/root/etc/apt/apt.conf.d/99mmdebstrap"
	root_add_kernel "$work"/"$kernel"_*.deb "$work/root" "$work"
	root_unpack "$work/crypt-packages" "$work/crypt"
	root_unpack "$work/libvirt-packages" "$work/libvirt"
	rm -r "$work"/*.deb "$work/crypt-packages" "$work/libvirt-packages"
	mv -T "$work" "$dir"
}

root_build() {
	local codename kernel key dir
	codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME-}")
	[[ -n $codename ]] || die "/etc/os-release names no release"
	kernel=$(root_kernel_package)
	[[ -n $kernel ]] || die "apt knows no linux-image-amd64; run apt-get update first"
	key=$(root_key "$codename" "$kernel")
	dir=$CACHE_DIR/root-$key
	[[ -e $dir ]] || root_make "$dir" "$codename" "$kernel"
	touch "$dir"
	cache_prune root 2
	ROOT=$dir/root
	CRYPT_TREE=$dir/crypt
	LIBVIRT_TREE=$dir/libvirt
	ROOT_KEY=$key
	KERNEL=$dir/vmlinuz
	FAST_KERNEL=$dir/vmlinux
	KVER=$(cat "$dir/kver")
}
