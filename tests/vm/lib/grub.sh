# shellcheck shell=bash
# GRUB's generator, for guests that make a grub.cfg; they boot without GRUB all the same.
#
# grub_build sets GRUB_TREE: update-grub, grub-mkconfig, and the libraries that the root lacks. Not in
# ROOT, as no other guest needs it.

GRUB_PACKAGES=(grub2-common grub-common libdevmapper1.02.1 dmsetup libefiboot1 libefivar1)

grub_build() {
	local dir
	dir=$CACHE_DIR/grub-$(
		{
			printf '%s\n' "$ROOT_KEY"
			apt-cache policy "${GRUB_PACKAGES[@]}" | grep -E '^[a-z]|Candidate:'
			cat "$LAB_DIR/lib/grub.sh"
		} | hash_text
	)
	[[ -e $dir ]] || {
		say "fetching GRUB's generator"
		rm -rf "$dir.new"
		mkdir -p "$dir.new/packages"
		(cd "$dir.new/packages" && apt-get -q download "${GRUB_PACKAGES[@]}") >"$dir.new/log" 2>&1 || {
			cat "$dir.new/log" >&2
			die "GRUB's generator could not be fetched"
		}
		root_unpack "$dir.new/packages" "$dir.new/tree"
		rm -r "$dir.new/packages"
		mv -T "$dir.new" "$dir"
	}
	touch "$dir"
	cache_prune grub 2
	GRUB_TREE=$dir/tree
}
