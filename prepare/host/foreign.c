/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/foreign.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "model/address.h"
#include "model/policy.h"
#include "parse/address.h"
#include "parse/foreign.h"

/* What a unit runs is a script only if it is small. */
#define SCRIPT_MAX (64 * 1024)
#define MAX_FILES 1024

struct search {
	struct root *root;
	struct foreign *foreign;
	struct strv programs; /* that units and install lines run */
};

static void add_unread(struct search *search, const char *path, const char *cause)
{
	_cleanup_free_ char *shown = foreign_shown(path);

	strv_take(&search->foreign->unread, xasprintf("%s: %s", shown, cause));
}

/* The text of a file; NULL: there is none, or it cannot be read, which is told then. */
static char *read_text(struct search *search, const char *path)
{
	_cleanup_close_ int fd = root_open(search->root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	_cleanup_free_ char *text = NULL;
	size_t length = 0;
	struct stat st;
	int r = fd < 0 ? fd : 0;

	if (r == 0 && fstat(fd, &st) < 0)
		r = -errno;
	/* A link to /dev/null stands for nothing. */
	if (r == -ENOENT || r == -ENOTDIR || (r == 0 && !S_ISREG(st.st_mode)))
		return NULL;
	if (r == 0)
		r = root_read_fd(search->root, fd, path, OWN_FILE_MAX, &text, &length);
	if (r == -EFBIG)
		add_unread(search, path, "it is larger than four megabytes");
	else if (r < 0)
		add_unread(search, path, strerror(-r));
	else if (!text || strlen(text) != length)
		add_unread(search, path, "it is no text: there is a NUL in it");
	else
		return TAKE_PTR(text);
	return NULL;
}

/* The names in a directory, sorted; what is there and cannot be listed is told. */
static void list(struct search *search, const char *directory, struct strv *ret)
{
	int r = root_list(search->root, directory, ret);

	if (r < 0 && r != -ENOENT && r != -ENOTDIR)
		add_unread(search, directory, strerror(-r));
	if (ret->n > MAX_FILES)
		add_unread(search, directory, "it has more than 1024 entries");
}

/* Marks what was added since as the tool's own if the file's first line says so. */
static void mark_ours(struct search *search, size_t from, const char *text)
{
	for (size_t i = from;
	     i < search->foreign->n && strncmp(text, FILE_HEADER, strlen(FILE_HEADER)) == 0; i++)
		search->foreign->items[i].ours = true;
}

typedef void parse_function(struct search *search, const char *path, const char *text);

static void parse_file(struct search *search, const char *path, parse_function *parse)
{
	_cleanup_free_ char *text = read_text(search, path);
	size_t from = search->foreign->n;

	if (text) {
		parse(search, path, text);
		mark_ours(search, from, text);
	}
}

/* The same with a file that may have nothing to do with it, and then is nobody's business. */
static void parse_private(struct search *search, const char *path, parse_function *parse)
{
	struct recorder *recorder = search->root->recorder;
	size_t n = search->foreign->n, n_unread = search->foreign->unread.n;
	char *again = NULL;

	search->root->recorder = NULL;
	parse_file(search, path, parse);
	search->root->recorder = recorder;
	if (recorder && (search->foreign->n > n || search->foreign->unread.n > n_unread) &&
	    root_read_file(search->root, path, OWN_FILE_MAX, &again, NULL) == 0)
		free(again);
}

/*
 * Files of several directories in the order of their names; of one name only that in the first
 * directory counts.
 */
static void parse_masked(struct search *search, const char *const *directories, size_t n,
			 const char *end, parse_function *parse)
{
	struct strv names = {}, *seen = xcalloc(n, sizeof(*seen));

	for (size_t i = 0; i < n; i++) {
		list(search, directories[i], &seen[i]);
		for (size_t j = 0; j < seen[i].n && j < MAX_FILES; j++)
			if (seen[i].items[j][0] != '.' && text_ends_with(seen[i].items[j], end) &&
			    !strv_contains(&names, seen[i].items[j]))
				strv_add(&names, seen[i].items[j]);
	}
	strv_sort(&names);
	for (size_t i = 0; i < names.n; i++) {
		_cleanup_free_ char *path = NULL;

		for (size_t j = 0; j < n && !path; j++)
			if (strv_contains(&seen[j], names.items[i]))
				path = xasprintf("%s/%s", directories[j], names.items[i]);
		parse_file(search, path, parse);
	}
	for (size_t i = 0; i < n; i++)
		strv_done(&seen[i]);
	free(seen);
	strv_done(&names);
}

static void parse_modprobe(struct search *search, const char *path, const char *text)
{
	foreign_parse_modprobe(path, text, search->foreign, &search->programs);
}

static void parse_modules_load(struct search *search, const char *path, const char *text)
{
	char target[sizeof("../modules") + 1];

	/* Debian links modules-load.d/modules.conf to /etc/modules, which is read by that name. */
	if (root_read_link(search->root, path, target, sizeof(target)) > 0 &&
	    strcmp(target, "../modules") == 0)
		return;
	foreign_parse_modules(FOREIGN_MODULES_LOAD, path, text, search->foreign);
}

static void parse_initramfs_modules(struct search *search, const char *path, const char *text)
{
	foreign_parse_modules(FOREIGN_INITRAMFS_MODULES, path, text, search->foreign);
}

static void parse_dracut(struct search *search, const char *path, const char *text)
{
	foreign_parse_dracut(path, text, search->foreign);
}

static void parse_driverctl(struct search *search, const char *path, const char *text)
{
	foreign_parse_driverctl(path, text, search->foreign);
}

static void parse_vfio_bind(struct search *search, const char *path, const char *text)
{
	foreign_parse_vfio_bind(path, text, search->foreign);
}

static void parse_udev(struct search *search, const char *path, const char *text)
{
	foreign_parse_udev(path, text, search->foreign);
}

static void parse_rc_local(struct search *search, const char *path, const char *text)
{
	foreign_parse_script(FOREIGN_RC_LOCAL, path, text, search->foreign);
}

static void parse_unit(struct search *search, const char *path, const char *text)
{
	foreign_parse_unit(path, text, search->foreign, &search->programs);
}

static void parse_initramfs_script(struct search *search, const char *path, const char *text)
{
	size_t from = search->foreign->n;

	foreign_parse_script(FOREIGN_INITRAMFS_SCRIPT, path, text, search->foreign);
	for (size_t i = from; i < search->foreign->n; i++)
		if (initramfs_script_is_late(strrchr(path, '/') + 1, text))
			search->foreign->items[i].flaw =
				"it runs after udev's script, as its name sorts behind \"udev\" or "
				"it has a PREREQ, when the native driver has the device already";
}

/* Scripts that something else runs; what is large, or no text, is a program. */
static void parse_programs(struct search *search, enum foreign_source source)
{
	struct recorder *recorder = search->root->recorder;

	for (size_t i = 0; i < search->programs.n; i++) {
		const char *path = search->programs.items[i];
		_cleanup_free_ char *text = NULL;
		size_t from = search->foreign->n, length = 0;
		struct stat st;
		int fd = root_open(search->root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);

		search->root->recorder = NULL;
		if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
		    root_read_fd(search->root, fd, path, SCRIPT_MAX, &text, &length) == 0 &&
		    strlen(text) == length)
			foreign_parse_script(source, path, text, search->foreign);
		search->root->recorder = recorder;
		if (recorder && search->foreign->n > from) {
			free(TAKE_PTR(text));
			if (root_read_file(search->root, path, SCRIPT_MAX, &text, NULL) < 0)
				text = NULL;
		}
		if (fd >= 0)
			close(fd);
	}
	strv_done(&search->programs);
	search->programs = (struct strv){};
}

