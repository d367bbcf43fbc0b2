#!/bin/bash
modprobe vfio-pci
echo 0000:03:00.0 > /sys/bus/pci/devices/0000:03:00.0/driver/unbind
echo 1000 0072 > /sys/bus/pci/drivers/vfio-pci/new_id
