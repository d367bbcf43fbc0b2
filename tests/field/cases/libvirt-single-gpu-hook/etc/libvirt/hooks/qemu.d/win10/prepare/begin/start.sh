#!/bin/bash
set -x
source "/etc/libvirt/hooks/kvm.conf"
systemctl stop display-manager.service
echo 0 > /sys/class/vtconsole/vtcon0/bind
echo efi-framebuffer.0 > /sys/bus/platform/drivers/efi-framebuffer/unbind
sleep 5
modprobe -r nvidia_drm
virsh nodedev-detach $VIRSH_GPU_VIDEO
virsh nodedev-detach $VIRSH_GPU_AUDIO
modprobe vfio_pci
