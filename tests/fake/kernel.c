/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake/kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/strv.h"
#include "fake/inside.h"

#define OVERRIDE_MAX 4094 /* PAGE_SIZE - 2 */
#define STATE_MAX (256 * 1024)
#define ERRNO_MAX 133

const char *errno_name(int error)
{
	return strerrorname_np(error);
}

int errno_number(const char *name)
{
	for (int error = 1; error <= ERRNO_MAX; error++)
		if (strerrorname_np(error) && strcmp(strerrorname_np(error), name) == 0)
			return error;
	return 0;
}

/* --- the tree --- */

void kernel_append(struct root *root, const char *path, const char *text)
{
	_cleanup_close_ int fd = root_open(root, path, O_WRONLY | O_APPEND);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text)) {
		fprintf(stderr, "fake kernel: %s: %s\n", path, strerror(errno));
		abort();
	}
}

void kernel_complain(struct root *root, const char *format, ...)
{
	char text[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text) - 1, format, arguments);
	va_end(arguments);
	strcat(text, "\n");
	kernel_append(root, FAKE "/complaints", text);
	abort();
}

char *kernel_text(struct root *root, const char *path)
{
	char *text = NULL;

	return root_read_file(root, path, STATE_MAX, &text, NULL) < 0 ? NULL : text;
}

bool kernel_exists(struct root *root, const char *path)
{
	_cleanup_close_ int fd = root_open(root, path, O_PATH);

	return fd >= 0;
}

static int open_directory(struct root *root, const char *path)
{
	int fd = root_open(root, path, O_PATH | O_DIRECTORY);

	if (fd < 0)
		kernel_complain(root, "%s: %s", path, strerror(-fd));
	return fd;
}

void kernel_make_directory(struct root *root, const char *parent, const char *name)
{
	_cleanup_close_ int dir = open_directory(root, parent);

	if (mkdirat(dir, name, 0755) < 0 && errno != EEXIST)
		kernel_complain(root, "%s/%s: %s", parent, name, strerror(errno));
}

void kernel_make_file(struct root *root, const char *parent, const char *name, const char *text)
{
	_cleanup_close_ int dir = open_directory(root, parent);
	_cleanup_close_ int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		kernel_complain(root, "%s/%s: %s", parent, name, strerror(errno));
}

void kernel_make_link(struct root *root, const char *parent, const char *name, const char *target)
{
	_cleanup_close_ int dir = open_directory(root, parent);

	if (symlinkat(target, dir, name) < 0 && errno != EEXIST)
		kernel_complain(root, "%s/%s: %s", parent, name, strerror(errno));
}

void kernel_remove(struct root *root, const char *parent, const char *name)
{
	_cleanup_close_ int dir = open_directory(root, parent);

	if (unlinkat(dir, name, 0) < 0 &&
	    (errno != EISDIR || unlinkat(dir, name, AT_REMOVEDIR) < 0))
		kernel_complain(root, "%s/%s: %s", parent, name, strerror(errno));
}

char *kernel_fact(struct root *root, const char *kind, const char *name, const char *key)
{
	_cleanup_free_ char *path = xasprintf(FAKE "/%s/%s", kind, name),
			    *text = kernel_text(root, path);
	char *position = text, *line;

	while (position && (line = strsep(&position, "\n")))
		if (strncmp(line, key, strlen(key)) == 0 && line[strlen(key)] == ' ')
			return xstrdup(line + strlen(key) + 1);
	return NULL;
}

/* --- devices and drivers --- */

static char *device_path(const char *address)
{
	return xasprintf(PCI "/devices/%s", address);
}

static char *driver_path(const char *driver)
{
	return xasprintf(PCI "/drivers/%s", driver);
}

/* bus_find_device_by_name() compares the whole name; a newline behind it does not count. */
static bool device_exists(struct root *root, const char *address)
{
	_cleanup_free_ char *path = device_path(address);

	return *address && !strchr(address, '/') && kernel_exists(root, path);
}

