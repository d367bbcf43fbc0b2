/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/platform.h"

#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/text.h"
#include "parse/address.h"

/* What a line of cpuinfo tells by its name and a word in its value; the first row that fits counts. */
static const struct {
	const char *name, *word;
	enum cpu_vendor cpu;
} processors[] = {
	{"CPU implementer", "", CPU_ARM},
	{"vendor_id", "GenuineIntel", CPU_INTEL},
	{"vendor_id", "AuthenticAMD", CPU_AMD},
	{"vendor_id", "HygonGenuine", CPU_AMD},
	{"vendor_id", "IBM/S390", CPU_S390},
	{"vendor_id", "", CPU_OTHER},
	{"cpu", "POWER", CPU_POWER},
	{"cpu", "PPC", CPU_POWER},
	{"isa", "rv", CPU_NOT_X86},
	{"CPU Family", "Loongson", CPU_NOT_X86},
};

static bool is_line_of(const char *line, const char *name, const char *word)
{
	const char *value = line + strlen(name) + strspn(line + strlen(name), " \t");

	return *value == ':' && strstr(value, word);
}

/*
 * "vendor_id	: GenuineIntel"; Arm has "CPU implementer	: 0x41". The first processor will do, and so
 * does the beginning of it: the flags of an AMD processor stand behind its vendor.
 */
void cpuinfo_parse(const char *text, struct platform *ret)
{
	for (const char *line = text; *line; line = text_next_line(line)) {
		_cleanup_free_ char *copy = xstrndup(line, strcspn(line, "\n"));

		if (text_starts_with(line, "flags")) {
			_cleanup_(strv_done) struct strv flags = {};

			strv_split(&flags, copy, " \t");
			ret->snp_capable = strv_contains(&flags, "sev_snp");
			return;
		}
		for (size_t i = 0; i < ARRAY_SIZE(processors) && !ret->cpu; i++)
			if (text_starts_with(copy, processors[i].name) &&
			    is_line_of(copy, processors[i].name, processors[i].word))
				ret->cpu = processors[i].cpu;
		if (ret->cpu && ret->cpu != CPU_AMD)
			return;
	}
}

static uint32_t little_endian(const unsigned char *bytes, size_t n)
{
	uint32_t value = 0;

	while (n-- > 0)
		value = value << 8 | bytes[n];
	return value;
}

/*
 * The header of an ACPI table takes 36 bytes, behind which stand the number of nodes and the place of the
 * first (ACPI IORT, Arm DEN 0049): type, length in two bytes, and more.
 */
void iort_parse(const unsigned char *table, size_t length, struct platform *ret)
{
	enum { NODES = 36, FIRST = 40, END = 48, NODE_MIN = 16, SMMU = 3, SMMU_V3 = 4 };
	uint32_t n, place;

	if (length < END || memcmp(table, "IORT", 4) != 0)
		return;
	n = little_endian(table + NODES, 4);
	place = little_endian(table + FIRST, 4);
	for (; n > 0 && place < length && length - place >= NODE_MIN; n--) {
		uint32_t node = little_endian(table + place + 1, 2);

		if (table[place] == SMMU || table[place] == SMMU_V3) {
			ret->iort_smmu = ANSWER_YES;
			return;
		}
		if (node < NODE_MIN || node > length - place)
			return;
		place += node;
	}
	/* Cut short, it does not say that there is none. */
	if (n == 0)
		ret->iort_smmu = ANSWER_NO;
}

