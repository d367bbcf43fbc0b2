/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/platform.h"

#include <zlib.h>

#include "host/survey.h"
#include "support.h"

static struct tree tree;
static struct inventory inventory;

#define DEVICE "sys/devices/pci0000:00/0000:01:00.0"

static int make_host(void **state _unused_)
{
	tree_init(&tree);
	inventory.kernel = xstrdup("6.1.0");
	add_function(&inventory, "01:00.0", 0x10de, 0x1bb0, 0x030200, 10, NULL);
	add_function(&inventory, "01:00.1", 0x10de, 0x10f0, 0x040300, 10, NULL);
	add_function(&inventory, "02:00.0", 0x8086, 0x10d3, 0x020000, 9, NULL);
	add_function(&inventory, "03:00.0", 0x8086, 0x10d3, 0x020000, -1, NULL);
	return 0;
}

static int remove_host(void **state _unused_)
{
	inventory_done(&inventory);
	tree_done(&tree);
	return 0;
}

/* All, of all functions but the last. */
static void scan(void)
{
	struct needs needs = {.host = HOST_PROCESSOR | HOST_PLATFORM | HOST_DENYLIST,
			      .functions = xcalloc(inventory.n, sizeof(unsigned)),
			      .n = inventory.n};

	platform_done(&inventory.platform);
	inventory.known = 0;
	strv_add(&needs.modules, "vfio_pci");
	for (size_t i = 0; i < inventory.n; i++) {
		inventory.items[i].known = 0;
		needs.functions[i] = inventory.items[i].address.bus == 3 ? 0 : FACT_HEADER;
	}
	assert_int_equal(survey(&tree.root, &needs, &inventory), 0);
	needs_done(&needs);
}

TEST(nothing_is_there)
{
	const struct platform *platform = &inventory.platform;

	scan();
	check_int("cpu", platform->cpu, CPU_UNKNOWN);
	check_int("config", platform->config[0], ANSWER_UNKNOWN);
	check_text("config", platform->config_path, NULL);
	check_int("interrupts", platform->interrupt_remapping, ANSWER_UNKNOWN);
	check_int("unsafe", platform->unsafe_interrupts, ANSWER_UNKNOWN);
	check_text("lockdown", platform->lockdown, NULL);
	check_int("modules", platform->modules_known, ANSWER_NO);
	check_int("device tree", platform->devicetree, false);
	check_text("framebuffer", platform->framebuffer, NULL);
	check_int("groups", platform->groups.n, 2);
	check_int("group", platform->groups.items[0].number, 9);
	check_int("group", platform->groups.items[0].direct, ANSWER_UNKNOWN);
	check_int("group", platform->groups.items[1].number, 10);
	check_int("header", inventory.items[0].header_type, -1);
}

