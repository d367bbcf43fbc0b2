# The tool in the image ends with an error: the boot goes on, and the unit of the real root, which
# has a good one, does the work.

image_files() {
	mkdir -p "$1/usr/sbin"
	printf '#!/bin/sh\necho "<4>broken tool" >/dev/kmsg\nexit 2\n' >"$1/usr/sbin/vfio-prepare"
	chmod +x "$1/usr/sbin/vfio-prepare"
}

check() {
	kernel_said 'broken tool' || fail "the image's tool was not run"
	expect_driver 0000:01:00.0 vfio-pci
	expect_native e1000e 0000:02:00.0
	expect_no_failed_units
}
