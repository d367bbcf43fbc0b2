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
	expect_host_validate PASS \
		"WARN (IOMMU appears to be disabled in kernel. Add iommu=pt iommu=1 to kernel cmdline arguments)"
}
