# 133 functions, of which 127 are virtual: the list is what sysfs has, and so is that of a snapshot. (Without
# autoprobe: the drivers of the virtual functions would come and go between two looks.)

kinds=alone
modules="nvme"
arguments=log_buf_len=1M
devices="$PORT1 -device nvme-subsys,id=ss0 -device nvme,serial=x,subsys=ss0,bus=rp1,sriov_max_vfs=127,sriov_vq_flexible=254,sriov_vi_flexible=127,max_ioqpairs=256,msix_qsize=128"

LIST='vfio-prepare list --format json'
SNAPSHOT='vfio-prepare snapshot /tree'
LIST_OF_SNAPSHOT='vfio-prepare --root /tree list --format json'

script() {
	alone_modules nvme | sed 's/^/insmod /'
	cat <<-END
		write /sys/bus/pci/devices/0000:01:00.0/sriov_drivers_autoprobe 0
		write /sys/bus/pci/devices/0000:01:00.0/sriov_numvfs 127
		say LAB-BEGIN
		devices
		run $LIST
		run $SNAPSHOT
		run $LIST_OF_SNAPSHOT
		kmsg
		say LAB-END
		poweroff
	END
}

# expect_listed SYSFS COMMAND: it lists each function as sysfs has it.
expect_listed() {
	local listed
	listed=$(output_of "$2" | jq -r '.functions[] | [.address, .vendor, .device, .class,
		(.iommu_group // "-" | tostring), .driver // "-", .driver_override // "-"] | join(" ")')
	[[ $listed == "$1" ]] || {
		diff <(printf '%s\n' "$1") <(printf '%s\n' "$listed") >"$LOG_DIR/$test/difference"
		fail "'$2' differs from sysfs: $(head -n 4 "$LOG_DIR/$test/difference" | tr '\n' ' ')"
	}
	expect_status "$2" 0
}

check() {
	local sysfs
	sysfs=$(awk '$1 == "DEV" { print $2, $3, $4, $5, $6, $7, $8 }' "$REPORT" |
		sed 's/0x//g; s/(null)$/-/')
	(($(wc -l <<<"$sysfs") >= 131)) || fail "the guest has only $(wc -l <<<"$sysfs") functions"
	expect_status "$SNAPSHOT" 0
	expect_listed "$sysfs" "$LIST"
	expect_listed "$sysfs" "$LIST_OF_SNAPSHOT"
	[[ $(output_of "$LIST_OF_SNAPSHOT") == "$(output_of "$LIST")" ]] ||
		fail "the list of the snapshot is not that of the guest"
}
