/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/platform.h"

#include <string.h>

#include "base/alloc.h"

void platform_done(struct platform *platform)
{
	vec_foreach(console, &platform->consoles) {
		free(console->name);
		free(console->carriers.items);
	}
	vec_foreach(group, &platform->groups)
		free(group->regions);
	free(platform->consoles.items);
	free(platform->groups.items);
	free(platform->config_path);
	free(platform->bootconfig);
	free(platform->lockdown);
	free(platform->framebuffer);
	free(platform->keyboards.items);
	strv_done(&platform->modules_missing);
	*platform = (struct platform){};
}

static int compare_number(const void *number, const void *group)
{
	return *(const int *)number - ((const struct iommu_group *)group)->number;
}

const struct iommu_group *platform_group(const struct platform *platform, int number)
{
	return vec_find(&platform->groups, &number, compare_number);
}

#define TYPE1 "vfio_iommu_type1"

static const struct machine machines[N_CPUS] = {
	[CPU_INTEL] = {true, ANSWER_NO, "iommu=pt", TYPE1, "-e DMAR -e iommu"},
	[CPU_AMD] = {true, ANSWER_NO, "iommu=pt", TYPE1, "-e AMD-Vi -e iommu"},
	[CPU_OTHER] = {true, ANSWER_NO, "iommu=pt", TYPE1, "-e DMAR -e iommu"},
	[CPU_ARM] = {false, ANSWER_YES, "iommu.passthrough=1", TYPE1, "-e arm-smmu -e iommu"},
	[CPU_S390] = {false, ANSWER_YES, NULL, TYPE1, "-e zpci -e iommu"},
	[CPU_POWER] = {false, ANSWER_YES, NULL, "vfio_iommu_spapr_tce", "-e iommu -e pnv_pci"},
	[CPU_NOT_X86] = {false, ANSWER_UNKNOWN, NULL, TYPE1, "-e iommu"},
};

const struct machine *machine_of(enum cpu_vendor cpu)
{
#if defined(__aarch64__)
	const enum cpu_vendor built_for = CPU_ARM;
#elif defined(__s390x__)
	const enum cpu_vendor built_for = CPU_S390;
#elif defined(__powerpc64__)
	const enum cpu_vendor built_for = CPU_POWER;
#elif defined(__x86_64__) || defined(__i386__)
	const enum cpu_vendor built_for = CPU_OTHER;
#else
	const enum cpu_vendor built_for = CPU_NOT_X86;
#endif

	return &machines[cpu == CPU_UNKNOWN ? built_for : cpu];
}

bool module_is_backend(const char *module)
{
	for (size_t i = CPU_UNKNOWN + 1; i < N_CPUS; i++)
		if (strcmp(machines[i].backend, module) == 0)
			return true;
	return false;
}
