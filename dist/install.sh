#!/bin/sh
# usage: install.sh [--remove [--force]]
#
# Installs vfio-prepare from the directory in which this file lies, or removes it, on any distribution. In the
# environment: PREFIX (default /usr) and DESTDIR (a system below another directory). Again is harmless: a file that is
# right already is not written. /etc/vfio-prepare is the administrator's, and is neither written nor removed.
set -u
umask 022

here=$(cd "$(dirname "$0")" && pwd) || exit 1
tree=$here/tree
destdir=${DESTDIR-}
prefix=${PREFIX:-/usr}
wants=$destdir/etc/systemd/system/sysinit.target.wants/vfio-prepare.service

say() { echo "vfio-prepare: $*"; }
die() {
	say "$*" >&2
	exit 1
}

# Where a file of the tree belongs. Where /lib is a directory of its own, systemd and udev look there; hooks of an image
# lie where its generator looks, whatever the prefix; Debian's zsh has a directory of its own for packages.
place() { # FILE
	case $1 in
	lib/systemd/* | lib/udev/*)
		if [ "$prefix" = /usr ] && [ -d "$destdir/lib/systemd" ] && [ ! -L "$destdir/lib" ]; then
			echo "$destdir/$1"
		else
			echo "$destdir$prefix/$1"
		fi
		;;
	lib/dracut/* | share/initramfs-tools/*) echo "$destdir/usr/$1" ;;
	share/zsh/*)
		if [ "$prefix" = /usr ] && [ -d "$destdir/usr/share/zsh/vendor-completions" ]; then
			echo "$destdir/usr/share/zsh/vendor-completions/${1##*/}"
		else
			echo "$destdir$prefix/$1"
		fi
		;;
	*) echo "$destdir$prefix/$1" ;;
	esac
}

# The nearest that is there of a path of directories.
existing() { # DIRECTORY
	directory=$1
	while [ ! -e "$directory" ]; do directory=$(dirname "$directory"); done
	echo "$directory"
}

# Nothing is half installed for want of a place that can be written to.
check_places() {
	while read -r _ file; do
		directory=$(existing "$(dirname "$(place "$file")")")
		if ! { true >"$directory/.vfio-prepare.$$"; } 2>/dev/null; then
			say "$directory cannot be written to; nothing is changed. Where the system is an image (ostree," \
				"bootc, MicroOS), install while the image is made; see also DESTDIR and PREFIX" >&2
			return 1
		fi
		rm -f "$directory/.vfio-prepare.$$"
	done <"$here/files"
}

# A file as it is to be installed: what starts the program finds it where it is.
content() { # FILE
	case $prefix,$1 in
	/usr,* | *,sbin/* | *,lib/dracut/*) cat "$tree/$1" ;;
	*) sed "s,/usr/sbin/vfio-prepare,$prefix/sbin/vfio-prepare,g" "$tree/$1" ;;
	esac
}

# Nothing, where the system has no such program: then all is taken to differ.
sum() { sha256sum 2>/dev/null; }

# Puts a file in its place under another name first, so that whoever looks finds the old or the new one, and a program
# that runs may be replaced. Adds the path to written if that was so.
put() { # MODE FILE
	to=$(place "$2")
	new=$(dirname "$to")/.vfio-prepare.$$
	sum=$(content "$2" | sum)
	if [ -f "$to" ] && [ ! -L "$to" ] && [ "$sum" ] && [ "$sum" = "$(sum <"$to")" ]; then
		chmod "$1" "$to"
		return
	fi
	if mkdir -p "$(dirname "$to")" && content "$2" >"$new" && chmod "$1" "$new" && mv -f "$new" "$to"; then
		written="$written$to
"
		return
	fi
	rm -f "$new"
	die "$to cannot be written, and not all is installed"
}

# What runs learns of it; a system below another directory does not run.
tell() {
	[ -z "$destdir" ] || return 0
	[ ! -d /run/systemd/system ] || systemctl daemon-reload || say 'systemctl daemon-reload failed' >&2
	[ ! -e /run/udev/control ] || udevadm control --reload || say 'udevadm control --reload failed' >&2
}

# The unit does nothing without a profile. One that was turned off stays so, by hand or by a preset.
enable_unit() {
	unit=$(place lib/systemd/system/vfio-prepare.service)
	for preset in "$destdir"/etc/systemd/system-preset/*.preset; do
		[ ! -f "$preset" ] || while read -r verb name; do
			case $verb,$name in disable,vfio-prepare*) return 0 ;; esac
		done <"$preset"
	done
	mkdir -p "$(dirname "$wants")" && ln -sfn "${unit#"$destdir"}" "$wants"
}

add() {
	first=
	[ -e "$(place lib/systemd/system/vfio-prepare.service)" ] || first=yes
	check_places || exit 1
	written=
	while read -r mode file; do put "$mode" "$file"; done <"$here/files"
	if [ "$first" ] && { [ -d "$destdir/etc/systemd" ] || [ -d "$destdir/run/systemd/system" ]; }; then
		enable_unit || say 'vfio-prepare.service could not be enabled' >&2
	fi
	if [ "$written" ]; then
		# shellcheck disable=SC2086 # none of our paths has a space, unless the prefix has
		if [ -z "$destdir" ] && command -v restorecon >/dev/null; then
			IFS='
'
			restorecon $written || say 'restorecon failed' >&2
			unset IFS
		fi
		tell
		say 'it is installed'
	else
		say 'it was installed already; nothing is changed'
	fi
	for generator in usr/lib/dracut usr/share/initramfs-tools/hook-functions; do
		[ ! -e "$destdir/$generator" ] || return 0
	done
	say 'neither dracut nor initramfs-tools is here: devices are bound once the real root is mounted' >&2
}

# Without the program, what apply wrote would keep devices from their drivers and bind them to nothing.
check_unused() {
	while read -r file; do
		[ ! -e "$destdir$file" ] ||
			die "$file is of vfio-prepare apply and still works; nothing is removed." \
				'Empty the profile, run vfio-prepare apply --rebuild, then remove; or --remove --force'
	done <"$here/managed"
}

remove() {
	[ "${1-}" = --force ] || check_unused
	while read -r _ file; do
		to=$(place "$file")
		rm -f "$to" || die "$to cannot be removed, and not all is removed"
		# Directories of ours go if they are empty.
		while to=$(dirname "$to"); do
			case $to in
			*/50vfio-prepare | */doc/vfio-prepare | */doc/vfio-prepare/*) rmdir "$to" 2>/dev/null || break ;;
			*) break ;;
			esac
		done
	done <"$here/files"
	[ ! -L "$wants" ] || rm -f "$wants"
	tell
	say 'it is removed; images of the initramfs that have it lose it when they are made anew'
}

case "$#,${1-},${2-}" in
0,,) add ;;
1,--remove, | 2,--remove,--force) remove "${2-}" ;;
*) sed -n 's/^# usage: //p' "$0" >&2; exit 2 ;;
esac
