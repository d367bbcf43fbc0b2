/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "fake/build.h"
#include "fake/kernel.h"
#include "model/inventory.h"

static _Noreturn void failed(const char *path)
{
	fprintf(stderr, "%s: %s\n", path, strerror(errno));
	exit(1);
}

/* Where a path of the tree is in reality, with the directories above it made; the caller's. */
static char *place(const struct build *build, const char *path)
{
	char *real = xasprintf("%s%s", build->directory, path), *last = strrchr(real, '/');

	*last = '\0';
	if (mkdir(real, 0755) == 0 || errno == EEXIST) {
		*last = '/';
		return real;
	}
	*last = '/';
	for (char *slash = real + strlen(build->directory) + 1; (slash = strchr(slash, '/'));
	     slash++) {
		*slash = '\0';
		if (mkdir(real, 0755) < 0 && errno != EEXIST)
			failed(real);
		*slash = '/';
	}
	return real;
}

void put_directory(const struct build *build, const char *path)
{
	_cleanup_free_ char *real = place(build, path);

	if (mkdir(real, 0755) < 0 && errno != EEXIST)
		failed(real);
}

static void put_bytes(const struct build *build, const char *path, const void *bytes, size_t n)
{
	_cleanup_free_ char *real = place(build, path);
	int fd = open(real, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, bytes, n) != (ssize_t)n)
		failed(real);
	close(fd);
}

void put(const struct build *build, const char *path, const char *format, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) < 0)
		abort();
	va_end(arguments);
	put_bytes(build, path, text, strlen(text));
	free(text);
}

void put_link(const struct build *build, const char *path, const char *target)
{
	_cleanup_free_ char *real = place(build, path);

	if (symlink(target, real) < 0)
		failed(real);
}

char *sysfs_path(const struct host *host, const struct function *function)
{
	_cleanup_free_ char *above = NULL;
	const struct function *port = function->below ? host_function(host, function->below) : NULL;

	if (function->below && !port) {
		fprintf(stderr, "%s is below %s, which is not there\n", function->address,
			function->below);
		exit(1);
	}
	above = port ? sysfs_path(host, port) : xstrdup("/devices");
	/* A root bus, also that of a volume management device, has a directory of its own. */
	if (port && strncmp(port->address, function->address, strcspn(port->address, ":")) == 0)
		return xasprintf("%s/%s", above, function->address);
	return xasprintf("%s/pci%.*s/%s", above,
			 (int)(strrchr(function->address, ':') - function->address),
			 function->address, function->address);
}

static char *modalias(const struct function *function)
{
	return xasprintf("pci:v%08Xd%08Xsv%08Xsd%08Xbc%02Xsc%02Xi%02X", function->vendor,
			 function->device, function->subvendor, function->subdevice,
			 function->class >> 16, function->class >> 8 & 0xff,
			 function->class & 0xff);
}

static void put_config(const struct build *build, const char *path, const char *serial)
{
	unsigned char config[4096] = {};
	unsigned byte;

	config[0x100] = 3; /* device serial number, version 1, the last capability */
	config[0x102] = 1;
	for (int i = 0; i < 8; i++)
		if (sscanf(serial + 3 * i, "%2x", &byte) == 1)
			config[0x10b - i] = (unsigned char)byte;
	put_bytes(build, path, config, sizeof(config));
}

/* "flr,bus"; a function that has none does not have the attribute, and older kernels do not know it. */
static void put_resets(const struct build *build, const char *path, const char *methods)
{
	const struct inventory inventory = {.kernel = build->host->kernel};
	struct strv words = {};
	struct buf text = {};

	if (!inventory_kernel_is_at_least(&inventory, 5, 15) || strcmp(methods, "none") == 0)
		return;
	strv_split(&words, methods, ",");
	for (size_t i = 0; i < words.n; i++)
		buf_addf(&text, "%s%s", i ? " " : "", words.items[i]);
	put(build, path, "%s\n", buf_text(&text));
	strv_done(&words);
	buf_done(&text);
}

static const struct function *other_function(const struct build *build, const char *address)
{
	const struct function *function = host_function(build->host, address);

	if (!function) {
		fprintf(stderr, "there is no function %s\n", address);
		exit(1);
	}
	return function;
}

/* The virtual functions of a physical one, before the one that is named; NULL: all. */
static unsigned count_virtual(const struct build *build, const char *physfn,
			      const struct function *end)
{
	unsigned n = 0;

	vec_foreach(function, &build->host->functions) {
		if (function == end)
			break;
		n += function->physfn && strcmp(function->physfn, physfn) == 0;
	}
	return n;
}

