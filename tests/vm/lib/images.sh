# shellcheck shell=bash
# The product installed into the root, the disk that holds it, and the initramfs images that the
# real generators make of it. Each is made when it is first asked for.
#
# product_build sets PRODUCT (the installed tree), DISK (the guests' root disk) and TSC_KHZ (what the time
# stamp counter of this machine counts, and so that of the guests, which TCG gives the same).
# disk_path sets DISK_PATH: DISK, or "crypt", the same file system on LVM over dm-crypt, or "cloud", of lib/cloud.sh, or
# "grub" and "systemd-boot", of lib/loader.sh.
# image_path KIND FLAVOUR sets IMAGE.
#   kinds     initramfs-tools dracut dracut-nosystemd
#   flavours  tool     with vfio-prepare, its profile and the cards' native driver
#             crypt    the same, and what opens the disk "crypt"; initramfs-tools only
#             bare     without vfio-prepare
#             bare-nic without vfio-prepare and without the cards' native driver

DISK_UUID=6d0c0de5-7f10-4a11-8a5e-0123456789ab
CRYPT_KEY=lab
DEFAULT_PROFILE=one-listed

# What the images need to find their root on a virtio disk, and what an installation on other
# disks would bring along.
IMAGE_MODULES="virtio_pci virtio_blk ext4 nvme ahci sd_mod"
NIC_MODULES="e1000e"

# Runs "$@" in a chroot of a throw-away overlay over ROOT, with the trees of the second argument
# (a list, may be empty) copied in. /lab/out is the directory of the first argument. All mounts
# live in a namespace that ends with the command, however it ends.
in_root() {
	local out=$1 trees=$2
	shift 2
	mkdir -p "$BUILD_DIR/mnt"
	# shellcheck disable=SC2016 # expanded by the inner shell
	ROOT=$ROOT OUT=$out TREES=$trees MNT=$BUILD_DIR/mnt unshare -m --propagation private bash -euc '
		mount -t tmpfs lab "$MNT"
		mkdir "$MNT/upper" "$MNT/work" "$MNT/root"
		mount -t overlay lab -o "lowerdir=$ROOT,upperdir=$MNT/upper,workdir=$MNT/work" "$MNT/root"
		cd "$MNT/root"
		for tree in $TREES; do
			cp -a --no-preserve=ownership "$tree/." .
		done
		mkdir -p lab/out proc sys dev run tmp
		mount --bind "$OUT" lab/out
		mount -t proc proc proc
		mount --rbind /sys sys
		mount --rbind /dev dev
		mount -t tmpfs lab run
		mount -t tmpfs lab tmp
		exec chroot . /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root "$@"
	' in-root "$@"
}

