/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whatever the files of a boot loader say: what is read out of them is part of them, and what is written
 * into them is read back.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/strv.h"
#include "model/kernel_args.h"
#include "parse/boot_files.h"
#include "parse/kernel_args.h"
#include "parse/unified.h"
#include "render/files.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const own[] = {"iommu=pt", "hugepages=4"};

static bool has(const struct kernel_args *args, const char *text)
{
	for (size_t i = 0; i < args->n; i++)
		if (strcmp(args->items[i].text, text) == 0)
			return true;
	return false;
}

/* Ours are in a line once they were put there, and gone once they were taken out. */
static void check_cmdline(const char *text)
{
	struct strv none = {}, ours = {};
	struct kernel_args args;
	char *with, *without;

	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		strv_add(&ours, own[i]);
	with = render_cmdline(text, &none, &ours);
	without = render_cmdline(with, &ours, &none);
	if (!strchr(text, '#') && !strchr(text, '"') && !strstr(text, "--")) {
		kernel_args_parse(with, &args);
		assert(has(&args, own[0]) && has(&args, own[1]));
		kernel_args_done(&args);
		kernel_args_parse(without, &args);
		assert(!has(&args, own[0]) && !has(&args, own[1]));
		kernel_args_done(&args);
	}
	free(with);
	free(without);
	strv_done(&ours);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xcalloc(size + 1, 1), *pattern;
	struct boot_entry entry = {};
	struct unified_section section;
	struct grub_default grub = {};

	if (size)
		memcpy(text, data, size);
	grub_default_read(&grub, text);
	grub_default_read(&grub, "GRUB_CMDLINE_LINUX_DEFAULT=\"$GRUB_CMDLINE_LINUX_DEFAULT x\"\n");
	assert(grub.cmdline[GRUB_LINUX_DEFAULT]);
	assert(strcmp(grub.cmdline[GRUB_LINUX_DEFAULT] + strlen(grub.cmdline[GRUB_LINUX_DEFAULT]) -
			      2,
		      " x") == 0);
	grub_default_done(&grub);

	if (grub_cfg_entry(text, &entry))
		assert(strstr(text, entry.arguments) && !strchr(entry.arguments, '\n'));
	boot_entry_done(&entry);
	if (loader_entry_parse(text, text, &entry))
		assert(!entry.arguments || !strchr(entry.arguments, '\n'));
	boot_entry_done(&entry);
	pattern = loader_conf_default(text);
	assert(!pattern || !strchr(pattern, '\n'));
	free(pattern);
	if (unified_find(data, size, ".cmdline", &section))
		assert(section.size <= UINT32_MAX);
	check_cmdline(text);
	free(text);
	return 0;
}
