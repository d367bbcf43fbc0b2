# Two identical cards, one of them listed, on a host with nothing tuned: the image as the generator made it,
# Debian's kernel image and command line, all units of the default target. (The image of a dracut without systemd boots
# fast: its real root is the other's.) The card is fit for a virtual machine, and validate sees in the image what is in it.
#
# On one kind each, as no image has to do with it: services that want prepared devices start (where they are
# not prepared: absent, off). And the card is given back to its own driver, which works; once more
# changes nothing, nor does what udev's rules would do; then it is taken again, but when its interface is
# switched on only by force.

[[ ${kind-} == dracut-nosystemd ]] || mode=stock
extra="open-card image"
case ${kind-} in
dracut) extra+=" consumers" ;;
initramfs-tools) extra+=" release" ;;
esac

OPEN=$EXTRA_DIR/open-card
RELEASE=$EXTRA_DIR/release

RELEASE_SAYS="boot: status 0, on vfio-pci, override vfio-pci, claim nic
release: status 0, on e1000e, override (null), claim none
e1000e had it
release: status 0, on e1000e, override (null), claim none
release 01:00.0: status 0, on e1000e, override (null), claim none
bind --phase hotplug: status 0, on e1000e, override (null), claim none
its interface is there
not ready
bind: status 0, on vfio-pci, override vfio-pci, claim nic
release nic: status 0, on e1000e, override (null), claim none
bind: status 3, on e1000e, override (null), claim none
bind --force: status 0, on vfio-pci, override vfio-pci, claim nic"

before_boot() { image_disk; }

check() {
	expect_taken e1000e 0000:01:00.0
	expect_native e1000e 0000:02:00.0
	expect_unit vfio-prepare.service active
	expect_unit vfio-prepare.target active
	expect_no_failed_units
	expect_ready
	expect_status "$OPEN" 0
	output_of "$OPEN" | grep -qx 'ids: 8086:10d3' || fail "opened through VFIO it is another device"
	expect_image_seen
	[[ $kind != dracut ]] || expect_consumers active
	[[ $kind != initramfs-tools ]] || [[ $(output_of "$RELEASE" | sed '/^ /d; /^$/d') == "$RELEASE_SAYS" ]] || {
		output_of "$RELEASE" >"$LOG_DIR/$test/difference"
		fail "release went otherwise: see $LOG_DIR/$test/difference"
	}
}
