# No IOMMU in the machine: the firmware has no table, and no argument would help.

# shellcheck source=verdict-intel.sh
. "$LAB_DIR/cases/verdict-intel.sh"
iommu=none
arguments=intel_iommu=on

check() {
	expect_not_ready
	expect_only firmware-table no-iommu-group
	expect_host_validate \
		"WARN (No ACPI DMAR table found, IOMMU either disabled in BIOS or not supported by this hardware platform)"
}