# The guests' programs, static: there may be nothing else where they run. And one for this machine.
programs_build() {
	local source name
	for source in "$LAB_DIR"/guest/*.c "$LAB_DIR"/lib/*.c; do
		name=$(basename "$source" .c)
		[[ $BUILD_DIR/$name -nt $source ]] || "${CC:-gcc}" -std=gnu11 -O2 -Wall -Wextra \
			-static -s -o "$BUILD_DIR/$name" "$source"
	done
	AGENT=$BUILD_DIR/lab-agent
	VFIO_OPEN=$BUILD_DIR/vfio-open
	TSC_KHZ=$("$BUILD_DIR/tsc-khz")
}

# What a package would install, and what an administrator adds: one profile.
product_stage() {
	local tree=$1
	make --no-print-directory -s -C "$REPO_DIR" install DESTDIR="$tree" PREFIX=/usr >&2 ||
		die "make install failed"
	[[ -x $tree/usr/sbin/vfio-prepare ]] || die "make install installed no vfio-prepare"
	install -D -m 644 "$LAB_DIR/profiles/$DEFAULT_PROFILE.conf" \
		"$tree/etc/vfio-prepare/profile.conf"
}

# The lab's own parts of the real root.
furniture_stage() {
	local tree=$1 lab=$1/usr/lib/lab
	mkdir -p "$lab" "$tree/etc/systemd/system"
	cp "$AGENT" "$VFIO_OPEN" "$LAB_DIR/guest/lab-profile" "$LAB_DIR/guest/script" "$lab/"
	cp -r "$LAB_DIR/guest/extra" "$LAB_DIR/profiles" "$lab/"
	cp "$LAB_DIR"/guest/*.service "$LAB_DIR"/guest/*.target "$tree/etc/systemd/system/"
	fast_stage "$tree"
	printf 'UUID=%s / ext4 errors=remount-ro 0 1\n' "$DISK_UUID" >"$tree/etc/fstab"
	printf 'lab\n' >"$tree/etc/hostname"
	# An empty one would make each boot a first boot.
	printf '%s\n' 0123456789abcdef0123456789abcdef >"$tree/etc/machine-id"
}

# disk_of DIR NAME MB TREES UNITS [COMMANDS]: the file system DIR/NAME, of so many megabytes, with the root and these
# trees laid over it. Units are enabled after the commands of a shell.
disk_of() {
	# shellcheck disable=SC2016 # expanded in the chroot
	in_root "$1" "$4" sh -euc '
		eval "$5"
		systemctl --quiet enable $4
		umount /tmp /run
		umount -R /dev /sys /proc
		# A bind of the root shows it without what is mounted on it.
		mkdir /lab/root
		mount --bind / /lab/root
		rm -rf /lab/root/var/lib/apt/lists /lab/root/var/cache/apt
		mke2fs -q -t ext4 -O ^has_journal,^metadata_csum -E lazy_itable_init=1,nodiscard \
			-U "$1" -L labroot -d /lab/root "/lab/out/$2.new" "$3M"
	' sh "$DISK_UUID" "$2" "$3" "$5" "${6-}" >"$1/$2.log" 2>&1 || {
		cat "$1/$2.log" >&2
		die "the file system $2 could not be made"
	}
	mv "$1/$2.new" "$1/$2"
}

product_build() {
	local stage=$BUILD_DIR/stage
	programs_build
	rm -rf "$stage"
	mkdir -p "$stage/product" "$stage/furniture"
	product_stage "$stage/product"
	furniture_stage "$stage/furniture"
	PRODUCT_DIR=$CACHE_DIR/product-$(
		printf '%s\n' "$ROOT_KEY" "$(tree_key "$stage")" "$(tree_key "$LAB_DIR/lib/images.sh")" |
			hash_text
	)
	PRODUCT=$PRODUCT_DIR/product
	FURNITURE=$PRODUCT_DIR/furniture
	DISK=$PRODUCT_DIR/disk
	mkdir -p "$PRODUCT_DIR"
	[[ -e $DISK ]] || {
		rm -rf "$PRODUCT" "$FURNITURE"
		mv "$stage"/* "$PRODUCT_DIR/"
		say "making the guests' disk"
		disk_of "$PRODUCT_DIR" disk "$DISK_MB" "$PRODUCT $FURNITURE" \
			"vfio-prepare.service lab-report.service lab-profile.service"
	}
	touch "$PRODUCT_DIR"
	cache_prune product 3
}

# An LVM physical volume with the volume lab/root, as large as the guests' disk, and nothing in it.
# LVM insists on a block device, so a guest makes it.
lvm_make() {
	local out=$1 dir=$BUILD_DIR/lvm binary=/usr/sbin/lvm
	rm -rf "$dir"
	mkdir -p "$dir/files/lab" "$dir/files/etc/lvm"
	truncate -s $((DISK_MB + 1))M "$dir/volume" # the first megabyte is LVM's
	install -D "$CRYPT_TREE$binary" "$dir/files$binary"
	# shellcheck disable=SC2016 # expanded in the chroot
	in_root "$dir" "$CRYPT_TREE" sh -c 'ldd "$1" | grep -o "/[^ ]*" | sed "s,^/lib/,/usr/lib/," |
		xargs cp -L --parents -t /lab/out/files' sh "$binary"
	cat >"$dir/files/etc/lvm/lvm.conf" <<-END
		devices { obtain_device_list_from_udev = 0 }
		global { activation = 0 }
		activation { udev_sync = 0 udev_rules = 0 }
		backup { backup = 0 archive = 0 }
	END
	{
		alone_modules virtio_pci virtio_blk | sed 's/^/insmod /'
		cat <<-END
			run lvm pvcreate /dev/vda
			run lvm vgcreate lab /dev/vda
			run lvm lvcreate --activate n --zero n --wipesignatures n --name root --extents 100%FREE lab
			say LAB-END
			poweroff
		END
	} >"$dir/files/lab/script"
	image_alone "$dir/files" "$dir/initrd" virtio_pci virtio_blk
	guest_boot "$dir" alone "$dir/initrd" none \
		"-drive file=$dir/volume,format=raw,if=none,id=pv -device virtio-blk-pci,drive=pv,romfile=" '' \
		>"$dir/reason" || die "the guest that makes an LVM volume failed: $(<"$dir/reason")"
	[[ $(grep -c '^STATUS 0' "$dir/report") == 3 ]] || {
		cat "$dir/report" >&2
		die "the LVM volume could not be made"
	}
	mv "$dir/volume" "$out"
	rm -rf "$dir"
}

# QEMU writes LUKS without the kernel's help. It measures the hash first, and fails where that takes
# no time that it can see: so not the fastest of them.
disk_crypt_make() {
	local volume=$PRODUCT_DIR/volume empty=${CRYPT_TREE%/*}/volume
	say "making the guests' disk on LVM over dm-crypt"
	[[ -e $empty ]] || lvm_make "$empty"
	cp --sparse=always "$empty" "$volume"
	dd if="$DISK" of="$volume" bs=1M seek=1 conv=notrunc,sparse status=none
	qemu-img convert -f raw -O luks --object "secret,id=key,data=$CRYPT_KEY" \
		-o key-secret=key,iter-time=10,hash-alg=sha512 "$volume" "$PRODUCT_DIR/disk-crypt.new"
	rm "$volume"
	mv "$PRODUCT_DIR/disk-crypt.new" "$PRODUCT_DIR/disk-crypt"
}

disk_path() {
	case $1 in
	plain) DISK_PATH=$DISK ;;
	crypt)
		DISK_PATH=$DISK-crypt
		[[ -e $DISK_PATH ]] || disk_crypt_make
		;;
	cloud)
		cloud_build
		DISK_PATH=$CLOUD_DISK
		;;
	grub | systemd-boot) loader_disk "$1" ;;
	esac
}

# disk_do COMMAND...: debugfs does this to the file system of a guest that is off.
disk_do() { debugfs -w -f <(printf '%s\n' "$@") "$DISK_PATH" >>"$dir/debugfs" 2>&1; }

# Where an image of this flavour is kept: those without the tool outlive a product.
image_dir() {
	case $1 in
	tool | crypt) printf '%s' "$PRODUCT_DIR" ;;
	*) printf '%s' "$CACHE_DIR/bare-$(
		printf '%s\n' "$ROOT_KEY" "$(tree_key "$LAB_DIR/lib/images.sh")" | hash_text
	)" ;;
	esac
}

image_make() {
	local kind=$1 flavour=$2 dir=$3 trees='' modules=$IMAGE_MODULES
	say "making the image $kind ($flavour)"
	mkdir -p "$dir"
	[[ $flavour == bare* ]] || trees=$PRODUCT
	[[ $flavour == bare-nic ]] || modules+=" $NIC_MODULES"
	[[ $flavour != crypt ]] || {
		trees+=" $CRYPT_TREE"
		modules+=" dm_crypt xts aes"
	}
	case $kind in
	initramfs-tools)
		# A hook adds the modules: those in the file "modules" are also loaded at boot, which is
		# another test.
		# shellcheck disable=SC2016 # expanded in the chroot
		in_root "$dir" "$trees" sh -euc '
			[ ! -d /etc/cryptsetup-initramfs ] || echo CRYPTSETUP=y >>/etc/cryptsetup-initramfs/conf-hook
			cp -r /etc/initramfs-tools /lab/conf
			sed -i "s/^MODULES=.*/MODULES=list/" /lab/conf/initramfs.conf
			printf "%s\n" "#!/bin/sh" "[ \"\$1\" = prereqs ] && exit 0" \
				". /usr/share/initramfs-tools/hook-functions" \
				"manual_add_modules $3" >/lab/conf/hooks/lab
			chmod +x /lab/conf/hooks/lab
			mkinitramfs -d /lab/conf -o "/lab/out/$2.new" "$1"
		' sh "$KVER" "$kind-$flavour" "$modules"
		;;
	dracut | dracut-nosystemd)
		set -- --quiet --force --no-hostonly --no-hostonly-cmdline --no-early-microcode --zstd \
			--drivers "$modules" --filesystems ext4
		if [[ $kind == dracut ]]; then
			set -- "$@" --add systemd-modules-load --omit "crypt dm"
		else
			set -- "$@" --omit "systemd systemd-initrd dracut-systemd crypt dm"
		fi
		in_root "$dir" "$trees" dracut "$@" "/lab/out/$kind-$flavour.new" "$KVER"
		;;
	*) die "no such kind of image: $kind" ;;
	esac >"$dir/$kind-$flavour.log" 2>&1 || {
		cat "$dir/$kind-$flavour.log" >&2
		die "the image $kind ($flavour) could not be made"
	}
	mv "$dir/$kind-$flavour.new" "$dir/$kind-$flavour"
}

