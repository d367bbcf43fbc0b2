/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whatever a log of the boot says, what is written of it reads as the same log, with the same decisions. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "decide/boot_log.h"
#include "parse/boot_log.h"
#include "render/boot_log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_log(const char *text)
{
	struct boot_log log, again;
	struct buf story = {};
	char *first, *second;

	boot_log_parse(text, &log);
	first = render_boot_log(&log);
	boot_log_parse(first, &again);
	second = render_boot_log(&again);
	assert(strcmp(first, second) == 0);
	assert(log.n == again.n && log.bindings.n == again.bindings.n);
	text_boot_log(&story, &log);
	vec_foreach(binding, &log.bindings) {
		assert(boot_log_hotplug_failures(&log, &binding->address) ==
		       boot_log_hotplug_failures(&again, &binding->address));
		assert(boot_log_has_given_up(&log, &binding->address) ==
		       boot_log_has_given_up(&again, &binding->address));
	}
	boot_log_add(&log, &(struct logged_phase){.phase = BOOT_PHASE_MANUAL}, &(struct outcomes){},
		     &(struct findings){});
	while (boot_log_make_room(&log))
		;
	assert(log.n == 1 && log.items[0].phase == BOOT_PHASE_MANUAL);
	buf_done(&story);
	free(first);
	free(second);
	boot_log_done(&log);
	boot_log_done(&again);
}

static void check_reasons(const char *text)
{
	struct restart_reasons reasons = {}, again = {};
	char *first, *second;

	restart_reasons_parse(text, &reasons);
	first = render_restart_reasons(&reasons);
	restart_reasons_parse(first, &again);
	second = render_restart_reasons(&again);
	assert(strcmp(first, second) == 0);
	assert(restart_reasons_suffice(&reasons) == restart_reasons_suffice(&again));
	free(first);
	free(second);
	restart_reasons_done(&reasons);
	restart_reasons_done(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xcalloc(size + 1, 1);

	if (size)
		memcpy(text, data, size);
	check_log(text);
	check_reasons(text);
	free(text);
	return 0;
}
