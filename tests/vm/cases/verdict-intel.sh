# The verdict on machines that differ in their IOMMU alone; this one has VT-d, and is ready once the
# device is bound. The others source this file. Beside it stands what virt-host-validate says there:
# the table in README.md has both.

kinds=alone
modules="vfio_pci vfio_iommu_type1 e1000e"

BIND_LATE="vfio-prepare bind --phase system"
HOST_VALIDATE="virt-host-validate qemu"
vendor=GenuineIntel
virtualization=vmx

host_files() {
	# As on an installed host, so that the kernel's own default is known.
	if [[ -e $ROOT/boot/config-$KVER ]]; then
		install -D -m 644 -t "$1/boot" "$ROOT/boot/config-$KVER"
	else
		install -D -m 644 -t "$1/usr/lib/modules/$KVER" "$ROOT/usr/lib/modules/$KVER/config"
	fi
	image_programs "$1" "$LIBVIRT_TREE" /usr/bin/virt-host-validate
	install -D "$ROOT/usr/bin/busybox" "$1/usr/bin/busybox"
	mkdir -p "$1/lab"
	# QEMU's own processor has no virtualization, without which virt-host-validate would not even look.
	printf 'processor\t: 0\nvendor_id\t: %s\nflags\t\t: fpu %s\n' "$vendor" "$virtualization" >"$1/lab/cpuinfo"
}

image_files() { host_files "$1"; }

script() {
	printf '%s\n' "run busybox mount --bind /lab/cpuinfo /proc/cpuinfo" "run vfio-prepare bind --phase early"
	alone_modules e1000e | sed 's/^/insmod /'
	printf '%s\n' "run $BIND_LATE" "run vfio-prepare validate" "run $HOST_VALIDATE"
	script_report
}

# expect_only CHECK...: these are all the errors that there are.
expect_only() {
	expect_json "$VALIDATE" "[.findings[] | select(.severity == \"error\") | .check] | unique == $(
		printf '%s\n' "$@" | jq -Rnc '[inputs | select(. != "")] | unique'
	)"
}

# expect_host_validate VERDICT...: what virt-host-validate says of the IOMMU's support and, if it comes to
# that, of its being enabled. (It ends with 1, for want of /dev/kvm.) Newer ones say which table they have seen.
expect_host_validate() {
	local said
	said=$(output_of "$HOST_VALIDATE" |
		sed -n $'s/\e\\[[0-9]*m//g; s/^ *QEMU: Checking [^:]*IOMMU[^:]*: //p' |
		sed 's/^PASS (.*/PASS/')
	[[ $said == "$(printf '%s\n' "$@")" ]] ||
		fail "virt-host-validate says of the IOMMU: ${said:-nothing}"
	expect_status "$HOST_VALIDATE" 1
}

check() {
	expect_taken e1000e 0000:01:00.0
	expect_native e1000e 0000:02:00.0
	expect_status "$BIND_LATE" 0
	expect_ready
	expect_only
	expect_host_validate PASS PASS
}
