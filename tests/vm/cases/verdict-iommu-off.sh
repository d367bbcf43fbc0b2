# An IOMMU that is asked for, and that another argument turns off all the same.

# shellcheck source=verdict-intel.sh
. "$LAB_DIR/cases/verdict-intel.sh"
arguments="iommu=off intel_iommu=on"

check() {
	expect_not_ready
	expect_only iommu-argument no-iommu-group
	expect_json "$VALIDATE" 'any(.findings[]; .check == "iommu-argument" and
		(.detail | test("iommu=off turns the IOMMU off and wins over intel_iommu=on")))'
	expect_host_validate PASS \
		"WARN (IOMMU appears to be disabled in kernel. Add intel_iommu=on to kernel cmdline arguments)"
}
