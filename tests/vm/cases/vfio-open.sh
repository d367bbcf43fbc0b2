# A bound device is really used through VFIO, as a virtual machine's monitor would, and then given back to
# its own driver, which works again. As long as it is open, it is not given back, and nothing hangs.

kinds=alone
modules="vfio_pci vfio_iommu_type1 e1000e"
profile=one-listed
devices=$NICS_ON_ONE_WIRE

CARD=0000:01:00.0
AGAIN="vfio-prepare --format json bind"
HELD="vfio-prepare --format json release"
RECEIVED="busybox cat /sys/bus/pci/devices/0000:02:00.0/net/eth1/statistics/rx_packets"

image_files() {
	install -D "$ROOT/bin/busybox" "$1/bin/busybox"
	install -D "$VFIO_OPEN" "$1/usr/sbin/vfio-open"
}

script() {
	alone_modules e1000e | sed 's/^/insmod /'
	cat <<-END
		run vfio-prepare bind
		run vfio-open $CARD
		run vfio-open --hold $CARD
		run $AGAIN
		run $HELD
		run vfio-open --close $CARD
		run vfio-prepare release
		wait /sys/bus/pci/devices/$CARD/net/eth0
		run busybox cat /sys/bus/pci/devices/$CARD/net/eth0/address
		run busybox ifconfig eth0 192.0.2.1 up
		run busybox ifconfig eth1 up
		run busybox sleep 2
		run busybox arping -c 3 -I eth0 192.0.2.9
		run $RECEIVED
	END
	script_report
}

check() {
	expect_status "vfio-prepare bind" 0
	expect_status "vfio-open $CARD" 0
	output_of "vfio-open $CARD" | grep -qx 'viable: yes' || fail "its group is not viable"
	output_of "vfio-open $CARD" | grep -qx 'ids: 8086:10d3' || fail "its configuration space has other ids"
	output_of "vfio-open $CARD" | grep -q '^region 0: 131072 bytes' || fail "its first region is another"
	output_of "vfio-open $CARD" | grep -qx 'reset: done' || fail "it was not reset"
	expect_status "vfio-open --hold $CARD" 0
	expect_json "$AGAIN" '.outcomes[0].result == "already"'
	expect_status "$HELD" 3
	expect_finding vfio-in-use $CARD "$HELD"
	expect_status "vfio-open --close $CARD" 0
	expect_status "vfio-prepare release" 0
	expect_native e1000e $CARD
	output_of "busybox cat /sys/bus/pci/devices/$CARD/net/eth0/address" | grep -qx 52:54:00:00:00:01 ||
		fail "its interface has another address"
	(($(output_of "$RECEIVED" | head -n 1) > 0)) || fail "the other card has received nothing from it"
}
