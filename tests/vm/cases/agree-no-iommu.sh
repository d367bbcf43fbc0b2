# The same as agree on a machine without an IOMMU, where vfio-pci takes nothing.

# shellcheck source=agree.sh
. "$LAB_DIR/cases/agree.sh"
iommu=none
