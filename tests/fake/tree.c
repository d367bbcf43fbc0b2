/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake/tree.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "fake/depmod.h"
#include "fake/kernel.h"

struct module {
	char *name, *needs, *init;
	bool loaded, builtin;
};

struct driver {
	char *name, *module, *probe;
	struct strv aliases;
};

struct function {
	char *address, *below, *driver, *override, *serial, *physfn;
	unsigned vendor, device, subvendor, subdevice, class, revision;
	int group, numa, vfs;
};

enum entry_kind { ENTRY_FILE, ENTRY_LINK, ENTRY_FIFO, ENTRY_DIRECTORY, ENTRY_REMOVE };

struct entry {
	enum entry_kind kind;
	char *path, *target, *text;
	size_t length, size;
	unsigned mode;
	long owner;
};

#define LIST_OF(type) struct { struct type *items; size_t n, capacity; }

struct host {
	char *kernel, *cmdline;
	struct strv iommu, tables;
	bool no_groups;
	LIST_OF(module) modules;
	LIST_OF(driver) drivers;
	LIST_OF(function) functions;
	LIST_OF(entry) entries;
};

struct host *host_new(void)
{
	struct host *host = xcalloc(1, sizeof(*host));

	host->kernel = xstrdup("6.1.0-fake");
	host->cmdline = xstrdup("");
	return host;
}

static void function_done(struct function *function)
{
	free(function->address);
	free(function->below);
	free(function->driver);
	free(function->override);
	free(function->serial);
	free(function->physfn);
}

void host_free(struct host *host)
{
	vec_foreach(module, &host->modules) {
		free(module->name);
		free(module->needs);
		free(module->init);
	}
	vec_foreach(driver, &host->drivers) {
		free(driver->name);
		free(driver->module);
		free(driver->probe);
		strv_done(&driver->aliases);
	}
	vec_foreach(function, &host->functions)
		function_done(function);
	vec_foreach(entry, &host->entries) {
		free(entry->path);
		free(entry->target);
		free(entry->text);
	}
	free(host->modules.items);
	free(host->drivers.items);
	free(host->functions.items);
	free(host->entries.items);
	strv_done(&host->iommu);
	strv_done(&host->tables);
	free(host->kernel);
	free(host->cmdline);
	free(host);
}

/* --- statements --- */

struct context {
	struct host *host;
	const struct script *script;
	const struct statement *statement;
};

#define wrong(context, ...) script_die((context)->script, (context)->statement, __VA_ARGS__)

static const char *word(const struct context *context, size_t index)
{
	if (index >= context->statement->words.n)
		wrong(context, "a word is missing");
	return context->statement->words.items[index];
}

static void set_text(char **target, const char *text)
{
	free(*target);
	*target = xstrdup_null(text);
}

static void set_words(const struct context *context, struct strv *target, const char *none)
{
	strv_done(target);
	for (size_t i = 1; i < context->statement->words.n; i++)
		if (strcmp(word(context, i), none) != 0)
			strv_add(target, word(context, i));
}

static void add_kernel(const struct context *context)
{
	set_text(&context->host->kernel, word(context, 1));
}

static void add_cmdline(const struct context *context)
{
	set_text(&context->host->cmdline, context->statement->rest);
}

static void add_iommu(const struct context *context)
{
	set_words(context, &context->host->iommu, "off");
	context->host->no_groups = !context->host->iommu.n;
}

static void add_tables(const struct context *context)
{
	set_words(context, &context->host->tables, "none");
}

static void check_errno(const struct context *context, const char *name)
{
	if (name && !errno_number(name))
		wrong(context, "\"%s\" is no error", name);
}

static void add_module(const struct context *context)
{
	const char *name = word(context, 1);
	struct module *module = NULL;

	vec_foreach(known, &context->host->modules)
		if (strcmp(known->name, name) == 0)
			module = known;
	if (!module) {
		module = vec_add(&context->host->modules);
		module->name = xstrdup(name);
	}
	check_errno(context, statement_option(context->statement, "init"));
	set_text(&module->needs, statement_option(context->statement, "needs"));
	set_text(&module->init, statement_option(context->statement, "init"));
	module->loaded = statement_option(context->statement, "loaded");
	module->builtin = statement_option(context->statement, "builtin");
}

