/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/bootloader.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "model/kernel_args.h"
#include "model/policy.h"
#include "parse/kernel_args.h"

char *render_grub(const struct strv *arguments)
{
	struct buf buf = {};

	if (!arguments->n)
		return xstrdup("");
	buf_add(&buf, FILE_HEADER "GRUB_CMDLINE_LINUX_DEFAULT=\"$GRUB_CMDLINE_LINUX_DEFAULT");
	for (size_t i = 0; i < arguments->n; i++)
		buf_addf(&buf, " %s", arguments->items[i]);
	buf_add(&buf, "\"\n");
	return buf_take(&buf);
}

char *render_own_arguments(const struct strv *ours, const struct strv *kept)
{
	struct buf buf = {};

	if (!ours->n && !kept->n)
		return xstrdup("");
	buf_add(&buf, FILE_HEADER);
	for (size_t i = 0; i < ours->n; i++)
		buf_addf(&buf, "%s\n", ours->items[i]);
	for (size_t i = 0; i < kept->n; i++)
		buf_addf(&buf, "%s\n", kept->items[i]);
	return buf_take(&buf);
}

char *render_cmdline(const char *now, const struct strv *old, const struct strv *arguments)
{
	_cleanup_free_ bool *there = xcalloc(arguments->n + 1, sizeof(*there));
	_cleanup_(buf_done) struct buf buf = {}, comments = {};
	bool changed = false;

	for (const char *line = now; *line; line = text_next_line(line)) {
		_cleanup_free_ char *text = xstrndup(line, strcspn(line, "\n"));
		_cleanup_(kernel_args_done) struct kernel_args args = {};

		if (*text == '#')
			buf_addf(&comments, "%s\n", text);
		else
			kernel_args_parse(text, &args);
		vec_foreach(arg, &args) {
			bool wanted = false;

			for (size_t i = 0; i < arguments->n; i++)
				if (strcmp(arguments->items[i], arg->text) == 0)
					wanted = there[i] = true;
			if (!wanted && strv_contains(old, arg->text))
				changed = true;
			else
				buf_addf(&buf, "%s%s", buf.length ? " " : "", arg->text);
		}
	}
	for (size_t i = 0; i < arguments->n; i++)
		if (!there[i]) {
			changed = true;
			buf_addf(&buf, "%s%s", buf.length ? " " : "", arguments->items[i]);
		}
	buf_addf(&comments, "%s\n", buf_text(&buf));
	if (!changed)
		return xstrdup(now);
	return buf_take(&comments);
}
