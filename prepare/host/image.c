/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/image.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/bounded.h"
#include "host/command.h"
#include "parse/image.h"

#define LISTER_MS 30000
#define NAMES_MAX (4 * 1024 * 1024)

static ssize_t read_bytes(void *userdata, void *bytes, size_t n)
{
	ssize_t got = read(*(int *)userdata, bytes, n);

	return got < 0 ? -errno : got;
}

bool image_read(struct root *root, const struct profile_file_list *profile, struct image *image)
{
	_cleanup_close_ int fd = root_open(root, image->path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	vec_foreach(file, profile)
		image_file_set(image, file->path, IMAGE_FILE_MISSING);
	if (fd < 0)
		image->unknown = xasprintf("cannot be opened: %s", strerror(-fd));
	else if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		image->unknown = xstrdup("is not a regular file");
	else if ((image->damaged = !st.st_size))
		image->unknown = xstrdup("is empty");
	else
		return initramfs_parse(read_bytes, &fd, profile, image);
	return true;
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
	bool done;
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

static void ended(void *userdata, size_t piece _unused_, enum bounded_end end,
		  uint32_t elapsed_ms _unused_)
{
	struct asked_lister *asked = userdata;

	asked->done = end == BOUNDED_DONE && asked->listing->status == 0;
}

static bool ask(struct root *root, const char *lister, struct image *image)
{
	struct asked_lister asked = {.root = root};

	asked.listing = bounded_memory(sizeof(*asked.listing));
	if (!asked.listing)
		return false;
	strv_add(&asked.argv, lister);
	strv_add(&asked.argv, image->path);
	bounded_run(&(struct bounded_job){
		.n = 1,
		.piece_ms = LISTER_MS,
		.total_ms = LISTER_MS,
		.userdata = &asked,
		.run = run,
		.ended = ended,
	});
	if (asked.done)
		image_see_listing(image, asked.listing->names);
	bounded_free(asked.listing, sizeof(*asked.listing));
	strv_done(&asked.argv);
	return asked.done;
}

void image_list(struct root *root, struct image *image)
{
	for (size_t i = 0; i < N_GENERATORS && root->live; i++)
		if (generators[i].lister && ask(root, generators[i].lister, image))
			return;
}
