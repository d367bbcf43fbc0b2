# The same where vfio-pci is loaded already, so that its coming does not look for devices any more, and no
# other driver comes.

# shellcheck source=hotplug.sh
. "$LAB_DIR/cases/hotplug.sh"
kinds=dracut
arguments="lab.load=vfio-pci modprobe.blacklist=e1000e"
