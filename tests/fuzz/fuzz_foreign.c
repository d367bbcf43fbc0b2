/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What others wrote about passthrough, each parser with the same text: a setting stands in a line of
 * the text, can be shown on a terminal, and names nothing that is not there.
 */
#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "decide/check.h"
#include "decide/foreign.h"
#include "decide/import.h"
#include "parse/dpkg.h"
#include "parse/foreign.h"
#include "parse/kernel_args.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Parses one file. */
static void parse_foreign(foreign_parser *parse, enum foreign_source source, const char *path,
			  const char *text, struct foreign *foreign, struct strv *programs)
{
	parse(&(struct foreign_file){source, path, text, foreign, programs, NULL, NULL, NULL, NULL});
}

static void check_shown(const char *text)
{
	assert(strlen(text) <= 203);
	for (; *text; text++)
		assert(isprint((unsigned char)*text));
}

static void check_setting(const struct foreign_setting *setting, unsigned n_lines)
{
	char *place = foreign_place(setting), *removal = foreign_removal(setting, place),
	     *why = foreign_why(setting);

	assert(setting->line <= n_lines);
	assert(*place && *removal && *why && *finding_name(foreign_finding(setting)));
	check_shown(setting->text);
	if (setting->name)
		check_shown(setting->name);
	else
		assert(setting->effect == FOREIGN_BLACKLIST || setting->effect == FOREIGN_LOAD);
	for (size_t i = 0; i < setting->values.n; i++)
		check_shown(setting->values.items[i]);
	free(place);
	free(removal);
	free(why);
}

/* Each device once, in order, with a driver and a place; nothing that is remarked is empty. */
static void check_import(const struct inventory *inventory)
{
	struct import import;

	import_make(inventory, NULL, &import);
	for (size_t i = 0; i < import.n; i++) {
		const struct import_device *device = &import.items[i];

		assert(device->driver &&
		       (device->sources.n || device->reason == IMPORT_UNEXPLAINED));
		assert(device->function || device->reason == IMPORT_ABSENT);
		assert(!i || pci_address_compare(&device[-1].address, &device->address) < 0);
	}
	vec_foreach(remark, &import.remarks)
		assert(*remark->text && !strchr(remark->text, '\n'));
	import_done(&import);
}

/* One function, which the profile wants on vfio-pci. */
static void judge(struct foreign *foreign)
{
	struct inventory inventory = {.foreign = *foreign};
	struct pci_function *function = vec_add(&inventory);
	struct findings findings = {};
	struct profile profile = {};
	struct plan plan = {};
	struct planned_device *device = vec_add(&plan);
	struct checks checks = {.profile = &profile,
				.inventory = &inventory,
				.plan = &plan,
				.findings = &findings};

	function->vendor = 0x10de;
	function->device = 0x1bb0;
	function->address.bus = 1;
	strv_add(&function->modules, "nouveau");
	device->address = function->address;
	device->section = "gpu";
	device->want = xstrdup("vfio-pci");
	device->module = xstrdup("vfio_pci");
	check_foreign(&checks);
	vec_foreach(finding, &findings)
		assert(*finding->subject && *finding->detail && *finding->remedy);
	check_import(&inventory);
	findings_done(&findings);
	plan_done(&plan);
	inventory_done(&inventory);
}

