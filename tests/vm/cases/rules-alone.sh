# The tool in the image is broken, but udev's rules are there: they bind the card in the initramfs, before
# its native driver, and the real root finds it right. With rd.vfio_prepare=0 they do nothing: rules-off.

image_files() {
	mkdir -p "$1/usr/sbin" "$1/etc/udev/rules.d"
	printf '#!/bin/sh\nexit 1\n' >"$1/usr/sbin/vfio-prepare"
	chmod 755 "$1/usr/sbin/vfio-prepare"
	cat >"$1/etc/udev/rules.d/05-vfio-prepare.rules" <<-'END'
		KERNEL=="0000:01:00.0", ATTR{vendor}=="0x8086", ATTR{device}=="0x10d3", DRIVER=="|vfio-pci", ENV{.vfio_prepare}=="add", ATTR{driver_override}="vfio-pci", ATTR{[subsystem/pci]drivers_probe}="$kernel", RUN{builtin}+="kmod load vfio_pci"
	END
}

check() {
	expect_taken e1000e 0000:01:00.0
	expect_native e1000e 0000:02:00.0
	expect_phase system 0000:01:00.0 already
	expect_unit vfio-prepare.target active
	expect_no_failed_units
}
