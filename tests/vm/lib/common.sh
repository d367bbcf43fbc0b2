# shellcheck shell=bash
# Where things are, and the few helpers that every part of the lab needs.

set -euo pipefail

LAB_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
REPO_DIR=$(cd "$LAB_DIR/../.." && pwd)
BUILD_DIR=$REPO_DIR/build/vm
CACHE_DIR=${VM_CACHE:-$BUILD_DIR/cache}
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

# What the lab makes has a temporary name until it is whole, so what exists is complete.
is_built() { [[ -e $1 ]]; }

# Run "$@" while holding the lock of the whole cache: two users of the lab (the tests and the
# demonstration, say) may start at the same time.
with_cache_lock() {
	(
		flock 9
		"$@"
	) 9>"$CACHE_DIR/lock"
}
