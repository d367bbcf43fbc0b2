# A host with the recipe of an rc.local with new_id and of initramfs-tools' modules with ids=: validate
# names each part of it, import makes a profile of it, apply --rebuild writes all that the next boot needs
# and has the real update-initramfs and the real update-grub take it over (cloud-init: and dracut). When one of these
# fails, all is as it was. The next boot, which the firmware and the real GRUB begin from the disk, with this image and
# these arguments, is ready.

kinds=initramfs-tools
image=bare
disk=grub
extra=rebuild
boots=2
GUEST_TIMEOUT=${VM_TIMEOUT:-900}

config=/boot/grub/grub.cfg
# What the boot loader puts in front of the arguments, and behind.
begins="BOOT_IMAGE=/boot/vmlinuz-${KVER-} root="
ends='lab.of-others=1 quiet iommu=pt'
# What apply's commands come to, the second of which is broken.
broken='["done", "failed"]'

# write_arguments LINE: those that the host has from its beginning.
write_arguments() {
	# shellcheck disable=SC2016 # for the shell that reads it
	printf 'GRUB_CMDLINE_LINUX="%s $GRUB_CMDLINE_LINUX"\n' "${1#root=* }" >"$dir/lab.cfg"
	disk_do "write $dir/lab.cfg /etc/default/grub.d/lab.cfg"
}

before_boot() {
	if ((boot == 1)); then
		write_arguments "$(guest_command_line fast) $arguments"
		loader_partition
		arguments+=" systemd.mask=vfio-prepare.service"
	else
		mode=firmware
	fi
}

# A line of what a program wrote.
expect_said() {
	grep -q "$2" <(output_of "$1") || fail "$1 does not say: $2"
}

expect_undone() {
	expect_status 'apply with a program that fails' 1
	expect_json 'apply with a program that fails' '([.files[].result] | unique == ["restored"]) and
		([.commands[].result] == '"$broken"') and (.reboot_required | not)'
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
		expect_said "file $config" "$ends\$"
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
	expect_said 'file /proc/cmdline' "^$begins.* $ends\$"
	expect_status firmware 0
}
