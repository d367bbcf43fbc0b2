# The same with ids= in force and vfio-pci loaded before the native driver: the kernel asks drivers in the
# order in which they came, so that the native driver, though it is there, never has the card. vfio-pci has
# it before udev hears of it.

# shellcheck source=hotplug.sh
. "$LAB_DIR/cases/hotplug.sh"
kinds=dracut
arguments="vfio-pci.ids=8086:10d3 lab.load=vfio-pci lab.load=e1000e lab.udev=late"
