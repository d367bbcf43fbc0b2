/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/image_lister.h"

#include <string.h>

#include "host/bounded.h"
#include "host/command.h"

#define LISTER_MS 30000
#define NAMES_MAX (4 * 1024 * 1024)

/* What the child reads from the lister, in memory that it shares with its parent. */
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