/* A virtual function and its physical one know each other: physfn and virtfnN. */
static void put_virtual(const struct build *build, const struct function *function,
			const char *sysfs)
{
	_cleanup_free_ char *above = sysfs_path(build->host,
						other_function(build, function->physfn));
	_cleanup_free_ char *physfn = xasprintf("/sys%s/physfn", sysfs), *virtfn = NULL;
	_cleanup_free_ char *up = xasprintf("../%s", function->physfn);
	_cleanup_free_ char *down = xasprintf("../%s", function->address);

	virtfn = xasprintf("/sys%s/virtfn%u", above,
			   count_virtual(build, function->physfn, function));
	put_link(build, physfn, up);
	put_link(build, virtfn, down);
}

static void put_device_link(const struct build *build, const struct function *function,
			    const char *sysfs)
{
	_cleanup_free_ char *other = sysfs_path(build->host,
						other_function(build, function->consumer));
	_cleanup_free_ char *consumer = xasprintf("/sys%s/consumer:pci:%s", sysfs,
						  function->consumer);
	_cleanup_free_ char *supplier = xasprintf("/sys%s/supplier:pci:%s", other,
						  function->address);

	put_link(build, consumer, "../../../virtual/devlink");
	put_link(build, supplier, "../../../virtual/devlink");
}

/* The attribute resource: what the kernel knows of six BARs and of the ROM (drivers/pci/pci-sysfs.c). */
static void put_bars(const struct build *build, const char *path, const char *bars)
{
	static const char units[] = "KMG";
	_cleanup_(strv_done) struct strv words = {};
	unsigned long long start = 0xc0000000;
	struct buf text = {};

	strv_split(&words, bars, ",");
	for (size_t i = 0; i < 7; i++) {
		char *end = (char[]){""};
		unsigned long long bytes = i < words.n ? strtoull(words.items[i], &end, 10) : 0;
		unsigned flags = !bytes ? 0 : strchr(end, 'i') ? 0x40101 : 0x40200;

		if (bytes && *end && strchr(units, *end))
			bytes <<= 10 * (strchr(units, *end) - units + 1);
		flags |= strchr(end, 'w') ? 0x100004 : 0;
		flags |= strchr(end, 'p') ? 0x2008 : 0;
		buf_addf(&text, "0x%016llx 0x%016llx 0x%016x\n", bytes ? start : 0,
			 bytes ? start + bytes - 1 : 0, flags);
		start += bytes;
	}
	put(build, path, "%s", buf_text(&text));
	buf_done(&text);
}

static void put_function(const struct build *build, const struct function *function)
{
	_cleanup_free_ char *sysfs = sysfs_path(build->host, function), *alias = modalias(function);
	_cleanup_free_ char *bus = xasprintf("/sys/bus/pci/devices/%s", function->address);
	_cleanup_free_ char *to = xasprintf("../../..%s", sysfs);
	struct buf up = {};

#define ATTRIBUTE(name)                                                        \
	({                                                                     \
		snprintf(attribute, sizeof(attribute), "/sys%s/" name, sysfs); \
		attribute;                                                     \
	})
	char attribute[PATH_MAX];

	for (const char *c = sysfs; c; c = strchr(c + 1, '/'))
		buf_add(&up, "../");
	put(build, ATTRIBUTE("vendor"), "0x%04x\n", function->vendor);
	put(build, ATTRIBUTE("device"), "0x%04x\n", function->device);
	put(build, ATTRIBUTE("subsystem_vendor"), "0x%04x\n", function->subvendor);
	put(build, ATTRIBUTE("subsystem_device"), "0x%04x\n", function->subdevice);
	put(build, ATTRIBUTE("class"), "0x%06x\n", function->class);
	put(build, ATTRIBUTE("revision"), "0x%02x\n", function->revision);
	put(build, ATTRIBUTE("modalias"), "%s\n", alias);
	put(build, ATTRIBUTE("numa_node"), "%d\n", function->numa);
	put(build, ATTRIBUTE("driver_override"), "%s\n",
	    function->override ? function->override : "(null)");
	put(build, ATTRIBUTE("uevent"),
	    "PCI_CLASS=%04X\nPCI_ID=%04X:%04X\nPCI_SUBSYS_ID=%04X:%04X\nPCI_SLOT_NAME=%s\nMODALIAS=%s\n",
	    function->class, function->vendor, function->device, function->subvendor,
	    function->subdevice, function->address, alias);
	if (function->serial)
		put_config(build, ATTRIBUTE("config"), function->serial);
	if (function->vfs >= 0) {
		put(build, ATTRIBUTE("sriov_totalvfs"), "%d\n", function->vfs);
		put(build, ATTRIBUTE("sriov_numvfs"), "%u\n",
		    count_virtual(build, function->address, NULL));
		put(build, ATTRIBUTE("sriov_drivers_autoprobe"), "1\n");
		if (function->vf && strchr(function->vf, ':'))
			put(build, ATTRIBUTE("sriov_vf_device"), "%s\n",
			    strchr(function->vf, ':') + 1);
	}
	if (function->vga)
		put(build, ATTRIBUTE("boot_vga"), "%s\n", function->vga);
	put_resets(build, ATTRIBUTE("reset_method"), function->reset ? function->reset : "flr");
	if (function->bars)
		put_bars(build, ATTRIBUTE("resource"), function->bars);
	if (function->physfn)
		put_virtual(build, function, sysfs);
	if (function->consumer)
		put_device_link(build, function, sysfs);
	if (function->group >= 0 && !build->host->no_groups) {
		_cleanup_free_ char *group = xasprintf("kernel/iommu_groups/%d", function->group);
		_cleanup_free_ char *target = xasprintf("%s%s", buf_text(&up), group);
		_cleanup_free_ char *member = xasprintf("/sys/%s/devices/%s", group,
							function->address);
		_cleanup_free_ char *back = xasprintf("../../../..%s", sysfs);

		_cleanup_free_ char *regions = xasprintf("/sys/%s/reserved_regions", group);

		put_link(build, ATTRIBUTE("iommu_group"), target);
		put_link(build, member, back);
		put(build, regions, "%s", "0x00000000fee00000 0x00000000feefffff msi\n");
	}
	put_link(build, bus, to);
	buf_done(&up);
}

