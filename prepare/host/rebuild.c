/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/rebuild.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/number.h"
#include "host/bootloader.h"
#include "host/image_candidates.h"
#include "host/program.h"

/* What an image holds of the host's files, as far as they are about devices and their modules. */
static const char *const inputs[] = {
	"/usr/sbin/vfio-prepare",
	"/etc/vfio-prepare/profile.conf",
	"/etc/vfio-prepare/guarded",
	"/etc/modprobe.d",
	"/etc/modprobe.d/vfio-prepare.conf",
	"/etc/udev/rules.d",
	"/etc/udev/rules.d/05-vfio-prepare.rules",
	"/etc/initramfs-tools/modules",
};
/* Directories whose *.conf all go into it. */
static const char *const input_dirs[] = {"/etc/vfio-prepare/conf.d",
					 "/usr/lib/vfio-prepare/conf.d"};

/* When the file was written, in nanoseconds; -1: it is not there. */
static int64_t time_of(struct root *root, const char *path)
{
	_cleanup_close_ int fd = root_open(root, path, O_PATH);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -1;
	return (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
}

/* Another input: the newest counts, and the first that is newer than since is named. */
static void take(struct root *root, const char *path, int64_t since, int64_t *newest,
		 char **ret_path)
{
	int64_t time = time_of(root, path);

	if (time > since && !*ret_path)
		*ret_path = xstrdup(path);
	if (time > *newest)
		*newest = time;
}

/* When the newest input was written; *ret_path: one that is newer than since, NULL: none. */
static int64_t newest_input(struct root *root, int64_t since, char **ret_path)
{
	int64_t newest = -1;

	for (size_t i = 0; i < ARRAY_SIZE(inputs); i++)
		take(root, inputs[i], since, &newest, ret_path);
	for (size_t i = 0; i < ARRAY_SIZE(input_dirs); i++) {
		struct strv names = {};

		take(root, input_dirs[i], since, &newest, ret_path);
		root_list(root, input_dirs[i], &names);
		for (size_t j = 0; j < names.n; j++) {
			_cleanup_free_ char *path = xasprintf("%s/%s", input_dirs[i],
							      names.items[j]);

			take(root, path, since, &newest, ret_path);
		}
		strv_done(&names);
	}
	return newest;
}

/* The image and the kernel of a release, by the names that distributions give them; NULL: none. */
static char *find_file(struct root *root, const char *const *formats, size_t n, const char *release)
{
	for (size_t i = 0; i < n; i++) {
		const char *star = strchr(formats[i], '*');
		char *path = xasprintf("%.*s%s%s", (int)(star - formats[i]), formats[i], release,
				       star + 1);

		if (time_of(root, path) >= 0)
			return path;
		free(path);
	}
	return NULL;
}

static void scan_kernels(struct root *root, struct rebuild *rebuild)
{
	static const char *const images[] = {"/boot/initrd.img-*", "/boot/initramfs-*.img",
					     "/boot/initrd-*"};
	static const char *const kernels[] = {"/lib/modules/*/vmlinuz", "/boot/vmlinuz-*",
					      "/boot/vmlinux-*"};
	/* update-initramfs -k all means those that it has made before (it keeps a checksum of each). */
	bool listed = rebuild->tool == IMAGE_TOOL_UPDATE_INITRAMFS &&
		      time_of(root, "/var/lib/initramfs-tools") >= 0;
	struct strv releases = {};

	root_list(root, "/lib/modules", &releases);
	for (size_t i = 0; i < releases.n; i++) {
		const char *release = releases.items[i];
		_cleanup_free_ char *known = xasprintf("/var/lib/initramfs-tools/%s", release);
		char *image = find_file(root, images, ARRAY_SIZE(images), release);
		char *kernel = find_file(root, kernels, ARRAY_SIZE(kernels), release);

		if (image && (!listed || time_of(root, known) >= 0))
			strv_take(&rebuild->images.paths, image);
		else
			free(image);
		if (kernel) {
			strv_add(&rebuild->kernels, release);
			strv_take(&rebuild->kernel_paths, kernel);
		}
	}
	strv_done(&releases);
}

/* A file of its own, or all that lies beside an image: its kernel, device trees, microcode. */
static void add_entry_files(struct root *root, const char *image, struct strv *ret)
{
	size_t length = strlen(image);
	_cleanup_free_ char *directory = xstrndup(image, (size_t)(strrchr(image, '/') - image));
	struct strv names = {};

	if (length > 4 && strcmp(image + length - 4, ".efi") == 0) {
		strv_add(ret, image);
		return;
	}
	root_list(root, directory, &names);
	for (size_t i = 0; i < names.n; i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", directory, names.items[i]);

		if (*names.items[i] != '.' && !strv_contains(ret, path))
			strv_add(ret, path);
	}
	strv_done(&names);
}

/* Of what lies in several places for a kernel the boot loader may take any: the newest is kept up. */
static void scan_entries(struct root *root, struct rebuild *rebuild)
{
	static const char *const places[] = {IMAGE_PLACES};
	struct image_candidates found = {};

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		image_candidates_find_entries(root, places[i], &found);
		image_candidates_find_unified(root, places[i], &found);
	}
	for (size_t i = 0; i < rebuild->kernels.n; i++) {
		const char *newest = NULL;
		int64_t time = -1;

		vec_foreach(candidate, &found)
			if (strcmp(candidate->kernel, rebuild->kernels.items[i]) == 0) {
				add_entry_files(root, candidate->path, &rebuild->entry_files);
				if (time_of(root, candidate->path) > time) {
					newest = candidate->path;
					time = time_of(root, newest);
				}
			}
		strv_add(newest ? &rebuild->entries.paths : &rebuild->kernels_unseen,
			 newest ? newest : rebuild->kernels.items[i]);
	}
	image_candidates_done(&found);
}

