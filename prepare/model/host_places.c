/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/host_places.h"

#include <string.h>

#include "base/macros.h"
#include "base/text.h"

#define GRUB_CFG_PATH "/boot/grub/grub.cfg"
#define GRUB2_CFG_PATH "/boot/grub2/grub.cfg"
#define PROXMOX_UUIDS_PATH "/etc/kernel/proxmox-boot-uuids"

/* With it neither GRUB nor systemd-boot reads what lies in /boot. */
#define PROXMOX_COMMAND                                                                          \
	{                                                                                        \
		.program = "proxmox-boot-tool", .file = PROXMOX_UUIDS_PATH,                      \
		.words = "proxmox-boot-tool refresh",                                            \
		.unkept = "the EFI system partitions of proxmox-boot-tool are not mounted and "  \
			  "could not be kept: proxmox-boot-tool refresh copies to them what is " \
			  "put back"                                                             \
	}

const struct bootloader_place bootloaders[N_BOOTLOADERS] = {
	[BOOTLOADER_NONE] = {.name = "none",
			     .reads_entries = true,
			     .next = {GRUB_CFG_PATH, GRUB2_CFG_PATH}},
	[BOOTLOADER_GRUB] =
		{
			.name = "grub",
			.store = STORE_DROP_IN,
			.takeover = TAKEOVER_FILE,
			.commands = {{.words = "grub-mkconfig -o " GRUB_CFG_PATH},
				     {.program = "update-grub", .words = "update-grub"},
				     PROXMOX_COMMAND},
			.drop_ins = GRUB_DROP_IN_DIR,
			.next = {GRUB_CFG_PATH, GRUB2_CFG_PATH},
		},
	/* It writes entries, and their arguments to the environment where the entries refer to that. */
	[BOOTLOADER_GRUBBY] =
		{
			.name = "grubby",
			.store = STORE_COMMAND,
			.takeover = TAKEOVER_OPTIONS,
			.commands = {{.words = "grubby --update-kernel=ALL"}},
			.add = "--args=",
			.remove = "--remove-args=",
			.joined = true,
			.single = true,
			.reads_entries = true,
			.written = {GRUB_ENVIRONMENT_PATH, GRUB_DEFAULT_PATH},
		},
	[BOOTLOADER_KERNEL_INSTALL] =
		{
			.name = "kernel-install",
			.store = STORE_LINE,
			.takeover = TAKEOVER_KERNELS,
			.commands = {{.words = "kernel-install add"},
				     {.program = "sdbootutil", .words = "sdbootutil mkinitrd"},
				     PROXMOX_COMMAND},
			.reads_entries = true,
			.written = {KERNEL_CMDLINE_PATH},
		},
	[BOOTLOADER_OSTREE] =
		{
			.name = "ostree",
			.store = STORE_COMMAND,
			.takeover = TAKEOVER_OPTIONS,
			.commands = {{.words = "rpm-ostree kargs"}},
			.add = "--append-if-missing=",
			.remove = "--delete-if-present=",
			.last = "--unchanged-exit-77",
			.unchanged_status = 77,
			.reads_entries = true,
		},
};

#define NOT_GRUB (BOOTED(BOOTED_UNKNOWN) | BOOTED(BOOTED_ENTRIES))
#define MAYBE_GRUB (BOOTED(BOOTED_UNKNOWN) | BOOTED(BOOTED_GRUB))

/* Proxmox VE has the files of both GRUB and systemd-boot. */
const struct bootloader_sign bootloader_signs[] = {
	{BOOTLOADER_OSTREE, {"/run/ostree-booted"}, "rpm-ostree", ENTRIES_ANY, 0},
	{BOOTLOADER_NONE, {"/run/ostree-booted"}, NULL, ENTRIES_ANY, 0},
	{BOOTLOADER_GRUBBY, {}, "grubby", ENTRIES_IN_BOOT, 0},
	{BOOTLOADER_KERNEL_INSTALL, {}, "sdbootutil", ENTRIES_LAID_OUT, 0},
	{BOOTLOADER_KERNEL_INSTALL,
	 {PROXMOX_UUIDS_PATH},
	 NULL,
	 ENTRIES_ANY,
	 BOOTED(BOOTED_ENTRIES)},
	{BOOTLOADER_KERNEL_INSTALL,
	 {PROXMOX_UUIDS_PATH, KERNEL_CMDLINE_PATH},
	 NULL,
	 ENTRIES_ANY,
	 NOT_GRUB},
	{BOOTLOADER_NONE,
	 {"/boot/extlinux/extlinux.conf"},
	 NULL,
	 ENTRIES_ANY,
	 BOOTED(BOOTED_UNKNOWN)},
	{BOOTLOADER_NONE, {"/boot/extlinux.conf"}, NULL, ENTRIES_ANY, BOOTED(BOOTED_UNKNOWN)},
	{BOOTLOADER_NONE,
	 {"/boot/firmware/cmdline.txt"},
	 NULL,
	 ENTRIES_ANY,
	 BOOTED(BOOTED_UNKNOWN)},
	{BOOTLOADER_GRUB, {GRUB_DROP_IN_DIR}, NULL, ENTRIES_ANY, MAYBE_GRUB},
	{BOOTLOADER_GRUB, {GRUB_DEFAULT_PATH}, "update-grub", ENTRIES_ANY, MAYBE_GRUB},
	{BOOTLOADER_KERNEL_INSTALL, {KERNEL_CMDLINE_PATH}, NULL, ENTRIES_NO_OTHERS, NOT_GRUB},
	{BOOTLOADER_KERNEL_INSTALL, {}, "kernel-install", ENTRIES_LAID_OUT, NOT_GRUB},
	/* GRUB reads entries where a distribution has made it do so. */
	{BOOTLOADER_KERNEL_INSTALL, {GRUB2_CFG_PATH}, "kernel-install", ENTRIES_LAID_OUT, 0},
};
const size_t n_bootloader_signs = ARRAY_SIZE(bootloader_signs);

