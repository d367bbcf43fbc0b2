# shellcheck shell=bash
# The lab's own kernel module, tests/vm/module/labhang.c, made with the headers of the guests' kernel.
#
# module_build sets MODULE_TREE: the module where the kernel's tools look for it, and the tables of all
# modules with it among them.

# The packages are only unpacked; their Makefile names the place where they would be installed.
headers_make() {
	local dir=$1 packages package
	say "fetching the headers of linux $KVER"
	rm -rf "$dir.new"
	mkdir -p "$dir.new/packages"
	mapfile -t packages < <(apt-cache depends "linux-headers-$KVER" | sed -n 's/^ *Depends: \(linux-.*\)$/\1/p' |
		grep -v '^linux-image')
	(cd "$dir.new/packages" && apt-get -q download "linux-headers-$KVER" "${packages[@]}") \
		>"$dir.new/log" 2>&1 || {
		cat "$dir.new/log" >&2
		die "the headers of linux $KVER could not be fetched"
	}
	for package in "$dir.new"/packages/*.deb; do
		dpkg-deb -x "$package" "$dir.new"
	done
	rm -r "$dir.new/packages"
	sed -i "s|/usr/src/|$dir/usr/src/|" "$dir.new/usr/src/linux-headers-$KVER/Makefile"
	mv -T "$dir.new" "$dir"
}

module_make() {
	local dir=$1 build=$BUILD_DIR/module modules=usr/lib/modules/$KVER
	rm -rf "$build" "$dir.new"
	mkdir -p "$build" "$dir.new/$modules/updates"
	cp "$LAB_DIR"/module/* "$build/"
	make --no-print-directory -C "$HEADERS/usr/src/linux-headers-$KVER" M="$build" modules \
		>"$build/log" 2>&1 || {
		cat "$build/log" >&2
		die "the module labhang could not be made"
	}
	strip --strip-debug -o "$dir.new/$modules/updates/labhang.ko" "$build/labhang.ko"
	# shellcheck disable=SC2016 # expanded in the chroot
	in_root "$dir.new/$modules" "$dir.new" sh -euc '
		depmod "$1"
		cp /usr/lib/modules/"$1"/modules.* /lab/out/
	' sh "$KVER"
	mv -T "$dir.new" "$dir"
}

module_build() {
	local dir
	HEADERS=$CACHE_DIR/headers-$ROOT_KEY
	[[ -e $HEADERS ]] || headers_make "$HEADERS"
	touch "$HEADERS"
	cache_prune headers 2
	dir=$CACHE_DIR/module-$(
		printf '%s\n' "$ROOT_KEY" "$(tree_key "$LAB_DIR/module")" "$(tree_key "$LAB_DIR/lib/module.sh")" |
			hash_text
	)
	[[ -e $dir ]] || module_make "$dir"
	touch "$dir"
	cache_prune module 2
	MODULE_TREE=$dir
}

# hold_early DIR: what an image of each kind must have so that labhang holds its devices before any phase
# of ours, from where that kind lets something load a module first.
hold_early() {
	case $kind in
	initramfs-tools)
		mkdir -p "$1/conf/conf.d"
		echo 'modprobe labhang' >"$1/conf/conf.d/labhang"
		;;
	dracut)
		mkdir -p "$1/etc/systemd/system/sysinit.target.wants"
		cat >"$1/etc/systemd/system/labhang.service" <<-END
			[Unit]
			DefaultDependencies=no
			Before=vfio-prepare-early.service systemd-udevd.service
			[Service]
			Type=oneshot
			RemainAfterExit=yes
			ExecStart=/sbin/modprobe labhang
		END
		ln -s ../labhang.service "$1/etc/systemd/system/sysinit.target.wants/"
		;;
	dracut-nosystemd)
		mkdir -p "$1/usr/lib/dracut/hooks/cmdline"
		echo 'modprobe labhang' >"$1/usr/lib/dracut/hooks/cmdline/00-labhang.sh"
		;;
	esac
}
