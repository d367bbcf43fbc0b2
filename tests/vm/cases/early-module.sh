# The image itself asks for the native driver, by the means of its kind, besides udev's coldplug.

image_files() {
	case $kind in
	initramfs-tools)
		mkdir -p "$1/conf"
		echo e1000e >"$1/conf/modules"
		;;
	dracut)
		mkdir -p "$1/etc/modules-load.d"
		echo e1000e >"$1/etc/modules-load.d/e1000e.conf"
		;;
	dracut-nosystemd)
		mkdir -p "$1/etc/cmdline.d"
		echo rd.driver.pre=e1000e >"$1/etc/cmdline.d/20-force_drivers.conf"
		;;
	esac
}

check() {
	expect_taken e1000e 0000:01:00.0
	expect_native e1000e 0000:02:00.0
	expect_no_failed_units
}
