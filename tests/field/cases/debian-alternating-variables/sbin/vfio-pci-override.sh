#!/bin/sh
DEVS=""
#GPU
#DEVS="$DEVS 0000:05:00.0"
DEVS="$DEVS 0000:06:00.0 0000:06:00.1"
#USB
#DEVS="$DEVS 0000:00:14.0"
DEVS="$DEVS 0000:11:00.0"
#CMD=`cat /proc/cmdline`
if [ ! -z "$(ls -A /sys/class/iommu)" ]; then
  for DEV in $DEVS; do
    for IOMMUDEV in $(ls /sys/bus/pci/devices/$DEV/iommu_group/devices) ; do
      echo "vfio-pci" > /sys/bus/pci/devices/$IOMMUDEV/driver_override
    done
  done
fi
modprobe -i vfio-pci
