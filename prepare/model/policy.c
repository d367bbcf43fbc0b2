/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/policy.h"

#include <string.h>

#include "base/buf.h"

/* More lines than a file of ours ever has; a longer one is shown as replaced whole. */
#define DIFF_MAX_LINES 400

void module_policy_done(struct module_policy *policy)
{
	if (!policy)
		return;
	strv_done(&policy->ids);
	strv_done(&policy->blacklist);
	strv_done(&policy->softdeps);
	strv_done(&policy->load);
	strv_done(&policy->arguments);
}

void device_rules_done(struct device_rules *rules)
{
	if (!rules)
		return;
	vec_foreach(rule, rules) {
		free(rule->driver);
		free(rule->module);
	}
	free(rules->items);
	*rules = (struct device_rules){};
}

static void add_lines(struct buf *diff, char sign, const struct strv *lines, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		buf_addf(diff, "%c%s\n", sign, lines->items[i]);
}

/*
 * What changes from a to b: the longest common subsequence stays. length[i][j] is that of the lines
 * from i and j on; NULL: there are too many, and none stays.
 */
static char *diff_lines(const struct strv *a, const struct strv *b)
{
	size_t columns = b->n + 1, i = 0, j = 0;
	_cleanup_free_ unsigned *length = NULL;
	struct buf diff = {};

	if (a->n <= DIFF_MAX_LINES && b->n <= DIFF_MAX_LINES)
		length = xcalloc((a->n + 1) * columns, sizeof(*length));
	for (size_t y = length ? a->n : 0; y-- > 0;)
		for (size_t x = b->n; x-- > 0;) {
			unsigned down = length[(y + 1) * columns + x],
				 right = length[y * columns + x + 1];

			if (strcmp(a->items[y], b->items[x]) == 0)
				length[y * columns + x] = length[(y + 1) * columns + x + 1] + 1;
			else
				length[y * columns + x] = down > right ? down : right;
		}
	while (length && i < a->n && j < b->n) {
		if (strcmp(a->items[i], b->items[j]) == 0) {
			i++;
			j++;
		} else if (length[(i + 1) * columns + j] >= length[i * columns + j + 1]) {
			add_lines(&diff, '-', a, i, i + 1);
			i++;
		} else {
			add_lines(&diff, '+', b, j, j + 1);
			j++;
		}
	}
	add_lines(&diff, '-', a, i, a->n);
	add_lines(&diff, '+', b, j, b->n);
	return buf_take(&diff);
}

static void add_file(struct planned_files *files, const char *path, enum file_state state,
		     const char *now, const char *content)
{
	bool known = state != FILE_FOREIGN && state != FILE_UNREADABLE;
	struct planned_file *file = vec_add(files);
	_cleanup_(strv_done) struct strv old = {}, new = {};

	file->path = path;
	file->state = state;
	file->now = xstrdup_null(now);
	file->content = xstrdup(content);
	strv_split(&old, now && known ? now : "", "\n");
	strv_split(&new, content, "\n");
	file->diff = file->state == FILE_SAME ? xstrdup("") : diff_lines(&old, &new);
}

static enum file_state state_of(const char *now, const char *content)
{
	if (!now)
		return *content ? FILE_CREATE : FILE_SAME;
	if (strcmp(now, content) == 0)
		return FILE_SAME;
	return *content ? FILE_CHANGE : FILE_REMOVE;
}

void planned_file_add(struct planned_files *files, const char *path, const char *now,
		      const char *content)
{
	enum file_state state = state_of(now, content);

	if (now && strncmp(now, FILE_HEADER, strlen(FILE_HEADER)) != 0)
		state = *content ? FILE_FOREIGN : FILE_SAME;
	add_file(files, path, state, now, content);
}

void planned_file_edit(struct planned_files *files, const char *path, const char *now,
		       const char *content)
{
	add_file(files, path, state_of(now, content), now, content);
}

void planned_file_unreadable(struct planned_files *files, const char *path, int error,
			     const char *content)
{
	add_file(files, path, FILE_UNREADABLE, NULL, content);
	files->items[files->n - 1].error = error;
}

bool planned_file_is_due(const struct planned_file *file, bool force)
{
	return file->state != FILE_SAME && file->state != FILE_UNREADABLE &&
	       (file->state != FILE_FOREIGN || force);
}

void planned_files_done(struct planned_files *files)
{
	if (!files)
		return;
	vec_foreach(file, files) {
		free(file->now);
		free(file->content);
		free(file->diff);
	}
	free(files->items);
	*files = (struct planned_files){};
}

const char *const file_state_names[] = {
	[FILE_SAME] = "same",     [FILE_CREATE] = "create",   [FILE_CHANGE] = "change",
	[FILE_REMOVE] = "remove", [FILE_FOREIGN] = "foreign", [FILE_UNREADABLE] = "unreadable",
};

const char *const file_result_names[] = {
	[FILE_LEFT] = "left",       [FILE_WRITTEN] = "written", [FILE_REMOVED] = "removed",
	[FILE_REFUSED] = "refused", [FILE_FAILED] = "failed",   [FILE_RESTORED] = "restored",
};