static void add_driver(const struct context *context)
{
	const char *name = word(context, 1), *module = statement_option(context->statement, "module");
	struct driver *driver = NULL;

	vec_foreach(known, &context->host->drivers)
		if (strcmp(known->name, name) == 0)
			driver = known;
	if (!driver) {
		driver = vec_add(&context->host->drivers);
		driver->name = xstrdup(name);
	}
	if (!module)
		wrong(context, "module= is missing");
	check_errno(context, statement_option(context->statement, "probe"));
	set_text(&driver->module, module);
	set_text(&driver->probe, statement_option(context->statement, "probe"));
	strv_done(&driver->aliases);
	for (size_t i = 2; i < context->statement->words.n; i++)
		if (strchr(word(context, i), ':'))
			strv_add(&driver->aliases, word(context, i));
}

static int number(const char *text)
{
	return strcmp(text, "none") == 0 ? -1 : atoi(text);
}

static void set_key(const struct context *context, struct function *function, const char *key,
		    const char *value)
{
	const char *name = strcmp(value, "none") == 0 ? NULL : value;

	if (strcmp(key, "below") == 0)
		set_text(&function->below, name);
	else if (strcmp(key, "driver") == 0)
		set_text(&function->driver, name);
	else if (strcmp(key, "override") == 0)
		set_text(&function->override, name);
	else if (strcmp(key, "serial") == 0)
		set_text(&function->serial, name);
	else if (strcmp(key, "physfn") == 0)
		set_text(&function->physfn, name);
	else if (strcmp(key, "class") == 0)
		function->class = (unsigned)strtoul(value, NULL, 16);
	else if (strcmp(key, "rev") == 0)
		function->revision = (unsigned)strtoul(value, NULL, 16);
	else if (strcmp(key, "group") == 0)
		function->group = number(value);
	else if (strcmp(key, "numa") == 0)
		function->numa = number(value);
	else if (strcmp(key, "vfs") == 0)
		function->vfs = number(value);
	else if (strcmp(key, "id") == 0) {
		if (sscanf(value, "%x:%x", &function->vendor, &function->device) != 2)
			wrong(context, "\"%s\" is not VENDOR:DEVICE", value);
	} else if (strcmp(key, "subsystem") == 0) {
		if (sscanf(value, "%x:%x", &function->subvendor, &function->subdevice) != 2)
			wrong(context, "\"%s\" is not VENDOR:DEVICE", value);
	} else {
		wrong(context, "a function has no \"%s\"", key);
	}
}

static void set_keys(const struct context *context, struct function *function, size_t first)
{
	for (size_t i = first; i < context->statement->words.n; i++) {
		_cleanup_free_ char *key = xstrdup(word(context, i));
		char *value = strchr(key, '=');

		if (!value)
			wrong(context, "\"%s\" is not KEY=VALUE", key);
		*value++ = '\0';
		set_key(context, function, key, value);
	}
}

static struct function *find_function(const struct host *host, const char *address)
{
	vec_foreach(function, &host->functions)
		if (strcmp(function->address, address) == 0)
			return function;
	return NULL;
}

static void add_function(const struct context *context)
{
	struct function *function;

	if (find_function(context->host, word(context, 1)))
		wrong(context, "there is a function %s; use set", word(context, 1));
	function = vec_add(&context->host->functions);
	*function = (struct function){
		.address = xstrdup(word(context, 1)), .group = -1, .numa = -1, .vfs = -1};
	set_key(context, function, "id", word(context, 2));
	set_keys(context, function, 3);
}

static struct function *known_function(const struct context *context)
{
	struct function *function = find_function(context->host, word(context, 1));

	if (!function)
		wrong(context, "there is no function %s", word(context, 1));
	return function;
}

static void add_set(const struct context *context)
{
	set_keys(context, known_function(context), 2);
}

static void add_absent(const struct context *context)
{
	struct function *function = known_function(context);
	size_t index = (size_t)(function - context->host->functions.items);

	function_done(function);
	context->host->functions.n--;
	memmove(function, function + 1, (context->host->functions.n - index) * sizeof(*function));
}

