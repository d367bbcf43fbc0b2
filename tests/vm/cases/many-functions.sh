# 133 functions, of which 127 are virtual: the live list is what sysfs has. (Without autoprobe: the
# drivers of the virtual functions would come and go between the two looks.)

kinds=alone
modules="nvme"
arguments=log_buf_len=1M
devices="$PORT1 -device nvme-subsys,id=ss0 -device nvme,serial=x,subsys=ss0,bus=rp1,sriov_max_vfs=127,sriov_vq_flexible=254,sriov_vi_flexible=127,max_ioqpairs=256,msix_qsize=128"

LIST='vfio-prepare list --format json'

script() {
	alone_modules nvme | sed 's/^/insmod /'
	cat <<-END
		write /sys/bus/pci/devices/0000:01:00.0/sriov_drivers_autoprobe 0
		write /sys/bus/pci/devices/0000:01:00.0/sriov_numvfs 127
		say LAB-BEGIN
		devices
		run $LIST
		kmsg
		say LAB-END
		poweroff
	END
}

check() {
	local sysfs listed
	sysfs=$(awk '$1 == "DEV" { print $2, $3, $4, $5, $6, $7, $8 }' "$REPORT" |
		sed 's/0x//g; s/(null)$/-/')
	(($(wc -l <<<"$sysfs") >= 131)) || fail "the guest has only $(wc -l <<<"$sysfs") functions"
	listed=$(output_of "$LIST" | jq -r '.functions[] | [.address, .vendor, .device, .class,
		(.iommu_group // "-" | tostring), .driver // "-", .driver_override // "-"] | join(" ")')
	[[ $listed == "$sysfs" ]] || {
		diff <(printf '%s\n' "$sysfs") <(printf '%s\n' "$listed") >"$LOG_DIR/$test/difference"
		fail "the list differs from sysfs: $(head -n 4 "$LOG_DIR/$test/difference" | tr '\n' ' ')"
	}
	expect_status "$LIST" 0
}
