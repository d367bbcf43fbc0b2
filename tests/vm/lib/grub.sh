# shellcheck shell=bash
# GRUB's generator, for guests that make a grub.cfg; they boot without GRUB all the same.
#
# grub_build sets GRUB_TREE: update-grub, grub-mkconfig, and the libraries that the root lacks. Not in
# ROOT, as no other guest needs it.

GRUB_PACKAGE=grub2-common

grub_build() {
	local dir
	dir=$CACHE_DIR/grub-$(
		{
			printf '%s\n' "$ROOT_KEY"
			apt-cache policy "$GRUB_PACKAGE" | grep -E '^[a-z]|Candidate:'
			cat "$LAB_DIR/lib/grub.sh"
		} | hash_text
	)
	[[ -e $dir ]] || {
		say "fetching GRUB's generator"
		rm -rf "$dir.new"
		root_fetch "$ROOT" "$dir.new" "$GRUB_PACKAGE"
		mv -T "$dir.new" "$dir"
	}
	touch "$dir"
	cache_prune grub 2
	GRUB_TREE=$dir/tree
}
