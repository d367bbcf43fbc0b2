/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/cpio.h"

#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

/* Names and contents end at a multiple of four from the beginning of their header. */
static uint64_t padded(uint64_t bytes)
{
	return (bytes + 3) & ~(uint64_t)3;
}

static void enter(struct cpio *cpio, enum cpio_state state, uint64_t left, bool keep)
{
	buf_done(&cpio->kept);
	cpio->state = state;
	cpio->left = left;
	cpio->keep = keep;
}

static void fail(struct cpio *cpio, const char *error)
{
	enter(cpio, CPIO_ERROR, 0, false);
	cpio->error = error;
}

void cpio_begin(struct cpio *cpio)
{
	enter(cpio, CPIO_HEADER, CPIO_HEADER_BYTES, true);
	cpio->error = NULL;
}

void cpio_done(struct cpio *cpio)
{
	buf_done(&cpio->kept);
	free(cpio->name);
	cpio->name = NULL;
}

/* Each has eight hex digits. */
enum field { INODE, MODE, UID, GID, N_LINKS, MTIME, SIZE, MAJOR, MINOR, RMAJOR, RMINOR, NAME_SIZE };

static void end_header(struct cpio *cpio)
{
	static const enum field used[] = {INODE, MODE, N_LINKS, SIZE, MAJOR, MINOR, NAME_SIZE};
	const char *header = buf_text(&cpio->kept);
	uint64_t fields[NAME_SIZE + 1];

	if (memcmp(header, "070701", 6) != 0 && memcmp(header, "070702", 6) != 0) {
		fail(cpio, "an entry does not begin as it must");
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(used); i++)
		if (number_parse_n(header + 6 + 8 * (size_t)used[i], 8, 16, UINT32_MAX,
				   &fields[used[i]]) < 0) {
			fail(cpio, "an entry has a number that is none");
			return;
		}
	if (!fields[NAME_SIZE] || fields[NAME_SIZE] > CPIO_NAME_MAX) {
		fail(cpio, "the length of a name is impossible");
		return;
	}
	cpio->entry = (struct cpio_entry){
		.mode = (unsigned)fields[MODE],
		.size = (uint32_t)fields[SIZE],
		.n_links = (uint32_t)fields[N_LINKS],
		.inode = (fields[MAJOR] << 16 ^ fields[MINOR]) << 32 | fields[INODE],
	};
	enter(cpio, CPIO_NAME, padded(CPIO_HEADER_BYTES + fields[NAME_SIZE]) - CPIO_HEADER_BYTES,
	      true);
}

static void end_content(struct cpio *cpio)
{
	if (cpio->keep) {
		/* Without what it was padded with. */
		if (cpio->kept.text)
			cpio->kept.text[cpio->entry.size] = '\0';
		cpio->content(cpio->userdata, &cpio->entry, buf_text(&cpio->kept));
	}
	enter(cpio, CPIO_HEADER, CPIO_HEADER_BYTES, true);
}

static void end_name(struct cpio *cpio)
{
	const char *name = buf_text(&cpio->kept);
	bool wanted;

	if (!memchr(name, '\0', cpio->kept.length)) {
		fail(cpio, "a name has no end");
		return;
	}
	if (strcmp(name, "TRAILER!!!") == 0) {
		enter(cpio, CPIO_END, 0, false);
		return;
	}
	while (strncmp(name, "./", 2) == 0 || *name == '/')
		name += *name == '/' ? 1 : 2;
	free(cpio->name);
	cpio->name = xstrdup(name);
	cpio->entry.name = cpio->name;
	wanted = cpio->begin(cpio->userdata, &cpio->entry);
	enter(cpio, CPIO_CONTENT, padded(cpio->entry.size), wanted);
	if (!cpio->left)
		end_content(cpio);
}

static void end_state(struct cpio *cpio)
{
	if (cpio->state == CPIO_HEADER)
		end_header(cpio);
	else if (cpio->state == CPIO_NAME)
		end_name(cpio);
	else
		end_content(cpio);
}

size_t cpio_feed(struct cpio *cpio, const char *bytes, size_t n)
{
	size_t used = 0;

	while (used < n && cpio->state != CPIO_END && cpio->state != CPIO_ERROR) {
		size_t take = n - used < cpio->left ? n - used : (size_t)cpio->left;

		if (cpio->keep)
			buf_add_n(&cpio->kept, bytes + used, take);
		used += take;
		cpio->left -= take;
		if (!cpio->left)
			end_state(cpio);
	}
	return used;
}

bool cpio_is_whole(const struct cpio *cpio)
{
	return cpio->state == CPIO_END ||
	       (cpio->state == CPIO_HEADER && cpio->left == CPIO_HEADER_BYTES);
}
