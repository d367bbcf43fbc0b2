/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/foreign.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "host/files.h"
#include "host/foreign_idle.h"
#include "host/foreign_owners.h"
#include "model/host_places.h"
#include "model/policy.h"
#include "parse/address.h"
#include "parse/foreign.h"

/* A program that a unit runs is taken for a script up to this size, in bytes. */
#define SCRIPT_MAX (64 * 1024)
#define MAX_FILES 1024
/* Scripts that run each other, as far as a recorder follows them back. */
#define MAX_DEPTH 8

/* A file that is read, or the files of a directory whose names end in end ("": all of them). */
struct source {
	enum foreign_source source;
	foreign_parser *parse;
	const char *path, *end;
	unsigned depth; /* so many levels of directories in it are looked into, too */
	bool private; /* it may have nothing to do with passthrough, and then is nobody's business */
	const char *
		unread; /* why other files do nothing, which are told; NULL: they are not looked at */
	bool programs; /* then the programs that were found are looked into */
	/* Where there is no path: of files of one name only that in the first of these directories counts. */
	const char *masked[5];
};

/* A program that was looked into, once; text: NULL: it is no script. */
struct script {
	char *path, *text;
};

struct search {
	struct root *root;
	struct foreign *foreign;
	struct strv
		programs; /* that scripts, rules, units and install lines run, with their preludes */
	VEC_OF(struct script) scripts;
	struct foreign_uses uses;
	struct owner_search owners;
};

static void add_unread(struct search *search, const char *path, const char *cause)
{
	_cleanup_free_ char *shown = foreign_shown(path);

	strv_take(&search->foreign->unread, xasprintf("%s: %s", shown, cause));
}

