# A card that the boot brought to vfio-pci is given back to its own driver, which works; once more
# changes nothing, nor does what udev's rules would do; then it is taken again, but when its interface is
# switched on only by force.

kinds=initramfs-tools
extra=release

SAYS="boot: status 0, on vfio-pci, override vfio-pci
release: status 0, on e1000e, override (null)
e1000e had it
release: status 0, on e1000e, override (null)
release 01:00.0: status 0, on e1000e, override (null)
bind --phase hotplug: status 0, on e1000e, override (null)
its interface is there
not ready
bind: status 0, on vfio-pci, override vfio-pci
release nic: status 0, on e1000e, override (null)
bind: status 3, on e1000e, override (null)
bind --force: status 0, on vfio-pci, override vfio-pci"

check() {
	[[ $(output_of "$EXTRA" | sed '/^ /d; /^$/d') == "$SAYS" ]] || {
		output_of "$EXTRA" >"$LOG_DIR/$test/difference"
		fail "it went otherwise: see $LOG_DIR/$test/difference"
	}
	# So it was when the report began.
	expect_taken e1000e 0000:01:00.0
	expect_native e1000e 0000:02:00.0
	expect_ready
}
