#!/bin/bash
# dracut module: vfio-prepare with the files and the modules that it asks for, started before
# anything in the image can load a driver.  Works from dracut 059 on.
#
# shellcheck disable=SC2154 # initdir, moddir and systemdsystemunitdir are dracut's

# vfio_prepare_plan OPTION OTHERWISE: what the program says of the system that the image is for.  What
# keeps it from answering here (an error in the profile, no /proc in a chroot, another architecture)
# is no reason to have no image.  At boot it may well work.
vfio_prepare_plan() {
	local root="${dracutsysrootdir-}" status=0

	"$root$(find_binary vfio-prepare)" ${root:+--root "$root"} plan "$1" || status=$?
	((status == 0)) || dwarn "vfio-prepare: 'plan $1' ended with status $status; $2"
	return "$status"
}

# Everything that has the name of the program, where there is a profile.
vfio_prepare_usual_files() {
	local root="${dracutsysrootdir-}" file

	[[ $(find "$root"/{etc,usr/lib}/vfio-prepare/ -name '*.conf' 2> /dev/null) ]] || return 0
	find "$root"/{etc/vfio-prepare,usr/lib/vfio-prepare,{etc,usr/lib}/udev/rules.d,etc/modprobe.d}/ \
		-path '*vfio-prepare*' ! -type d 2> /dev/null | while IFS= read -r file; do
		printf '%s\n' "${file#"$root"}"
	done
}

# The files that go into the image, as paths in the system that it is for.
vfio_prepare_files() {
	local files

	files=$(vfio_prepare_plan --image-files 'every file of its name is taken') \
		|| files=$(vfio_prepare_usual_files)
	[[ -z $files ]] || printf '%s\n' "$files"
}

# A unit of the module, and the target that pulls it in.
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

	# instmods without an argument would read its list from standard input.
	read -r -d '' -a modules <<< "$list"
	((${#modules[@]})) || return 0

	# An empty hostonly= says that the modules are wanted even if the machine that builds the image
	# does not use them now.
	hostonly='' instmods "${modules[@]}"
	return 0
}

# called by dracut
install() {
	local root="${dracutsysrootdir-}" file

	# The unit and the hook name this path, wherever the package manager has put the file.
	inst_binary "$(find_binary vfio-prepare)" /usr/sbin/vfio-prepare

	# Generic images ("hostonly=no") drop most of /etc: each file is named here.
	vfio_prepare_files | while IFS= read -r file; do
		if [[ $(readlink "$root$file") == /dev/null ]]; then
			# A mask.  dracut-install would make a file of it, or leave it out.
			mkdir -p "${initdir:?}/${file%/*}"
			ln -sfn /dev/null "$initdir/$file"
		else
			inst_simple "$root$file" "$file" || dwarn "vfio-prepare: $file is not in the image"
			# In the image all files are root's.  One that was not stays refused, by its mode.
			[[ $(stat -L -c %u "$root$file") == 0 ]] || chmod o+w "$initdir$file"
		fi
	done

	# One of the two, never both.  The pre-udev hook, the usual place, would be too late in either
	# kind of image.  With systemd, dracut-pre-udev.service is not ordered against
	# systemd-modules-load.service.  Without, rd.driver.pre= (and with it force_drivers) loads the
	# native driver in cmdline hook 01.
	if dracut_module_included systemd; then
		vfio_prepare_unit vfio-prepare-early.service sysinit.target
		vfio_prepare_unit vfio-prepare-premount.service initrd.target
	else
		inst_hook cmdline 00 "$moddir/vfio-prepare.sh"
		inst_hook pre-mount 00 "$moddir/vfio-prepare-premount.sh"
	fi
}
