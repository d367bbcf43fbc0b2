# Eight devices of a driver that takes a second to give up each: all are asked at once, and bind takes
# little more than one second.

kinds=alone
modules="vfio_pci vfio_iommu_type1"
labhang=yes
profile=slow
devices=
for slot in 8 9 a b c d e f; do
	devices+=" -device edu,addr=$slot.0"
done

MEMORY="busybox cat /run/vfio-prepare/boot.json"

image_files() {
	install -D "$ROOT/bin/busybox" "$1/bin/busybox"
}

script() {
	cat <<-END
		insmod /lib/modules/$KVER/updates/labhang.ko remove_ms=1000
		run vfio-prepare bind --phase system
		run $MEMORY
	END
	script_report
}

check() {
	local slot last_asked first_gone
	expect_status "vfio-prepare bind --phase system" 0
	for slot in 8 9 a b c d e f; do
		expect_driver "0000:00:0$slot.0" vfio-pci
		expect_logged labhang "0000:00:0$slot.0: removed"
	done
	last_asked=$(grep -n 'labhang .*: removing$' "$REPORT" | sed -n '$s/:.*//p')
	first_gone=$(grep -n -m 1 'labhang .*: removed$' "$REPORT" | cut -d : -f 1)
	((${last_asked:-0} < ${first_gone:-0})) || fail "they were not all asked before the first had gone"
	expect_json "$MEMORY" '.phases[0] | .elapsed_ms >= 1000 and .elapsed_ms < 2500'
	expect_json "$MEMORY" '[.phases[0].outcomes[] | select(.result == "done" and .elapsed_ms >= 1000)] | length == 8'
	expect_ready
}