static const struct {
	enum kernel_option option;
	const char *name;
} options[] = {
	{KERNEL_INTEL_IOMMU, "CONFIG_INTEL_IOMMU"},
	{KERNEL_INTEL_IOMMU_DEFAULT_ON, "CONFIG_INTEL_IOMMU_DEFAULT_ON"},
	{KERNEL_INTEL_IOMMU_DEFAULT_ON, "CONFIG_INTEL_IOMMU_DEFAULT_ON_INTGPU_OFF"},
	{KERNEL_AMD_IOMMU, "CONFIG_AMD_IOMMU"},
	{KERNEL_ARM_SMMU, "CONFIG_ARM_SMMU_V3"},
	{KERNEL_ARM_SMMU, "CONFIG_ARM_SMMU"},
	{KERNEL_VIRTIO_IOMMU, "CONFIG_VIRTIO_IOMMU"},
	{KERNEL_IRQ_REMAP, "CONFIG_IRQ_REMAP"},
	{KERNEL_VFIO_PCI, "CONFIG_VFIO_PCI"},
	{KERNEL_VFIO_IOMMU_TYPE1, "CONFIG_VFIO_IOMMU_TYPE1"},
	{KERNEL_LTO_CLANG, "CONFIG_LTO_CLANG"},
};

const char *kernel_option_name(enum kernel_option option)
{
	size_t i = 0;

	while (options[i].option != option)
		i++;
	return options[i].name;
}

/* An option that is off has no line, or a comment; a text without any option is no configuration. */
void kernel_config_parse(const char *text, struct platform *ret)
{
	bool is_config = false;
	for (const char *line = text; *line; line = text_next_line(line)) {
		size_t name = strcspn(line, "=\n");

		if (!text_starts_with(line, "CONFIG_") || line[name] != '=' ||
		    strchr("\n", line[name + 1]))
			continue;
		is_config = true;
		if (line[name + 1] != 'y' && line[name + 1] != 'm')
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(options); i++)
			if (text_is(line, name, options[i].name))
				ret->config[options[i].option] = ANSWER_YES;
	}
	for (size_t i = 0; i < N_KERNEL_OPTIONS && is_config; i++)
		if (ret->config[i] == ANSWER_UNKNOWN)
			ret->config[i] = ANSWER_NO;
}

/*
 * The chip of each interrupt has a name of its own where it is remapped (arch/x86: IR-IO-APIC); of the
 * others only the I/O APIC's tells, as an IOMMU's own interrupts are never remapped.
 */
void interrupts_parse(const char *text, struct platform *ret)
{
	for (const char *found = text; (found = strstr(found, "IO-APIC")); found++) {
		if (found >= text + 3 && strncmp(found - 3, "IR-", 3) == 0) {
			ret->interrupt_remapping = ANSWER_YES;
			return;
		}
		ret->interrupt_remapping = ANSWER_NO;
	}
}

/* "none [integrity] confidentiality" */
void lockdown_parse(const char *text, struct platform *ret)
{
	const char *open = strchr(text, '['), *close = open ? strchr(open, ']') : NULL;

	if (!close || close == open + 1)
		return;
	free(ret->lockdown);
	ret->lockdown = xstrndup(open + 1, (size_t)(close - open - 1));
}

/* "0x00000000bf000000 0x00000000bfffffff direct" (Documentation/ABI/testing/sysfs-kernel-iommu_groups) */
void reserved_regions_parse(const char *text, struct iommu_group *ret)
{
	_cleanup_(buf_done) struct buf regions = {};
	ret->direct = ANSWER_NO;
	for (const char *line = text; *line; line = text_next_line(line)) {
		_cleanup_free_ char *copy = xstrndup(line, strcspn(line, "\n"));
		_cleanup_(strv_done) struct strv words = {};

		strv_split(&words, copy, " \t");
		if (words.n == 3 && strcmp(words.items[2], "direct") == 0) {
			ret->direct = ANSWER_YES;
			buf_addf(&regions, "%s%s-%s", regions.length ? ", " : "", words.items[0],
				 words.items[1]);
		}
	}
	free(ret->regions);
	ret->regions = regions.length ? buf_take(&regions) : NULL;
}

