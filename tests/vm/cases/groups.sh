# Two network cards share an IOMMU group, as their port cannot keep them apart (no ACS), and one of
# them is listed: group = require refuses it, group = expand brings both.

kinds=alone
modules="vfio_pci vfio_iommu_type1 e1000e"
profile=group-expand
devices="-device pcie-root-port,id=rp1,chassis=1,slot=1,addr=2.0,disable-acs=on
	-device e1000e,bus=rp1,addr=0.0,multifunction=on,romfile= -device e1000e,bus=rp1,addr=0.1,romfile="

REQUIRE="vfio-prepare --profile /lab/profiles/one-listed.conf --format json bind --phase early"
EXPAND="vfio-prepare bind --phase early"

script() {
	alone_modules e1000e | sed 's/^/insmod /'
	printf '%s\n' "run $REQUIRE" devices "run $EXPAND"
	script_report
}

check() {
	expect_status "$REQUIRE" 3
	expect_json "$REQUIRE" 'any(.findings[]; .check == "group-incomplete" and
		(.detail | test("0000:01:00\\.0 .* 0000:01:00\\.1")))'
	expect_untouched e1000e 0000:01:00.0
	expect_untouched e1000e 0000:01:00.1
	expect_status "$EXPAND" 0
	expect_driver 0000:01:00.0 vfio-pci
	expect_driver 0000:01:00.1 vfio-pci
	expect_ready
}