void kernel_driver_of(struct root *root, const char *address, char *ret, size_t size)
{
	_cleanup_free_ char *path = xasprintf(PCI "/devices/%s/driver", address);

	if (root_read_link_name(root, path, ret, size) < 0)
		ret[0] = '\0';
}

char *kernel_attribute(struct root *root, const char *address, const char *name)
{
	_cleanup_free_ char *path = xasprintf(PCI "/devices/%s/%s", address, name);
	char *text = kernel_text(root, path);

	if (text)
		text[strcspn(text, "\n")] = '\0';
	return text;
}

void kernel_attach(struct root *root, const char *address, const char *driver)
{
	_cleanup_free_ char *device = device_path(address), *directory = driver_path(driver),
			    *back = NULL;
	char place[PATH_MAX];
	struct buf up = {};
	_cleanup_close_ int devices = open_directory(root, PCI "/devices");
	ssize_t length = readlinkat(devices, address, place, sizeof(place) - 1);
	const char *below;

	if (length < 0)
		kernel_complain(root, "%s is no link: %s", device, strerror(errno));
	place[length] = '\0';
	below = strstr(place, "devices/");
	if (!below)
		kernel_complain(root, "%s leads to %s", device, place);
	for (const char *c = below; c; c = strchr(c + 1, '/'))
		buf_add(&up, "../");
	buf_addf(&up, "bus/pci/drivers/%s", driver);
	back = xasprintf("../%s", place);
	kernel_make_link(root, device, "driver", buf_text(&up));
	kernel_make_link(root, directory, address, back);
	buf_done(&up);
}

void kernel_detach(struct root *root, const char *address, const char *driver)
{
	_cleanup_free_ char *device = device_path(address), *directory = driver_path(driver);

	kernel_remove(root, device, "driver");
	kernel_remove(root, directory, address);
}

static bool alias_matches(struct root *root, const char *driver, const char *modalias)
{
	_cleanup_free_ char *path = xasprintf(FAKE "/drivers/%s", driver),
			    *text = kernel_text(root, path);
	char *position = text, *line;

	while (position && (line = strsep(&position, "\n")))
		if (strncmp(line, "alias ", 6) == 0 && fnmatch(line + 6, modalias, 0) == 0)
			return true;
	return false;
}

static bool matches(struct root *root, const char *driver, const char *address)
{
	_cleanup_free_ char *override = kernel_attribute(root, address, "driver_override");
	_cleanup_free_ char *modalias = kernel_attribute(root, address, "modalias");

	if (override && strcmp(override, "(null)") != 0)
		return strcmp(override, driver) == 0;
	return modalias && alias_matches(root, driver, modalias);
}

/*
 * The driver's probe(): 0 and the device is its own, or -errno. Before it the PCI core asks whether the
 * function may be probed at all.
 */
static int probe(struct root *root, const char *driver, const char *address)
{
	_cleanup_free_ char *fails = kernel_fact(root, "drivers", driver, "probe");
	_cleanup_free_ char *class = kernel_attribute(root, address, "class");
	_cleanup_free_ char *group = xasprintf(PCI "/devices/%s/iommu_group", address);

	if (!sriov_may_probe(root, address))
		return -ENODEV;
	if (fails)
		return -errno_number(fails);
	/* "Cannot bind to PF with SR-IOV enabled" */
	if (strstr(driver, "vfio") && sriov_count(root, address) > 0)
		return -EBUSY;
	/* vfio-pci goes by the header type, which only bridges to another bus have. */
	if (strstr(driver, "vfio") &&
	    (!kernel_exists(root, group) || !class || fnmatch("0x060[4789]*", class, 0) == 0))
		return -EINVAL;
	kernel_attach(root, address, driver);
	return 0;
}

void kernel_attach_any(struct root *root, const char *address)
{
	struct strv drivers = {};
	bool done = false;

	root_list(root, PCI "/drivers", &drivers);
	for (size_t i = 0; i < drivers.n && !done; i++)
		done = matches(root, drivers.items[i], address) &&
		       probe(root, drivers.items[i], address) == 0;
	strv_done(&drivers);
}