/* Whose a file is, as dpkg's status or its own text says. */
static void check_owner(const char *text)
{
	struct dpkg_conffile conffile = {};

	assert(foreign_owner_by_text(text) < N_FOREIGN_OWNERS);
	if (dpkg_find_conffile(text, "/etc/modules", &conffile))
		assert(strlen(conffile.md5) == MD5_HEX_LENGTH && !strchr(conffile.package, '\n'));
	free(conffile.package);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xcalloc(size + 1, 1);
	struct foreign foreign = {};
	struct strv programs = {};
	struct kernel_args args;
	unsigned n_lines = 1;

	if (size)
		memcpy(text, data, size);
	for (const char *c = text; *c; c++)
		n_lines += *c == '\n';
	parse_foreign(foreign_parse_modprobe, FOREIGN_MODPROBE, "m", text, &foreign, &programs);
	parse_foreign(foreign_parse_modules, FOREIGN_MODULES_LOAD, "l", text, &foreign, NULL);
	parse_foreign(foreign_parse_dracut, FOREIGN_DRACUT, "d", text, &foreign, NULL);
	parse_foreign(foreign_parse_initramfs_hook, FOREIGN_INITRAMFS_MODULES, "h", text, &foreign,
		      NULL);
	parse_foreign(foreign_parse_mkinitcpio, FOREIGN_MKINITCPIO, "i", text, &foreign, NULL);
	parse_foreign(foreign_parse_domain, FOREIGN_GUEST, "g", text, &foreign, NULL);
	parse_foreign(foreign_parse_proxmox_guest, FOREIGN_GUEST, "g", text, &foreign, NULL);
	parse_foreign(foreign_parse_proxmox_mapping, FOREIGN_GUEST, "g", text, &foreign, NULL);
	parse_foreign(foreign_parse_xen_guest, FOREIGN_GUEST, "g", text, &foreign, NULL);
	parse_foreign(foreign_parse_unraid, FOREIGN_VFIO_BIND, "v", text, &foreign, NULL);
	parse_foreign(foreign_parse_grub_xen, FOREIGN_ARGUMENT, "b", text, &foreign, NULL);
	parse_foreign(foreign_parse_boot_menu, FOREIGN_ARGUMENT, "b", text, &foreign, NULL);
	parse_foreign(foreign_parse_cmdline, FOREIGN_ARGUMENT, "b", text, &foreign, NULL);
	parse_foreign(foreign_parse_entries, FOREIGN_ARGUMENT, "b", text, &foreign, NULL);
	parse_foreign(foreign_parse_netplan, FOREIGN_NETWORK, "n", text, &foreign, NULL);
	parse_foreign(foreign_parse_link, FOREIGN_NETWORK, "n", text, &foreign, NULL);
	parse_foreign(foreign_parse_keyfile, FOREIGN_NETWORK, "n", text, &foreign, NULL);
	parse_foreign(foreign_parse_ifcfg, FOREIGN_NETWORK, "n", text, &foreign, NULL);
	parse_foreign(foreign_parse_sysfs, FOREIGN_RC_LOCAL, "n", text, &foreign, NULL);
	parse_foreign(foreign_parse_tmpfiles, FOREIGN_RC_LOCAL, "t", text, &foreign, NULL);
	parse_foreign(foreign_parse_crontab, FOREIGN_RC_LOCAL, "/etc/c", text, &foreign, NULL);
	parse_foreign(foreign_parse_interfaces, FOREIGN_RC_LOCAL, "i", text, &foreign, NULL);
	parse_foreign(foreign_parse_dpdk, FOREIGN_RC_LOCAL, "i", text, &foreign, NULL);
	parse_foreign(foreign_parse_init, FOREIGN_RC_LOCAL, "i", text, &foreign, NULL);
	parse_foreign(foreign_parse_link_hook, FOREIGN_RC_LOCAL, "i", text, &foreign, NULL);
	parse_foreign(foreign_parse_tuned, FOREIGN_RC_LOCAL, "/etc/tuned/t/tuned.conf", text,
		      &foreign, NULL);
	free(foreign_guest_excerpt(text));
	check_owner(text);
	free(foreign_keyfile_excerpt(text));
	parse_foreign(foreign_parse_vfio_bind, FOREIGN_VFIO_BIND, "v", text, &foreign, NULL);
	parse_foreign(foreign_parse_driverctl, FOREIGN_DRIVERCTL,
		      "/etc/driverctl.d/pci-0000:01:00.0", text, &foreign, NULL);
	parse_foreign(foreign_parse_script, FOREIGN_RC_LOCAL, "s", text, &foreign, NULL);
	parse_foreign(foreign_parse_unit, FOREIGN_UNIT, "u", text, &foreign, &programs);
	parse_foreign(foreign_parse_udev, FOREIGN_UDEV_RULE, "r", text, &foreign, NULL);
	kernel_args_parse(text, &args);
	foreign_parse_arguments(&args, &foreign);
	kernel_args_done(&args);
	parse_foreign(foreign_parse_initramfs_script, FOREIGN_INITRAMFS_SCRIPT, "/x/vfio", text,
		      &foreign, NULL);
	for (size_t i = 0; i < programs.n; i++)
		assert(programs.items[i][0] == '/');
	vec_foreach(setting, &foreign)
		check_setting(setting, n_lines);
	judge(&foreign);
	strv_done(&programs);
	free(text);
	return 0;
}
