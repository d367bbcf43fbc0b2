# No IOMMU in the machine: the firmware has no table, and no argument would help. vfio-pci could
# not use the card, which stays with, or gets back to, its native driver.

# shellcheck source=verdict-intel.sh
. "$LAB_DIR/cases/verdict-intel.sh"
iommu=none
arguments=intel_iommu=on

check() {
	expect_driver 0000:01:00.0 e1000e
	expect_native e1000e 0000:02:00.0
	expect_message IOMMU
	expect_not_ready
	expect_only firmware-table no-iommu-group
	expect_host_validate \
		"WARN (No ACPI DMAR table found, IOMMU either disabled in BIOS or not supported by this hardware platform)"
}