image_path() {
	local dir
	dir=$(image_dir "$2")
	IMAGE=$dir/$1-$2
	# What has a name is whole: it is made under another.
	[[ -e $IMAGE ]] || image_make "$1" "$2" "$dir"
	touch "$dir"
	cache_prune bare 2
}

# image_append BASE DIRECTORY OUT: the files of a directory as one more archive behind an image.
# The kernel unpacks one after the other; each must begin at a multiple of four.
image_append() {
	local size
	cp "$1" "$3"
	size=$(stat -c %s "$3")
	truncate -s $(((size + 3) / 4 * 4)) "$3"
	image_archive "$2" >>"$3"
}

image_archive() {
	# The kernel looks for tables of the firmware by a name without "./".
	(cd "$1" && find . -mindepth 1 -printf '%P\n' | sort | cpio --quiet -o -H newc -R 0:0)
}

# image_alone DIRECTORY OUT MODULE...: an initramfs of nothing but the agent, the tool, and these
# modules with all they need, with the files of a directory added.
image_alone() {
	local dir=$1 out=$2 tree module
	shift 2
	tree=$dir.alone
	rm -rf "$tree"
	mkdir -p "$tree/usr/sbin" "$tree/usr/lib/modules/$KVER"
	ln -s usr/lib "$tree/lib"
	cp "$AGENT" "$tree/init"
	cp "$PRODUCT/usr/sbin/vfio-prepare" "$tree/usr/sbin/"
	for module in $(alone_modules "$@"); do
		install -D -m 644 "$ROOT$module" "$tree/usr$module"
	done
	cp "$ROOT/usr/lib/modules/$KVER"/modules.* "$tree/usr/lib/modules/$KVER/"
	cp -a "$dir/." "$tree/"
	image_archive "$tree" >"$out"
	rm -rf "$tree"
}

# image_programs DIRECTORY TREE PROGRAM...: programs of the root with a tree laid over it, and their
# libraries, for an initramfs of the kind alone.
image_programs() {
	local dir=$1 tree=$2
	shift 2
	# shellcheck disable=SC2016 # expanded in the chroot
	in_root "$dir" "$tree" sh -euc '
		for program; do
			ldd "$program" | grep -o "/[^ ]*" | while read -r library; do
				target=$(readlink -f "$(dirname "$library")")/${library##*/}
				case $library in /lib64/*) target=$library ;; esac
				mkdir -p "/lab/out${target%/*}"
				cp -L "$library" "/lab/out$target"
			done
			mkdir -p "/lab/out${program%/*}"
			cp -L "$program" "/lab/out$program"
		done
	' sh "$@"
}

# Paths of these modules and all they depend on, in the order in which to load them.
alone_modules() {
	chroot "$ROOT" modprobe -S "$KVER" -a --show-depends "$@" | sed -n 's/^insmod \([^ ]*\).*/\1/p'
}
