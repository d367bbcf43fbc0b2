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

struct boot *memory_read(struct root *root)
{
	_cleanup_free_ char *text = NULL;

	if (root_read_file(root, BOOT_PATH, BOOT_MAX_BYTES, &text, NULL) < 0)
		text = NULL;
	return boot_parse(text);
}

static void add(struct root *root, struct boot *boot, struct boot_phase *phase,
		const struct outcomes *outcomes, const struct findings *findings)
{
	_cleanup_free_ char *after = NULL;
	int r;

	phase->elapsed_ms = (uint32_t)(milliseconds_since_start() - phase->started_ms);
	after = render_boot(boot, phase, outcomes, findings);
	r = root_replace_file(root, BOOT_PATH, after, 0644);
	if (r < 0)
		log_warning("%s cannot be written: %s", BOOT_PATH, strerror(-r));
}

void memory_add(struct root *root, struct boot_phase *phase, const struct outcomes *outcomes,
		const struct findings *findings)
{
	struct boot *boot = memory_read(root);

	add(root, boot, phase, outcomes, findings);
	boot_free(boot);
}

void memory_add_news(struct root *root, struct boot_phase *phase, const struct outcomes *outcomes,
		     const struct findings *findings)
{
	struct boot *boot = memory_read(root);
	struct bindings bindings = {};

	boot_bindings(boot, &bindings);
	if (!bindings_tell(&bindings, outcomes))
		add(root, boot, phase, outcomes, findings);
	bindings_done(&bindings);
	boot_free(boot);
}

void memory_hanging(struct root *root, struct inventory *inventory)
{
	struct boot *boot = memory_read(root);

	boot_hanging(boot, inventory);
	boot_free(boot);
}
