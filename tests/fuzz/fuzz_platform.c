/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's texts on the machine, each of which is read from the same text: what is not said there
 * stays unknown, and nothing comes from nothing. And the kernel's arguments, from which the judgement
 * on the IOMMU is made: it names only what stands there.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "decide/iommu_args.h"
#include "parse/kernel_args.h"
#include "parse/platform.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	for (; (text = strstr(text, what)); text++)
		n++;
	return n;
}

static void check_texts(const char *text)
{
	struct platform platform = {};
	struct iommu_group group = {};
	struct inventory inventory = {};

	*vec_add(&inventory) = (struct pci_function){.address = {.bus = 1}};
	cpuinfo_parse(text, &platform);
	assert(platform.cpu == CPU_UNKNOWN || strchr(text, ':'));
	kernel_config_parse(text, &platform);
	for (int i = 0; i < N_KERNEL_OPTIONS; i++)
		assert(platform.config[i] == ANSWER_UNKNOWN || strstr(text, "CONFIG_"));
	assert(platform.config[KERNEL_VFIO_PCI] != ANSWER_YES || strstr(text, "CONFIG_VFIO_PCI="));
	interrupts_parse(text, &platform);
	assert((platform.interrupt_remapping == ANSWER_YES) ==
	       (strstr(text, "IR-IO-APIC") != NULL));
	assert((platform.interrupt_remapping == ANSWER_UNKNOWN) ==
	       (strstr(text, "IO-APIC") == NULL));
	lockdown_parse(text, &platform);
	assert(!platform.lockdown || strstr(text, platform.lockdown));
	reserved_regions_parse(text, &group);
	assert((group.direct == ANSWER_YES) == (group.regions != NULL));
	assert(group.direct != ANSWER_YES || strstr(text, "direct"));
	free(group.regions);
	input_devices_parse(text, &platform);
	assert((!platform.keyboards.n && !platform.keyboard_elsewhere) || strstr(text, "sysrq"));
	consoles_parse(text, &platform);
	assert(platform.consoles.n <= count(text, "\n") + 1);
	for (size_t i = 0; i < platform.consoles.n; i++)
		assert(*platform.consoles.items[i].name &&
		       strstr(text, platform.consoles.items[i].name));
	if (bars_parse(text, inventory.items->bars))
		assert(count(text, "0x") >= 3 * N_BARS);
	iomem_parse(text, &inventory);
	assert(!inventory.items->boot_framebuffer || strstr(text, " : "));
	inventory_done(&inventory);
	platform_done(&platform);
	assert(!platform.consoles.n && !platform.lockdown);
}

static void check_arguments(const char *text)
{
	static const enum iommu_kind kinds[] = {IOMMU_KIND_NONE, IOMMU_KIND_INTEL, IOMMU_KIND_AMD,
						IOMMU_KIND_ARM, IOMMU_KIND_OTHER};
	struct inventory inventory = {.cmdline = xstrdup(text)};
	struct findings findings = {};
	struct checks checks = {.inventory = &inventory, .findings = &findings};
	/* As findings show what a terminal could act on, and what is no UTF-8. */
	_cleanup_free_ char *visible = text_visible(text, "\t");

	kernel_args_parse(text, &inventory.args);
	inventory.platform.bootconfig = xstrdup(text);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct turned_off off;

		if (!iommu_turned_off(&inventory.args, kinds[i], &off))
			continue;
		assert(strstr(text, off.by->text) && strstr(off.by->value, "off"));
		assert(off.beaten != off.by);
	}
	for (int cpu = CPU_UNKNOWN; cpu < N_CPUS; cpu++) {
		inventory.platform.cpu = (enum cpu_vendor)cpu;
		check_iommu_arguments(&checks);
	}
	vec_foreach(finding, &findings)
		assert(strstr(visible, finding->subject) && *finding->detail && *finding->remedy);
	findings_done(&findings);
	inventory_done(&inventory);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xcalloc(size + 1, 1);
	struct platform platform = {};

	iort_parse(data, size, &platform);
	assert(platform.iort_smmu == ANSWER_UNKNOWN || memcmp(data, "IORT", 4) == 0);
	if (size)
		memcpy(text, data, size);
	check_texts(text);
	check_arguments(text);
	free(text);
	return 0;
}
