# The packages that VM_PACKAGES has, on a host that has nothing of the tool: apt installs them from there, one profile,
# apply --rebuild. The next boot, from this image and with these arguments, is ready. In it the packages are purged, by
# which dpkg makes the image anew and update-grub the arguments; the boot after it is as the first.

kinds=initramfs-tools
[[ ${VM_PACKAGES-} ]] || releases=none
image=bare
extra=packages
boots=3
# In the first boot and in the last.
expected_error='ERROR vfio-prepare: No such file or directory'
GUEST_TIMEOUT=${VM_TIMEOUT:-900}

# A host with apt, GRUB's generator and a kernel that is installed, as its programs see it.
packages_disk() {
	local stage=$dir/stage
	mkdir -p "$stage/boot/grub" "$stage/var/lib/initramfs-tools" "$stage/packages" "$stage/etc/apt/sources.list.d"
	generators_stage "$stage"
	echo '# none yet' >"$stage/boot/grub/grub.cfg"
	echo 'a kernel' >"$stage/boot/vmlinuz-$KVER"
	echo 'no image yet' >"$stage/boot/initrd.img-$KVER"
	(cd "$stage" && sha1sum "boot/initrd.img-$KVER" | sed 's,  ,  /,') >"$stage/var/lib/initramfs-tools/$KVER"
	cp "$VM_PACKAGES"/{Packages,*.deb} "$stage/packages/"
	echo 'deb [trusted=yes] file:/packages ./' >"$stage/etc/apt/sources.list.d/packages.list"
	root_fetch "$ROOT" "$dir/apt" apt
	# shellcheck disable=SC2016 # expanded in the chroot
	disk_of "$dir" disk $((DISK_MB + 120)) "$GRUB_TREE $dir/apt/tree $FURNITURE $stage" lab-report \
		'mkdir -p /etc/apt/apt.conf.d; echo "APT::Sandbox::User \"root\";" >/etc/apt/apt.conf.d/lab'
	rm -rf "$stage" "$dir/apt"
}

before_boot() {
	if ((boot == 1)); then
		grub_build
		packages_disk
		lab_arguments=$arguments
		return
	fi
	INITRD=$dir/initrd.new
	disk_do "dump /boot/initrd.img-$KVER $INITRD" "dump /boot/grub/grub.cfg $dir/grub.cfg"
	arguments="$lab_arguments $(sed -n 's|^\tlinux\t[^ ]* root=[^ ]* ro *||p' "$dir/grub.cfg" | sed -n 1p)"
}

check() {
	case $boot in
	1)
		expect_driver 0000:01:00.0 e1000e
		expect_status install 0
		expect_status apply 5
		[[ $(output_of enabled) == enabled ]] || fail 'the unit is not enabled'
		;;
	2)
		expect_taken e1000e 0000:01:00.0
		expect_native e1000e 0000:02:00.0
		expect_phase early 0000:01:00.0 "done"
		expect_ready
		expect_status purge 0
		[[ -z $(output_of left) ]] || fail "the purge leaves $(output_of left | xargs)"
		[[ -z $(output_of 'left in the image') ]] || fail "the image has $(output_of 'left in the image' | xargs)"
		;;
	3)
		expect_driver 0000:01:00.0 e1000e
		expect_driver 0000:02:00.0 e1000e
		! grep -q iommu=pt "$dir/grub.cfg" || fail 'the arguments are still in grub.cfg'
		rm -f "$dir"/{initrd.new,grub.cfg}
		;;
	esac
}
