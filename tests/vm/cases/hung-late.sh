# The same driver as in "hung", where no initramfs has the tool: the unit of the real root finds it. Neither
# udev nor the journal hang with it.

# shellcheck source=hung.sh
. "$LAB_DIR/cases/hung.sh"
kinds=dracut # the unit is the same whatever made the image
image=bare

check() { expect_hung system; }
