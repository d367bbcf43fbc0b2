# A service had mounted the listed disk when apply ran, and no table of the boot names it: allow = storage or not,
# no phase of the next boot takes it, from an image that was made before.

kinds=dracut
profile=nvme-allowed
extra=disk-of-service
boots=2

before_boot() {
	if ((boot == 1)); then
		truncate -s 16M "$dir/data"
		mke2fs -q -F "$dir/data"
		devices="$PORT1 -drive file=$dir/data,format=raw,if=none,id=data -device nvme,bus=rp1,drive=data,serial=data"
		arguments+=" vfio_prepare.enable=0"
		return
	fi
	arguments=${arguments/vfio_prepare.enable=0/}
}

check() {
	expect_driver 0000:01:00.0 nvme
	if ((boot == 1)); then
		expect_status apply 3
		expect_json apply 'any(.findings[]; .check == "host-disk" and .subject == "0000:01:00.0")'
		return
	fi
	expect_phase premount 0000:01:00.0 skipped
	expect_phase system 0000:01:00.0 refused
	expect_message '0000:01:00\.0: .*guard host-disk held the device when vfio-prepare apply ran last'
	rm -f "$dir/data"
}
