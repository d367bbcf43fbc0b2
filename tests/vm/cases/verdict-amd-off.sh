# AMD-Vi that is turned off, and an argument for it that does nothing.

# shellcheck source=verdict-intel.sh
. "$LAB_DIR/cases/verdict-intel.sh"
iommu=amd
vendor=AuthenticAMD
virtualization=svm
arguments="amd_iommu=off amd_iommu=on"

check() {
	expect_not_ready
	expect_only iommu-argument no-iommu-group
	expect_finding argument-without-effect amd_iommu=on
}
