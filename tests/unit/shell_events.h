/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a script that is followed tells, a line for each: "3: [modprobe][vfio-pci]", "4? /sys/x <- text". */
#pragma once

#include "base/buf.h"
#include "parse/shell.h"
#include "support.h"

static void add_event(void *userdata, const struct shell_event *event, struct buf *output)
{
	struct buf *told = userdata;

	buf_addf(told, "%u%s ", event->line, event->maybe ? "?" : ":");
	if (!event->words) {
		buf_addf(told, "%s <- %s", event->path, event->text);
	} else {
		for (size_t i = 0; i < event->words->n; i++)
			buf_addf(told, "[%s]", event->words->items[i]);
		if (strcmp(event->words->items[0], "known") == 0)
			buf_add(output, "known");
	}
	while (told->length && told->text[told->length - 1] == '\n')
		told->length--;
	buf_add(told, "\n");
	for (char *c = told->text; *c; c++)
		*c = *c == SHELL_UNKNOWN[0] ? '@' : *c;
}

static bool add_glob(void *userdata _unused_, const char *word, struct buf *ret)
{
	buf_addf(ret, "<%s>", word);
	return strncmp(word, "/known/", 7) == 0;
}

/* '@' stands for what is unknown. */
static inline void expect_told(const char *prelude, const char *script, int result,
			       const char *want)
{
	struct buf told = {};
	static const char *const entries[] = {"entry", NULL};
	const struct shell_watcher watcher = {&told, add_event, add_glob, entries};

	check_int(script, shell_follow(prelude, script, &watcher), result);
	check_text(script, buf_text(&told), want);
	buf_done(&told);
}

struct told_row {
	const char *script, *want;
};

static inline void expect_rows(const struct told_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		expect_told("", rows[i].script, 0, rows[i].want);
}
