# The profile lists a card that apply has written down as the host's way to its network: no phase takes it,
# although no network is up.

kinds=dracut
arguments=lab.guarded=0000:01:00.0

image_files() {
	mkdir -p "$1/etc/vfio-prepare"
	printf '0000:01:00.0 8086:10d3\n' >"$1/etc/vfio-prepare/guarded"
}

check() {
	expect_native e1000e 0000:01:00.0
	expect_native e1000e 0000:02:00.0
	expect_phase early 0000:01:00.0 skipped
	expect_phase system 0000:01:00.0 refused
	expect_message '0000:01:00\.0: .*guard network held the device when vfio-prepare apply ran last'
	expect_no_failed_units vfio-prepare.service vfio-prepare-ready.service
}