#define BOOTED_ANY (BOOTED(N_BOOTED) - 1)
#define NOT_BY_ENTRIES (MAYBE_GRUB | BOOTED(BOOTED_OTHER))

const struct manual_place manual_places[] = {
	{"/etc/NIXOS", BOOTED_ANY, "add \"",
	 "\" to boot.kernelParams in the configuration of NixOS, run nixos-rebuild boot"},
	{"/run/ostree-booted", BOOTED_ANY,
	 "ostree admin kargs edit-in-place \"--append-if-missing=", "\""},
	{"/etc/kernelstub/configuration", NOT_GRUB, "kernelstub --add-options \"", "\""},
	{GRUB_DEFAULT_PATH, BOOTED(BOOTED_GRUB), "add ",
	 " to GRUB_CMDLINE_LINUX_DEFAULT in " GRUB_DEFAULT_PATH ", make grub.cfg again"},
	{"/etc/default/limine", NOT_BY_ENTRIES, "add ",
	 " to KERNEL_CMDLINE[default] in /etc/default/limine, run limine-update"},
	{"/boot/limine.conf", NOT_BY_ENTRIES, "add ",
	 " to the lines cmdline: of /boot/limine.conf"},
	{"/boot/limine/limine.conf", NOT_BY_ENTRIES, "add ",
	 " to the lines cmdline: of /boot/limine/limine.conf"},
	{"/boot/EFI/limine/limine.conf", NOT_BY_ENTRIES, "add ",
	 " to the lines cmdline: of /boot/EFI/limine/limine.conf"},
	{REFIND_PATH, NOT_BY_ENTRIES, "add ", " to the lines of " REFIND_PATH},
	{"/boot/syslinux/syslinux.cfg", NOT_BY_ENTRIES, "add ",
	 " to the lines append of /boot/syslinux/syslinux.cfg"},
	{"/etc/update-extlinux.conf", NOT_BY_ENTRIES, "add ",
	 " to default_kernel_opts in /etc/update-extlinux.conf, run update-extlinux"},
	{"/etc/default/u-boot", NOT_BY_ENTRIES, "add ",
	 " to U_BOOT_PARAMETERS in /etc/default/u-boot, run u-boot-update"},
	{"/boot/extlinux/extlinux.conf", NOT_BY_ENTRIES, "add ",
	 " to the lines append of /boot/extlinux/extlinux.conf"},
	{"/boot/extlinux.conf", NOT_BY_ENTRIES, "add ",
	 " to the lines append of /boot/extlinux.conf"},
	{"/etc/zipl.conf", NOT_BY_ENTRIES, "add ", " to parameters= in /etc/zipl.conf, run zipl"},
	{"/boot/firmware/cmdline.txt", NOT_BY_ENTRIES, "add ",
	 " to the line of /boot/firmware/cmdline.txt"},
};
const size_t n_manual_places = ARRAY_SIZE(manual_places);

bool bootloader_from_name(const char *name, enum bootloader_kind *ret)
{
	for (enum bootloader_kind kind = 0; kind < N_BOOTLOADERS; kind++)
		if (strcmp(bootloaders[kind].name, name) == 0) {
			*ret = kind;
			return true;
		}
	if (strcmp(name, "auto") != 0)
		return false;
	*ret = BOOTLOADER_AUTO;
	return true;
}