static void put_facts(const struct build *build)
{
	vec_foreach(module, &build->host->modules) {
		_cleanup_free_ char *path = xasprintf(FAKE "/modules/%s", module->name);

		put(build, path, "%s%s\n%s%s\n", module->needs ? "needs " : "",
		    module->needs ? module->needs : "", module->init ? "init " : "",
		    module->init ? module->init : "");
	}
	vec_foreach(driver, &build->host->drivers) {
		_cleanup_free_ char *path = xasprintf(FAKE "/drivers/%s", driver->name);
		struct buf text = {};

		buf_addf(&text, "module %s\n", driver->module);
		if (driver->probe)
			buf_addf(&text, "probe %s\n", driver->probe);
		if (driver->sriov)
			buf_addf(&text, "sriov %s\n", driver->sriov);
		for (size_t i = 0; i < driver->aliases.n; i++)
			buf_addf(&text, "alias %s\n", driver->aliases.items[i]);
		put(build, path, "%s", buf_text(&text));
		buf_done(&text);
	}
	vec_foreach(function, &build->host->functions) {
		_cleanup_free_ char *path = xasprintf(FAKE "/functions/%s", function->address);

		if (function->vfs < 0)
			continue;
		if (function->vf)
			put(build, path, "vf %s\n", function->vf);
		else
			put(build, path, "vf %04x:%04x\n", function->vendor, function->device);
	}
	put(build, FAKE "/log", "%s", "");
	put(build, FAKE "/faults", "%s", "");
	put(build, FAKE "/complaints", "%s", "");
	put(build, FAKE "/hanging", "%s", "");
}

/* What tells of the machine and the kernel, as Debian's are; the processor by the IOMMU's tables. */
static void put_platform(const struct build *build)
{
	_cleanup_free_ char *config = xasprintf("/boot/config-%s", build->host->kernel);
	bool amd = strv_contains(&build->host->tables, "IVRS");
	const char *remapped = build->host->iommu.n ? "IR-" : "";

	put(build, "/proc/cpuinfo", "processor\t: 0\nvendor_id\t: %s\n",
	    amd ? "AuthenticAMD" : "GenuineIntel");
	put(build, "/proc/interrupts",
	    "            CPU0\n   1:          9  %sIO-APIC    1-edge      i8042\n"
	    " 120:          0   PCI-MSI 0-edge      dmar0\n",
	    remapped);
	put(build, config, "%s",
	    "CONFIG_AMD_IOMMU=y\nCONFIG_INTEL_IOMMU=y\n# CONFIG_INTEL_IOMMU_DEFAULT_ON is not set\n"
	    "CONFIG_INTEL_IOMMU_DEFAULT_ON_INTGPU_OFF=y\nCONFIG_IRQ_REMAP=y\n"
	    "CONFIG_VFIO_PCI=m\nCONFIG_VFIO_IOMMU_TYPE1=m\n");
	put(build, "/sys/kernel/security/lockdown", "%s", "[none] integrity confidentiality\n");
	put(build, "/proc/sys/kernel/modules_disabled", "%s", "0\n");
}