/* driver_attach(): all devices that have no driver and that this one matches. */
static void attach_all(struct root *root, const char *driver)
{
	struct strv addresses = {};
	char present[64];

	root_list(root, PCI "/devices", &addresses);
	for (size_t i = 0; i < addresses.n; i++) {
		kernel_driver_of(root, addresses.items[i], present, sizeof(present));
		if (!*present && matches(root, driver, addresses.items[i]))
			probe(root, driver, addresses.items[i]);
	}
	strv_done(&addresses);
}

/* --- attributes --- */

static int drivers_probe_store(struct root *root, const char *address)
{
	char present[64];

	if (!device_exists(root, address))
		return -ENODEV;
	kernel_driver_of(root, address, present, sizeof(present));
	if (!*present)
		kernel_attach_any(root, address);
	return 0;
}

static int bind_store(struct root *root, const char *driver, const char *address)
{
	char present[64];

	if (!device_exists(root, address) || !matches(root, driver, address))
		return -ENODEV;
	kernel_driver_of(root, address, present, sizeof(present));
	return *present ? -EBUSY : probe(root, driver, address);
}

static int unbind_store(struct root *root, const char *driver, const char *address)
{
	char present[64];

	if (!device_exists(root, address))
		return -ENODEV;
	kernel_driver_of(root, address, present, sizeof(present));
	if (strcmp(present, driver) != 0)
		return -ENODEV;
	kernel_detach(root, address, driver);
	return 0;
}

static int driver_override_store(struct root *root, const char *address, const char *value)
{
	_cleanup_free_ char *device = device_path(address), *text = NULL;
	size_t length = strcspn(value, "\n");

	if (strlen(value) > OVERRIDE_MAX)
		return -EINVAL;
	if (!*value) /* a write of no bytes does not reach the driver core */
		return 0;
	text = length ? xasprintf("%.*s\n", (int)length, value) : xstrdup("(null)\n");
	kernel_make_file(root, device, "driver_override", text);
	return 0;
}

int kernel_write(struct root *root, const char *path, const char *value)
{
	_cleanup_close_ int fd = root_open(root, path, O_WRONLY);
	_cleanup_free_ char *address = xstrndup(value, strcspn(value, "\n"));
	char name[128], attribute[32];

	if (fd < 0)
		return fd;
	if (strcmp(path, PCI "/drivers_probe") == 0)
		return drivers_probe_store(root, address);
	if (sscanf(path, PCI "/devices/%127[^/]/%31[^/]", name, attribute) == 2) {
		if (strcmp(attribute, "driver_override") == 0)
			return driver_override_store(root, name, value);
		/* Announces the device to udev, of which there is none here. */
		if (strcmp(attribute, "uevent") == 0 && strcmp(value, "change") == 0)
			return 0;
		if (strcmp(attribute, "sriov_numvfs") == 0)
			return sriov_numvfs_store(root, name, value);
		if (strcmp(attribute, "sriov_drivers_autoprobe") == 0)
			return sriov_autoprobe_store(root, name, value);
	}
	if (sscanf(path, PCI "/drivers/%127[^/]/%31[^/]", name, attribute) == 2) {
		if (strcmp(attribute, "bind") == 0)
			return bind_store(root, name, address);
		if (strcmp(attribute, "unbind") == 0)
			return unbind_store(root, name, address);
		/* What a driver takes by ids= is one of its aliases here; none was added while it runs. */
		if (strcmp(attribute, "remove_id") == 0)
			return -ENODEV;
	}
	kernel_complain(root, "the fake kernel does not know what a write of \"%s\" to %s does",
			value, path);
}

/* --- modules --- */

/* Calls what(driver) for each driver of a module. */
static void each_driver(struct root *root, const char *module,
			void (*what)(struct root *root, const char *driver))
{
	struct strv drivers = {};

	root_list(root, FAKE "/drivers", &drivers);
	for (size_t i = 0; i < drivers.n; i++) {
		_cleanup_free_ char *of = kernel_fact(root, "drivers", drivers.items[i], "module");

		if (of && strcmp(of, module) == 0)
			what(root, drivers.items[i]);
	}
	strv_done(&drivers);
}

