# The same where a card of the host has the native driver loaded. The kernel announces a card just before
# it looks for a driver, so that this one may have it until the rules have it taken away.

# shellcheck source=hotplug.sh
. "$LAB_DIR/cases/hotplug.sh"
kinds=dracut
devices="$PORT1 $PORT2 -device e1000e,bus=rp2,romfile="

check() {
	expect_plugged
	expect_native e1000e 0000:02:00.0
	! kernel_said 'e1000e 0000:01:00\.0' ||
		expect_message '0000:01:00\.0: done: on vfio-pci \(was: e1000e\)'
}