/*
 * Blocks of lines, among them "S: Sysfs=/devices/..." and "H: Handlers=sysrq kbd event3". The handler
 * kbd is for any button; sysrq wants an Alt key, which only keyboards have (drivers/tty/sysrq.c).
 */
void input_devices_parse(const char *text, struct platform *ret)
{
	_cleanup_free_ char *sysfs = NULL;
	for (const char *line = text; *line; line = text_next_line(line)) {
		_cleanup_free_ char *copy = xstrndup(line, strcspn(line, "\n"));

		if (*line == '\n') {
			free(TAKE_PTR(sysfs));
		} else if (text_starts_with(line, "S: Sysfs=")) {
			free(sysfs);
			sysfs = xstrdup(copy + strlen("S: Sysfs="));
		} else if (text_starts_with(line, "H: Handlers=")) {
			_cleanup_(strv_done) struct strv handlers = {};
			size_t before;

			strv_split(&handlers, copy + strlen("H: Handlers="), " ");
			if (!sysfs || !strv_contains(&handlers, "sysrq"))
				continue;
			before = ret->keyboards.n;
			path_carriers(sysfs, &ret->keyboards);
			if (ret->keyboards.n == before)
				ret->keyboard_elsewhere = true;
		}
	}
}

/* "ttyS0                -W- (EC p a)    4:64" */
void consoles_parse(const char *text, struct platform *ret)
{
	for (const char *line = text; *line; line = text_next_line(line)) {
		size_t name = strcspn(line, " \t\n");

		if (name)
			*vec_add(&ret->consoles) = (struct console){.name = xstrndup(line, name)};
	}
}

/* "0x00000000e0000000 0x00000000e0ffffff 0x0000000000140204": first and last byte, flags of include/linux/ioport.h */
bool bars_parse(const char *text, struct pci_bar ret[static N_BARS])
{
	enum { IO = 0x100, MEM = 0x200, PREFETCH = 0x2000, MEM_64 = 0x100000 };
	struct pci_bar bars[N_BARS] = {};

	for (size_t i = 0; i < N_BARS; i++) {
		uint64_t values[3];

		for (size_t j = 0; j < ARRAY_SIZE(values); j++) {
			size_t length = strcspn(text, " \n");

			if (length < 3 || strncmp(text, "0x", 2) != 0 ||
			    number_parse_n(text + 2, length - 2, 16, UINT64_MAX, &values[j]) < 0)
				return false;
			text += length;
			text += *text == (j < 2 ? ' ' : '\n');
		}
		if (!(values[2] & (IO | MEM)) || values[1] < values[0])
			continue;
		bars[i] = (struct pci_bar){.bytes = values[1] - values[0] + 1,
					   .io = values[2] & IO,
					   .wide = values[2] & MEM_64,
					   .prefetchable = values[2] & PREFETCH};
	}
	memcpy(ret, bars, sizeof(bars));
	return true;
}

/*
 * Indentation makes a tree of the resources; the firmware's framebuffer stands below the BAR of the
 * function that it lies in: "  e0000000-e0ffffff : 0000:01:00.0" and "... : BOOTFB".
 */
void iomem_parse(const char *text, struct inventory *ret)
{
	static const char *const names[] = {"BOOTFB", "efifb", "vesafb", "simplefb", "simpledrm"};
	_cleanup_free_ char *copy = xstrdup(text);
	char *position = copy, *line;
	struct pci_function *owner = NULL;
	size_t owner_depth = 0;

	while ((line = strsep(&position, "\n"))) {
		size_t depth = strspn(line, " ");
		const char *name = strstr(line, " : ");
		struct pci_address address;

		if (!name)
			continue;
		name += strlen(" : ");
		if (depth <= owner_depth)
			owner = NULL;
		if (pci_address_parse(name, &address) == 0) {
			owner = inventory_find(ret, &address);
			owner_depth = depth;
		} else if (owner && TEXT_IN(names, name)) {
			owner->boot_framebuffer = true;
		}
	}
}
