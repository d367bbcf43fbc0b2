# A host with the recipe of an rc.local with new_id and of initramfs-tools' modules with ids=: validate
# names each part of it, import makes a profile of it, apply --rebuild writes all that the next boot needs
# and has the real update-initramfs and the real update-grub take it over (cloud-init: and dracut). When one of these
# fails, all is as it was. The next boot, from the new image and with grub.cfg's arguments, is ready.

kinds=initramfs-tools
image=bare
extra=rebuild
boots=2
GUEST_TIMEOUT=${VM_TIMEOUT:-900}

# What the host has: GRUB's generator, the recipe, and an image generator that makes small images.
system_stage() {
	local tree=$1
	cp -a "$GRUB_TREE/." "$tree/"
	generators_stage "$tree"
	cat >"$tree/etc/rc.local" <<-'END'
		#!/bin/sh
		modprobe vfio-pci
		echo 0000:01:00.0 > /sys/bus/pci/devices/0000:01:00.0/driver/unbind
		echo 8086 10d3 > /sys/bus/pci/drivers/vfio-pci/new_id
		exit 0
	END
	chmod 755 "$tree/etc/rc.local"
	printf '%s\n' '# for passthrough' 'vfio_pci ids=8086:10d3' >"$tree/etc/initramfs-tools/modules"
}

before_boot() {
	local tree=$dir/system size
	if ((boot == 1)); then
		grub_build
		rm -rf "$tree"
		mkdir "$tree"
		system_stage "$tree"
		tar -C "$tree" -cf "$dir/system.tar" --owner=0 --group=0 .
		truncate -s %512 "$dir/system.tar"
		rm -r "$tree"
		truncate -s 64M "$dir/image"
		devices+=" -drive file=$dir/system.tar,format=raw,if=none,id=system,readonly=on
			-device virtio-blk-pci,drive=system,serial=system,romfile=
			-drive file=$dir/image,format=raw,if=none,id=image
			-device virtio-blk-pci,drive=image,serial=image,romfile="
		arguments+=" systemd.mask=vfio-prepare.service"
		return
	fi
	read -r size <"$dir/image"
	INITRD=$dir/initrd.new
	dd if="$dir/image" of="$INITRD" bs=512 skip=1 status=none
	truncate -s "$size" "$INITRD"
	arguments=${arguments/systemd.mask=vfio-prepare.service/}
	arguments+=" $(sed -n 's|^\tlinux\t[^ ]* root=[^ ]* ro *||p' "$dir/boot1/report" | sed -n 1p)"
}

# A line of what a program wrote.
expect_said() {
	grep -q "$2" <(output_of "$1") || fail "$1 does not say: $2"
}

expect_undone() {
	expect_status 'apply with a program that fails' 1
	expect_json 'apply with a program that fails' '([.files[].result] | unique == ["restored"]) and
		([.commands[].result] == ["done", "failed"]) and (.reboot_required | not)'
	expect_status sums 0
	[[ -z $(output_of left) ]] || fail "a failed apply leaves $(output_of left)"
}

check() {
	if ((boot == 1)); then
		expect_driver 0000:01:00.0 e1000e
		expect_status import 0
		expect_status 'validate before' 3
		expect_json 'validate before' '[.findings[].check] | (index("foreign-rc-local") and
			index("foreign-initramfs-modules") and index("wrong-driver"))'
		expect_json plan '[.files[] | select(.state == "create") | .path] | length == 4'
		expect_undone
		expect_status apply 5
		expect_json apply '([.files[].result] | unique == ["written"]) and
			([.commands[].result] == ["done", "done"]) and
			.reasons == ["argument iommu=pt", "device 0000:01:00.0"]'
		expect_status 'validate between' 5
		expect_json 'validate between' '.status == "reboot-required"'
		expect_said 'file /boot/grub/grub.cfg' 'lab.of-others=1 quiet iommu=pt$'
		expect_said udev 'Reading rules file: /etc/udev/rules.d/05-vfio-prepare.rules'
		! grep -E 'vfio-prepare.rules:[0-9]+.*([Ii]nvalid|[Uu]nknown|[Ii]gnoring)' <(output_of udev) ||
			fail "udev does not take our rules"
		return
	fi
	expect_taken e1000e 0000:01:00.0
	expect_native e1000e 0000:02:00.0
	expect_ready
	expect_status 'apply again' 0
	expect_json 'apply again' '([.files[].result] | unique == ["left"]) and .commands == []'
	expect_said modprobe '^softdep e1000e pre: vfio-pci$'
	rm -f "$dir"/{image,system.tar,initrd.new}
}
