/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/platform.h"

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
