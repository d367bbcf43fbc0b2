# All functions of a card with display, audio and USB, listed as 0000:01:00.*; the profile allows
# the display, which is the only one of this machine. (On initramfs-tools, among other devices: snapshot.)

kinds=dracut
profile=gpu
devices=$GPU_LIKE

check() {
	expect_taken bochs-drm 0000:01:00.0
	expect_taken snd_hda_intel 0000:01:00.1
	expect_taken xhci_hcd 0000:01:00.2
	expect_native e1000e 0000:02:00.0
	expect_no_failed_units
	expect_ready
}
