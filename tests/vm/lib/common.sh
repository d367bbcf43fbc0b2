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

# One short key for the contents, names and modes of the files and trees given.
hash_tree() {
	local path
	for path; do
		(cd "$(dirname "$path")" && find "$(basename "$path")" \( -type f -o -type l \) \
			-printf '%m %p %l\0' | sort -z; cd "$path" 2>/dev/null || cd "$(dirname "$path")"
			find "$path" -type f -print0 | sort -z | xargs -0r sha256sum | cut -d ' ' -f 1)
	done | hash_text
}

# Replace this shell's view of "is it built" by the file system's: a product of the lab is
# made under a temporary name and renamed when it is whole, so what exists is complete.
is_built() { [[ -e $1 ]]; }

# Run "$@" while holding the lock of the whole cache: two users of the lab (the tests and the
# demonstration, say) may start at the same time.
with_cache_lock() {
	(
		flock 9
		"$@"
	) 9>"$CACHE_DIR/lock"
}
