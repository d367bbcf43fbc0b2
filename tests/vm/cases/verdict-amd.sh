# AMD-Vi: the listed card is taken, and ready.

# shellcheck source=verdict-intel.sh
. "$LAB_DIR/cases/verdict-intel.sh"
iommu=amd
vendor=AuthenticAMD
virtualization=svm

check() {
	expect_taken e1000e 0000:01:00.0
	expect_native e1000e 0000:02:00.0
	expect_status "$BIND_LATE" 0
	expect_ready
	expect_only
	expect_host_validate PASS PASS
}