/* The text of a file without its C escapes and newlines. */
static char *unescaped(const char *text, size_t *ret_length)
{
	char *ret = xcalloc(strlen(text) + 1, 1), *end = ret;

	for (const char *c = text; *c; c++) {
		unsigned byte;

		if (*c == '\n')
			continue;
		if (*c != '\\') {
			*end++ = *c;
		} else if (c[1] == 'x' && sscanf(c + 2, "%2x", &byte) == 1) {
			*end++ = (char)byte;
			c += 3;
		} else if (c[1] == 'n') {
			*end++ = '\n';
			c++;
		} else {
			*end++ = *++c;
		}
	}
	*ret_length = (size_t)(end - ret);
	return ret;
}

static void repeat(struct entry *entry, int n)
{
	struct buf buf = {};

	for (int i = 1; i <= n; i++)
		for (size_t j = 0; j < entry->length; j++) {
			if (entry->text[j] == '@')
				buf_addf(&buf, "%d", i);
			else
				buf_add_n(&buf, &entry->text[j], 1);
		}
	free(entry->text);
	entry->length = buf.length;
	entry->text = buf_take(&buf);
}

static struct entry *add_entry(const struct context *context, enum entry_kind kind, const char *path)
{
	struct entry *entry = vec_add(&context->host->entries);

	*entry = (struct entry){.kind = kind, .path = xstrdup(path), .mode = 0644, .owner = -1};
	return entry;
}

static void fill_file(const struct context *context, struct entry *entry)
{
	const struct statement *statement = context->statement;
	const char *mode = statement_option(statement, "mode"), *owner = statement_option(statement, "owner");
	const char *size = statement_option(statement, "size"), *times = statement_option(statement, "repeat");

	entry->text = statement_option(statement, "escapes")
			      ? unescaped(statement->text ? statement->text : "", &entry->length)
			      : xstrdup(statement->text ? statement->text : "");
	if (!statement_option(statement, "escapes"))
		entry->length = strlen(entry->text);
	if (times)
		repeat(entry, atoi(times));
	if (mode)
		entry->mode = (unsigned)strtoul(mode, NULL, 8);
	if (owner)
		entry->owner = atol(owner);
	if (size)
		entry->size = strtoul(size, NULL, 10);
}

static void add_file(const struct context *context)
{
	fill_file(context, add_entry(context, ENTRY_FILE, word(context, 1)));
}

static void add_profile(const struct context *context)
{
	fill_file(context, add_entry(context, ENTRY_FILE, "/etc/vfio-prepare/profile.conf"));
}

static void add_link(const struct context *context)
{
	add_entry(context, ENTRY_LINK, word(context, 1))->target = xstrdup(word(context, 2));
}

static void add_fifo(const struct context *context)
{
	add_entry(context, ENTRY_FIFO, word(context, 1));
}

static void add_directory(const struct context *context)
{
	add_entry(context, ENTRY_DIRECTORY, word(context, 1));
}

static void add_remove(const struct context *context)
{
	add_entry(context, ENTRY_REMOVE, word(context, 1));
}

bool host_add(struct host *host, const struct script *script, const struct statement *statement)
{
	static const struct { const char *name; void (*add)(const struct context *); } verbs[] = {
		{"kernel", add_kernel}, {"cmdline", add_cmdline}, {"iommu", add_iommu},
		{"tables", add_tables}, {"module", add_module}, {"driver", add_driver},
		{"function", add_function}, {"set", add_set}, {"absent", add_absent},
		{"file", add_file}, {"profile", add_profile}, {"link", add_link}, {"fifo", add_fifo},
		{"directory", add_directory}, {"remove", add_remove}};

	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (strcmp(verbs[i].name, statement->words.items[0]) == 0) {
			verbs[i].add(&(struct context){host, script, statement});
			return true;
		}
	return false;
}

void host_read(struct host *host, const char *path)
{
	struct script script;

	script_read(path, &script);
	vec_foreach(statement, &script)
		if (!host_add(host, &script, statement))
			script_die(&script, statement, "a host has no \"%s\"", statement->words.items[0]);
	script_done(&script);
}

