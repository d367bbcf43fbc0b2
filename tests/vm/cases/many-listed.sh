# Sixteen listed cards: each outcome is in the kernel's log, which takes only ten lines in a row from
# one who has it open, unless told otherwise.

kinds=alone
modules="vfio_pci vfio_iommu_type1"
profile=sixteen
devices="$PORT1 $PORT2"
for function in 0 1 2 3 4 5 6 7; do
	for port in rp1 rp2; do
		devices+=" -device e1000e,bus=$port,addr=0.$function,multifunction=on,romfile="
	done
done

script() {
	echo "run vfio-prepare bind --phase early"
	script_report
}

check() {
	local bus function
	expect_status "vfio-prepare bind --phase early" 0
	for bus in 01 02; do
		for function in 0 1 2 3 4 5 6 7; do
			expect_driver "0000:$bus:00.$function" vfio-pci
			expect_message "0000:$bus:00\.$function: done"
		done
	done
	expect_ready
}
