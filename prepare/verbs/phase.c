/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verbs/phase.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/process.h"
#include "decide/boot_log.h"
#include "host/claims.h"
#include "host/uevent.h"
#include "render/boot_log.h"
#include "render/claim.h"

int phase_begin(struct root *root, enum boot_phase phase, int wait_ms, struct phase_run *ret)
{
	int fd = run_lock_take(root, LOCK_DEVICES, wait_ms);

	*ret = (struct phase_run){.lock = fd < 0 ? -1 : fd};
	if (fd == -EAGAIN)
		return fd;
	process_hold();
	ret->phase = (struct logged_phase){.phase = phase, .started_ms = (uint64_t)since_boot_ms()};
	boot_log_read(root, &ret->log);
	return 0;
}

void phase_show(struct root *root, const struct phase_run *run, const struct outcomes *outcomes)
{
	vec_foreach(outcome, outcomes)
		if (outcome->result == RESULT_DONE &&
		    boot_log_has_given_up(&run->log, &outcome->address))
			uevent_show(root, &outcome->address);
}

/* By hand and in hotplug udev has heard of the device before its claim is there; in a boot the coldplug comes after. */
static int write_claims(struct root *root, const struct phase_run *run,
			const struct profile *profile)
{
	const enum boot_phase phase = run->phase.phase;
	_cleanup_(claim_files_done) struct claim_files files = {.unknown = run->log.unknown};

	vec_foreach(binding, &run->log.bindings) {
		const struct device_section *section = profile_section(profile, binding->section);

		*vec_add(&files) = (struct claim_file){
			.address = binding->address,
			.text = render_claim(binding, section),
			.vague = !section,
		};
	}
	return claims_write(root, &files,
			    phase == BOOT_PHASE_HOTPLUG || boot_phase_is_by_hand(phase));
}

int phase_log(struct root *root, struct phase_run *run, const struct profile *profile,
	      const struct outcomes *outcomes, const struct findings *findings)
{
	struct logged_phase *phase = &run->phase;
	bool may_repeat = phase->phase == BOOT_PHASE_HOTPLUG || boot_phase_is_by_hand(phase->phase);
	_cleanup_free_ char *text = NULL;
	int r, claimed;

	/* The profile may have another name or consumer for the devices than at the last phase. */
	if (may_repeat && !boot_log_is_news(&run->log, outcomes))
		return write_claims(root, run, profile);
	phase->elapsed_ms = (uint32_t)((uint64_t)since_boot_ms() - phase->started_ms);
	boot_log_add(&run->log, phase, outcomes, findings);
	text = render_boot_log(&run->log);
	while (strlen(text) >= BOOT_LOG_MAX_BYTES && boot_log_make_room(&run->log)) {
		free(text);
		text = render_boot_log(&run->log);
	}
	r = boot_log_write(root, text);
	claimed = write_claims(root, run, profile);
	return r < 0 ? r : claimed;
}

void phase_end(struct phase_run *run)
{
	boot_log_done(&run->log);
	close_fd(&run->lock);
}