/* The text of a file; NULL: there is none, or it cannot be read, which is told then. */
static char *read_text(struct search *search, const char *path)
{
	_cleanup_free_ char *text = NULL;
	size_t length = 0;
	struct stat st = {};
	int r = root_read_stat(search->root, path, OWN_FILE_MAX, &st, &text, &length);

	/* A link to /dev/null stands for nothing. */
	if (r == -ENOENT || r == -ENOTDIR || (st.st_mode && !S_ISREG(st.st_mode)))
		return NULL;
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

/* Lists the first MAX_FILES names in a directory, sorted; tells that it cannot be listed, or has more. */
static void list(struct search *search, const char *directory, struct strv *ret)
{
	int r = root_list(search->root, directory, ret);

	if (r < 0 && r != -ENOENT && r != -ENOTDIR)
		add_unread(search, directory, strerror(-r));
	if (ret->n > MAX_FILES)
		add_unread(search, directory, "it has more than 1024 entries");
	while (ret->n > MAX_FILES)
		free(ret->items[--ret->n]);
}

/* Debian links modules-load.d/modules.conf to /etc/modules, which is read by that name. */
static bool is_etc_modules(struct root *root, const char *path)
{
	char target[sizeof("../modules") + 1];

	return root_read_link(root, path, target, sizeof(target)) > 0 &&
	       strcmp(target, "../modules") == 0;
}

/* The text of a script that was found to be run; NULL: it is none, as it is large or no text. */
static const char *read_script(struct search *search, const char *path)
{
	struct recorder *recorder = search->root->recorder;
	_cleanup_close_ int fd = -1;
	struct script *script;
	size_t length = 0;
	struct stat st;

	vec_foreach(known, &search->scripts)
		if (strcmp(known->path, path) == 0)
			return known->text;
	script = vec_add(&search->scripts);
	script->path = xstrdup(path);
	search->root->recorder = NULL;
	fd = root_open(search->root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    root_read_fd(search->root, fd, path, SCRIPT_MAX, &script->text, &length) < 0 ||
	    strlen(script->text) != length)
		free(TAKE_PTR(script->text));
	search->root->recorder = recorder;
	return script->text;
}

static void add_use(struct search *search, const char *by, const char *path, size_t length,
		    bool variables)
{
	*vec_add(&search->uses) = (struct foreign_use){xstrdup(by), xstrndup(path, length),
						       variables};
}

/* Remembers who runs the programs from number "from" on. */
static void add_runs(struct search *search, const char *by, size_t from)
{
	for (size_t i = from; i < search->programs.n; i++) {
		const char *program = search->programs.items[i];

		add_use(search, by, program, strcspn(program, "\n"), false);
	}
}

struct reading {
	struct search *search;
	const char *by;
};

static const char *read_variables(void *userdata, const char *path)
{
	struct reading *reading = userdata;

	add_use(reading->search, reading->by, path, strlen(path), true);
	return read_script(reading->search, path);
}

/* Gives the recorder the variables of a file with settings, and those that run it, without which it is not found. */
static void record_uses(struct search *search, const char *path, unsigned depth)
{
	vec_foreach(use, &search->uses) {
		if (use->variables && strcmp(use->by, path) == 0)
			free(root_read_text(search->root, use->path, SCRIPT_MAX));
		if (use->variables || strcmp(use->path, path) != 0 || depth >= MAX_DEPTH)
			continue;
		free(root_read_text(search->root, use->by, OWN_FILE_MAX));
		record_uses(search, use->by, depth + 1);
	}
}

static void parse_file(struct search *search, const struct source *source, const char *path)
{
	_cleanup_free_ char *text = read_text(search, path);
	size_t from = search->foreign->n, n_programs = search->programs.n;
	struct foreign_file file;

	if (!text || (source->source == FOREIGN_MODULES_LOAD && is_etc_modules(search->root, path)))
		return;
	file = (struct foreign_file){
		source->source,    path, text,           search->foreign,
		&search->programs, NULL, read_variables, &(struct reading){search, path}};
	source->parse(&file);
	find_missing(search->root, &file, n_programs);
	add_runs(search, path, n_programs);
	find_owner(&search->owners, path, text, from);
	for (size_t i = from; i < search->foreign->n && text_starts_with(text, FILE_HEADER); i++)
		search->foreign->items[i].ours = managed_file_of(path) != N_MANAGED_FILES;
}

/* Gives the recorder a file in which settings stand; of the definition of a guest only what they stand in. */
static void record(struct root *root, const struct source *source, const char *path)
{
	struct recorder *recorder = root->recorder;
	_cleanup_free_ char *text = NULL, *excerpt = NULL;

	if (source->source != FOREIGN_GUEST) {
		free(root_read_text(root, path, OWN_FILE_MAX));
		return;
	}
	root->recorder = NULL;
	text = root_read_text(root, path, OWN_FILE_MAX);
	root->recorder = recorder;
	if (!text)
		return;
	excerpt = foreign_guest_excerpt(text);
	recorder_add_bytes(recorder, path, RECORD_FILE, excerpt, strlen(excerpt));
}

/* Parses a file; gives a recorder a private one only if a setting stands in it or it cannot be read. */
static void parse(struct search *search, const struct source *source, const char *path)
{
	struct recorder *recorder = search->root->recorder;
	size_t n = search->foreign->n, n_unread = search->foreign->unread.n;

	if (source->private)
		search->root->recorder = NULL;
	parse_file(search, source, path);
	search->root->recorder = recorder;
	if (source->private && recorder &&
	    (search->foreign->n > n || search->foreign->unread.n > n_unread)) {
		record(search->root, source, path);
		record_uses(search, path, MAX_DEPTH);
	}
}

/* Parses the files of several directories in the order of their names. */
static void parse_masked(struct search *search, const struct source *source)
{
	struct strv names[ARRAY_SIZE(source->masked)] = {};
	_cleanup_(strv_done) struct strv paths = {};
	size_t n = 0;

	for (; n < ARRAY_SIZE(names) && source->masked[n]; n++)
		list(search, source->masked[n], &names[n]);
	root_unmasked_files(source->masked, names, n, source->end, &paths);
	vec_foreach(path, &paths)
		parse(search, source, *path);
	while (n-- > 0)
		strv_done(&names[n]);
}

/* Parses the scripts that were found to be run, and those that they run; a recorder gets those with settings. */
static void parse_programs(struct search *search, enum foreign_source source)
{
	for (size_t i = 0; i < search->programs.n; i++) {
		const char *program = search->programs.items[i], *end = strchr(program, '\n');
		_cleanup_free_ char *path = xstrndup(program, (size_t)(end - program)),
				    *prelude = xstrdup(end + 1);
		const char *text = read_script(search, path);
		size_t from = search->foreign->n, n_programs = search->programs.n;

		if (text) {
			struct foreign_file file = {
				source,  path, text, search->foreign, &search->programs,
				prelude, NULL, NULL};

			foreign_parse_script(&file);
			find_missing(search->root, &file, n_programs);
		}
		find_owner(&search->owners, path, text, from);
		add_runs(search, path, n_programs);
		if (search->root->recorder && search->foreign->n > from) {
			free(root_read_text(search->root, path, SCRIPT_MAX));
			record_uses(search, path, 0);
		}
	}
	strv_done(&search->programs);
}

static bool is_directory(struct root *root, const char *path)
{
	struct stat st;

	return root_stat(root, path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Parses the files of a directory, and of those in it, so many levels deep. */
static void parse_directory(struct search *search, const struct source *source,
			    const char *directory, unsigned depth)
{
	_cleanup_(strv_done) struct strv names = {};

	list(search, directory, &names);
	vec_foreach(name, &names) {
		_cleanup_free_ char *path = xasprintf("%s/%s", directory, *name);
		size_t from = search->foreign->n;
		bool is_read = **name != '.' && text_ends_with(*name, source->end);

		if (depth && is_directory(search->root, path)) {
			parse_directory(search, source, path, depth - 1);
			continue;
		}
		/* A recipe's file beside those that dracut reads does nothing, which is told. */
		if (is_read || source->unread)
			parse(search, source, path);
		if (!is_read)
			foreign_add_idle(search->foreign, from, source->unread);
	}
}

static void parse_source(struct search *search, const struct source *source)
{
	if (source->end)
		parse_directory(search, source, source->path, source->depth);
	else
		parse(search, source, source->path);
}

/* vfio-bind@0000:83:00.0.service in multi-user.target.wants: the name of the instance says it. */
static void parse_instances(struct search *search)
{
	static const char directory[] = "/etc/systemd/system/multi-user.target.wants";
	_cleanup_(strv_done) struct strv names = {};

	list(search, directory, &names);
	for (size_t i = 0; i < names.n; i++) {
		const char *instance = strchr(names.items[i], '@');
		struct foreign_setting *setting;
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
		setting = foreign_add(search->foreign, FOREIGN_UNIT, FOREIGN_ADDRESSES, path, 0,
				      names.items[i], "vfio-pci");
		setting->mechanism = FOREIGN_BY_NEW_ID;
		strv_add(&setting->values, PCI_ADDRESS_TEXT(&parsed));
	}
}

/* The sources, in the order in which a boot comes to them. */
static const struct source sources[] = {
	{FOREIGN_ARGUMENT, foreign_parse_grub_xen, .path = GRUB_DEFAULT_PATH},
	{FOREIGN_ARGUMENT, foreign_parse_grub_xen, .path = GRUB_DROP_IN_DIR, .end = ".cfg"},
	{FOREIGN_ARGUMENT, foreign_parse_boot_menu, .path = "/boot/limine.conf", .private = true},
	{FOREIGN_ARGUMENT, foreign_parse_boot_menu, .path = "/boot/limine/limine.conf",
	 .private = true},
	{FOREIGN_ARGUMENT, foreign_parse_boot_menu, .path = "/boot/EFI/limine/limine.conf",
	 .private = true},
	{FOREIGN_ARGUMENT, foreign_parse_boot_menu, .path = "/boot/refind_linux.conf",
	 .private = true},
	{FOREIGN_ARGUMENT, foreign_parse_boot_menu, .path = "/boot/syslinux/syslinux.cfg",
	 .private = true},
	{FOREIGN_ARGUMENT, foreign_parse_boot_menu, .path = "/boot/extlinux/extlinux.conf",
	 .private = true},
	{FOREIGN_ARGUMENT, foreign_parse_cmdline, .path = "/etc/cmdline.d", .end = ".conf"},
	{FOREIGN_ARGUMENT, foreign_parse_cmdline, .path = "/boot/firmware/cmdline.txt"},
	{FOREIGN_MODPROBE, foreign_parse_modprobe, .end = ".conf", .programs = true,
	 .masked = {MODPROBE_DIR, "/run/modprobe.d", "/usr/local/lib/modprobe.d",
		    "/usr/lib/modprobe.d", "/lib/modprobe.d"}},
	{FOREIGN_INITRAMFS_SCRIPT, foreign_parse_initramfs_script,
	 .path = "/etc/initramfs-tools/scripts", .end = "", .depth = 1, .private = true},
	{FOREIGN_INITRAMFS_SCRIPT, foreign_parse_initramfs_script,
	 .path = "/usr/share/initramfs-tools/scripts", .end = "", .depth = 1, .private = true,
	 .programs = true},
	{FOREIGN_UDEV_RULE, foreign_parse_udev, .end = ".rules", .private = true,
	 .masked = {UDEV_RULES_DIR, "/run/udev/rules.d", "/usr/local/lib/udev/rules.d",
		    "/usr/lib/udev/rules.d", "/lib/udev/rules.d"},
	 .programs = true},
	{FOREIGN_INITRAMFS_MODULES, foreign_parse_modules, .path = INITRAMFS_TOOLS_MODULES_PATH},
	{FOREIGN_INITRAMFS_MODULES, foreign_parse_modules,
	 .path = "/usr/share/initramfs-tools/modules.d", .end = ""},
	{FOREIGN_INITRAMFS_MODULES, foreign_parse_initramfs_hook,
	 .path = "/etc/initramfs-tools/hooks", .end = "", .private = true},
	{FOREIGN_INITRAMFS_MODULES, foreign_parse_initramfs_hook,
	 .path = "/usr/share/initramfs-tools/hooks", .end = "", .private = true},
	{FOREIGN_INITRAMFS_MODULES, foreign_parse_modules, .path = "/etc/initramfs-tools/modules.d",
	 .end = "/", .unread = "initramfs-tools does not read this directory"},
	{FOREIGN_DRACUT, foreign_parse_dracut, .path = DRACUT_CONF_PATH},
	{FOREIGN_DRACUT, foreign_parse_dracut, .path = DRACUT_CONF_DIR, .end = ".conf",
	 .unread = "dracut reads only files whose names end in .conf"},
	{FOREIGN_DRACUT, foreign_parse_dracut, .path = "/usr/lib/dracut/dracut.conf.d",
	 .end = ".conf"},
	{FOREIGN_DRACUT, foreign_parse_script, .path = "/usr/lib/dracut/modules.d", .end = ".sh",
	 .depth = 1, .private = true},
	{FOREIGN_MKINITCPIO, foreign_parse_mkinitcpio, .path = "/etc/mkinitcpio.conf"},
	{FOREIGN_MKINITCPIO, foreign_parse_mkinitcpio, .path = "/etc/mkinitcpio.conf.d",
	 .end = ".conf"},
	{FOREIGN_MKINITCPIO, foreign_parse_script, .path = "/etc/initcpio/hooks", .end = "",
	 .private = true},
	{FOREIGN_MKINITCPIO, foreign_parse_script, .path = "/usr/lib/initcpio/hooks", .end = "",
	 .private = true},
	{FOREIGN_MODULES_LOAD, foreign_parse_modules, .path = "/etc/modules"},
	{FOREIGN_MODULES_LOAD, foreign_parse_modules, .end = ".conf",
	 .masked = {"/etc/modules-load.d", "/run/modules-load.d", "/usr/local/lib/modules-load.d",
		    "/usr/lib/modules-load.d"}},
	{FOREIGN_DRIVERCTL, foreign_parse_driverctl, .path = "/etc/driverctl.d", .end = ""},
	{FOREIGN_VFIO_BIND, foreign_parse_vfio_bind, .path = "/etc/sysconfig/vfio-bind"},
	{FOREIGN_VFIO_BIND, foreign_parse_vfio_bind, .path = "/etc/default/vfio-bind"},
	{FOREIGN_VFIO_BIND, foreign_parse_vfio_bind, .path = "/etc/vfio-pci.cfg"},
	{FOREIGN_VFIO_BIND, foreign_parse_unraid, .path = "/boot/config/vfio-pci.cfg"},
	{FOREIGN_UNIT, foreign_parse_unit, .path = "/etc/systemd/system", .end = ".service",
	 .private = true},
	{FOREIGN_UNIT, foreign_parse_unit, .path = "/usr/lib/systemd/system/vfio-bind.service",
	 .private = true},
	{FOREIGN_UNIT, foreign_parse_unit, .path = "/usr/lib/systemd/system/vfio-bind@.service",
	 .private = true, .programs = true},
	{FOREIGN_RC_LOCAL, foreign_parse_script, .path = "/etc/rc.local", .private = true},
	{FOREIGN_RC_LOCAL, foreign_parse_script, .path = "/etc/rc.d/rc.local", .private = true},
	{FOREIGN_RC_LOCAL, foreign_parse_script, .path = "/etc/local.d", .end = ".start",
	 .private = true},
	{FOREIGN_RC_LOCAL, foreign_parse_script, .path = "/boot/config/go", .private = true,
	 .programs = true},
	{FOREIGN_NETWORK, foreign_parse_netplan, .end = ".yaml", .private = true,
	 .masked = {"/run/netplan", "/etc/netplan", "/usr/lib/netplan"}},
	{FOREIGN_NETWORK, foreign_parse_link, .end = ".link", .private = true,
	 .masked = {"/etc/systemd/network", "/run/systemd/network", "/usr/lib/systemd/network"}},
	{FOREIGN_NETWORK, foreign_parse_sysfs, .path = "/etc/sysfs.conf", .private = true},
	{FOREIGN_NETWORK, foreign_parse_sysfs, .path = "/etc/sysfs.d", .end = ".conf",
	 .private = true},
	{FOREIGN_GUEST_HOOK, foreign_parse_script, .path = "/etc/libvirt/hooks", .end = "",
	 .depth = 4, .private = true, .programs = true},
	{FOREIGN_GUEST, foreign_parse_domain, .path = "/etc/libvirt/qemu", .end = ".xml",
	 .private = true},
	{FOREIGN_GUEST, foreign_parse_proxmox_guest, .path = "/etc/pve/qemu-server", .end = ".conf",
	 .private = true},
	{FOREIGN_GUEST, foreign_parse_proxmox_mapping, .path = "/etc/pve/mapping/pci.cfg",
	 .private = true},
	{FOREIGN_GUEST, foreign_parse_xen_guest, .path = "/etc/xen", .end = ".cfg",
	 .private = true},
};

void scan_foreign(struct root *root, const struct kernel_args *args, struct foreign *ret)
{
	struct search search = {.root = root,
				.foreign = ret,
				.owners = {.root = root, .foreign = ret}};

	ret->managers = find_managers(root, args);
	foreign_parse_arguments(args, ret);
	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		if (sources[i].path)
			parse_source(&search, &sources[i]);
		else
			parse_masked(&search, &sources[i]);
		if (sources[i].programs)
			parse_programs(&search, sources[i].source);
		if (sources[i].programs && sources[i].source == FOREIGN_UNIT)
			parse_instances(&search);
	}
	find_idle(root, ret, &search.uses);
	find_owners_end(&search.owners);
	vec_foreach(script, &search.scripts) {
		free(script->path);
		free(script->text);
	}
	free(search.scripts.items);
	vec_foreach(use, &search.uses) {
		free(use->by);
		free(use->path);
	}
	free(search.uses.items);
}
