# The root and a spare disk are two NVMe of one model, and the profile lists that model. Both wait until
# the root is known. The spare is bound before the root is mounted, the root never, and the message says
# why. (With vfio-pci.ids=1b36:0010 this machine does not boot.)

kinds="dracut dracut-nosystemd" # initramfs-tools: host-disk-crypt
profile=nvme
devices=$SPARE_NVME
controller=$ROOT_NVME
stack='nvme[01]n1'

check() {
	expect_driver 0000:01:00.0 vfio-pci
	expect_driver 0000:00:1b.0 nvme
	[[ $(device_field 0000:00:1b.0 8) == '(null)' ]] || fail "the root disk has a driver override"
	expect_message "0000:00:1b\.0: .*the host uses a disk of the device: / \($stack\)"
	for address in 0000:01:00.0 0000:00:1b.0; do
		expect_phase early $address skipped
	done
	expect_phase premount 0000:01:00.0 done
	expect_phase premount 0000:00:1b.0 refused
	expect_phase system 0000:01:00.0 already
	expect_no_failed_units vfio-prepare.service vfio-prepare-ready.service
	expect_finding host-disk 0000:00:1b.0
	expect_not_ready
}