/* parse: of every file in the directory whose name ends in end. */
static void parse_directory(struct search *search, const char *directory, const char *end,
			    bool private, parse_function *parse)
{
	_cleanup_(strv_done) struct strv names = {};

	list(search, directory, &names);
	for (size_t i = 0; i < names.n && i < MAX_FILES; i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", directory, names.items[i]);

		if (names.items[i][0] == '.' || (*end && !text_ends_with(names.items[i], end)))
			continue;
		if (private)
			parse_private(search, path, parse);
		else
			parse_file(search, path, parse);
	}
}

/* vfio-bind@0000:83:00.0.service in multi-user.target.wants: the name of the instance says it. */
static void parse_instances(struct search *search)
{
	static const char directory[] = "/etc/systemd/system/multi-user.target.wants";
	_cleanup_(strv_done) struct strv names = {};

	list(search, directory, &names);
	for (size_t i = 0; i < names.n && i < MAX_FILES; i++) {
		const char *instance = strchr(names.items[i], '@');
		_cleanup_free_ char *path = NULL, *address = NULL;
		struct pci_address parsed;

		if (strncmp(names.items[i], "vfio", 4) != 0 ||
		    strncmp(names.items[i], "vfio-prepare", 12) == 0 || !instance++ ||
		    !text_ends_with(instance, ".service"))
			continue;
		address = xstrndup(instance, strlen(instance) - strlen(".service"));
		if (pci_address_parse(address, &parsed) < 0)
			continue;
		path = xasprintf("%s/%s", directory, names.items[i]);
		strv_add(&foreign_add(search->foreign, FOREIGN_UNIT, FOREIGN_ADDRESSES, path, 0,
				      names.items[i], "vfio-pci")
				  ->values,
			 PCI_ADDRESS_TEXT(&parsed));
	}
}