TEST(a_host)
{
	const struct platform *platform = &inventory.platform;
	unsigned char config[256] = {[0x0e] = 0x80 | 1};

	tree_file(&tree, "proc/cpuinfo", "vendor_id : AuthenticAMD\n");
	tree_file(&tree, "proc/interrupts", " 1: 9 IR-IO-APIC 1-edge i8042\n");
	tree_file(&tree, "sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
	tree_file(&tree, "sys/module/module/parameters/sig_enforce", "Y\n");
	tree_file(&tree, "proc/sys/kernel/modules_disabled", "1\n");
	tree_file(&tree, "sys/module/vfio_pci/parameters/disable_denylist", "N\n");
	tree_file(&tree, "sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts", "N\n");
	tree_file(&tree, "proc/bootconfig", "kernel.iommu = pt\n");
	tree_file(&tree, "proc/fb", "0 EFI VGA\n1 other\n");
	tree_file(&tree, "proc/consoles", "ttyS4 -W- (E p a) 4:68\nhvc0 -W- (E) 229:0\n");
	tree_link(&tree, "sys/class/tty/ttyS4", "../../devices/pci0000:00/0000:01:00.0/tty/ttyS4");
	tree_file(&tree, "proc/bus/input/devices",
		  "S: Sysfs=/devices/pci0000:00/0000:01:00.0/usb1/input/input1\n"
		  "H: Handlers=sysrq kbd\n");
	tree_file(&tree, "sys/kernel/iommu_groups/10/reserved_regions", "0x1 0x2 direct\n");
	tree_file(&tree, "sys/kernel/iommu_groups/9/reserved_regions", "");
	tree_file(&tree, "sys/kernel/iommu_groups/9/name", "vfio-noiommu\n");
	tree_link(&tree, "sys/bus/pci/devices/0000:01:00.0",
		  "../../../devices/pci0000:00/0000:01:00.0");
	tree_bytes(&tree, DEVICE "/config", config, sizeof(config));
	scan();
	check_int("cpu", platform->cpu, CPU_AMD);
	check_int("interrupts", platform->interrupt_remapping, ANSWER_YES);
	check_text("lockdown", platform->lockdown, "integrity");
	check_int("sig_enforce", platform->signatures_enforced, ANSWER_YES);
	check_int("modules_disabled", platform->modules_disabled, ANSWER_YES);
	check_int("denylist", platform->denylist_off, ANSWER_NO);
	check_int("unsafe", platform->unsafe_interrupts, ANSWER_NO);
	check_text("bootconfig", platform->bootconfig, "kernel.iommu = pt\n");
	check_text("framebuffer", platform->framebuffer, "EFI VGA");
	check_int("consoles", platform->consoles.n, 2);
	check_int("console on", platform->consoles.items[0].carriers.n, 1);
	check_int("console on", platform->consoles.items[1].carriers.n, 0);
	check_int("keyboards", platform->keyboards.n, 1);
	check_int("direct", platform->groups.items[1].direct, ANSWER_YES);
	check_int("no-IOMMU", platform->groups.items[0].noiommu, true);
	check_int("no-IOMMU", platform->groups.items[1].noiommu, false);
	check_int("header", inventory.items[0].header_type, 1);
	inventory.items[0].header_type = -1;
	inventory.items[0].hangs = xstrdup("in phase early unbinding did not return within 10 s");
	scan();
	check_int("header of one that hangs", inventory.items[0].header_type, -1);
	check_int("header", inventory.items[1].header_type, -1);

	/* iommufd has a parameter of its own: either counts. */
	tree_file(&tree, "sys/module/iommufd/parameters/allow_unsafe_interrupts", "Y\n");
	scan();
	check_int("unsafe", platform->unsafe_interrupts, ANSWER_YES);
}

TEST(configuration_of_the_kernel)
{
	char text[] = "CONFIG_VFIO_PCI=m\n";
	char packed[128];
	z_stream stream = {.next_in = (Bytef *)text,
			   .avail_in = sizeof(text) - 1,
			   .next_out = (Bytef *)packed,
			   .avail_out = sizeof(packed)};

	assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, 0), Z_OK);
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	tree_bytes(&tree, "proc/config.gz", packed, stream.total_out);
	deflateEnd(&stream);
	scan();
	check_text("gz", inventory.platform.config_path, "/proc/config.gz");
	check_int("gz", inventory.platform.config[KERNEL_VFIO_PCI], ANSWER_YES);

	tree_file(&tree, "lib/modules/6.1.0/config", "CONFIG_IRQ_REMAP=y\n");
	scan();
	check_text("modules", inventory.platform.config_path, "/lib/modules/6.1.0/config");
	check_int("modules", inventory.platform.config[KERNEL_VFIO_PCI], ANSWER_NO);

	tree_file(&tree, "boot/config-6.1.0", "CONFIG_AMD_IOMMU=y\n");
	scan();
	check_text("boot", inventory.platform.config_path, "/boot/config-6.1.0");
	check_int("boot", inventory.platform.config[KERNEL_AMD_IOMMU], ANSWER_YES);
	check_int("boot", inventory.platform.config[KERNEL_IRQ_REMAP], ANSWER_NO);

	/* What is none does not keep the next place from being looked at. */
	tree_file(&tree, "boot/config-6.1.0", "garbage\n");
	tree_remove(&tree, "lib/modules/6.1.0/config");
	tree_file(&tree, "proc/config.gz", "garbage\n");
	scan();
	check_text("none", inventory.platform.config_path, NULL);
}

TEST(device_trees)
{
	tree_dir(&tree, "sys/firmware/devicetree/base/cpus");
	scan();
	check_int("there", inventory.platform.devicetree, true);
	check_int("no IOMMU", inventory.platform.devicetree_iommu, false);
	tree_dir(&tree, "sys/firmware/devicetree/base/soc/iommu@15000000");
	scan();
	check_int("IOMMU", inventory.platform.devicetree_iommu, true);
}

int main(void)
{
#define HOST_TEST(name) cmocka_unit_test_setup_teardown(name, make_host, remove_host)
	const struct CMUnitTest tests[] = {
		HOST_TEST(nothing_is_there),
		HOST_TEST(a_host),
		HOST_TEST(configuration_of_the_kernel),
		HOST_TEST(device_trees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