/* --- building --- */

struct build {
	const char *directory;
	const struct host *host;
};

static _Noreturn void failed(const char *path)
{
	fprintf(stderr, "%s: %s\n", path, strerror(errno));
	exit(1);
}

/* Where a path of the tree is in reality, with the directories above it made; the caller's. */
static char *place(const struct build *build, const char *path)
{
	char *real = xasprintf("%s%s", build->directory, path);

	for (char *slash = real + strlen(build->directory) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		if (mkdir(real, 0755) < 0 && errno != EEXIST)
			failed(real);
		*slash = '/';
	}
	return real;
}

static void put_directory(const struct build *build, const char *path)
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

static void put(const struct build *build, const char *path, const char *format, ...) _printf_(3, 4);
static void put(const struct build *build, const char *path, const char *format, ...)
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

static void put_link(const struct build *build, const char *path, const char *target)
{
	_cleanup_free_ char *real = place(build, path);

	if (symlink(target, real) < 0)
		failed(real);
}

/* "/devices/pci0000:00/0000:00:02.0/0000:01:00.0"; the caller's */
static char *sysfs_path(const struct host *host, const struct function *function)
{
	_cleanup_free_ char *above = NULL;
	const struct function *port = function->below ? find_function(host, function->below) : NULL;

	if (function->below && !port) {
		fprintf(stderr, "%s is below %s, which is not there\n", function->address, function->below);
		exit(1);
	}
	above = port ? sysfs_path(host, port) : xstrdup("/devices");
	/* A root bus, also that of a volume management device, has a directory of its own. */
	if (port && strncmp(port->address, function->address, strcspn(port->address, ":")) == 0)
		return xasprintf("%s/%s", above, function->address);
	return xasprintf("%s/pci%.*s/%s", above, (int)(strrchr(function->address, ':') - function->address),
			 function->address, function->address);
}

