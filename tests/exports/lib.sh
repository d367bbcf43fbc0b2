# shellcheck shell=bash
# What the tests share: RELEASE and ROOT tell which consumers they meet, top and product where ours is.

shopt -s dotglob
top=$PWD product=$PWD/build/vfio-prepare
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The nova that each release of Debian has.
declare -A nova_releases=([bookworm]=26 [trixie]=31 [sid]=34)

# test_ NAME COMMAND...: passes if the command succeeds, in an empty directory; its output is shown only if it does not.
test_() {
	local name="$RELEASE: $1" output
	shift
	rm -rf "$work/t" && mkdir "$work/t"
	if output=$(cd "$work/t" && "$@" 2>&1); then
		echo "ok $name"
	else
		echo "FAIL $name"
		printf '%s\n' "$output" | sed 's/^/    /'
	fi
}

expect() { # WHAT EXPECTED ACTUAL
	[[ $2 == "$3" ]] && return
	printf '%s: expected "%s", got "%s"\n' "$@"
	return 1
}

# host FILE TREE: the host that the file describes, in the language of the scenarios.
host() {
	"$top/build/tests/tree" "$1" "$2"
}

# in_root COMMAND...: runs in ROOT, where the directory that it is called in is /mnt, and nothing else can be written
# to but /tmp and /run. What is mounted goes with it. SYSFS=DIR: a host's /sys.
in_root() {
	# shellcheck disable=SC2016 # expanded by the inner shell
	ROOT=$ROOT SYSFS=${SYSFS-} unshare -m --propagation private bash -euc '
		here=$PWD
		mount --rbind "$ROOT" "$ROOT"
		cd "$ROOT"
		mount -t proc proc proc
		mount --rbind /dev dev
		mount -t tmpfs tmp tmp
		mount -t tmpfs run run
		mount --bind "$here" mnt
		[[ -z $SYSFS ]] || mount --bind "$here/$SYSFS" sys
		mount -o remount,bind,ro "$ROOT"
		exec chroot . /usr/bin/env -i -C /mnt PATH=/usr/sbin:/usr/bin HOME=/root LANG=C.UTF-8 "$@"
	' in_root "$@"
}
