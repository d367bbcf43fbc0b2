#!/bin/sh
# driverctl takes one device per call.

for dev in "$@"; do
	driverctl --nosave set-override "$dev" vfio-pci
done
