#!/bin/bash
source "/etc/libvirt/hooks/kvm.conf"
virsh nodedev-reattach $VIRSH_GPU_VIDEO
virsh nodedev-reattach $VIRSH_GPU_AUDIO
echo 1 > /sys/class/vtconsole/vtcon0/bind