static void put_skeleton(const struct build *build)
{
	static const char *const directories[] = {"/sys/bus/pci/devices",
						  "/sys/bus/pci/drivers",
						  "/sys/class/iommu",
						  "/sys/module",
						  "/sys/kernel/iommu_groups",
						  "/sys/firmware/acpi/tables",
						  "/etc",
						  "/run",
						  FAKE "/modules",
						  FAKE "/drivers"};

	for (size_t i = 0; i < ARRAY_SIZE(directories); i++)
		put_directory(build, directories[i]);
	put(build, "/sys/bus/pci/drivers_probe", "%s", "");
	put(build, "/proc/cmdline", "%s\n", build->host->cmdline);
	put(build, "/proc/sys/kernel/osrelease", "%s\n", build->host->kernel);
	put_platform(build);
	for (size_t i = 0; i < build->host->iommu.n; i++) {
		_cleanup_free_ char *unit = xasprintf("/sys/devices/virtual/iommu/%s",
						      build->host->iommu.items[i]);
		_cleanup_free_ char *class = xasprintf("/sys/class/iommu/%s",
						       build->host->iommu.items[i]);
		_cleanup_free_ char *target = xasprintf("../../devices/virtual/iommu/%s",
							build->host->iommu.items[i]);

		put_directory(build, unit);
		put_link(build, class, target);
	}
	for (size_t i = 0; i < build->host->tables.n; i++) {
		_cleanup_free_ char *table = xasprintf("/sys/firmware/acpi/tables/%s",
						       build->host->tables.items[i]);

		put(build, table, "%s", build->host->tables.items[i]);
	}
}

static void put_entry(const struct build *build, const struct entry *entry)
{
	_cleanup_free_ char *real = place(build, entry->path);

	if (entry->kind == ENTRY_DIRECTORY) {
		put_directory(build, entry->path);
		return;
	}
	if (unlink(real) < 0 && errno != ENOENT && (errno != EISDIR || rmdir(real) < 0))
		failed(real);
	if (entry->kind == ENTRY_LINK) {
		put_link(build, entry->path, entry->target);
	} else if (entry->kind == ENTRY_FIFO) {
		if (mkfifo(real, 0644) < 0)
			failed(real);
	} else if (entry->kind == ENTRY_FILE) {
		struct timespec times[2] = {{.tv_sec = entry->time}, {.tv_sec = entry->time}};

		put_bytes(build, entry->path, entry->text, entry->length);
		if ((entry->size && truncate(real, (off_t)entry->size) < 0) ||
		    chmod(real, entry->mode) < 0 ||
		    (entry->owner >= 0 && chown(real, (uid_t)entry->owner, (gid_t)-1) < 0) ||
		    (entry->time >= 0 && utimensat(AT_FDCWD, real, times, 0) < 0))
			failed(real);
	}
}

static void unpack(const struct build *build)
{
	char *argv[] = {(char[]){"tar"}, (char[]){"-xzf"},         build->host->captured,
			(char[]){"-C"},  (char *)build->directory, NULL};
	int status = -1;
	pid_t pid;

	if (posix_spawnp(&pid, "tar", NULL, NULL, argv, environ) != 0 ||
	    waitpid(pid, &status, 0) < 0 || status != 0) {
		fprintf(stderr, "%s: tar ended with status %x\n", build->host->captured,
			(unsigned)status);
		exit(1);
	}
	/* Where /lib leads to; its content is too large to be captured with the rest. */
	put_directory(build, "/usr/lib");
	put_directory(build, FAKE "/modules");
	put_directory(build, FAKE "/drivers");
}

void tree_build(const struct host *host, const char *directory)
{
	struct build build = {directory, host};
	struct root root;

	if (host->captured) {
		unpack(&build);
		put_facts(&build);
		put_modules(&build);
		vec_foreach(entry, &host->entries)
			put_entry(&build, entry);
		return;
	}
	put_skeleton(&build);
	put_facts(&build);
	put_modules(&build);
	vec_foreach(function, &host->functions)
		put_function(&build, function);
	put_block_devices(&build);
	put_interfaces(&build);

	if (root_init(&root, directory) < 0)
		failed(directory);
	vec_foreach(module, &host->modules)
		if (module->loaded || module->builtin)
			kernel_register(&root, module->name, module->builtin);
	vec_foreach(function, &host->functions)
		if (function->driver)
			kernel_attach(&root, function->address, function->driver);
	root_done(&root);

	vec_foreach(entry, &host->entries)
		put_entry(&build, entry);
}
