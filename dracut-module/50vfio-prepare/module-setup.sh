#!/bin/bash
# dracut module: copies vfio-prepare and the files and modules that it needs into the image, and
# starts it there before any driver is loaded.  Works with dracut 059 and newer.
#
# shellcheck disable=SC2154 # dracut sets initdir, moddir and systemdsystemunitdir

# vfio_prepare_plan OPTION OTHERWISE: prints what the program needs in an image of this system.  An image
# is made even if the program fails here, because of an error in the profile, a chroot without /proc or
# another architecture.  It may work at boot.
vfio_prepare_plan() {
	local root="${dracutsysrootdir-}" status=0

	"$root$(find_binary vfio-prepare)" ${root:+--root "$root"} plan "$1" || status=$?
	((status == 0)) || dwarn "vfio-prepare: 'plan $1' ended with status $status; $2"
	return "$status"
}

# Prints all files that are named after the program, if there is a profile.
vfio_prepare_usual_files() {
	local root="${dracutsysrootdir-}" file

	[[ $(find "$root"/{etc,usr/lib}/vfio-prepare/ -name '*.conf' 2> /dev/null) ]] || return 0
	find "$root"/{etc/vfio-prepare,usr/lib/vfio-prepare,{etc,usr/lib}/udev/rules.d,etc/modprobe.d}/ \
		-path '*vfio-prepare*' ! -type d 2> /dev/null | while IFS= read -r file; do
		printf '%s\n' "${file#"$root"}"
	done
}

# Prints the files that go into the image, as paths in the system that the image is for.
vfio_prepare_files() {
	local files

	files=$(vfio_prepare_plan --image-files 'every file of its name is taken') \
		|| files=$(vfio_prepare_usual_files)
	[[ -z $files ]] || printf '%s\n' "$files"
}

# vfio_prepare_unit UNIT TARGET: copies a unit of the module, which the target then wants.
vfio_prepare_unit() {
	inst_simple "$moddir/$1" "$systemdsystemunitdir/$1"
	mkdir -p "${initdir:?}$systemdsystemunitdir/$2.wants"
	ln -sfn "../$1" "$initdir$systemdsystemunitdir/$2.wants/$1"
}

# called by dracut
check() {
	require_binaries vfio-prepare || return 1
	[[ $(vfio_prepare_files) ]] || return 255
	return 0
}

# called by dracut
depends() {
	return 0
}

# called by dracut
installkernel() {
	local list modules

	list=$(vfio_prepare_plan --modules 'the usual modules are taken') \
		|| list='vfio_pci vfio_iommu_type1'

	# instmods without an argument reads its list from standard input.
	read -r -d '' -a modules <<< "$list"
	((${#modules[@]})) || return 0

	# With an empty hostonly=, instmods copies modules that the machine does not use now.
	hostonly='' instmods "${modules[@]}"
	return 0
}

# called by dracut
install() {
	local root="${dracutsysrootdir-}" file

	# Unit and hook start this path, wherever the program is installed.
	inst_binary "$(find_binary vfio-prepare)" /usr/sbin/vfio-prepare

	# Generic images ("hostonly=no") lack most of /etc, so that each file is copied.
	vfio_prepare_files | while IFS= read -r file; do
		if [[ $(readlink "$root$file") == /dev/null ]]; then
			# This link masks a file of the profile.  dracut-install would copy its target, or leave it out.
			mkdir -p "${initdir:?}/${file%/*}"
			ln -sfn /dev/null "$initdir/$file"
		else
			inst_simple "$root$file" "$file" || dwarn "vfio-prepare: $file is not in the image"
			# In the image root owns all files.  The mode keeps a file refused that another user owned.
			[[ $(stat -L -c %u "$root$file") == 0 ]] || chmod o+w "$initdir$file"
		fi
	done

	# An image gets units or hooks, never both.  The usual place, the pre-udev hook, is too late in both
	# kinds of image: with systemd, dracut-pre-udev.service is not ordered against
	# systemd-modules-load.service; without systemd, rd.driver.pre= and force_drivers load the native
	# driver in cmdline hook 01.
	if dracut_module_included systemd; then
		vfio_prepare_unit vfio-prepare-early.service sysinit.target
		vfio_prepare_unit vfio-prepare-premount.service initrd.target
	else
		inst_hook cmdline 00 "$moddir/vfio-prepare.sh"
		inst_hook pre-mount 00 "$moddir/vfio-prepare-premount.sh"
	fi
}
