/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * On every host of the tests, what import prints is a profile, and selects only what is on a driver for guests
 * there or what a setting means.
 */
#include <dirent.h>
#include <stdlib.h>

#include "decide/foreign.h"
#include "fake/tree.h"
#include "host/profile_files.h"
#include "verbs.h"
#include "verbs/situation.h"

#define HOSTS "tests/scenarios/hosts"

/* Recipes that are put onto each host. No host has the addresses and ids that they have by mistake. */
static const struct {
	const char *path, *text;
} recipes[] = {
	{"etc/modprobe.d/vfio.conf",
	 "options vfio-pci ids=0000:01:00.0,%DEVICES%,10de:ffff disable_vga=1\n"
	 "alias pci:v00008086d000010D3sv*sd*bc*sc*i* vfio-pci\n"},
	{"etc/initramfs-tools/modules", "vfio vfio_iommu_type1 vfio_pci ids=10de:1bb0,1b36:000c\n"},
	{"etc/udev/rules.d/9.rules",
	 "KERNEL!=\"0000:01:00.0\", ATTR{vendor}==\"0x8086\", ATTR{driver_override}=\"vfio-pci\"\n"
	 "KERNEL==\"0000:00:1f.2\", ATTR{driver_override}=\"ahci\"\n"
	 "ATTR{class}==\"0x0c03*\", ATTR{driver_override}=\"vfio-pci\"\n"},
	{"etc/libvirt/qemu/a.xml",
	 "<hostdev type='pci' managed='yes'><source>\n"
	 "<address domain='0' bus='2' slot='0' function='0'/></source></hostdev>\n"},
	{"boot/config/vfio-pci.cfg", "BIND=0000:02:00.0|ffff:ffff 0000:01:00.0|8086:10d3\n"},
};

static bool is_meant(const struct inventory *inventory, const struct pci_function *function)
{
	_cleanup_free_ char *module = module_of_driver(function->driver ? function->driver : "");
	bool meant = module_is_for_guests(module);

	vec_foreach(setting, &inventory->foreign) {
		if (setting->effect != FOREIGN_ADDRESSES && setting->effect != FOREIGN_IDS)
			continue;
		vec_foreach(value, &setting->values) {
			struct foreign_word word;

			foreign_word_read(setting, *value, &word);
			meant = meant || (setting->source != FOREIGN_GUEST &&
					  foreign_means(inventory, setting, &word, function));
		}
	}
	return meant;
}

/* What stands in the file that import has printed. */
static void check_printed(const char *host)
{
	const struct purpose purpose = {.goal = GOAL_IMPORT};
	_cleanup_(situation_done) struct situation situation = {};
	_cleanup_(findings_done) struct findings findings = {};
	_cleanup_(profile_done) struct profile imported = {};
	_cleanup_(match_done) struct match match = {};

	check_int(host, situation_load(&tree.root, &(struct options){}, &purpose, NULL, &situation),
		  STATUS_DONE);
	check_int(host, profile_load(&tree.root, "/imported.conf", &imported, &findings), 0);
	check_int(host, findings.n, 0);
	match_make(&imported, &situation.inventory, &match);
	vec_foreach(claim, &match)
		if (claim->section && !claim->companion) {
			check(PCI_ADDRESS_TEXT(&claim->function->address),
			      is_meant(&situation.inventory, claim->function));
			check(PCI_ADDRESS_TEXT(&claim->function->address),
			      !function_is_bridge(claim->function));
		}
}

static void try_host(const char *name, bool with_recipes)
{
	_cleanup_free_ char *file = xasprintf(HOSTS "/%s", name);
	struct host *host = host_new();

	tree_done(&tree);
	tree_init(&tree);
	host_read(host, file);
	tree_build(host, tree.path);
	host_free(host);
	for (size_t i = 0; i < ARRAY_SIZE(recipes) && with_recipes; i++)
		tree_file(&tree, recipes[i].path, recipes[i].text);
	check_int(name, run_verb(&import_verb, &(struct options){}), STATUS_DONE);
	tree_file(&tree, "imported.conf", out.text);
	root_forget(&tree.root);
	check_printed(name);
}

TEST(each_host)
{
	struct dirent **entries;
	int n = scandir(HOSTS, &entries, NULL, alphasort), n_hosts = 0;

	/* One is another with a kernel's time of start, which the language of hosts alone cannot say. */
	for (int i = 0; i < n; i++) {
		if (entries[i]->d_name[0] != '.' && strcmp(entries[i]->d_name, "debian") != 0) {
			try_host(entries[i]->d_name, false);
			try_host(entries[i]->d_name, true);
			n_hosts++;
		}
		free(entries[i]);
	}
	free(entries);
	assert_true(n_hosts > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_host, verb_start, verb_stop)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
