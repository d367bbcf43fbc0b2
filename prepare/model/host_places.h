/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What hosts differ in: boot loaders, generators of the initramfs, the places and names of their files, and
 * the commands that take a change over. Each path and each command stands here once. A new boot loader is a
 * row of bootloaders[], its signs, and a scenario; a file format that is new brings a parser and a renderer.
 * All paths are below the host's root. Plain data.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* --- boot loaders --- */

enum bootloader_kind {
	BOOTLOADER_NONE, /* none that is known: the arguments are printed, not written */
	BOOTLOADER_GRUB, /* configured in /etc/default/grub.d, as on Debian and Ubuntu */
	BOOTLOADER_GRUBBY,
	BOOTLOADER_KERNEL_INSTALL,
	BOOTLOADER_OSTREE,
	N_BOOTLOADERS,
	BOOTLOADER_AUTO = N_BOOTLOADERS, /* the host's signs decide */
};

#define GRUB_DEFAULT_PATH "/etc/default/grub"
#define GRUB_DROP_IN_DIR "/etc/default/grub.d"
#define GRUB_ENVIRONMENT_PATH "/boot/grub2/grubenv"
#define KERNEL_CMDLINE_PATH "/etc/kernel/cmdline"
#define KERNEL_CMDLINE_VENDOR_PATH "/usr/lib/kernel/cmdline"
#define REFIND_PATH "/boot/refind_linux.conf"
#define ENTRY_TOKEN_PATH "/etc/kernel/entry-token"

/* A program of the host, as it is called after a change. */
struct host_command {
	const char *
		program; /* that the host must have; NULL: the command is the one to fall back on */
	const char *file;  /* that the host must have, too; NULL: none */
	const char *words; /* with a blank between them */
	const char *
		unkept; /* which of its files have no backup, and what follows; NULL: all have one */
};

/* Where apply puts arguments, and in which format. */
enum argument_store {
	STORE_NONE, /* nowhere: they are printed */
	STORE_DROP_IN, /* FILE_GRUB, which adds them to those of the user in the shell of grub-mkconfig */
	STORE_LINE,    /* FILE_CMDLINE, between the words of the user */
	STORE_COMMAND, /* where the command puts them */
};

/* How a changed argument gets from the configuration to the boot loader. */
enum takeover {
	TAKEOVER_NONE,
	TAKEOVER_FILE, /* the command reads files of the configuration */
	TAKEOVER_KERNELS, /* as before, once for each kernel, and it lays out the images of the kernels */
	TAKEOVER_OPTIONS, /* the command itself is told what to add and to remove */
};

#define BOOTLOADER_COMMANDS_MAX 3
#define BOOTLOADER_FILES_MAX 3

struct bootloader_place {
	const char *name; /* of the profile's key "bootloader" */
	enum argument_store store;
	enum takeover takeover;
	/* The last one whose program and file the host has is taken. */
	struct host_command commands[BOOTLOADER_COMMANDS_MAX];
	/* Of TAKEOVER_OPTIONS: the options for arguments to add and to remove, and one that always comes last. */
	const char *add, *remove, *last;
	bool joined;          /* an option takes all arguments, with a blank between them */
	int unchanged_status; /* the exit status that says "nothing to do", beside 0 */
	bool single;          /* only one argument of a name can be kept */
	const char *drop_ins; /* directory of the configuration: a later change shows in its time */
	bool reads_entries;   /* the next boot gets its arguments from loader/entries */
	/* Which the next boot reads; the first that names a kernel counts. Ends with NULL. */
	const char *next[BOOTLOADER_FILES_MAX];
	/* Which the commands may write, beside those. Ends with NULL. */
	const char *written[BOOTLOADER_FILES_MAX];
};

extern const struct bootloader_place bootloaders[N_BOOTLOADERS];

/* What has started the running kernel, as far as it left traces. */
enum booted {
	BOOTED_UNKNOWN,
	BOOTED_GRUB,
	BOOTED_ENTRIES, /* systemd-boot, or a unified kernel image by itself */
	BOOTED_OTHER,   /* rEFInd, Limine and the like */
	N_BOOTED,
};
#define BOOTED(by) (1U << (by))

/* Which entries of the Boot Loader Specification a host has to have. */
enum entries_sign {
	ENTRIES_ANY,       /* it may have none */
	ENTRIES_IN_BOOT,   /* in boot_places[0] */
	ENTRIES_LAID_OUT,  /* such as kernel-install(8) writes, which names them TOKEN-RELEASE */
	ENTRIES_NO_OTHERS, /* those, or none can be seen */
};

/* What shows which boot loader a host has: all that a row names must be there, the first such row decides. */
struct bootloader_sign {
	enum bootloader_kind kind;
	const char *files[2];
	const char *program;
	enum entries_sign entries;
	unsigned booted; /* bits of enum booted, one of which it has to be; 0: any */
};

extern const struct bootloader_sign bootloader_signs[];
extern const size_t n_bootloader_signs;

/*
 * How a person adds an argument where apply cannot: the first row whose file exists and that fits what has
 * started the kernel.
 */
