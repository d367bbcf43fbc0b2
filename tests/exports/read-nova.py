#!/usr/bin/python3
"""usage: read-nova.py FILE...: what nova makes of these files of its configuration, on the host whose sysfs is /sys.

Its own code reads the files, finds the devices that it may give away, and answers whether a flavor that asks for one
device by a name can have it. Prints, sorted:
    NAME ADDRESS...     who asks for "NAME:1" may get these
    * ADDRESS...        may be given away at all
    - OPTION VALUE      what the scheduler, and Placement, are told
"""

import inspect
import json
import os
import sys

import nova.conf
from nova import objects
from nova.objects import fields
from nova.pci import request, stats, whitelist

CONF = nova.conf.CONF
SYSFS = "/sys/bus/pci/devices"
TYPES = fields.PciDeviceType


def attribute(address, name):
    try:
        with open(f"{SYSFS}/{address}/{name}") as file:
            return file.read().strip()
    except FileNotFoundError:
        return None


def ids(address):
    """A captured host may have them in uevent alone."""
    vendor, product = attribute(address, "vendor"), attribute(address, "device")
    if not vendor:
        pairs = dict(line.split("=", 1) for line in attribute(address, "uevent").splitlines())
        vendor, product = ("0x" + text.lower() for text in pairs["PCI_ID"].split(":"))
    return {"vendor_id": vendor[2:], "product_id": product[2:]}


def device(address):
    """As nova/virt/libvirt/host.py describes it, from what libvirt tells."""
    result = {
        "compute_node_id": 1, "address": address, "status": fields.PciDeviceStatus.AVAILABLE, "dev_id": address,
        "numa_node": None, "label": "x", "dev_type": TYPES.STANDARD, **ids(address),
    }
    if os.path.islink(f"{SYSFS}/{address}/physfn"):
        result["dev_type"] = TYPES.SRIOV_VF
        result["parent_addr"] = os.path.basename(os.readlink(f"{SYSFS}/{address}/physfn"))
    elif int(attribute(address, "sriov_totalvfs") or 0) > 0:
        result["dev_type"] = TYPES.SRIOV_PF
    return result


def with_tags(dev, spec):
    """As nova/pci/manager.py takes them over."""
    if hasattr(spec, "enhanced_pci_device_with_spec_tags"):
        spec.enhanced_pci_device_with_spec_tags(dev)
    return dev


def gets(dev, spec, pci_request):
    """Does nova give the device to the request, alone on its host?"""
    pool = stats.PciDeviceStats(objects.NUMATopology(cells=[]), dev_filter=whitelist.Whitelist(CONF.pci.device_spec))
    pool.add_device(objects.PciDevice.create(None, with_tags(dict(dev), spec)))
    more = {"provider_mapping": None} if "provider_mapping" in inspect.signature(
        pool.support_requests).parameters else {}
    if not pool.support_requests([pci_request], **more):
        return False
    return not placement_is_asked() or placement_gives(dev, spec, pci_request)


def placement_is_asked():
    return "pci_in_placement" in CONF.filter_scheduler and CONF.filter_scheduler.pci_in_placement


def placement_gives(dev, spec, pci_request):
    """What nova asks Placement for, against what it has reported of the device."""
    from nova.compute import pci_placement_translator as translator

    if spec.get_tags().get("physical_network"):
        return False
    assert len(pci_request.spec) == 1, "nova schedules one line for a name"
    asked, tags = pci_request.spec[0], spec.get_tags()
    of_request = asked.get("vendor_id", ""), asked.get("product_id", "")
    return (translator.get_resource_class(asked.get("resource_class"), *of_request) ==
            translator.get_resource_class(tags.get("resource_class"), dev["vendor_id"], dev["product_id"]) and
            translator.get_traits(asked.get("traits", "")) <= translator.get_traits(tags.get("traits", "")))


def report_to_placement(devices):
    """nova refuses here what it cannot report: virtual functions of one card that differ."""
    from nova.compute import pci_placement_translator as translator

    view = translator.PlacementView("host", [])
    for dev, spec in devices:
        view.process_dev(objects.PciDevice.create(None, dict(dev)), spec)
    for name, provider in sorted(view.rps.items()):
        print("- placement", name.split("_")[1].lower(), provider.resource_class,
              *([",".join(traits)] if (traits := sorted(provider.traits - {"COMPUTE_MANAGED_PCI_DEVICE"})) else []))


def main():
    CONF([], default_config_files=sys.argv[1:], default_config_dirs=[], project="nova")
    objects.register_all()
    allowed = whitelist.Whitelist(CONF.pci.device_spec if "device_spec" in CONF.pci else CONF.pci.passthrough_whitelist)
    devices = [dev for dev in map(device, sorted(os.listdir(SYSFS))) if allowed.device_assignable(dev)]
    devices = [(dev, allowed.get_devspec(objects.PciDevice.create(None, dict(dev)))) for dev in devices]
    print("*", *(dev["address"] for dev, _ in devices))
    aliases = (getattr(request, "get_alias_from_config", None) or request._get_alias_from_config)()
    for name in sorted(aliases):
        flavor = {"extra_specs": {"pci_passthrough:alias": f"{name}:1"}}
        (asked,) = request.get_pci_requests_from_flavor(flavor).requests
        print(name, *(dev["address"] for dev, spec in devices if gets(dev, spec, asked)))
        if asked.numa_policy != "legacy":
            print("- policy", name, asked.numa_policy)
    for dev, spec in devices:
        tags = {tag: value for tag, value in spec.get_tags().items() if tag not in ("resource_class", "traits")}
        if tags:
            print("- tags", dev["address"], json.dumps(tags, sort_keys=True))
    if CONF.pci.report_in_placement:
        report_to_placement(devices)
    print("- filter", "PciPassthroughFilter" in CONF.filter_scheduler.enabled_filters)


main()
