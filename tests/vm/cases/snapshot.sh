# A snapshot of a host, as a directory and as a tar file, gives the same list, plan and validate as
# the host itself, byte for byte; with --scrub it lists the same devices without naming the host.
# The same goes for a disk that a program has for itself. And init's profile can be used as it is.

kinds=initramfs-tools
profile=many-kinds
controller=$ROOT_NVME
devices="$GPU_LIKE -device pcie-root-port,id=rp3,chassis=3,slot=3,addr=4.0
	-drive driver=null-co,size=64M,read-zeroes=on,if=none,id=spare
	-device nvme,bus=rp3,drive=spare,serial=spare
	-device pcie-root-port,id=rp4,chassis=4,slot=4,addr=5.0,disable-acs=on
	-device e1000e,bus=rp4,addr=0.0,multifunction=on,romfile= -device e1000e,bus=rp4,addr=0.1,romfile="
extra=snapshot

SAYS="same from a directory
same from a tar file
same list without serial numbers and UUIDs
0000:02:00.0 by the profile of init
0000:04:00.0 by the profile of init
0000:04:00.1 by the profile of init
same at the end
same of a disk that is open
the disk is open exclusively"

check() {
	# Something other than that the two lists are equally empty.
	expect_taken bochs-drm 0000:01:00.0
	expect_taken snd_hda_intel 0000:01:00.1
	expect_taken xhci_hcd 0000:01:00.2
	expect_native e1000e 0000:02:00.0
	expect_driver 0000:03:00.0 vfio-pci
	expect_finding host-disk 0000:00:1b.0
	[[ $(output_of "$EXTRA") == "$SAYS" ]] || {
		output_of "$EXTRA" >"$LOG_DIR/$test/difference"
		fail "a snapshot tells otherwise: see $LOG_DIR/$test/difference"
	}
}
