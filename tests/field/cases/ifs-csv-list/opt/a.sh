#!/bin/bash
IFS=',' read -r -a list <<< "$GPUS"
for g in "${list[@]}"; do
  driverctl --nosave set-override "$g" vfio-pci
done
