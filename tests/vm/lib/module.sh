# shellcheck shell=bash
# The lab's own kernel module, tests/vm/module/labhang.c, made with the headers of the guests' kernel.
#
# module_build sets MODULE_TREE: the module where the kernel's tools look for it, and the tables of all
# modules with it among them.

# The compiler is the kernel's own, which this host need not have.
headers_make() {
	local dir=$1
	say "fetching the headers of linux $KVER and their compiler"
	rm -rf "$dir.new"
	root_fetch "$ROOT" "$dir.new" "linux-headers-$KVER" make
	mv -T "$dir.new" "$dir"
}

module_make() {
	local dir=$1 modules=usr/lib/modules/$KVER
	rm -rf "$dir.new"
	mkdir -p "$dir.new/$modules"
	cp "$LAB_DIR"/module/* "$dir.new/"
	# shellcheck disable=SC2016 # expanded in the chroot
	in_root "$dir.new" "$HEADERS/tree" sh -euc '
		make --no-print-directory -C "/usr/src/linux-headers-$1" M=/lab/out modules
		mkdir "/$2/updates"
		x86_64-linux-gnu-strip --strip-debug -o "/$2/updates/labhang.ko" /lab/out/labhang.ko
		depmod "$1"
		cp -r "/$2/updates" "/$2"/modules.* "/lab/out/$2/"
	' sh "$KVER" "$modules" >"$dir.log" 2>&1 || {
		cat "$dir.log" >&2
		die "the module labhang could not be made"
	}
	find "$dir.new" -mindepth 1 -maxdepth 1 ! -name usr -exec rm -rf {} +
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
	local hooks
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
		# Newer ones have a link to it at the place of old.
		hooks=var/lib/dracut/hooks
		grep -rq "$hooks" "$ROOT/usr/lib/dracut" || hooks=usr/lib/dracut/hooks
		mkdir -p "$1/$hooks/cmdline"
		echo 'modprobe labhang' >"$1/$hooks/cmdline/00-labhang.sh"
		;;
	esac
}
