/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci_bounded.h"

#include <errno.h>
#include <string.h>

#include "host/bounded.h"
#include "host/pci.h"
#include "parse/config_space.h"

/* An override is read at once or not for a long time: waiting longer would only delay the boot. */
#define OVERRIDE_MS 1000
#define OVERRIDES_MS 5000
/* A function without power (D3cold) is woken up for its configuration space, which takes seconds. */
#define CONFIG_MS 5000
#define CONFIGS_MS 10000
#define HEADER_TYPE 0x0e /* include/uapi/linux/pci_regs.h; the top bit says "more functions" */

struct work {
	struct root *root;
	struct inventory *inventory;
	const struct bounded_read *what;
	size_t *functions;      /* the pieces: which of the inventory's */
	unsigned char *answers; /* beside them, shared with the child */
	bool *answered;         /* the same */
};

static void *answer_of(const struct work *work, size_t piece)
{
	return work->answers + piece * work->what->size;
}

static void read_piece(void *userdata, size_t piece)
{
	const struct work *work = userdata;
	int dir = device_lend(work->root, &work->inventory->items[work->functions[piece]].address);

	if (dir < 0)
		return;
	work->what->read(work->root, dir, answer_of(work, piece));
	work->answered[piece] = true;
}

static void piece_ended(void *userdata, size_t piece, enum bounded_end end,
			uint32_t elapsed_ms _unused_)
{
	const struct work *work = userdata;
	bool answered = end == BOUNDED_DONE && work->answered[piece];

	work->what->take(work->root, &work->inventory->items[work->functions[piece]],
			 answered ? answer_of(work, piece) : NULL);
}

void pci_read_bounded(struct root *root, const struct needs *needs, enum function_fact fact,
		      const struct bounded_read *what, struct inventory *inventory)
{
	_cleanup_free_ size_t *functions = xcalloc(inventory->n, sizeof(*functions));
	struct work work = {.root = root,
			    .inventory = inventory,
			    .what = what,
			    .functions = functions};
	struct bounded_job job = {
		.piece_ms = what->piece_ms,
		.total_ms = what->total_ms,
		.userdata = &work,
		.run = read_piece,
		.ended = piece_ended,
	};
	size_t bytes;

	vec_foreach(function, inventory) {
		if (!needs_fact(needs, inventory, function, fact))
			continue;
		/* Nobody would get the process back that reads it. */
		if (function->hangs)
			what->take(root, function, NULL);
		else
			functions[job.n++] = (size_t)(function - inventory->items);
	}
	if (!job.n)
		return;
	bytes = job.n * (what->size + sizeof(bool));
	work.answers = bounded_memory(bytes);
	if (!work.answers) {
		for (size_t i = 0; i < job.n; i++)
			what->take(root, &inventory->items[functions[i]], NULL);
		return;
	}
	work.answered = (bool *)(work.answers + job.n * what->size);
	bounded_run(&job);
	bounded_free(work.answers, bytes);
}

struct override {
	int length; /* or -errno */
	char text[DRIVER_OVERRIDE_MAX];
};

static void read_override(struct root *root, int dir, void *answer)
{
	struct override *override = answer;

	override->length = attribute_read(root, dir, "driver_override", override->text,
					  sizeof(override->text));
}

static void take_override(struct root *root _unused_, struct pci_function *function,
			  const void *answer)
{
	const struct override *override = answer;

	if (!override || (override->length < 0 && override->length != -ENOENT))
		function->unknown |= FUNCTION_OVERRIDE;
	else if (override->length > 0 && strcmp(override->text, "(null)") != 0)
		function->driver_override = xstrdup(override->text);
}

const struct bounded_read pci_override = {
	.size = sizeof(struct override),
	.piece_ms = OVERRIDE_MS,
	.total_ms = OVERRIDES_MS,
	.read = read_override,
	.take = take_override,
};

struct config_space {
	int length; /* or -errno */
	uint8_t bytes[PCI_CONFIG_BYTES];
};

static void read_config(struct root *root, int dir, void *answer)
{
	struct config_space *config = answer;

	config->length = attribute_read_bytes(root, dir, "config", config->bytes,
					      sizeof(config->bytes));
}

static void take_serial(struct root *root, struct pci_function *function, const void *answer)
{
	const struct config_space *config = answer;
	size_t length = config && config->length > 0 ? (size_t)config->length : 0;

	if (length && root->recorder) {
		int dir = device_lend(root, &function->address);

		if (dir >= 0)
			attribute_record(root, dir, "config", config->bytes, length);
	}
	function->answers_nothing = config && config_space_is_silent(config->bytes, length);
	/* An ordinary user sees 64 bytes, a conventional PCI function has 256: then it is not known. */
	if (length <= 256)
		return;
	function->unknown &= ~(unsigned)FUNCTION_SERIAL;
	function->has_serial = config_space_serial(config->bytes, length, &function->serial, NULL);
}

const struct bounded_read pci_serial = {
	.size = sizeof(struct config_space),
	.piece_ms = CONFIG_MS,
	.total_ms = CONFIGS_MS,
	.read = read_config,
	.take = take_serial,
};

struct config_header {
	int length; /* or -errno */
	unsigned char bytes[PCI_CONFIG_HEADER_BYTES];
};

static void read_header(struct root *root, int dir, void *answer)
{
	struct config_header *header = answer;

	header->length = attribute_read_bytes(root, dir, "config", header->bytes,
					      sizeof(header->bytes));
}

static void take_header(struct root *root _unused_, struct pci_function *function,
			const void *answer)
{
	const struct config_header *header = answer;

	if (!header || header->length <= HEADER_TYPE)
		return;
	function->answers_nothing = config_space_is_silent(header->bytes, (size_t)header->length);
	if (!function->answers_nothing)
		function->header_type = header->bytes[HEADER_TYPE] & 0x7f;
}

const struct bounded_read pci_header = {
	.size = sizeof(struct config_header),
	.piece_ms = CONFIG_MS,
	.total_ms = CONFIGS_MS,
	.read = read_header,
	.take = take_header,
};
