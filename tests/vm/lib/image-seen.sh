# shellcheck shell=bash
# What a case expects of validate's look into the image that its guest has booted from (guest/extra/image):
# ready with it, and not with a profile that was changed since, nor with an image that ends too early. And it
# sees the kernel modules in it that the distribution's own lister sees, which it asks about an image with
# a compression of the days of old.

# The guest has the image as a disk.
image_disk() {
	devices+=" -drive file=$INITRD,format=raw,if=none,id=image,readonly=on
		-device virtio-blk-pci,drive=image,serial=image,romfile="
}

IMAGE_FINDINGS='.findings | map(select(.check | startswith("image-")) | "\(.severity) \(.check)") | join(" ")'

expect_image_findings() { # COMMAND STATUS FINDINGS
	expect_status "$1" "$2"
	expect_json "$1" "($IMAGE_FINDINGS) == \"$3\""
}

listed_modules() {
	local lister='lsinitramfs "$1"'
	[[ $kind == initramfs-tools ]] || lister='lsinitrd "$1" 2>/dev/null | sed "s/.* //"'
	cp "$INITRD" "$dir/image"
	in_root "$dir" "$PRODUCT" bash -c "$lister" lister /lab/out/image |
		sed -n 's|.*/\([^/]*\)\.ko.*|\1|p' | tr - _ | sort -u
	rm "$dir/image"
}

# A snapshot has the names that were found.
seen_modules() {
	local tree=$dir/tree
	mkdir -p "$tree/sys/bus/pci/devices" "$tree/proc/sys/kernel" "$tree/boot"
	echo "$KVER" >"$tree/proc/sys/kernel/osrelease"
	cp "$INITRD" "$tree/boot/initrd.img-$KVER"
	"$PRODUCT/usr/sbin/vfio-prepare" --root "$tree" snapshot "$dir/snapshot"
	sed -n 's/^module //p' "$dir/snapshot/.vfio-prepare/images" | sort -u
	rm -r "$tree" "$dir/snapshot"
}

# What validate says of the image packed by bzip2, with a root that is the running host's. The packer
# is this host's, as the root of the guests has none. What may be in front of what is packed stays so.
bzip2_verdict() {
	install -D "$(command -v bzip2)" "$dir/bzip2/usr/bin/bzip2"
	cp "$INITRD" "$dir/image"
	perl -0777 -pe 's/\A(0707.*?TRAILER!!!\0+)+//s' "$dir/image" >"$dir/packed"
	truncate -s "-$(stat -c %s "$dir/packed")" "$dir/image"
	zstd -qdc "$dir/packed" | bzip2 -1 >>"$dir/image"
	in_root "$dir" "$PRODUCT $dir/bzip2" sh -c '
		cp /lab/out/image "/boot/initrd.img-$1"
		: >"/boot/vmlinuz-$1"
		vfio-prepare --format json validate || :' sh "$KVER" | jq -r \
		'.findings[] | select(.check | startswith("image-")) | "\(.check): \(.detail)"'
	rm -r "$dir/bzip2" "$dir/image" "$dir/packed"
}

expect_image_seen() {
	expect_image_findings "$VALIDATE" 0 ''
	expect_image_findings 'validate with the image' 0 ''
	expect_image_findings 'validate with another profile' 3 'error image-old-profile'
	expect_image_findings 'validate with half of it' 3 'error image-damaged'
	expect_image_findings 'validate with all of it again' 0 ''
	listed_modules >"$dir/listed"
	seen_modules >"$dir/seen"
	grep -qx vfio_pci "$dir/seen" || fail "no vfio_pci was seen in the image"
	cmp -s "$dir/listed" "$dir/seen" ||
		fail "other modules than $kind lists: see $dir/listed and $dir/seen"
	bzip2_verdict >"$dir/bzip2.said"
	[[ $(<"$dir/bzip2.said") == 'image-unknown: '*'contains vfio-prepare, but '*bzip2* ]] ||
		fail "of an image packed by bzip2 it says other than its lister knows: see $dir/bzip2.said"
}
