# VT-d that cannot remap interrupts: the device is bound, and no guest could have it.

# shellcheck source=verdict-intel.sh
. "$LAB_DIR/cases/verdict-intel.sh"
iommu=intel-no-intremap

check() {
	expect_driver 0000:01:00.0 vfio-pci
	expect_not_ready
	expect_only interrupt-remapping
	expect_host_validate PASS PASS
}
