#!/usr/bin/sh
PCI_DEVICES="0000:21:00.0 0000:21:00.1"
for dev in $PCI_DEVICES; do
    echo "vfio-pci" > /sys/bus/pci/devices/"$dev"/driver_override
done
modprobe -i vfio-pci
