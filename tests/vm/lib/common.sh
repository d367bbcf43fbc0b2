# shellcheck shell=bash
# Where things are, and the few helpers that every part of the lab needs.

set -euo pipefail

LAB_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
REPO_DIR=$(cd "$LAB_DIR/../.." && pwd)
# The guests' release of Debian, and this host's; another one has directories of its own.
# shellcheck disable=SC2034 # used by apt.sh
HOST_RELEASE=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME-}")
RELEASE=${VM_RELEASE:-$HOST_RELEASE}
of_release=
[[ $RELEASE == "$HOST_RELEASE" ]] || of_release=/$RELEASE
BUILD_DIR=$REPO_DIR/build/vm$of_release
CACHE_DIR=${VM_CACHE:-$REPO_DIR/build/vm/cache}$of_release
LOG_DIR=$BUILD_DIR/log

mkdir -p "$CACHE_DIR" "$LOG_DIR"
CACHE_DIR=$(cd "$CACHE_DIR" && pwd)

say() { printf '%s\n' "lab: $*" >&2; }
die() { printf '%s\n' "lab: error: $*" >&2; exit 1; }

# One short key for what it reads on stdin.
hash_text() { sha256sum | cut -c 1-16; }

# One short key for the contents, names and modes of a file or tree.
tree_key() {
	{
		find "$1" ! -type d -printf '%P %m %l\n' | sort
		find "$1" -type f -print0 | sort -z | xargs -0r cat
	} | hash_text
}

# One user of the lab at a time makes what all share: the tests and the demonstration, say, may
# start together.
cache_lock() {
	exec 9>"$CACHE_DIR/lock"
	flock -n 9 || {
		say "waiting for another user of the lab"
		flock 9
	}
}

cache_unlock() { exec 9>&-; }

# cache_prune NAME N: keep the N directories NAME-* that were used last. Each edit of what a cached
# thing is made of leaves one behind, of up to half a gigabyte.
cache_prune() {
	find "$CACHE_DIR" -maxdepth 1 -name "$1-*" -printf '%T@ %p\0' | sort -zrn |
		tail -zn "+$(($2 + 1))" | cut -zd ' ' -f 2- | xargs -0r rm -rf
}
