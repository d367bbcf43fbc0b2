/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What apply did. */
#pragma once

#include "model/boot_log.h"
#include "model/command.h"
#include "model/finding.h"
#include "model/policy.h"
#include "render/format.h"

/* Owns nothing. */
struct apply_report {
	const struct planned_files *files;
	const struct command_list *commands;
	const char *log; /* what the commands said; NULL: none was run */
	const struct restart_reasons *reasons;
	const struct findings *findings;
};

/*
 * JSON: {"version":1,"files":[{"path","state","diff","result","error"}],
 * "commands":[{"command":[],"reason","result","status"}],"log","reboot_required","reasons":[],
 * "findings":[]}
 */
char *render_apply(enum format format, const struct apply_report *report);
