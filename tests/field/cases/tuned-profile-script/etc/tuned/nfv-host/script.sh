#!/bin/sh
. /usr/lib/tuned/functions
start() {
    modprobe vfio-pci
    dpdk-devbind.py -b vfio-pci 0000:3b:00.0
    return 0
}
stop() {
    return 0
}
process $@
