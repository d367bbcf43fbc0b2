# The same as host-disk with the root on LVM over dm-crypt over one of the two NVMe.

# shellcheck source=host-disk.sh
. "$LAB_DIR/cases/host-disk.sh"
kinds=initramfs-tools
image=crypt
disk=crypt
arguments=root=/dev/mapper/lab-root
arguments+=" cryptopts=target=lab_crypt,source=/dev/disk/by-id/nvme-QEMU_NVMe_Ctrl_rootnvme,key=/lab.key,luks"
stack='dm-1 on dm-0 on nvme0n1'

image_files() {
	printf '%s' "$CRYPT_KEY" >"$1/lab.key"
}
