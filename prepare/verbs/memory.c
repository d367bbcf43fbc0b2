/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verbs/memory.h"

#include <string.h>
#include <time.h>

#include "base/log.h"
#include "host/files.h"

static uint64_t milliseconds_since_start(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

struct boot_phase memory_begin(const char *phase)
{
	return (struct boot_phase){.phase = phase, .started_ms = milliseconds_since_start()};
}

static char *read_memory(struct root *root)
{
	char *memory = NULL;

	return root_read_file(root, BOOT_PATH, BOOT_MAX_BYTES, &memory, NULL) < 0 ? NULL : memory;
}

static void add(struct root *root, const char *before, struct boot_phase *phase,
		const struct outcomes *outcomes, const struct findings *findings)
{
	_cleanup_free_ char *after = NULL;
	int r;

	phase->elapsed_ms = (uint32_t)(milliseconds_since_start() - phase->started_ms);
	after = render_boot(before, phase, outcomes, findings);
	r = root_replace_file(root, BOOT_PATH, after, 0644);
	if (r < 0)
		log_warning("%s cannot be written: %s", BOOT_PATH, strerror(-r));
}

void memory_add(struct root *root, struct boot_phase *phase, const struct outcomes *outcomes,
		const struct findings *findings)
{
	_cleanup_free_ char *before = read_memory(root);

	add(root, before, phase, outcomes, findings);
}

void memory_add_news(struct root *root, struct boot_phase *phase, const struct outcomes *outcomes,
		     const struct findings *findings)
{
	_cleanup_free_ char *before = read_memory(root);
	struct bindings bindings = {};

	boot_bindings(before, &bindings);
	if (!bindings_tell(&bindings, outcomes))
		add(root, before, phase, outcomes, findings);
	bindings_done(&bindings);
}

void memory_bindings(struct root *root, struct bindings *ret)
{
	_cleanup_free_ char *memory = read_memory(root);

	boot_bindings(memory, ret);
}

void memory_hanging(struct root *root, struct inventory *inventory)
{
	_cleanup_free_ char *memory = read_memory(root);

	if (memory)
		boot_hanging(memory, inventory);
}
