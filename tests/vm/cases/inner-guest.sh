# A guest inside the guest drives the prepared card: QEMU takes the arguments that "export qemu" has, and a small
# Linux in it binds the card to its native driver, gets its interrupts, and is answered by the host's other card.

kinds=alone
modules="vfio_pci vfio_iommu_type1 e1000e"
patience=4
devices=$NICS_ON_ONE_WIRE

CARD=0000:01:00.0
INNER="/inner/host host"
MADE="/inner/host sysfsdev"

# qemu_files DIR: this machine's QEMU, with the libraries and the firmware that it needs here.
qemu_files() {
	local program file target
	program=$(command -v qemu-system-x86_64)
	for file in $(ldd "$program" | grep -o '/[^ ]*') /usr/lib/*/qemu/accel-tcg-x86_64.so "$program"; do
		target=${file/#\/lib\//\/usr\/lib\/}
		mkdir -p "$1$(dirname "$target")"
		cp -L "$file" "$1$target"
	done
	mkdir -p "$1/usr/share/qemu"
	for file in bios-256k kvmvapic linuxboot_dma pvh; do
		cp -L "$(find /usr/share/qemu /usr/share/seabios -name "$file.bin" | head -n 1)" "$1/usr/share/qemu/"
	done
}

# shell_files DIR: a shell and its tools.
shell_files() {
	install -D "$ROOT/bin/busybox" "$1/bin/busybox"
	ln -s busybox "$1/bin/sh"
}

# inner_initrd DIR OUT: the initramfs of the inner guest.
inner_initrd() {
	local module
	rm -rf "$1"
	shell_files "$1"
	install "$LAB_DIR/guest/inner/init" "$1/init"
	for module in $(alone_modules e1000e); do
		install -D -m 644 "$ROOT$module" "$1$module"
		echo "$module" >>"$1/modules"
	done
	image_archive "$1" >"$2"
	rm -r "$1"
}

image_files() {
	shell_files "$1"
	qemu_files "$1"
	install -D "$LAB_DIR/guest/inner/host" "$1/inner/host"
	cp "$FAST_KERNEL" "$1/inner/kernel"
	inner_initrd "$dir/inner" "$1/inner/initrd"
}

script() {
	printf '%s\n' "run vfio-prepare bind --phase early"
	alone_modules e1000e | sed 's/^/insmod /'
	cat <<-END
		run vfio-prepare bind
		wait /sys/bus/pci/devices/0000:02:00.0/net/eth0
		run busybox ifconfig eth0 192.0.2.9 up
		run $MADE
		run $INNER $TSC_KHZ
	END
	script_report
}

check() {
	local said
	expect_taken e1000e $CARD
	expect_status "$MADE" 0
	output_of "$MADE" | grep -q 'Ethernet controller: PCI device 8086:10d3' ||
		fail "QEMU has no such card by its path in sysfs"
	expect_status "$INNER $TSC_KHZ" 0
	said=$(output_of "$INNER $TSC_KHZ" | tr -d '\r')
	grep -qx "inner: 0x8086 0x10d3 on e1000e" <<<"$said" || fail "the inner guest's driver has no such card"
	grep -qx "inner: address 52:54:00:00:00:01" <<<"$said" || fail "it is another card"
	grep -q "^3 packets transmitted, 3 packets received" <<<"$said" || fail "the other card has not answered"
	awk '/^inner: interrupts/ { rose = $5 - $3 } END { exit !(rose > 3) }' <<<"$said" ||
		fail "the inner guest's driver got no interrupts: $(grep '^inner: interrupts' <<<"$said")"
}
