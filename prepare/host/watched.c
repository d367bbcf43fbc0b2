/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/watched.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct watch *watch;

void watched_by(struct watch *by)
{
	watch = by;
}

const char *watched_silent(size_t index)
{
	return watch && index < watch->n_silent ? watch->silent[index] : NULL;
}

bool watched_is_over(void)
{
	return watch && watch->over;
}

void watched_path(pid_t process, int dir, const char *name, char ret[static PATH_MAX])
{
	char link[sizeof("/proc//fd/") + 24];
	ssize_t n = 0;

	if (dir != AT_FDCWD && *name != '/') {
		snprintf(link, sizeof(link), "/proc/%d/fd/%d", (int)process, dir);
		n = readlink(link, ret, PATH_MAX - 1);
	}
	n = n > 0 ? n : 0;
	if (n && strcmp(name, ".") == 0)
		name = "";
	/* "/" has its slash already. */
	snprintf(ret + n, PATH_MAX - (size_t)n, "%s%s", n > 1 && *name ? "/" : "", name);
}

/* Is the path one that did not answer, or below one? */
static bool is_silent(const char *path)
{
	for (size_t i = 0; i < watch->n_silent; i++) {
		size_t length = strlen(watch->silent[i]);

		if (strncmp(path, watch->silent[i], length) == 0 &&
		    (path[length] == '\0' || path[length] == '/'))
			return true;
	}
	return false;
}

int watched_begin(int dir, const char *name)
{
	if (!watch)
		return 0;
	if (watch->n_silent) {
		char path[PATH_MAX];

		watched_path(getpid(), dir, name, path);
		if (is_silent(path)) {
			errno = ETIME;
			return -1;
		}
	}
	watch->dir = dir;
	/* Before each of ten thousands of calls: snprintf() would take a third of the program's own time. */
	*(char *)mempcpy(watch->name, name, strnlen(name, sizeof(watch->name) - 1)) = '\0';
	watch->turn++;
	return 0;
}

long watched_end(long result)
{
	if (watch)
		watch->turn++;
	return result;
}
