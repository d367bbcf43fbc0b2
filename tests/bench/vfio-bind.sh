#!/bin/sh
# The recipe that many hosts have as /usr/local/bin/vfio-bind, for comparison.

modprobe vfio-pci
for dev in "$@"; do
	vendor=$(cat "/sys/bus/pci/devices/$dev/vendor")
	device=$(cat "/sys/bus/pci/devices/$dev/device")
	if [ -e "/sys/bus/pci/devices/$dev/driver" ]; then
		echo "$dev" > "/sys/bus/pci/devices/$dev/driver/unbind"
	fi
	echo "$vendor $device" > /sys/bus/pci/drivers/vfio-pci/new_id
done
