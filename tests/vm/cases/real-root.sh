# An image without the tool and without the cards' driver: the unit of the real root is the first
# to see them.

kinds="initramfs-tools dracut" # systemd begins anew in the real root, or goes on
image=bare-nic

check() {
	expect_taken e1000e 0000:01:00.0
	expect_native e1000e 0000:02:00.0
	expect_unit vfio-prepare.service active
	expect_unit vfio-prepare.target active
	expect_no_failed_units
	expect_ready
}
