# validate looks into the image that this guest has booted from, which the real generators have made:
# ready with it, and not with a profile that was changed since, nor with an image that ends too early.
# And it sees the kernel modules in it that the distribution's own lister sees.

extra=image

before_boot() {
	devices+=" -drive file=$INITRD,format=raw,if=none,id=image,readonly=on
		-device virtio-blk-pci,drive=image,serial=image,romfile="
}

VERDICT='.findings | map(select(.check | startswith("image-")) | "\(.severity) \(.check)") | join(" ")'

expect_verdict() { # COMMAND STATUS FINDINGS
	expect_status "$1" "$2"
	expect_json "$1" "($VERDICT) == \"$3\""
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

check() {
	expect_taken e1000e 0000:01:00.0
	expect_verdict "$VALIDATE" 0 ''
	expect_verdict 'validate with the image' 0 ''
	expect_verdict 'validate with another profile' 3 'error image-old-profile'
	expect_verdict 'validate with half of it' 3 'error image-damaged'
	expect_verdict 'validate with all of it again' 0 ''
	listed_modules >"$dir/listed"
	seen_modules >"$dir/seen"
	grep -qx vfio_pci "$dir/seen" || fail "no vfio_pci was seen in the image"
	cmp -s "$dir/listed" "$dir/seen" ||
		fail "other modules than $kind lists: see $dir/listed and $dir/seen"
}