static char *modalias(const struct function *function)
{
	return xasprintf("pci:v%08Xd%08Xsv%08Xsd%08Xbc%02Xsc%02Xi%02X", function->vendor, function->device,
			 function->subvendor, function->subdevice, function->class >> 16,
			 function->class >> 8 & 0xff, function->class & 0xff);
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

static void put_function(const struct build *build, const struct function *function)
{
	_cleanup_free_ char *sysfs = sysfs_path(build->host, function), *alias = modalias(function);
	_cleanup_free_ char *bus = xasprintf("/sys/bus/pci/devices/%s", function->address);
	_cleanup_free_ char *to = xasprintf("../../..%s", sysfs);
	struct buf up = {};

#define ATTRIBUTE(name) ({ snprintf(attribute, sizeof(attribute), "/sys%s/" name, sysfs); attribute; })
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
	put(build, ATTRIBUTE("driver_override"), "%s\n", function->override ? function->override : "(null)");
	put(build, ATTRIBUTE("uevent"),
	    "PCI_CLASS=%04X\nPCI_ID=%04X:%04X\nPCI_SUBSYS_ID=%04X:%04X\nPCI_SLOT_NAME=%s\nMODALIAS=%s\n",
	    function->class, function->vendor, function->device, function->subvendor, function->subdevice,
	    function->address, alias);
	if (function->serial)
		put_config(build, ATTRIBUTE("config"), function->serial);
	if (function->vfs >= 0)
		put(build, ATTRIBUTE("sriov_totalvfs"), "%d\n", function->vfs);
	if (function->physfn) {
		_cleanup_free_ char *target = xasprintf("../%s", function->physfn);

		put_link(build, ATTRIBUTE("physfn"), target);
	}
	if (function->group >= 0 && !build->host->no_groups) {
		_cleanup_free_ char *group = xasprintf("kernel/iommu_groups/%d", function->group);
		_cleanup_free_ char *target = xasprintf("%s%s", buf_text(&up), group);
		_cleanup_free_ char *member = xasprintf("/sys/%s/devices/%s", group, function->address);
		_cleanup_free_ char *back = xasprintf("../../../..%s", sysfs);

		put_link(build, ATTRIBUTE("iommu_group"), target);
		put_link(build, member, back);
	}
	put_link(build, bus, to);
	buf_done(&up);
}

static void put_facts(const struct build *build)
{
	vec_foreach(module, &build->host->modules) {
		_cleanup_free_ char *path = xasprintf(FAKE "/modules/%s", module->name);

		put(build, path, "%s%s\n%s%s\n", module->needs ? "needs " : "", module->needs ? module->needs : "",
		    module->init ? "init " : "", module->init ? module->init : "");
	}
	vec_foreach(driver, &build->host->drivers) {
		_cleanup_free_ char *path = xasprintf(FAKE "/drivers/%s", driver->name);
		struct buf text = {};

		buf_addf(&text, "module %s\n", driver->module);
		if (driver->probe)
			buf_addf(&text, "probe %s\n", driver->probe);
		for (size_t i = 0; i < driver->aliases.n; i++)
			buf_addf(&text, "alias %s\n", driver->aliases.items[i]);
		put(build, path, "%s", buf_text(&text));
		buf_done(&text);
	}
	put(build, FAKE "/log", "%s", "");
	put(build, FAKE "/faults", "%s", "");
	put(build, FAKE "/complaints", "%s", "");
}

static void put_skeleton(const struct build *build)
{
	static const char *const directories[] = {
		"/sys/bus/pci/devices", "/sys/bus/pci/drivers", "/sys/class/iommu", "/sys/module",
		"/sys/kernel/iommu_groups", "/sys/firmware/acpi/tables", "/etc", "/run",
		FAKE "/modules", FAKE "/drivers"};

	for (size_t i = 0; i < ARRAY_SIZE(directories); i++)
		put_directory(build, directories[i]);
	put(build, "/sys/bus/pci/drivers_probe", "%s", "");
	put(build, "/proc/cmdline", "%s\n", build->host->cmdline);
	put(build, "/proc/sys/kernel/osrelease", "%s\n", build->host->kernel);
	for (size_t i = 0; i < build->host->iommu.n; i++) {
		_cleanup_free_ char *unit = xasprintf("/sys/devices/virtual/iommu/%s", build->host->iommu.items[i]);
		_cleanup_free_ char *class = xasprintf("/sys/class/iommu/%s", build->host->iommu.items[i]);
		_cleanup_free_ char *target = xasprintf("../../devices/virtual/iommu/%s", build->host->iommu.items[i]);

		put_directory(build, unit);
		put_link(build, class, target);
	}
	for (size_t i = 0; i < build->host->tables.n; i++) {
		_cleanup_free_ char *table = xasprintf("/sys/firmware/acpi/tables/%s", build->host->tables.items[i]);

		put(build, table, "%s", build->host->tables.items[i]);
	}
}

/* /lib/modules: a file for each module with the aliases of its drivers, and depmod's tables. */
static void put_modules(const struct build *build)
{
	_cleanup_free_ char *modules = xasprintf("/lib/modules/%s", build->host->kernel);
	_cleanup_free_ char *directory = NULL;

	put_directory(build, modules);
	directory = xasprintf("%s%s", build->directory, modules);
	vec_foreach(module, &build->host->modules) {
		struct strv aliases = {};

		vec_foreach(driver, &build->host->drivers)
			for (size_t i = 0; strcmp(driver->module, module->name) == 0 && i < driver->aliases.n; i++)
				strv_add(&aliases, driver->aliases.items[i]);
		depmod_add(directory, module->name, module->builtin, &aliases);
		strv_done(&aliases);
	}
	depmod_run(build->directory, directory, build->host->kernel);
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
		put_bytes(build, entry->path, entry->text, entry->length);
		if ((entry->size && truncate(real, (off_t)entry->size) < 0) || chmod(real, entry->mode) < 0 ||
		    (entry->owner >= 0 && chown(real, (uid_t)entry->owner, (gid_t)-1) < 0))
			failed(real);
	}
}

void host_build(const struct host *host, const char *directory)
{
	struct build build = {directory, host};
	struct root root;

	put_skeleton(&build);
	put_facts(&build);
	put_modules(&build);
	vec_foreach(function, &host->functions)
		put_function(&build, function);

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