const struct generator_place generators[N_GENERATORS] = {
	[GENERATOR_UNKNOWN] = {.name = "unknown",
			       .command = INITRAMFS_TOOLS_COMMAND ", or " DRACUT_COMMAND},
	[GENERATOR_OSTREE] =
		{
			.name = "ostree",
			.sign = "/run/ostree-booted",
			.command = "rpm-ostree initramfs --enable",
			.with_system = true,
		},
	[GENERATOR_NIXOS] =
		{
			.name = "nixos",
			.sign = "/etc/NIXOS",
			.unhooked = "take the driver out of boot.initrd.availableKernelModules in "
				    "the configuration of NixOS, then: nixos-rebuild boot",
			.command = "nixos-rebuild boot",
			.with_system = true,
		},
	[GENERATOR_INITRAMFS_TOOLS] =
		{
			.name = "initramfs-tools",
			.program = "update-initramfs",
			.impostor = "dracut",
			.command = INITRAMFS_TOOLS_COMMAND,
			.lister = "lsinitramfs",
			.kept = "/var/lib/initramfs-tools",
			.input = INITRAMFS_TOOLS_MODULES_PATH,
		},
	[GENERATOR_MKINITCPIO] =
		{
			.name = "mkinitcpio",
			.program = "mkinitcpio",
			.sign = "/etc/mkinitcpio.d",
			.lister = "lsinitcpio",
			.unhooked = "keep the driver out of MODULES and HOOKS (kms) in "
				    "/etc/mkinitcpio.conf, then: mkinitcpio -P",
			.command = "mkinitcpio -P",
		},
	[GENERATOR_DRACUT] =
		{
			.name = "dracut",
			.program = "dracut",
			.command = DRACUT_COMMAND,
			.lister = "lsinitrd",
			.follows_entries = true,
		},
	[GENERATOR_BOOSTER] =
		{
			.name = "booster",
			.program = "booster",
			.unhooked = "add the driver with a minus in front to modules: in "
				    "/etc/booster.yaml, then: /usr/lib/booster/regenerate_images",
			.command = "/usr/lib/booster/regenerate_images",
		},
	[GENERATOR_MKINITFS] =
		{
			.name = "mkinitfs",
			.program = "mkinitfs",
			.unhooked =
				"remove kms from features in /etc/mkinitfs/mkinitfs.conf, then: "
				"mkinitfs",
			.command = "mkinitfs",
		},
};

const char *const boot_places[N_BOOT_PLACES] = {"/boot", "/efi", "/boot/efi"};
const struct release_name image_names[N_IMAGE_NAMES] = {
	{"initrd.img-", ""},
	{"initramfs-", ".img"},
	{"initrd-", ""},
	{"booster-", ".img"},
};
const struct release_name kernel_names[N_KERNEL_NAMES] = {
	{"vmlinuz-", ""}, {"vmlinux-", ""}, {"Image-", ""}, {"kernel-", ""}, /* Gentoo */
};

#define PROFILE_DIR "/etc/vfio-prepare/conf.d"
#define PROFILE_VENDOR_DIR "/usr/lib/vfio-prepare/conf.d"
#define MODPROBE_PATH MODPROBE_DIR "/vfio-prepare.conf"
#define UDEV_RULES_PATH UDEV_RULES_DIR "/05-vfio-prepare.rules"
#define GUARDED_PATH "/etc/vfio-prepare/guarded"

const char *const profile_dirs[N_PROFILE_DIRS] = {PROFILE_DIR, "/run/vfio-prepare/conf.d",
						  PROFILE_VENDOR_DIR};

const char *const managed_files[N_MANAGED_FILES] = {
	[FILE_MODPROBE] = MODPROBE_PATH,
	[FILE_MODULES_LOAD] = "/etc/modules-load.d/vfio-prepare.conf",
	[FILE_UDEV_RULES] = UDEV_RULES_PATH,
	[FILE_GUARDED] = GUARDED_PATH,
	[FILE_GRUB] = GRUB_DROP_IN_DIR "/99-vfio-prepare.cfg",
	[FILE_OWN_ARGUMENTS] = "/etc/vfio-prepare/kernel-arguments",
	[FILE_CMDLINE] = KERNEL_CMDLINE_PATH,
};

enum managed_file managed_file_of(const char *path)
{
	enum managed_file file = 0;

	while (file < N_MANAGED_FILES && strcmp(managed_files[file], path) != 0)
		file++;
	return file;
}

const struct image_source image_sources[N_IMAGE_SOURCES] = {
	{PROFILE_PATH, .is_profile = true},
	{GUARDED_PATH, .is_profile = true},
	{PROFILE_DIR, .is_directory = true, .is_profile = true},
	{PROFILE_VENDOR_DIR, .is_directory = true, .is_profile = true},
	/* The rules that the generated ones build on. */
	{.path = "/usr/lib/udev/rules.d/04-vfio-prepare.rules"},
	{.path = UDEV_RULES_PATH},
	{.path = MODPROBE_PATH},
};

bool is_profile_name(const char *name)
{
	return *name != '.' && !strchr(name, '/') && text_ends_with(name, ".conf");
}
