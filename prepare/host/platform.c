/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/platform.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "host/modules.h"
#include "host/pci.h"
#include "parse/address.h"
#include "parse/config_space.h"
#include "parse/platform.h"

#define TABLE_MAX (16 * 1024 * 1024)
#define CONFIG_MAX (4 * 1024 * 1024)
#define IORT_MAX (1024 * 1024)

/* "Y", "N", "1", "0": a module's parameter, or a setting of sysctl. */
static enum answer read_answer(struct root *root, const char *path)
{
	_cleanup_free_ char *text = root_read_line(root, path);

	if (!text || !*text)
		return ANSWER_UNKNOWN;
	return *text == 'N' || *text == '0' ? ANSWER_NO : ANSWER_YES;
}

/* Reads the first page of /proc/cpuinfo, which has the first processor: the hundreds behind it do not matter. */
static void scan_cpu(struct root *root, struct platform *platform)
{
	_cleanup_close_ int dir = root_open(root, "/proc", O_PATH | O_DIRECTORY);
	char text[4096];

	if (dir >= 0 && attribute_read(root, dir, "cpuinfo", text, sizeof(text)) > 0)
		cpuinfo_parse(text, platform);
}

/* Unpacks what gzip(1) made; NULL: it is damaged, or unpacks to too much. What it has not made is text: of a snapshot. */
static char *unpack(char *bytes, size_t length)
{
	static const char magic[] = "\x1f\x8b";
	z_stream stream = {.next_in = (Bytef *)bytes, .avail_in = (uInt)length};
	char *text;
	int r;

	if (length < 2 || memcmp(bytes, magic, 2) != 0)
		return xstrndup(bytes, length);
	text = xcalloc(CONFIG_MAX, 1);
	r = inflateInit2(&stream, 16 + MAX_WBITS);
	if (r == Z_OK) {
		stream.next_out = (Bytef *)text;
		stream.avail_out = CONFIG_MAX - 1;
		r = inflate(&stream, Z_FINISH);
		inflateEnd(&stream);
	}
	if (r == Z_STREAM_END)
		return text;
	free(text);
	return NULL;
}

static bool take_config(struct platform *platform, const char *path, const char *text)
{
	if (text)
		kernel_config_parse(text, platform);
	if (platform->config[0] == ANSWER_UNKNOWN)
		return false;
	platform->config_path = xstrdup(path);
	return true;
}

static void scan_config(struct root *root, struct inventory *inventory)
{
	const char *kernel = inventory->kernel ? inventory->kernel : "";
	char *paths[] = {xasprintf(KERNEL_CONFIG_PREFIX "%s", kernel),
			 xasprintf("/lib/modules/%s/config", kernel)};
	_cleanup_free_ char *packed = NULL;
	size_t length;
	bool found = false;

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		_cleanup_free_ char *text = found ? NULL
						  : root_read_text(root, paths[i], TABLE_MAX);

		found = found || take_config(&inventory->platform, paths[i], text);
		free(paths[i]);
	}
	if (!found && root_read_file(root, "/proc/config.gz", CONFIG_MAX, &packed, &length) == 0) {
		_cleanup_free_ char *text = unpack(packed, length);

		if (root->recorder && text)
			recorder_add_bytes(root->recorder, "proc/config.gz", RECORD_FILE, text,
					   strlen(text));
		take_config(&inventory->platform, "/proc/config.gz", text);
	}
}

/* A node without "status" is switched on (Devicetree Specification, 2.3.4). */
static bool is_switched_on(struct root *root, const char *directory, const char *node)
{
	_cleanup_free_ char *path = xasprintf("%s/%s/status", directory, node);
	_cleanup_free_ char *status = root_read_line(root, path);

	return !status || strcmp(status, "okay") == 0 || strcmp(status, "ok") == 0;
}

/* A node of the root that names an IOMMU; "smmu@5000000", "iommu@..." may lie one level deeper. */
static void scan_devicetree(struct root *root, struct platform *platform)
{
	static const char *const directories[] = {"/sys/firmware/devicetree/base",
						  "/sys/firmware/devicetree/base/soc",
						  "/sys/firmware/devicetree/base/soc@0"};

	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		_cleanup_(strv_done) struct strv names = {};

		if (root_list(root, directories[i], &names) == 0)
			platform->devicetree = true;
		for (size_t j = 0; j < names.n; j++)
			if ((strncmp(names.items[j], "smmu", 4) == 0 ||
			     strncmp(names.items[j], "iommu", 5) == 0) &&
			    is_switched_on(root, directories[i], names.items[j]))
				platform->devicetree_iommu = true;
	}
}

static void scan_iort(struct root *root, struct inventory *inventory)
{
	_cleanup_free_ char *table = NULL;
	size_t length;

	if (strv_contains(&inventory->firmware_tables, "IORT") &&
	    root_read_file(root, "/sys/firmware/acpi/tables/IORT", IORT_MAX, &table, &length) == 0)
		iort_parse((const unsigned char *)table, length, &inventory->platform);
}

