"""Reads texts as those systems do that Debian does not have: by the rules of their sources.

usage: check-others.py opennebula FILE: prints "filter F" and "address A" as its probe has them
       check-others.py forms FILE...: fails if a file is not what its name promises
"""
import re
import sys
import xml.etree.ElementTree as xml

import yaml

ADDRESS = r"[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]"
DNS = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
# A qualified name with a prefix, as Kubernetes has it for extended resources.
RESOURCE = rf"{DNS}(\.{DNS})*/[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?"


def only(what, value, keys):
    """A mapping that has these keys, each of that type, and no others: what a schema without them prunes."""
    assert isinstance(value, dict), f"{what}: {value!r} is no mapping"
    assert set(value) == set(keys), f"{what}: keys {sorted(value)}, expected {sorted(keys)}"
    for key, kind in keys.items():
        assert isinstance(value[key], kind), f"{what}: {key} is {value[key]!r}"
    return value


def full(what, pattern, text):
    assert re.fullmatch(pattern, text), f"{what}: {text!r} does not match {pattern}"


def opennebula_probe(text):
    conf = yaml.safe_load(text)
    only("pci.conf", conf, {":filter": list, ":short_address": list, ":device_name": list})
    for item in conf[":filter"]:
        full("filter", r"[0-9a-f]{4}:[0-9a-f]{4}", item)
    for item in conf[":short_address"]:
        full("short_address", r"[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]", item)
    return conf


def template(text):
    """OpenNebula's grammar of templates: NAME = "text", or NAME = [ NAME = "text", ... ]; comments begin with #."""
    pair = r'[A-Z_]+ = "[^"\\]*"'
    for line in text.splitlines():
        if not line.startswith("#"):
            full("template", rf"{pair}|[A-Z]+ = \[ {pair}(, {pair})* \]", line)


def ovirt_devices(text):
    root = xml.fromstring(text)
    assert root.tag == "host_devices" and len(root)
    for device in root:
        assert device.tag == "host_device"
        full("name", r"pci_[0-9a-f]{4}(_[0-9a-f]{2}){2}_[0-7]", device.findtext("name"))
        assert device.findtext("placeholder") in (None, "true")


def nodedev(text):
    for line in text.splitlines():
        full("nodedev", r"pci_[0-9a-f]{4}(_[0-9a-f]{2}){2}_[0-7]", line)


def hostdevs(text):
    for device in xml.fromstring(text):
        address = device.find("source/address").attrib
        full("hostdev", r"0x[0-9a-f]{4}0x[0-9a-f]{2}0x[0-9a-f]{2}0x[0-7]", "".join(address.values()))


def proxmox_mapping(text):
    """pve-guest-common, src/PVE/Mapping/PCI.pm: $map_fmt."""
    for line in text.splitlines():
        words = line.split()
        assert words[:4] == ["pvesh", "create", "/cluster/mapping/pci", "--id"]
        full("id", r"[A-Za-z][-\w]+", words[4])
        assert words[5::2] == ["--map"] * len(words[6::2]) and words[6::2]
        for entry in words[6::2]:
            fields = dict(pair.split("=", 1) for pair in entry.split(","))
            full("path", r"[a-f0-9]{4,}:[a-f0-9]{2}:[a-f0-9]{2}(\.[a-f0-9])?", fields.pop("path"))
            full("map id", r"[0-9A-Fa-f]{4}:[0-9A-Fa-f]{4}", fields.pop("id"))
            full("subsystem", r"[0-9A-Fa-f]{4}:[0-9A-Fa-f]{4}", fields.pop("subsystem-id"))
            full("group", r"[0-9]+", fields.pop("iommugroup"))
            assert list(fields) == ["node"]


def proxmox_vm(text):
    for line in text.splitlines():
        full("qm", r"#.*|qm set VMID --hostpci[0-9]+ mapping=[A-Za-z][-\w]+,pcie=1", line)