struct manual_place {
	const char *file;
	unsigned booted;            /* bits of enum booted */
	const char *before, *after; /* of the argument in a sentence */
};

extern const struct manual_place manual_places[];
extern const size_t n_manual_places;

/* The names in the profile; bootloader_from_name(): false for any other one. */
#define BOOTLOADER_NAMES "auto, grub, grubby, kernel-install, ostree or none"
bool bootloader_from_name(const char *name, enum bootloader_kind *ret);

/* --- images of the initramfs --- */

enum image_generator {
	GENERATOR_UNKNOWN, /* or none */
	GENERATOR_OSTREE,
	GENERATOR_NIXOS,
	GENERATOR_INITRAMFS_TOOLS,
	GENERATOR_MKINITCPIO,
	GENERATOR_DRACUT,
	GENERATOR_BOOSTER,
	GENERATOR_MKINITFS,
	N_GENERATORS,
};

#define INITRAMFS_TOOLS_COMMAND "update-initramfs -u -k all"
#define DRACUT_COMMAND "dracut --regenerate-all --force"
#define INITRAMFS_TOOLS_MODULES_PATH "/etc/initramfs-tools/modules"
#define INITRAMFS_TOOLS_SCRIPTS_DIR "/etc/initramfs-tools/scripts/init-top"
#define DRACUT_CONF_PATH "/etc/dracut.conf"
#define DRACUT_CONF_DIR "/etc/dracut.conf.d"

struct generator_place {
	const char *name; /* in a snapshot's list of images */
	/*
	 * By which the host is known to have it: a program, a file or a directory that is not empty, or both. The
	 * first row that fits counts.
	 */
	const char *program, *sign;
	bool with_system; /* images come with the system as a whole: apply makes none */
	/* A word in the program by which it is known as that of another generator, which stands in for it. */
	const char *impostor;
	/* How a driver is kept out of its images. NULL: there is no need, as it has a hook of this tool. */
	const char *unhooked;
	const char *
		command; /* makes the images of all kernels; of GENERATOR_UNKNOWN: which ones may do so */
	const char *lister; /* prints the names in an image */
	const char *
		kept; /* directory with a file for each kernel that it looks after; NULL: all kernels */
	const char *input;    /* its configuration that goes into images; NULL: none */
	bool follows_entries; /* writes where kernel-install(8) has laid images out */
};

extern const struct generator_place generators[N_GENERATORS];

/* Where kernels and their images lie. The second and the third are mount points of the EFI system partition. */
#define N_BOOT_PLACES 3
extern const char *const boot_places[N_BOOT_PLACES];
/* Below each: entries of the Boot Loader Specification, and files with kernel and initramfs in one. */
#define LOADER_ENTRIES "loader/entries"
#define UNIFIED_IMAGES "EFI/Linux"
#define KERNEL_CONFIG_PREFIX "/boot/config-"

/* The names of images and of kernels in boot_places[]: a kernel's release stands between begin and end. */
struct release_name {
	const char *begin, *end;
};

#define N_IMAGE_NAMES 4
extern const struct release_name image_names[N_IMAGE_NAMES];
#define N_KERNEL_NAMES 4
extern const struct release_name kernel_names[N_KERNEL_NAMES];

/* --- files of the tool's own --- */

#define MODPROBE_DIR "/etc/modprobe.d"
#define UDEV_RULES_DIR "/etc/udev/rules.d"
#define PROGRAM_PATH "/usr/sbin/vfio-prepare"
/* What the programs said that apply ran last. */
#define REBUILD_LOG_PATH "/var/log/vfio-prepare/rebuild.log"
#define PROFILE_PATH "/etc/vfio-prepare/profile.conf"

/* Directories of the profile's other files. A file masks those of its name in the later ones. */
#define N_PROFILE_DIRS 3
extern const char *const profile_dirs[N_PROFILE_DIRS];

/* The files of the host's configuration that apply writes. */
enum managed_file {
	FILE_MODPROBE,
	FILE_MODULES_LOAD,
	FILE_UDEV_RULES,
	FILE_GUARDED, /* what the guards hold, for the phases of a boot */
	FILE_GRUB,
	FILE_OWN_ARGUMENTS, /* which arguments apply put where they cannot be told from those of the user */
	FILE_CMDLINE, /* of which only some words are the tool's own */
	N_MANAGED_FILES
};
extern const char *const managed_files[N_MANAGED_FILES];
/* The file of that path; N_MANAGED_FILES: none. */
enum managed_file managed_file_of(const char *path);

/*
 * What an image of the initramfs gets of the tool, beside the program: a file, or every *.conf of a
 * directory. Not what lies in /run, which holds for one boot.
 */
struct image_source {
	const char *path;
	bool is_directory;
	bool is_profile; /* an image that has another one acts on another profile */
};

#define N_IMAGE_SOURCES 7
extern const struct image_source image_sources[N_IMAGE_SOURCES];
/* Is it the name of a file that a directory of the profile brings? */
bool is_profile_name(const char *name);