static void scan_interrupts(struct root *root, struct platform *platform)
{
	static const char *const backends[] = {
		"/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts",
		"/sys/module/iommufd/parameters/allow_unsafe_interrupts"};
	_cleanup_free_ char *text = root_read_text(root, "/proc/interrupts", TABLE_MAX);

	if (text)
		interrupts_parse(text, platform);
	for (size_t i = 0; i < ARRAY_SIZE(backends); i++) {
		enum answer answer = read_answer(root, backends[i]);

		if (answer > platform->unsafe_interrupts)
			platform->unsafe_interrupts = answer;
	}
}

static void scan_policy(struct root *root, struct platform *platform)
{
	_cleanup_free_ char *text = root_read_line(root, "/sys/kernel/security/lockdown");

	if (text)
		lockdown_parse(text, platform);
	platform->signatures_enforced = read_answer(root,
						    "/sys/module/module/parameters/sig_enforce");
	platform->modules_disabled = read_answer(root, "/proc/sys/kernel/modules_disabled");
}

void platform_read_denylist(struct root *root, struct inventory *inventory)
{
	inventory->platform.denylist_off =
		read_answer(root, "/sys/module/vfio_pci/parameters/disable_denylist");
}

static void scan_missing(struct root *root, struct inventory *inventory, const struct strv *modules)
{
	struct platform *platform = &inventory->platform;
	struct found_modules *found = xcalloc(modules->n, sizeof(*found));
	bool known = inventory->kernel &&
		     modules_find(root, inventory->kernel, modules, found) == 0;

	platform->modules_known = known ? ANSWER_YES : ANSWER_NO;
	for (size_t i = 0; i < modules->n; i++)
		if (known && found[i].known && !found[i].names.n)
			strv_add(&platform->modules_missing, modules->items[i]);
	found_modules_done(found, modules->n);
}

/* Reads who would be missed: consoles and keyboards. */
static void scan_people(struct root *root, struct platform *platform)
{
	_cleanup_free_ char *consoles = root_read_text(root, "/proc/consoles", TABLE_MAX);
	_cleanup_free_ char *input = root_read_text(root, "/proc/bus/input/devices", TABLE_MAX);
	char *framebuffer = root_read_line(root, "/proc/fb");

	if (consoles)
		consoles_parse(consoles, platform);
	if (input)
		input_devices_parse(input, platform);
	/* "0 EFI VGA" */
	if (framebuffer && strchr(framebuffer, ' '))
		platform->framebuffer = xstrdup(strchr(framebuffer, ' ') + 1);
	free(framebuffer);
	vec_foreach(console, &platform->consoles) {
		_cleanup_free_ char *link = xasprintf("/sys/class/tty/%s", console->name);
		char path[PATH_MAX];

		if (root_read_link(root, link, path, sizeof(path)) > 0)
			path_carriers(path, &console->carriers);
	}
}

static void scan_group(struct root *root, int number, struct platform *platform)
{
	_cleanup_free_ char *name_path = xasprintf("/sys/kernel/iommu_groups/%d/name", number);
	_cleanup_free_ char *regions_path =
		xasprintf("/sys/kernel/iommu_groups/%d/reserved_regions", number);
	_cleanup_free_ char *name = root_read_line(root, name_path);
	_cleanup_free_ char *regions = root_read_text(root, regions_path, TABLE_MAX);
	struct iommu_group *group = vec_add(&platform->groups);

	*group = (struct iommu_group){.number = number,
				      .noiommu = name && strcmp(name, "vfio-noiommu") == 0};
	if (regions)
		reserved_regions_parse(regions, group);
}

void platform_read_groups(struct root *root, const struct needs *needs, struct inventory *inventory)
{
	_cleanup_free_ int *numbers = NULL;
	size_t n = pci_groups(inventory, needs, FACT_HEADER, &numbers);

	for (size_t i = 0; i < n; i++)
		scan_group(root, numbers[i], &inventory->platform);
}

/* A module that is there and has no such parameter cannot do it. */
static void scan_snp(struct root *root, struct platform *platform)
{
	platform->snp = read_answer(root, "/sys/module/kvm_amd/parameters/sev_snp");
	if (platform->snp == ANSWER_UNKNOWN && root_exists(root, "/sys/module/kvm_amd"))
		platform->snp = ANSWER_NO;
}

void platform_read_processor(struct root *root, struct inventory *inventory)
{
	scan_cpu(root, &inventory->platform);
	scan_snp(root, &inventory->platform);
	scan_config(root, inventory);
}

void platform_read(struct root *root, const struct strv *modules, struct inventory *inventory)
{
	struct platform *platform = &inventory->platform;

	scan_devicetree(root, platform);
	scan_iort(root, inventory);
	platform->bootconfig = root_read_text(root, "/proc/bootconfig", TABLE_MAX);
	scan_interrupts(root, platform);
	scan_policy(root, platform);
	scan_missing(root, inventory, modules);
	scan_people(root, platform);
}
