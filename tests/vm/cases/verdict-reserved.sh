# VT-d whose firmware wants memory of the listed card mapped one to one (RMRR): the kernel binds the
# device and gives it to no guest. A table of ours in front of the initramfs takes the place of QEMU's
# (Documentation/admin-guide/acpi/initrd_table_override.rst).

# shellcheck source=verdict-intel.sh
. "$LAB_DIR/cases/verdict-intel.sh"

# One unit for everything, with QEMU's addresses; and the region, in memory that SeaBIOS has reserved.
dmar_table() {
	perl -e '
		my $ioapic = pack("CCvCCCC", 3, 8, 0, 0, 0xff, 0, 0);
		my $unit = pack("vvCCvQ<", 0, 16 + length $ioapic, 1, 0, 0, 0xfed90000) . $ioapic;
		my $card = pack("CCvCCCCCC", 1, 10, 0, 0, 0, 2, 0, 0, 0);
		my $region = pack("vvvvQ<Q<", 1, 24 + length $card, 0, 0, 0xfeffc000, 0xfeffcfff) . $card;
		my $body = pack("CCx10", 38, 1) . $unit . $region;
		my $table = pack("A4VCCA6A8VA4V", "DMAR", 36 + length $body, 1, 0, "BOCHS", "BXPC", 2, "BXPC", 1) . $body;
		substr($table, 9, 1) = chr(-unpack("%8C*", $table) & 0xff);
		print $table;'
}

image_files() {
	host_files "$1"
	mkdir -p "$1/kernel/firmware/acpi"
	dmar_table >"$1/kernel/firmware/acpi/dmar.aml"
}

check() {
	kernel_said 'ACPI: Table Upgrade: override \[DMAR' || fail "the kernel did not take our DMAR table"
	expect_driver 0000:01:00.0 vfio-pci
	expect_not_ready
	expect_only reserved-region
	expect_json "$VALIDATE" 'any(.findings[]; .check == "reserved-region" and
		(.detail | test("0x00000000feffc000-0x00000000feffcfff")))'
	expect_host_validate PASS PASS
}
