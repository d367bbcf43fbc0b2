#!/bin/bash
# The other card, 0000:3b:00.0, stays with CUDA.
set -e
PCI_DEV="0000:18:00.0"
DRIVER_PATH="/sys/bus/pci/devices/$PCI_DEV/driver"
if [[ "$(readlink -f "$DRIVER_PATH")" != *vfio-pci ]]; then
    echo "[INFO] Unbinding from current driver..."
    echo "$PCI_DEV" > "$DRIVER_PATH/unbind" 2>/dev/null || true
    echo "vfio-pci" > "/sys/bus/pci/devices/$PCI_DEV/driver_override"
    echo "$PCI_DEV" > /sys/bus/pci/drivers_probe
fi
