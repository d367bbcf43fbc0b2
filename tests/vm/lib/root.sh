# shellcheck shell=bash
# The Debian root and the kernel of the guests: made once, of the release RELEASE, from the apt sources of this
# host, and kept in the cache.
#
# root_build sets
#   ROOT        a root file system with systemd, udev, dracut, initramfs-tools and one kernel's
#               modules; never written to after it is made
#   KERNEL      that kernel as the distribution ships it
#   FAST_KERNEL the same kernel unpacked: QEMU boots it without the guest's own decompression,
#               which takes seconds under TCG
#   KVER        its version
#   DISK_MB     the size of a disk that holds ROOT, what is installed into it, and what guests write
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

# Only unpacked, with all that they need and the root lacks.
CRYPT_PACKAGES=(cryptsetup-initramfs lvm2)

# What the guests' devices and file systems can ask for, and with it what these modules need. The rest of the
# kernel's 390 MB would only make each image and each boot slower. A module is named without its compression.
KERNEL_KEEP=(
	arch/x86/crypto crypto lib block virt
	fs/ext4 fs/fuse fs/autofs fs/configfs fs/overlayfs fs/efivarfs fs/nls fs/fat
	net/core net/802 net/ipv6 net/ipv4
	drivers/acpi drivers/ata drivers/block drivers/char drivers/firmware drivers/hid
	drivers/i2c drivers/input drivers/iommu drivers/md drivers/mfd drivers/nvme drivers/pci
	drivers/pps drivers/ptp drivers/scsi/sd_mod.ko drivers/scsi/sg.ko drivers/usb/host drivers/usb/core
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

# The package with virt-host-validate, from Debian 13 on the first.
root_libvirt_package() {
	[[ -z $(apt-cache pkgnames libvirt-daemon-common) ]] && printf libvirt-clients || printf libvirt-daemon-common
}

# Everything that decides what the root contains.
root_key() {
	local codename=$1 kernel=$2
	{
		printf '%s\n' "$codename"
		apt-cache policy "${ROOT_PACKAGES[@]}" "${CRYPT_PACKAGES[@]}" "$(root_libvirt_package)" "$kernel" | grep -E '^[a-z]|Candidate:'
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

# root_fetch ROOT DIR PACKAGE...: what that root would get with these packages, unpacked in DIR/tree; apt's messages
# are in DIR/log.
root_fetch() {
	local root=$1 dir=$2
	shift 2
	mkdir -p "$dir/packages/partial"
	apt-get -q -y -o "Dir::State::status=$root/var/lib/dpkg/status" -o "Dir::Cache::Archives=$dir/packages" \
		-o Debug::NoLocking=1 --download-only --no-install-recommends install "$@" >"$dir/log" 2>&1 || {
		cat "$dir/log" >&2
		die "these packages could not be fetched: $*"
	}
	root_unpack "$dir/packages" "$dir/tree"
	rm -r "$dir/packages"
}

# The kernel's packages: all is in one, or its image's own depends on those that have the parts.
kernel_packages() {
	apt-cache depends --important "$1" | sed -n "s/^ *Depends: \(linux-[^ ]*-${1#linux-image-}\)\$/\1/p"
	printf '%s\n' "$1"
}

# Those of KERNEL_KEEP and what modules.dep says that they need, as paths below the directory of modules.
kernel_keep() {
	local modules=$1 keep
	for keep in "${KERNEL_KEEP[@]}"; do
		(cd "$modules" && find "kernel/$keep" "kernel/$keep".* -type f 2>/dev/null) || :
	done >"$modules/keep"
	awk -F '[: ]+' 'NR == FNR { keep[$1] = 1; next } $1 in keep { for (i = 1; i <= NF; i++) if ($i != "") print $i }' \
		"$modules/keep" "$modules/modules.dep" | sort -u
}

# Take modules, image and configuration of one kernel out of its packages, into a root.
root_add_kernel() {
	local package=$1 root=$2 dir=$3 tree=$3/kernel-package modules packages deb
	mkdir -p "$tree"/{debs,usr/lib}
	mapfile -t packages < <(kernel_packages "$package")
	(cd "$tree/debs" && apt-get -q download "${packages[@]}") >"$dir/log" 2>&1 || {
		cat "$dir/log" >&2
		die "the kernel could not be fetched"
	}
	for deb in "$tree"/debs/*.deb; do
		dpkg-deb -x "$deb" "$tree"
	done
	# Before Debian 13 they have /lib.
	[[ ! -d $tree/lib ]] || { cp -al "$tree/lib" "$tree/usr/"; rm -r "${tree:?}/lib"; }
	ln -s usr/lib "$tree/lib"
	KVER=${package#linux-image-}
	modules=$tree/usr/lib/modules/$KVER
	depmod -b "$tree" "$KVER"
	mkdir -p "$root/usr/lib/modules/$KVER" "$root/boot"
	kernel_keep "$modules" | tar -c -C "$modules" -T - modules.order modules.builtin modules.builtin.modinfo |
		tar -x -C "$root/usr/lib/modules/$KVER"
	# Generators read the configuration to see what the kernel can decompress. From 7.1 on it is beside the modules.
	if [[ -e $modules/config ]]; then
		cp "$modules/config" "$root/usr/lib/modules/$KVER/"
		cp "$modules/vmlinuz" "$dir/vmlinuz"
	else
		cp "$tree/boot/config-$KVER" "$root/boot/"
		cp "$tree/boot/vmlinuz-$KVER" "$dir/vmlinuz"
	fi
	chroot "$root" depmod "$KVER"
	root_unpack_kernel "$dir/vmlinuz" "$dir/vmlinux"
	printf '%s\n' "$KVER" >"$dir/kver"
	rm -rf "$tree"
}

root_make() {
	local dir=$1 kernel=$2 work
	work=$dir.new
	say "making a $RELEASE root with $kernel (one to two minutes, once)"
	rm -rf "$work"
	mkdir -p "$work"/{crypt-packages,libvirt-packages}
	apt_sources "$RELEASE" >"$work/debian.sources"
	[[ -s $work/debian.sources ]] ||
		die "apt knows no Debian source of release $RELEASE; run apt-get update first"
	apt_configuration >"$work/apt.conf"
	env -u APT_CONFIG mmdebstrap --mode=root --variant=essential --quiet \
		--aptopt="$work/apt.conf" \
		--dpkgopt='force-unsafe-io' \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--include="$(IFS=,; printf '%s' "${ROOT_PACKAGES[*]}")" \
		"$RELEASE" "$work/root" "$work/debian.sources" >"$work/log" 2>&1 || {
		tail -n 30 "$work/log" >&2
		die "mmdebstrap failed; its whole output is in $work/log"
	}
	rm "$work/apt.conf"
	rm -f "$work/root/etc/apt/apt.conf.d/99mmdebstrap"
	# The kernel's package is only unpacked: installing it would drag in an image generator run.
	root_add_kernel "$kernel" "$work/root" "$work"
	root_fetch "$work/root" "$work/crypt-packages" "${CRYPT_PACKAGES[@]}"
	root_fetch "$work/root" "$work/libvirt-packages" "$(root_libvirt_package)"
	mv "$work/crypt-packages/tree" "$work/crypt"
	mv "$work/libvirt-packages/tree" "$work/libvirt"
	rm -r "$work/crypt-packages" "$work/libvirt-packages"
	du -sm "$work/root" | cut -f 1 >"$work/size"
	mv -T "$work" "$dir"
}

root_build() {
	local kernel key dir
	[[ -n $RELEASE ]] || die "/etc/os-release names no release"
	[[ $RELEASE == "$HOST_RELEASE" ]] || apt_release "$CACHE_DIR/apt" "$RELEASE" "$HOST_RELEASE"
	kernel=$(root_kernel_package)
	[[ -n $kernel ]] || die "apt knows no linux-image-amd64; run apt-get update first"
	key=$(root_key "$RELEASE" "$kernel")
	dir=$CACHE_DIR/root-$key
	[[ -e $dir ]] || root_make "$dir" "$kernel"
	touch "$dir"
	cache_prune root 2
	ROOT=$dir/root
	CRYPT_TREE=$dir/crypt
	LIBVIRT_TREE=$dir/libvirt
	ROOT_KEY=$key
	KERNEL=$dir/vmlinuz
	FAST_KERNEL=$dir/vmlinux
	KVER=$(cat "$dir/kver")
	# A multiple of LVM's four.
	DISK_MB=$((($(cat "$dir/size") * 5 / 4 + 100) / 4 * 4))
}