static void register_driver(struct root *root, const char *driver)
{
	_cleanup_free_ char *directory = driver_path(driver),
			    *of = kernel_fact(root, "drivers", driver, "module");
	_cleanup_free_ char *module = xasprintf("../../../../module/%s", of);
	_cleanup_free_ char *above = xasprintf("/sys/module/%s", of),
			    *below = xasprintf("%s/drivers", above);
	_cleanup_free_ char *name = xasprintf("pci:%s", driver),
			    *target = xasprintf("../../../bus/pci/drivers/%s", driver);

	kernel_make_directory(root, PCI "/drivers", driver);
	kernel_make_file(root, directory, "bind", "");
	kernel_make_file(root, directory, "unbind", "");
	kernel_make_file(root, directory, "new_id", "");
	kernel_make_file(root, directory, "remove_id", "");
	kernel_make_link(root, directory, "module", module);
	kernel_make_directory(root, above, "drivers");
	kernel_make_link(root, below, name, target);
}

void kernel_register(struct root *root, const char *module, bool builtin)
{
	_cleanup_free_ char *directory = xasprintf("/sys/module/%s", module);

	kernel_make_directory(root, "/sys/module", module);
	if (!builtin)
		kernel_make_file(root, directory, "initstate", "live\n");
	each_driver(root, module, register_driver);
}

/* Does a file of modprobe.d in the tree? */
static bool blacklists(struct root *root, const char *module)
{
	_cleanup_free_ char *line = xasprintf("blacklist %s", module);
	struct strv names = {};
	bool found = false;

	root_list(root, "/etc/modprobe.d", &names);
	for (size_t i = 0; i < names.n && !found; i++) {
		_cleanup_free_ char *path = xasprintf("/etc/modprobe.d/%s", names.items[i]),
				    *text = kernel_text(root, path);
		struct strv lines = {};

		strv_split(&lines, text ? text : "", "\n");
		found = strv_contains(&lines, line);
		strv_done(&lines);
	}
	strv_done(&names);
	return found;
}

/* As modprobe does with a modalias: each module that has a driver for it and is not blacklisted. */
static int load_by_alias(struct root *root, const char *modalias)
{
	struct strv drivers = {};
	bool found = false, allowed = false;
	int r = 0;

	root_list(root, FAKE "/drivers", &drivers);
	for (size_t i = 0; i < drivers.n && r == 0; i++) {
		_cleanup_free_ char *module = kernel_fact(root, "drivers", drivers.items[i],
							  "module");

		if (!alias_matches(root, drivers.items[i], modalias))
			continue;
		found = true;
		if (blacklists(root, module))
			continue;
		allowed = true;
		r = kernel_load(root, module);
	}
	strv_done(&drivers);
	if (!found)
		return -ENOENT;
	return allowed ? r : -ECANCELED;
}

int kernel_load(struct root *root, const char *module)
{
	_cleanup_free_ char *name = xstrdup(module), *known = NULL, *loaded = NULL, *needs = NULL,
			    *fails = NULL;
	struct strv needed = {};
	int r = 0;

	for (char *c = name; *c; c++)
		if (*c == '-')
			*c = '_';
	known = xasprintf(FAKE "/modules/%s", name);
	loaded = xasprintf("/sys/module/%s", name);
	if (strncmp(module, "pci:", 4) == 0)
		return load_by_alias(root, module);
	if (!kernel_exists(root, known))
		return -ENOENT;
	if (kernel_exists(root, loaded))
		return 0;
	needs = kernel_fact(root, "modules", name, "needs");
	fails = kernel_fact(root, "modules", name, "init");
	strv_split(&needed, needs ? needs : "", ",");
	for (size_t i = 0; i < needed.n && r == 0; i++)
		r = kernel_load(root, needed.items[i]);
	strv_done(&needed);
	if (r == 0 && fails)
		r = -errno_number(fails);
	if (r < 0)
		return r;
	kernel_register(root, name, false);
	each_driver(root, name, attach_all);
	return 0;
}
