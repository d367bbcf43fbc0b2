# The listed card carries the default route: it is refused and stays as it is. With allow = network
# the same card is bound, at boot: by hand it is in use as long as its interface is switched on.

kinds=alone
modules="vfio_pci vfio_iommu_type1 e1000e"
profile=one-listed

GUARDED="vfio-prepare --format json bind"
PLAN="vfio-prepare --profile /lab/profiles/allow-network.conf plan --format json"
ALLOWED="vfio-prepare --profile /lab/profiles/allow-network.conf bind --phase system"

image_files() {
	install -D "$ROOT/bin/busybox" "$1/bin/busybox"
}

script() {
	alone_modules e1000e | sed 's/^/insmod /'
	# The first card's, as the second has no driver yet when this one has got its name.
	cat <<-END
		write /sys/bus/pci/drivers/e1000e/unbind 0000:02:00.0
		run busybox ifconfig eth0 192.0.2.2 netmask 255.255.255.0 up
		run busybox route add default gw 192.0.2.1
		write /sys/bus/pci/drivers/e1000e/bind 0000:02:00.0
		run $GUARDED
		run $PLAN
		devices
		run $ALLOWED
	END
	script_report
}

check() {
	expect_status "$GUARDED" 3
	expect_finding network 0000:01:00.0 "$GUARDED"
	expect_untouched e1000e 0000:01:00.0
	expect_finding in-use 0000:01:00.0 "$PLAN"
	expect_status "$ALLOWED" 0
	expect_driver 0000:01:00.0 vfio-pci
	expect_native e1000e 0000:02:00.0
	expect_ready
}