static void parse_units(struct search *search)
{
	static const char *const installed[] = {
		"/usr/lib/systemd/system/vfio-bind.service",
		"/usr/lib/systemd/system/vfio-bind@.service",
	};

	parse_directory(search, "/etc/systemd/system", ".service", true, parse_unit);
	for (size_t i = 0; i < ARRAY_SIZE(installed); i++)
		parse_private(search, installed[i], parse_unit);
	parse_programs(search, FOREIGN_UNIT);
	parse_instances(search);
}

/* dracut reads only what ends in .conf; a recipe's file beside those does nothing. */
static void parse_dracut_directory(struct search *search)
{
	static const char directory[] = DRACUT_CONF_DIR;
	_cleanup_(strv_done) struct strv names = {};

	list(search, directory, &names);
	for (size_t i = 0; i < names.n && i < MAX_FILES; i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", directory, names.items[i]);
		size_t from = search->foreign->n;

		parse_file(search, path, parse_dracut);
		if (names.items[i][0] != '.' && text_ends_with(names.items[i], ".conf"))
			continue;
		for (size_t j = from; j < search->foreign->n; j++)
			search->foreign->items[j].flaw =
				"dracut reads only files whose names end in .conf";
	}
}

void scan_foreign(struct root *root, const struct kernel_args *args, struct foreign *ret)
{
	static const char *const modprobe[] = {MODPROBE_DIR, "/run/modprobe.d",
					       "/usr/local/lib/modprobe.d", "/usr/lib/modprobe.d",
					       "/lib/modprobe.d"};
	static const char *const modules_load[] = {"/etc/modules-load.d", "/run/modules-load.d",
						   "/usr/lib/modules-load.d"};
	struct search search = {.root = root, .foreign = ret};

	ret->vdsm = root_exists(root, "/etc/vdsm/vdsm.conf");
	foreign_parse_arguments(FOREIGN_ARGUMENT, NULL, 0, args, ret);
	parse_masked(&search, modprobe, ARRAY_SIZE(modprobe), ".conf", parse_modprobe);
	parse_programs(&search, FOREIGN_MODPROBE);
	parse_directory(&search, INITRAMFS_TOOLS_SCRIPTS_DIR, "", true, parse_initramfs_script);
	parse_directory(&search, UDEV_RULES_DIR, ".rules", true, parse_udev);
	parse_file(&search, INITRAMFS_TOOLS_MODULES_PATH, parse_initramfs_modules);
	parse_file(&search, DRACUT_CONF_PATH, parse_dracut);
	parse_dracut_directory(&search);
	parse_file(&search, "/etc/modules", parse_modules_load);
	parse_masked(&search, modules_load, ARRAY_SIZE(modules_load), ".conf", parse_modules_load);
	parse_directory(&search, "/etc/driverctl.d", "", false, parse_driverctl);
	parse_file(&search, "/etc/sysconfig/vfio-bind", parse_vfio_bind);
	parse_file(&search, "/etc/default/vfio-bind", parse_vfio_bind);
	parse_units(&search);
	parse_private(&search, "/etc/rc.local", parse_rc_local);
	parse_private(&search, "/etc/rc.d/rc.local", parse_rc_local);
}
