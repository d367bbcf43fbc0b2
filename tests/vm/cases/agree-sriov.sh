# The same as agree for SR-IOV, on QEMU's NVMe controller.

# shellcheck source=agree.sh
. "$LAB_DIR/cases/agree.sh"
modules="vfio_pci nvme"
devices="$PORT1 -device nvme-subsys,id=ss0 -device nvme,serial=x,subsys=ss0,bus=rp1,sriov_max_vfs=4,sriov_vq_flexible=8,sriov_vi_flexible=4,max_ioqpairs=10,msix_qsize=5"
list=sriov
