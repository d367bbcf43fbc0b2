/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/rebuild.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "host/bootloader.h"
#include "host/generator.h"
#include "host/image_candidates.h"
#include "host/profile_files.h"

#define MODULES_DIR "/lib/modules"

/* A file whose change makes an image stale, and when it was written, in nanoseconds. */
struct input {
	char *path;
	int64_t time;
};

/* The host's files while they are being looked at; each is opened once. */
struct looking {
	struct root *root;
	struct rebuild *rebuild;
	VEC_OF(struct input) inputs;
	int64_t newest; /* time of the newest input; -1: there is none */
	int64_t boot_s; /* when the running kernel was started; -1: not known */
};

/* When the file was written, in nanoseconds; -1: it is not there. */
static int64_t time_of(struct root *root, const char *path)
{
	struct stat st;

	if (root_stat(root, path, &st) < 0)
		return -1;
	return (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
}

/* A mask is a link to a device, whose time is that of the boot: its directory's time shows it. */
static void add_input(struct looking *looking, const char *path)
{
	int64_t time = profile_file_masks(looking->root, path) ? -1 : time_of(looking->root, path);

	if (time >= 0)
		*(struct input *)vec_add(&looking->inputs) = (struct input){xstrdup(path), time};
	if (time > looking->newest)
		looking->newest = time;
}

/* A removed file shows in the time of its directory. */
static void find_inputs(struct looking *looking)
{
	_cleanup_(strv_done) struct strv paths = {};

	strv_add(&paths, PROGRAM_PATH);
	image_files_find(looking->root, true, &paths);
	strv_add(&paths, MODPROBE_DIR);
	strv_add(&paths, UDEV_RULES_DIR);
	for (size_t i = 0; i < N_IMAGE_SOURCES; i++)
		if (image_sources[i].is_directory)
			strv_add(&paths, image_sources[i].path);
	for (size_t i = 0; i < N_GENERATORS; i++)
		if (generators[i].input)
			strv_add(&paths, generators[i].input);
	for (size_t i = 0; i < paths.n; i++)
		add_input(looking, paths.items[i]);
}

static void add_image(struct looking *looking, struct image_set *set, const char *path,
		      int64_t time)
{
	strv_add(&set->paths, path);
	if (looking->boot_s >= 0 && time / 1000000000 > looking->boot_s)
		looking->rebuild->newer_than_boot = true;
	if (time >= looking->newest || set->stale)
		return;
	set->stale = xstrdup(path);
	vec_foreach(input, &looking->inputs)
		if (input->time > time && !set->newer_input)
			set->newer_input = xstrdup(input->path);
}

/* The file with that release in its name; NULL: none. *ret_time: when it was written. */
static char *find_named(struct root *root, const char *directory, const struct release_name *names,
			size_t n, const char *release, int64_t *ret_time)
{
	for (size_t i = 0; i < n; i++) {
		char *path = xasprintf("%s/%s%s%s", directory, names[i].begin, release,
				       names[i].end);

		*ret_time = time_of(root, path);
		if (*ret_time >= 0)
			return path;
		free(path);
	}
	return NULL;
}

static char *find_kernel(struct root *root, const char *release)
{
	int64_t time;
	char *path = xasprintf(MODULES_DIR "/%s/vmlinuz", release);

	if (root_exists(root, path))
		return path;
	free(path);
	return find_named(root, boot_places[0], kernel_names, N_KERNEL_NAMES, release, &time);
}

static void find_kernels(struct looking *looking)
{
	struct root *root = looking->root;
	struct rebuild *rebuild = looking->rebuild;
	const char *kept = generators[rebuild->generator].kept;
	_cleanup_(strv_done) struct strv releases = {}, known = {};
	bool listed = kept && root_list(root, kept, &known) == 0;

	root_list(root, MODULES_DIR, &releases);
	for (size_t i = 0; i < releases.n; i++) {
		const char *release = releases.items[i];
		int64_t time;
		_cleanup_free_ char *image = find_named(root, boot_places[0], image_names,
							N_IMAGE_NAMES, release, &time);
		char *kernel = find_kernel(root, release);

		if (image && (!listed || strv_contains(&known, release)))
			add_image(looking, &rebuild->images, image, time);
		if (kernel) {
			strv_add(&rebuild->kernels, release);
			strv_take(&rebuild->kernel_paths, kernel);
		}
	}
}

/* The candidate, and all that lies beside an entry's image: its kernel, device trees, microcode. */
static void add_entry_files(const struct image_candidate *candidate, struct strv *ret)
{
	size_t directory = (size_t)(strrchr(candidate->path, '/') - candidate->path);

	if (candidate->form == IMAGE_UNIFIED)
		strv_add(ret, candidate->path);
	for (size_t i = 0; i < candidate->beside.n; i++) {
		_cleanup_free_ char *path = xasprintf("%.*s/%s", (int)directory, candidate->path,
						      candidate->beside.items[i]);

		if (*candidate->beside.items[i] != '.' && !strv_contains(ret, path))
			strv_add(ret, path);
	}
}

/* Without names of kernels in their names, images are those that the boot loader starts, or might start. */
static void find_unnamed(struct looking *looking, const struct bootloader *bootloader,
			 const struct image_candidates *found)
{
	bool laid_out = bootloaders[bootloader->kind].takeover == TAKEOVER_KERNELS;
	struct image_set *set = laid_out ? &looking->rebuild->entries : &looking->rebuild->images;
	const struct strv *started = &bootloader->next_images;
	_cleanup_(strv_done) struct strv paths = {};

	if (started->n)
		strv_add(&paths, started->items[started->n - 1]);
	vec_foreach(candidate, found)
		if (!started->n && !candidate->kernel)
			strv_add(&paths, candidate->path);
	vec_foreach(path, &paths) {
		int64_t time = time_of(looking->root, *path);

		if (time < 0)
			continue;
		add_image(looking, set, *path, time);
		if (laid_out)
			strv_add(&looking->rebuild->entry_files, *path);
	}
}

/* Finds the newest image of each kernel: the boot loader may take any, and the newest is kept up to date. */
static void find_entries(struct looking *looking, const struct bootloader *bootloader)
{
	struct rebuild *rebuild = looking->rebuild;
	_cleanup_(image_candidates_done) struct image_candidates found = {};

	for (size_t i = 0; i < N_BOOT_PLACES; i++)
		image_candidates_find(looking->root, i, &found);
	for (size_t i = 0; i < rebuild->kernels.n; i++) {
		const char *release = rebuild->kernels.items[i], *newest = NULL;
		int64_t newest_time = -1;

		vec_foreach(candidate, &found) {
			int64_t time;

			if (candidate->form == IMAGE_PLAIN ||
			    !text_same(candidate->kernel, release))
				continue;
			add_entry_files(candidate, &rebuild->entry_files);
			time = time_of(looking->root, candidate->path);
			if (time > newest_time) {
				newest = candidate->path;
				newest_time = time;
			}
		}
		if (newest)
			add_image(looking, &rebuild->entries, newest, newest_time);
		else
			strv_add(&rebuild->kernels_unseen, release);
	}
	if (!rebuild->images.paths.n && !rebuild->entries.paths.n &&
	    !generators[rebuild->generator].with_system)
		find_unnamed(looking, bootloader, &found);
}

static void find_programs(struct root *root, struct rebuild *rebuild)
{
	rebuild->generator = generator_of(root);
	for (enum bootloader_kind kind = 0; kind < N_BOOTLOADERS; kind++)
		rebuild->command[kind] = bootloader_command(root, kind);
}

void scan_rebuild(struct root *root, const struct bootloader *bootloader, struct rebuild *ret)
{
	struct looking looking = {.root = root, .rebuild = ret, .newest = -1};

	*ret = (struct rebuild){};
	looking.boot_s = boot_time(root);
	find_programs(root, ret);
	find_inputs(&looking);
	find_kernels(&looking);
	find_entries(&looking, bootloader);
	/* Without images the boot reads the files themselves. */
	if (!ret->images.paths.n && !ret->entries.paths.n && looking.boot_s >= 0 &&
	    looking.newest / 1000000000 > looking.boot_s)
		ret->newer_than_boot = true;
	/* Drop-ins of a boot loader are newer if they changed after the file was made that its next boot reads. */
	for (size_t i = 0; i < N_BOOTLOADERS && !ret->drop_ins_newer; i++) {
		const struct bootloader_place *place = &bootloaders[i];
		int64_t made = place->drop_ins ? time_of(root, place->next[0]) : -1;

		ret->drop_ins_newer = made >= 0 && time_of(root, place->drop_ins) > made;
	}
	vec_foreach(input, &looking.inputs)
		free(input->path);
	free(looking.inputs.items);
}
