# shellcheck shell=bash
# GRUB, for guests that make a grub.cfg, and for those that it boots (lib/loader.sh).
#
# grub_build sets GRUB_TREE: update-grub, grub-install, what the latter installs, and the libraries that the root lacks.
# Not in ROOT, as no other guest needs it.

GRUB_PACKAGES=(grub2-common grub-efi-amd64-bin)

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
		say "fetching GRUB"
		rm -rf "$dir.new"
		root_fetch "$ROOT" "$dir.new" "${GRUB_PACKAGES[@]}"
		mv -T "$dir.new" "$dir"
	}
	touch "$dir"
	cache_prune grub 2
	GRUB_TREE=$dir/tree
}

# generators_stage TREE: what a host has in /etc so that its own programs make an image and a grub.cfg.
generators_stage() {
	local tree=$1
	mkdir -p "$tree"/etc/{default/grub.d,initramfs-tools/hooks,dracut.conf.d}
	printf '%s\n' GRUB_DEFAULT=0 GRUB_TIMEOUT=1 'GRUB_DISTRIBUTOR=Debian' \
		'GRUB_CMDLINE_LINUX_DEFAULT="quiet"' 'GRUB_CMDLINE_LINUX="lab.of-others=1"' \
		GRUB_DISABLE_OS_PROBER=true GRUB_DISABLE_RECOVERY=true >"$tree/etc/default/grub"
	sed 's/^MODULES=.*/MODULES=list/' "$ROOT/etc/initramfs-tools/initramfs.conf" \
		>"$tree/etc/initramfs-tools/initramfs.conf"
	printf '%s\n' '#!/bin/sh' "[ \"\$1\" = prereqs ] && exit 0" \
		'. /usr/share/initramfs-tools/hook-functions' \
		"manual_add_modules $IMAGE_MODULES $NIC_MODULES" >"$tree/etc/initramfs-tools/hooks/lab"
	chmod 755 "$tree/etc/initramfs-tools/hooks/lab"
	cat >"$tree/etc/dracut.conf.d/lab.conf" <<-END
		hostonly=no
		early_microcode=no
		compress=zstd
		drivers+=" $IMAGE_MODULES $NIC_MODULES "
		filesystems+=" ext4 "
		add_dracutmodules+=" systemd-modules-load "
		omit_dracutmodules+=" crypt dm "
	END
}
