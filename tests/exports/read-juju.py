#!/usr/bin/python3
"""usage: read-juju.py model FILE                       prints the script that Juju runs
       read-juju.py charms FILE COMPUTE CONTROLLER    writes both nova.conf, prints the options

What Juju makes of cloudinit-userdata (environs/config/config.go, cloudconfig), and the charms of their options
(hooks/nova_compute_context.py, hooks/nova_cc_context.py and the templates of nova.conf).
"""

import json
import sys

import yaml


def model(path):
    with open(path) as file:
        config = yaml.safe_load(file)
    assert list(config) == ["cloudinit-userdata"], config.keys()
    userdata = yaml.safe_load(config["cloudinit-userdata"])
    refused = {"users", "runcmd", "bootcmd"} & set(userdata)
    assert not refused, refused
    assert set(userdata) == {"write_files", "postruncmd", "power_state"}, userdata.keys()
    assert all(isinstance(command, str) for command in userdata["postruncmd"])
    (profile,) = userdata["write_files"]
    assert profile["path"] == "/etc/vfio-prepare/profile.conf" and "0000:83:00.*" in profile["content"], profile
    assert userdata["power_state"]["condition"] == "test -e /run/vfio-prepare/reboot-required"
    print("\n".join(userdata["postruncmd"]))


def charms(path, compute, controller):
    with open(path) as file:
        bundle = yaml.safe_load(file)
    assert list(bundle) == ["applications"], bundle.keys()
    for charm, application in sorted(bundle["applications"].items()):
        assert list(application) == ["options"], application.keys()
        for option, value in sorted(application["options"].items()):
            assert isinstance(value, str), value
            print(charm, option + (f"={value}" if option == "console-access-protocol" else ""))
    options = bundle["applications"]["nova-compute"]["options"]
    with open(compute, "w") as file:
        print("[pci]\npassthrough_whitelist =", options["pci-passthrough-whitelist"], file=file)
        print_aliases(options, file)
    options = bundle["applications"]["nova-cloud-controller"]["options"]
    with open(controller, "w") as file:
        print("[filter_scheduler]\nenabled_filters =", options["scheduler-default-filters"] + "\n[pci]", file=file)
        print_aliases(options, file)


def print_aliases(options, file):
    for alias in json.loads(options["pci-alias"]):
        print("alias =", json.dumps(alias, sort_keys=True), file=file)


{"model": model, "charms": charms}[sys.argv[1]](*sys.argv[2:])
