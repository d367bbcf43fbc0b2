# A listed card is put into its slot while the host runs, by udev's rules: it is on vfio-pci, and its native
# driver, which was not loaded, never had it. Nothing had to be started for that.

kinds=initramfs-tools # it is the udev of the real root
profile=hotplug
devices=$PORT1
extra=hotplug

guest_wants() { qmp device_add '{"driver": "e1000e", "bus": "rp1", "id": "card", "romfile": ""}'; }

# The driver has the card, and the rules are right; what had it before is for the case to say.
expect_plugged() {
	output_of "$EXTRA" | grep '^KERNEL=="0000:01:00.0", ' >/dev/null || fail "there are no rules for the card"
	output_of "$EXTRA" | grep 'vfio-prepare\.rules:' && fail "udev does not like the rules"
	output_of "$EXTRA" | grep 'the same rules with the card' >/dev/null || fail "the rules differ with the card"
	expect_driver 0000:01:00.0 vfio-pci
	[[ $(device_field 0000:01:00.0 8) == vfio-pci ]] || fail "the card has no driver override"
}

check() {
	expect_plugged
	expect_never e1000e 0000:01:00.0
	kernel_said 'vfio-prepare: 0000:01:00\.0: already' && fail "the program was started for nothing"
	true
}
