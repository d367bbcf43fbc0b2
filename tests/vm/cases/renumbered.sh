# A card was added in a slot before the listed one, so that the bus numbers shifted: what was
# 0000:01:00.0 is 0000:02:00.0 now. By address with id or serial the newcomer in its place, of the
# same class, is refused, and the finding says where the listed card is. By path the right one is
# bound, and not its twin behind it.

kinds=alone
modules="vfio_pci vfio_iommu_type1 e1000e vmxnet3"
profile=renumbered-path
devices="$PORT1 $PORT2 -device pcie-root-port,id=rp3,chassis=3,slot=3,addr=4.0
	-device vmxnet3,bus=rp1,romfile= -device e1000e,bus=rp2,romfile=,mac=52:54:00:00:00:02
	-device e1000e,bus=rp3,romfile=,mac=52:54:00:00:00:03"

BY_ID="vfio-prepare --profile /lab/profiles/one-listed.conf --format json bind --phase early"
BY_SERIAL="vfio-prepare --profile /lab/profiles/renumbered-serial.conf --format json bind --phase early"
BY_PATH="vfio-prepare bind --phase early"

script() {
	printf '%s\n' "run $BY_ID" "run $BY_SERIAL" "run $BY_PATH"
	alone_modules e1000e vmxnet3 | sed 's/^/insmod /'
	script_report
}

check() {
	expect_status "$BY_ID" 3
	expect_json "$BY_ID" '[.findings[] | select(.check == "identity-mismatch")] | length == 1 and
		(.[0] | .subject == "0000:01:00.0" and (.detail | test("15ad:07b0")) and
		(.remedy | test("0000:02:00\\.0 0000:03:00\\.0")))'
	expect_status "$BY_SERIAL" 3
	expect_json "$BY_SERIAL" '[.findings[] | select(.check == "identity-mismatch")] | length == 1 and
		(.[0].remedy | test("0000:02:00\\.0") and (test("0000:03:00\\.0") | not))'
	expect_status "$BY_PATH" 0
	expect_native vmxnet3 0000:01:00.0
	expect_taken e1000e 0000:02:00.0
	expect_native e1000e 0000:03:00.0
	expect_ready
}