def kubevirt_permit(text):
    """kubevirt.io/v1: PermittedHostDevices, PciHostDevice."""
    spec = only("patch", yaml.safe_load(text), {"spec": dict})["spec"]
    configuration = only("spec", spec, {"configuration": dict})["configuration"]
    permitted = only("configuration", configuration, {"permittedHostDevices": dict})["permittedHostDevices"]
    for device in only("permitted", permitted, {"pciHostDevices": list})["pciHostDevices"]:
        only("device", device, {"pciVendorSelector": str, "resourceName": str})
        full("selector", r"[0-9A-F]{4}:[0-9A-F]{4}", device["pciVendorSelector"])
        full("resource", RESOURCE, device["resourceName"])


def kubevirt_vm(text):
    """kubevirt.io/v1: HostDevice."""
    value = yaml.safe_load(text)
    for key in ("spec", "template", "spec", "domain", "devices", "hostDevices"):
        value = only(key, value, {key: (dict, list)})[key]
    for device in value:
        only("hostDevice", device, {"name": str, "deviceName": str})
        full("name", DNS, device["name"])
        full("deviceName", RESOURCE, device["deviceName"])


def harvester(text):
    """devices.harvesterhci.io/v1beta1: PCIDeviceClaimSpec."""
    for claim in yaml.safe_load_all(text):
        only("claim", claim, {"apiVersion": str, "kind": str, "metadata": dict, "spec": dict})
        assert claim["apiVersion"] == "devices.harvesterhci.io/v1beta1"
        assert claim["kind"] == "PCIDeviceClaim"
        spec = only("spec", claim["spec"], {"address": str, "nodeName": str, "userName": str})
        full("address", ADDRESS, spec["address"])
        name = only("metadata", claim["metadata"], {"name": str})["name"]
        full("name", rf"{DNS}(\.{DNS})*", name)
        assert name == spec["nodeName"] + "-" + re.sub(r"[:.]", "", spec["address"])


def incus(text):
    """Incus: internal/server/device/pci.go, shared/validate: IsPCIAddress, device names."""
    devices = only("document", yaml.safe_load(text), {"devices": dict})["devices"]
    for name, device in devices.items():
        only(name, device, {"type": str, "address": str})
        assert device["type"] == "pci"
        full("address", r"(?:[0-9a-fA-F]{4}:)?[0-9a-fA-F]{2}:[0-9a-fA-F]{2}\.[0-9a-fA-F]", device["address"])
        full("name", r"[A-Za-z0-9][-_.A-Za-z0-9]{0,63}", name)


def hyperv(text):
    paths = re.findall(r'^\$path = "(.*)"$', text, re.M)
    assert paths
    for path in paths:
        full("location", r"PCIROOT\([0-9A-F]+\)(#PCI\([0-9A-F]{4}\))+", path)
    outside = [line for line in text.splitlines() if not line.startswith("#")]
    assert all(re.match(r'\$path = "|\$device = Get-PnpDevice |  \(Get-PnpDeviceProperty |'
                        r"Disable-PnpDevice |Dismount-VMHostAssignableDevice ", line) for line in outside)


FORMS = {
    "opennebula-pci.conf": opennebula_probe, "opennebula-host": template, "opennebula-template": template,
    "opennebula-nic": template, "ovirt-devices": ovirt_devices, "libvirt-nodedev": nodedev, "libvirt": hostdevs,
    "proxmox-mapping": proxmox_mapping, "proxmox-vm": proxmox_vm, "kubevirt-permit": kubevirt_permit,
    "kubevirt-vm": kubevirt_vm, "harvester": harvester, "incus": incus, "hyperv": hyperv,
}


def main():
    kind, *files = sys.argv[1:]
    for file in files:
        with open(file, encoding="utf-8") as source:
            text = source.read()
        if kind == "opennebula":
            conf = opennebula_probe(text)
            print("\n".join(f"filter {item}" for item in conf[":filter"]))
            print("\n".join(f"address {item}" for item in conf[":short_address"]))
        else:
            FORMS[file.removeprefix("text-")](text)
    assert files


main()
