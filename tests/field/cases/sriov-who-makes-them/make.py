# A port of an X710 with four virtual functions on vfio-pci, and who has made them, as VARIANT says: what people use for that,
# each with the name that it calls the port by. The port is ens5f1 at 0000:81:00.1; ens5f0 beside it is the host's.
import sys, os
from hosttree import *
VARIANTS = {
    'udev-driver': {
        '/etc/udev/rules.d/ixgbe.rules':
            'ACTION=="add", SUBSYSTEM=="net", ENV{ID_NET_DRIVER}=="i40e", ATTR{device/sriov_numvfs}="4"\n',
        '/etc/rc.local':
            '#!/bin/sh\necho 8086 154c > /sys/bus/pci/drivers/vfio-pci/new_id\n',
    },
    'udev-drivers-pci': {
        '/etc/udev/rules.d/71-vfs.rules':
            'ACTION=="add", SUBSYSTEM=="pci", DRIVER=="i40e", KERNEL=="0000:81:00.1", ATTR{sriov_numvfs}="4"\n',
    },
    'udev-kernels': {
        '/etc/udev/rules.d/71-vfs.rules':
            'ACTION=="add", SUBSYSTEM=="net", KERNELS=="0000:81:00.1", ATTR{device/sriov_numvfs}="4"\n',
    },
    'udev-mac': {
        '/etc/udev/rules.d/71-vfs.rules':
            'ACTION=="add", SUBSYSTEM=="net", ATTR{address}=="3c:fd:fe:00:00:01", ATTR{device/sriov_numvfs}="4"\n',
    },
    'udev-run': {
        '/etc/udev/rules.d/71-vfs.rules':
            'ACTION=="add", SUBSYSTEM=="net", KERNEL=="ens5f1", RUN+="/bin/sh -c \'echo 4 > /sys/class/net/ens5f1/device/sriov_numvfs\'"\n',
    },
    'udev-run-k': {
        '/etc/udev/rules.d/71-vfs.rules':
            'ACTION=="add", SUBSYSTEM=="net", KERNEL=="ens5f1", RUN+="/bin/sh -c \'echo 4 > /sys/class/net/%k/device/sriov_numvfs\'"\n',
    },
    'unit-sh': {
        '/etc/systemd/system/sriov.service':
            "[Unit]\nAfter=network.target\n[Service]\nType=oneshot\nExecStart=/usr/bin/bash -c '/usr/bin/echo 4 > /sys/class/net/ens5f1/device/sriov_numvfs'\n[Install]\nWantedBy=multi-user.target\n",
    },
    'unit-template': {
        '/etc/systemd/system/sriov-vf@.service':
            "[Unit]\nDescription=Create VFs on %i\n[Service]\nType=oneshot\nExecStart=/bin/bash -c 'echo 4 > /sys/class/net/%i/device/sriov_numvfs'\n[Install]\nWantedBy=multi-user.target\n",
    },
    'unit-envfile': {
        '/etc/systemd/system/sriov.service':
            "[Service]\nType=oneshot\nEnvironmentFile=/etc/default/sriov\nExecStart=/bin/sh -c 'echo ${NUM} > /sys/class/net/${DEV}/device/sriov_numvfs'\n",
        '/etc/default/sriov':
            '# port\nDEV=ens5f1\nNUM=4\n',
    },
    'unit-script-args': {
        '/etc/systemd/system/sriov.service':
            '[Service]\nType=oneshot\nExecStart=/usr/local/sbin/mkvfs ens5f1 4\n',
        '/usr/local/sbin/mkvfs':
            '#!/bin/bash\nset -e\nif [ $UID -ne 0 ]; then echo root; exit 3; fi\nif [ $# -ne 2 ]; then echo "Usage: $0 <pf> <n>"; exit 1; fi\npf=$1\nnum_vfs=$2\necho 0 > /sys/class/net/$pf/device/sriov_numvfs\nnum=`cat /sys/class/net/$pf/device/sriov_numvfs`\nif [ $num -ne 0 ]; then\n  echo busy\n  exit 2\nfi\necho $num_vfs > /sys/class/net/$pf/device/sriov_numvfs\n',
    },
    'rc-tee': {
        '/etc/rc.local':
            '#!/bin/sh\necho 0 | tee /sys/bus/pci/devices/0000:81:00.1/sriov_numvfs\necho 4 | sudo tee "/sys/bus/pci/devices/0000:81:00.1/sriov_numvfs" >/dev/null\nfor v in 0 1 2 3; do\n dpdk-devbind.py -b vfio-pci 81:0a.$v\ndone\n',
    },
    'rc-totalvfs': {
        '/etc/rc.local':
            '#!/bin/sh\ncat /sys/class/net/ens5f1/device/sriov_totalvfs > /sys/class/net/ens5f1/device/sriov_numvfs\necho 8086 154c > /sys/bus/pci/drivers/vfio-pci/new_id\n',
    },
    'rc-virtfn': {
        '/etc/rc.local':
            '#!/bin/bash\necho 4 > /sys/class/net/ens5f1/device/sriov_numvfs\nfor v in /sys/class/net/ens5f1/device/virtfn*; do\n  a=$(basename $(readlink -f $v))\n  echo $a > /sys/bus/pci/devices/$a/driver/unbind\n  echo vfio-pci > /sys/bus/pci/devices/$a/driver_override\n  echo $a > /sys/bus/pci/drivers_probe\ndone\n',
    },
    'netplan-mac': {
        '/etc/netplan/50-cloud-init.yaml':
            'network:\n    version: 2\n    ethernets:\n        port1:\n            match:\n                macaddress: 3c:fd:fe:00:00:01\n            set-name: ens5f1\n            virtual-function-count: 4\n            delay-virtual-functions-rebind: true\n',
    },
    'netplan-mac-noname': {
        '/etc/netplan/50-cloud-init.yaml':
            'network:\n    version: 2\n    ethernets:\n        port1:\n            match:\n                macaddress: "3C:FD:FE:00:00:01"\n            virtual-function-count: 4\n',
    },
    'netplan-match-name': {
        '/etc/netplan/01.yaml':
            'network:\n  ethernets:\n    up:\n      match: {name: ens5f1}\n      virtual-function-count: 4\n',
    },
    'netplan-links-only': {
        '/etc/netplan/01.yaml':
            'network:\n  version: 2\n  ethernets:\n    ens5f1: {}\n    ens5f1v0:\n      link: ens5f1\n    ens5f1v1:\n      link: ens5f1\n    ens5f1v2: {link: ens5f1}\n    ens5f1v3:\n      link: ens5f1\n',
    },
    'link-mac': {
        '/etc/systemd/network/10-port.link':
            '[Match]\nPermanentMACAddress=3c:fd:fe:00:00:01\n\n[Link]\nName=ens5f1\nSR-IOVVirtualFunctions=4\n',
    },
    'link-mac2': {
        '/etc/systemd/network/10-port.link':
            '[Match]\nMACAddress=3c:fd:fe:00:00:01\n\n[Link]\nNamePolicy=keep\nSR-IOVVirtualFunctions=4\n',
    },
    'link-driver': {
        '/etc/systemd/network/10-port.link':
            '[Match]\nDriver=i40e\n\n[Link]\nSR-IOVVirtualFunctions=4\n',
    },
    'link-path': {
        '/etc/systemd/network/10-port.link':
            '[Match]\nPath=pci-0000:81:00.1-* pci-0000:81:00.1\n\n[Link]\nSR-IOVVirtualFunctions=4\n',
    },
    'link-property': {
        '/etc/systemd/network/10-port.link':
            '[Match]\nProperty=ID_NET_NAME_SLOT=ens5f1\n\n[Link]\nSR-IOVVirtualFunctions=4\n',
    },
    'nm-keyfile': {
        '/etc/NetworkManager/system-connections/ens5f1.nmconnection':
            '[connection]\nid=ens5f1\nuuid=0b1a\ntype=ethernet\ninterface-name=ens5f1\n\n[ethernet]\n\n[sriov]\ntotal-vfs=4\nautoprobe-drivers=0\n\n[ipv4]\nmethod=auto\n',
    },
    'nm-keyfile-mac': {
        '/etc/NetworkManager/system-connections/port.nmconnection':
            '[connection]\nid=port\ntype=ethernet\n\n[ethernet]\nmac-address=3C:FD:FE:00:00:01\n\n[sriov]\ntotal-vfs=4\n',
    },
    'ifcfg': {
        '/etc/sysconfig/network-scripts/ifcfg-ens5f1':
            'TYPE=Ethernet\nNAME=ens5f1\nDEVICE=ens5f1\nONBOOT=yes\nSRIOV_TOTAL_VFS=4\n',
    },
    'interfaces': {
        '/etc/network/interfaces':
            'auto ens5f1\niface ens5f1 inet manual\n    up echo 4 > /sys/class/net/ens5f1/device/sriov_numvfs\n    mtu 9000\n',
    },
    'interfaces-iface-var': {
        '/etc/network/interfaces.d/sriov':
            'auto ens5f1\niface ens5f1 inet manual\n    pre-up echo 4 > /sys/class/net/$IFACE/device/sriov_numvfs || true\n',
    },
    'module-options-per-port': {
        '/etc/modprobe.d/i40e.conf':
            'options i40e max_vfs=0,4\n',
    },
    'sysfs-d': {
        '/etc/sysfs.d/sriov.conf':
            'class/net/ens5f1/device/sriov_numvfs = 4\n',
    },
    'tuned': {
        '/etc/tuned/vf-host/tuned.conf':
            '[main]\nsummary=VFs\n[sysfs]\n/sys/class/net/ens5f1/device/sriov_numvfs=4\n',
        '/etc/tuned/active_profile':
            'vf-host\n',
    },
    'tmpfiles': {
        '/etc/tmpfiles.d/sriov.conf':
            '#Type Path Mode UID GID Age Argument\nw /sys/class/net/ens5f1/device/sriov_numvfs - - - - 4\n',
    },
    'tmpfiles-pci': {
        '/etc/tmpfiles.d/sriov.conf':
            'w- /sys/bus/pci/devices/0000:81:00.1/sriov_numvfs - - - - 4\n',
    },
    'cron': {
        '/etc/crontab':
            'SHELL=/bin/sh\n@reboot root echo 4 > /sys/class/net/ens5f1/device/sriov_numvfs\n17 * * * * root cd / && run-parts --report /etc/cron.hourly\n',
    },
    'devlink-unit': {
        '/etc/systemd/system/switchdev.service':
            "[Service]\nType=oneshot\nExecStart=/usr/sbin/devlink dev eswitch set pci/0000:81:00.1 mode switchdev\nExecStart=/bin/sh -c 'echo 4 >/sys/bus/pci/devices/0000:81:00.1/sriov_numvfs'\n",
    },
    'other-port': {
        '/etc/rc.local':
            '#!/bin/sh\necho 4 > /sys/class/net/ens5f0/device/sriov_numvfs\n',
    },
    'nm-dispatcher': {
        '/etc/NetworkManager/dispatcher.d/20-vfs':
            '#!/bin/sh\nif [ "$1" = ens5f1 ] && [ "$2" = up ]; then\n  echo 4 > /sys/class/net/ens5f1/device/sriov_numvfs\nfi\n',
    },
    'ifup-local': {
        '/sbin/ifup-local':
            '#!/bin/bash\ncase "$1" in\nens5f1) echo 4 > /sys/class/net/ens5f1/device/sriov_numvfs ;;\nesac\n',
    },
    'shim-yaml': {
        '/etc/sriov-netplan-shim/interfaces.yaml':
            'interfaces:\n    ens5f1:\n        num_vfs: 4\n',
    },
}
LINKS = {"unit-template": {"/etc/systemd/system/multi-user.target.wants/sriov-vf@ens5f1.service": "/etc/systemd/system/sriov-vf@.service"}}
variant = os.environ.get("VARIANT", "rc-tee")
h = Host(); h.native("i40e", "i40e", "8086:1572"); h.native("iavf", "iavf", "8086:154c"); plain_root(h)
h.fn("0000:80:02.0", "8086:2030", "060400", driver="pcieport", group=30)
for f in (0, 1):
    h.fn(f"0000:81:00.{f}", "8086:1572", "020000", below="0000:80:02.0", sub="8086:0006", driver="i40e", group=41 + f, vfs=64)
    h.net(f"ens5f{f}", on=f"0000:81:00.{f}", up=True, route=f == 0, extra={"address": f"3c:fd:fe:00:00:0{f}\n"})
for i in range(4):
    h.fn(f"0000:81:0a.{i}", "8086:154c", "020000", below="0000:80:02.0", sub="8086:0000", driver="vfio-pci", group=60 + i, physfn="0000:81:00.1")
    if not any("new_id" in t or "vfio-pci" in t for t in VARIANTS[variant].values()):
        h.file(f"/etc/driverctl.d/0000:81:0a.{i}", "vfio-pci\n")
for path, text in VARIANTS[variant].items(): h.file(path, text)
for path, to in LINKS.get(variant, {}).items(): h.link(path, to)
h.write(sys.argv[1])
