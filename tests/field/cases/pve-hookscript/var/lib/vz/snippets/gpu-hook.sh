#!/bin/bash
if [ "$2" == "pre-start" ]; then
  echo 0000:01:00.0 > /sys/bus/pci/drivers/nouveau/unbind
  echo vfio-pci > /sys/bus/pci/devices/0000:01:00.0/driver_override
  echo 0000:01:00.0 > /sys/bus/pci/drivers_probe
elif [ "$2" == "post-stop" ]; then
  echo > /sys/bus/pci/devices/0000:01:00.0/driver_override
  echo 0000:01:00.0 > /sys/bus/pci/drivers/vfio-pci/unbind
  echo 0000:01:00.0 > /sys/bus/pci/drivers/nouveau/bind
fi
