# Sixteen virtual functions of an NVMe controller are made and bound at boot, by the unit of the real
# root, and again at the next boot. The controller stays with its own driver, which never sees them.

kinds=initramfs-tools # the unit is the same whatever made the image
boots=2
profile=vfs
devices="$PORT1 -device nvme-subsys,id=ss0 -device nvme,serial=x,subsys=ss0,bus=rp1,sriov_max_vfs=16,sriov_vq_flexible=32,sriov_vi_flexible=16,max_ioqpairs=34,msix_qsize=17"
extra=vfs

SAYS="autoprobe 1
16: status 0, 17 already, 0 done, 16 there
viable: yes
ids: 1b36:0010
reset: done
4: status 0, 0 already, 5 done, 4 there
one is open
2: status 4, 4 already, 0 done, 4 there
it is closed
2: status 0, 0 already, 3 done, 2 there
autoprobe 1"

check() {
	local address
	for address in 0000:01:{00.{1..7},01.{0..7},02.0}; do
		expect_driver "$address" vfio-pci
		expect_message "${address//./\\.}: done: on vfio-pci"
		kernel_said "nvme nvme[0-9]+: pci function ${address//./\\.}" && fail "nvme had $address"
	done
	expect_driver 0000:01:00.0 nvme
	kernel_said 'nvme nvme0: pci function 0000:01:00\.0' || fail "nvme never logged 0000:01:00.0"
	expect_message '0000:01:00\.0: skipped: .* waits until its own driver has it'
	expect_message '0000:01:00\.0: done: on nvme, with 16 virtual functions'
	expect_unit vfio-prepare.service active
	expect_unit vfio-prepare.target active
	expect_no_failed_units
	expect_ready
	expect_json "$VALIDATE" '[.devices[] | select(.state == "right")] | length == 17'
	[[ $(output_of "$EXTRA") == "$SAYS" ]] || {
		output_of "$EXTRA" >"$LOG_DIR/$test/difference$boot"
		fail "boot $boot says otherwise: see $LOG_DIR/$test/difference$boot"
	}
}
