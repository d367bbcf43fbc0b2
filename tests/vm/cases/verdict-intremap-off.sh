# VT-d whose interrupt remapping an argument turns off.

# shellcheck source=verdict-intel.sh
. "$LAB_DIR/cases/verdict-intel.sh"
arguments=intremap=off

check() {
	expect_driver 0000:01:00.0 vfio-pci
	expect_not_ready
	expect_only interrupt-remapping
	expect_json "$VALIDATE" 'any(.findings[]; .check == "interrupt-remapping" and
		(.remedy | test("remove intremap=off")))'
	expect_host_validate PASS PASS
}