/* newest: of all that goes into them; boot: when the running kernel was started, in seconds. */
static void judge_images(struct root *root, int64_t newest, int64_t boot, struct image_set *set,
			 bool *newer_than_boot)
{
	for (size_t i = 0; i < set->paths.n; i++) {
		int64_t time = time_of(root, set->paths.items[i]);

		if (boot >= 0 && time / 1000000000 > boot)
			*newer_than_boot = true;
		if (time < newest && !set->stale) {
			set->stale = xstrdup(set->paths.items[i]);
			newest_input(root, time, &set->newer_input);
		}
	}
}

void scan_rebuild(struct root *root, struct rebuild *ret)
{
	struct rebuild rebuild = {};
	_cleanup_free_ char *unused = NULL;
	int64_t newest = newest_input(root, -1, &unused), boot = boot_time(root), grub_cfg;

	if (program_exists(root, "update-initramfs"))
		rebuild.tool = IMAGE_TOOL_UPDATE_INITRAMFS;
	else if (program_exists(root, "dracut"))
		rebuild.tool = IMAGE_TOOL_DRACUT;
	rebuild.has_update_grub = program_exists(root, "update-grub");
	rebuild.has_proxmox = program_exists(root, "proxmox-boot-tool") &&
			      time_of(root, "/etc/kernel/proxmox-boot-uuids") >= 0;
	scan_kernels(root, &rebuild);
	scan_entries(root, &rebuild);

	/* Without images the boot reads the files themselves. */
	rebuild.newer_than_boot = boot >= 0 && !rebuild.images.paths.n &&
				  !rebuild.entries.paths.n && newest / 1000000000 > boot;
	judge_images(root, newest, boot, &rebuild.images, &rebuild.newer_than_boot);
	judge_images(root, newest, boot, &rebuild.entries, &rebuild.newer_than_boot);
	grub_cfg = time_of(root, "/boot/grub/grub.cfg");
	rebuild.grub_cfg_stale = grub_cfg >= 0 && time_of(root, GRUB_DROP_IN_DIR) > grub_cfg;
	*ret = rebuild;
}
