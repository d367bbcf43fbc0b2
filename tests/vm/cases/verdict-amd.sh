# AMD-Vi: ready.

# shellcheck source=verdict-intel.sh
. "$LAB_DIR/cases/verdict-intel.sh"
iommu=amd
vendor=AuthenticAMD
virtualization=svm

check() {
	expect_driver 0000:01:00.0 vfio-pci
	expect_ready
	expect_only
	expect_host_validate PASS PASS
}
