# A listed card that is not there at first, and is put into its slot while the host runs: bind says that
# it is absent, and the next bind takes it.

kinds=alone
modules="vfio_pci vfio_iommu_type1 e1000e"
devices="$PORT1 $PORT2 -device e1000e,bus=rp2,romfile="

BIND="vfio-prepare --format json bind"

guest_wants() { qmp device_add '{"driver": "e1000e", "bus": "rp1", "id": "late", "romfile": ""}'; }

script() {
	cat <<-END
		run $BIND
		say LAB-WANTS the card
		wait /sys/bus/pci/devices/0000:01:00.0/config
		run vfio-prepare bind
	END
	alone_modules e1000e | sed 's/^/insmod /'
	script_report
}

check() {
	expect_finding device-absent 0000:01:00.0 "$BIND"
	expect_status "vfio-prepare bind" 0
	expect_taken e1000e 0000:01:00.0
	expect_native e1000e 0000:02:00.0
	expect_ready
}
