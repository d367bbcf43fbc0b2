# A driver holds a listed device before anybody else can, and its removal of that device never returns.
# The boot goes on, in the tool's own time; what else is listed is bound, another device of that driver
# too; the device is reported, and left alone for the rest of the boot. (The driver is labhang.)

profile=hung
labhang=yes
devices="$TWO_NICS -device edu,addr=8.0 -device edu,addr=9.0"
arguments=labhang.hang_dev=0000:00:08.0
extra=hung

STATE=/usr/lib/lab/extra/hung

image_files() { hold_early "$1"; }

# expect_hung PHASE: the boot's first phase, which is this one, finds the device.
expect_hung() {
	expect_driver 0000:00:08.0 -
	expect_logged labhang '0000:00:08.0: removing'
	expect_never labhang '0000:00:08.0: removed'
	expect_driver 0000:00:09.0 vfio-pci
	expect_driver 0000:01:00.0 vfio-pci
	expect_native e1000e 0000:02:00.0
	# In its own time, which is device-timeout and a little, and only once.
	expect_json "$STATE" ".memory.phases[0] | .phase == \"$1\" and .elapsed_ms >= 10000 and .elapsed_ms < 15000"
	expect_json "$STATE" 'any(.memory.phases[0].outcomes[]; .address == "0000:00:08.0" and .result == "timeout")'
	# One that the kernel does not let go, and none for each look at the device.
	expect_json "$STATE" '.left == 1'
	expect_finding device-hangs 0000:00:08.0
	expect_not_ready
	expect_status 'udevadm settle' 0
	expect_unit vfio-prepare.target inactive
	expect_no_failed_units vfio-prepare.service vfio-prepare-ready.service
}

check() {
	expect_hung early
	expect_logged labhang '0000:00:09.0: removed'
	expect_never e1000e 0000:01:00.0
	expect_json "$STATE" '[.memory.phases[0].outcomes[] | select(.result == "done") | .address] ==
		["0000:00:09.0", "0000:01:00.0"]'
	expect_json "$STATE" '.memory.phases | length > 1 and all(.[1:][]; .elapsed_ms < 5000 and
		any(.outcomes[]; .address == "0000:00:08.0" and .result == "refused"))'
	expect_message '0000:00:08\.0: timeout: .* unbinding did not return'
}
