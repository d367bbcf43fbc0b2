# Debian's cloud-init prepares a host that has nothing of the tool: the first boot, whose seed holds the user-data of
# "export cloud-init" and the tarball of "make dist", installs it, writes the profile, rebuilds image and grub.cfg with
# the host's own programs, and restarts. The second boot, from this image and with these arguments, has the card on
# vfio-pci from its beginning and is ready. The third changes nothing.
#
# With initramfs-tools, the IOMMU is off in the first boot: nothing says yet which groups the devices are in, and what
# depends on it is written by the second boot.

kinds="initramfs-tools dracut"
image=bare
disk=cloud
extra=cloud
boots=3
GUEST_TIMEOUT=${VM_TIMEOUT:-900}

before_boot() {
	local tarball seed=/var/lib/cloud/seed/nocloud
	case $boot in
	1)
		tarball=$REPO_DIR/build/vfio-prepare-$(<"$REPO_DIR/VERSION").tar.gz
		mkdir -p "$dir/seed"
		"$PRODUCT/usr/sbin/vfio-prepare" --profile "$LAB_DIR/profiles/one-listed.conf" export cloud-init --from-profile \
			--url "file://$seed/tarball#sha256=$(cut -c 1-64 "$tarball.sha256")" \
			>"$dir/seed/user-data"
		echo 'instance-id: lab' >"$dir/seed/meta-data"
		disk_do 'mkdir /var/lib/cloud' 'mkdir /var/lib/cloud/seed' "mkdir $seed" "write $tarball $seed/tarball" \
			"write $dir/seed/user-data $seed/user-data" "write $dir/seed/meta-data $seed/meta-data"
		# The root of the lab has both generators; a host has one.
		[[ $kind != dracut ]] || disk_do 'rm /usr/sbin/update-initramfs'
		arguments+=' systemd.mask=lab-report.service'
		[[ $kind != initramfs-tools ]] || arguments+=' intel_iommu=off'
		;;
	2)
		arguments=${arguments/ intel_iommu=off/}
		INITRD=$dir/initrd.new
		disk_do "dump /boot/initrd.img-$KVER $INITRD" "dump /boot/grub/grub.cfg $dir/grub.cfg"
		arguments=${arguments/systemd.mask=lab-report.service/systemd.mask=lab-restart.service}
		arguments+=" $(sed -n 's|^\tlinux\t[^ ]* root=[^ ]* ro *||p' "$dir/grub.cfg" | sed -n 1p)"
		;;
	esac
}

# A line of what cloud-init and its script said is so.
said() { output_of "$EXTRA" | grep -E -x "$1" >/dev/null; }

check() {
	expect_json 'cat /run/cloud-init/result.json' '.v1.errors == []'
	! said '.*\[(WARNING|ERROR|CRITICAL)\]: .*' || fail 'cloud-init warns'
	said 'Cloud-init .* finished .*NoCloud.*' || fail 'cloud-init is not through'
	if ((boot == 1)); then
		expect_driver 0000:01:00.0 e1000e
		said 'vfio-prepare: it is installed' || fail 'it is not installed'
		expect_json "$VALIDATE" '.status == "reboot-required"'
		said 'shutdown.target start .*' || fail 'the host is not restarted'
		return
	fi
	expect_taken e1000e 0000:01:00.0
	expect_native e1000e 0000:02:00.0
	expect_phase early 0000:01:00.0 "done"
	expect_ready
	! said 'shutdown.target .*' || fail 'the host is restarted again'
	diff <(grep '^own' "$dir/boot$((boot - 1))/report") <(grep '^own' "$dir/boot$boot/report") >"$dir/changed" || true
	if ((boot == 2)) && [[ $kind == initramfs-tools ]]; then
		[[ $(sed -n 's/^> own .* //p' "$dir/changed" | sort | xargs) == "/boot/initrd.img-$KVER \
/etc/modprobe.d/vfio-prepare.conf /etc/modules-load.d/vfio-prepare.conf /etc/udev/rules.d/05-vfio-prepare.rules" ]] ||
			fail "boot 2 writes $(sed -n 's/^> own .* //p' "$dir/changed" | xargs)"
	elif [[ -s $dir/changed ]]; then
		fail "boot $boot has changed $(sed -n 's/^> own .* //p' "$dir/changed" | xargs)"
	fi
	((boot == 2)) || rm -f "$dir"/{initrd.new,grub.cfg}
}
