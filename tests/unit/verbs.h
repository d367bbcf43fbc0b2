/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A host of three functions for the tests of the verbs, and a verb that is run on it. */
#pragma once

#include "support.h"
#include "verbs/verb.h"

static struct tree tree;
static struct capture out, err;

/* 01 on vfio-pci, 02 and 03, which are alike, on e1000e; each in a group of its own; IOMMU on. */
static int verb_start(void **state _unused_)
{
	static const struct {
		const char *place, *id, *driver;
	} functions[] = {{"0000:01:00.0", "v000010DEd00001BB0", "vfio-pci"},
			 {"0000:02:00.0", "v00008086d000010D3", "e1000e"},
			 {"0000:03:00.0", "v00008086d000010D3", "e1000e"}};

	tree_init(&tree);
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++) {
		_cleanup_free_ char *path = xasprintf("sys/bus/pci/devices/%s", functions[i].place);
		_cleanup_free_ char *modalias = xasprintf("%s/modalias", path);
		_cleanup_free_ char *ids = xasprintf("pci:%ssv00000000sd00000000bc02sc00i00\n",
						     functions[i].id);
		_cleanup_free_ char *driver = xasprintf("%s/driver", path);
		_cleanup_free_ char *driver_target = xasprintf("../../drivers/%s",
							       functions[i].driver);
		_cleanup_free_ char *group = xasprintf("%s/iommu_group", path);
		_cleanup_free_ char *group_target = xasprintf("../../../../kernel/iommu_groups/%zu",
							      i);
		_cleanup_free_ char *regions =
			xasprintf("sys/kernel/iommu_groups/%zu/reserved_regions", i);
		_cleanup_free_ char *driver_dir = xasprintf("sys/bus/pci/drivers/%s",
							    functions[i].driver);

		tree_file(&tree, modalias, ids);
		tree_link(&tree, driver, driver_target);
		tree_link(&tree, group, group_target);
		tree_dir(&tree, driver_dir);
		tree_file(&tree, regions, "");
	}
	tree_file(&tree, "proc/cmdline", "root=/dev/sda1 iommu=pt\n");
	tree_dir(&tree, "sys/class/iommu/dmar0");
	tree_file(&tree, "sys/bus/pci/devices/0000:01:00.0/driver_override", "vfio-pci\n");
	tree_file(&tree, "proc/interrupts", "1: 9 IR-IO-APIC 1-edge i8042\n");
	tree_dir(&tree, "sys/module/vfio_iommu_type1");
	tree_file(&tree, "usr/share/misc/pci.ids", "8086  Intel\n\t10d3  82574L\n10de  NVIDIA\n");
	return 0;
}

static int verb_stop(void **state _unused_)
{
	tree_done(&tree);
	return 0;
}

static inline void profile(const char *text)
{
	tree_file(&tree, "etc/vfio-prepare/profile.conf", text);
}

/* Runs it; what it printed is in out.text and err.text. */
static inline int run_verb(const struct verb *verb, const struct options *options)
{
	int status;

	/* A root handle is one run's. */
	root_forget(&tree.root);
	capture_begin(&out, STDOUT_FILENO);
	capture_begin(&err, STDERR_FILENO);
	status = verb->run(&tree.root, options);
	capture_end(&err);
	capture_end(&out);
	return status;
}

/* A verb that reads the host says so where it has no list of functions. */
static inline void expect_unreadable_host(const struct verb *verb)
{
	struct tree odd;
	int status;

	tree_init(&odd);
	tree_file(&odd, "sys/bus/pci/devices", "");
	capture_begin(&err, STDERR_FILENO);
	status = verb->run(&odd.root, &(struct options){.name = "x"});
	capture_end(&err);
	tree_done(&odd);
	check_int(verb->name, status, STATUS_FAILED);
	check_text(verb->name, err.text,
		   "vfio-prepare: the PCI functions of the host cannot be read: Not a directory\n");
}
