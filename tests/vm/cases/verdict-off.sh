# An IOMMU that an argument turns off.

# shellcheck source=verdict-intel.sh
. "$LAB_DIR/cases/verdict-intel.sh"
arguments="intel_iommu=on intel_iommu=off"

check() {
	expect_not_ready
	expect_only iommu-argument no-iommu-group
	expect_json "$VALIDATE" 'any(.findings[]; .check == "iommu-argument" and
		(.detail | test("intel_iommu=off turns the IOMMU off and wins over intel_iommu=on")))'
	expect_host_validate PASS \
		"WARN (IOMMU appears to be disabled in kernel. Add intel_iommu=on to kernel cmdline arguments)"
}
