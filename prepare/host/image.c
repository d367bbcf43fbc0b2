/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/image.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "host/bounded.h"
#include "host/command.h"
#include "host/watched.h"
#include "parse/image.h"
#include "parse/unified.h"

#define LISTER_MS 30000
#define NAMES_MAX (4 * 1024 * 1024)

/* What is left to be read of an open image. */
struct part {
	int fd;
	uint64_t left;
	int64_t deadline_ms;
};

static ssize_t read_bytes(void *userdata, void *bytes, size_t n)
{
	struct part *part = userdata;
	ssize_t got;

	if (now_ms() > part->deadline_ms)
		return -ETIME;
	got = watched(part->fd, "", read(part->fd, bytes, n < part->left ? n : (size_t)part->left));

	if (got > 0)
		part->left -= (uint64_t)got;
	return got < 0 ? -errno : got;
}

/* Goes to the initramfs in a unified kernel image; false: it is one, and has none. */
static bool find_part(struct part *part)
{
	unsigned char head[UNIFIED_HEAD_BYTES];
	ssize_t n = watched(part->fd, "", pread(part->fd, head, sizeof(head), 0));
	struct unified_section section;

	if (n < 2 || memcmp(head, "MZ", 2) != 0)
		return true;
	if (!unified_find(head, (size_t)n, ".initrd", &section))
		return false;
	part->left = section.size;
	return lseek(part->fd, (off_t)section.offset, SEEK_SET) >= 0;
}

static bool read_file(struct root *root, const struct profile_file_list *profile, const char *path,
		      int64_t deadline_ms, struct image *image)
{
	_cleanup_close_ int fd = root_open(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct part part = {fd, UINT64_MAX, deadline_ms};
	struct stat st;

	if (fd < 0)
		image->unknown = xasprintf("cannot be opened: %s", strerror(-fd));
	else if (watched(fd, "", fstat(fd, &st)) < 0 || !S_ISREG(st.st_mode))
		image->unknown = xstrdup("is not a regular file");
	else if ((image->damaged = !st.st_size))
		image->unknown = xstrdup("is empty");
	else if (!find_part(&part))
		image->unknown = xstrdup("is a unified kernel image without an initramfs in it");
	else
		return initramfs_parse(read_bytes, &part, profile, image);
	return true;
}

bool image_read(struct root *root, const struct profile_file_list *profile,
		const struct strv *paths, int64_t deadline_ms, struct image *image)
{
	bool known = true;

	vec_foreach(file, profile)
		image_file_set(image, file->path, IMAGE_FILE_MISSING);
	for (size_t i = 0; i < paths->n && !image->unknown; i++)
		known = read_file(root, profile, paths->items[i], deadline_ms, image);
	return known;
}

/* The output of the lister, in memory that the child shares with its parent. */
struct listing {
	int status;
	size_t length;
	char names[NAMES_MAX];
};

struct asked_lister {
	struct root *root;
	struct strv argv;
	struct listing *listing;
};

static void hear(void *userdata, const char *line)
{
	struct listing *listing = userdata;
	size_t length = strlen(line);

	if (length + 2 > sizeof(listing->names) - listing->length)
		return;
	memcpy(listing->names + listing->length, line, length);
	listing->length += length;
	listing->names[listing->length++] = '\n';
}

static void run(void *userdata, size_t piece _unused_)
{
	struct asked_lister *asked = userdata;

	asked->listing->status = command_run(asked->root, &asked->argv, hear, asked->listing);
}

static bool ask(struct root *root, const char *lister, struct image *image)
{
	struct asked_lister asked = {.root = root};
	bool told;

	asked.listing = bounded_memory(sizeof(*asked.listing));
	if (!asked.listing)
		return false;
	strv_add(&asked.argv, lister);
	strv_add(&asked.argv, image->path);
	told = bounded_once(run, &asked, LISTER_MS) == BOUNDED_DONE && asked.listing->status == 0;
	if (told)
		image_see_listing(image, asked.listing->names);
	bounded_free(asked.listing, sizeof(*asked.listing));
	strv_done(&asked.argv);
	return told;
}

void image_list(struct root *root, struct image *image)
{
	for (size_t i = 0; i < N_GENERATORS && root->live; i++)
		if (generators[i].lister && ask(root, generators[i].lister, image))
			return;
}
