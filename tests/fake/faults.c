/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: root_write_attribute module_load */
/*
 * Stands between the product and the fake kernel: keeps the log of what was written, one line for
 * each write, and lets it go wrong where a scenario wants that.
 *
 * A fault is one line "WHICH WHAT" in FAKE/faults. WHICH is the number of a write (from 1) or a
 * pattern for its line in the log, without spaces. WHAT is one of
 *
 *   EIO (or another error)  the error, and nothing happens
 *   hang     it never returns: a probe after the driver's link was made, an unbind after the link
 *            was removed, others before they did anything
 *   short    only a part of the value was taken
 *   lie      success, and nothing happens
 *   late     the error EIO, but it happened
 *   interrupt  it happens, and meanwhile SIGHUP, SIGINT and SIGTERM come, as to all that run in a terminal
 */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "fake/inside.h"
#include "fake/kernel.h"
#include "host/modules.h"

#define ENTRY_MAX 200
#define HANG_SECONDS 60 /* for ever, but for a product that forgets its child */

int __wrap_root_write_attribute(struct root *root, int dir, const char *path, const char *value);
int __wrap_module_load(struct root *root, const char *name);

enum fault {
	FAULT_NONE,
	FAULT_ERROR,
	FAULT_HANG,
	FAULT_SHORT,
	FAULT_LIE,
	FAULT_LATE,
	FAULT_INTERRUPT
};

static enum fault fault_parse(struct root *root, const char *what, int *ret_error)
{
	static const struct {
		const char *word;
		enum fault fault;
	} words[] = {{"hang", FAULT_HANG},
		     {"short", FAULT_SHORT},
		     {"lie", FAULT_LIE},
		     {"late", FAULT_LATE},
		     {"interrupt", FAULT_INTERRUPT}};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(words[i].word, what) == 0)
			return words[i].fault;
	*ret_error = -errno_number(what);
	if (!*ret_error)
		kernel_complain(root, "there is no fault \"%s\"", what);
	return FAULT_ERROR;
}

static size_t count_lines(const char *text)
{
	size_t n = 0;

	for (; text && (text = strchr(text, '\n')); text++)
		n++;
	return n;
}

/* Which fault is due for this write. */
static enum fault fault_due(struct root *root, const char *entry, int *ret_error)
{
	_cleanup_free_ char *faults = kernel_text(root, FAKE "/faults"),
			    *log = kernel_text(root, FAKE "/log");
	_cleanup_free_ char *number = xasprintf("%zu", count_lines(log) + 1);
	char *position = faults, *line;

	while (position && (line = strsep(&position, "\n"))) {
		char *what = strchr(line, ' ');

		if (!what)
			continue;
		*what++ = '\0';
		if (strcmp(line, number) == 0 || fnmatch(line, entry, 0) == 0)
			return fault_parse(root, what, ret_error);
	}
	return FAULT_NONE;
}

static void log_entry(struct root *root, const char *entry, const char *result)
{
	struct buf line = {};

	for (const char *c = entry; *c && c < entry + ENTRY_MAX; c++)
		buf_addf(&line, *c == '\n' ? "\\n" : "%c", *c);
	buf_addf(&line, "%s%s\n", *result ? " -> " : "", result);
	kernel_append(root, FAKE "/log", buf_text(&line));
	buf_done(&line);
}

/* path is NULL for the loading of a module. */
static int effect(struct root *root, const char *path, const char *value)
{
	return path ? kernel_write(root, path, value) : kernel_load(root, value);
}

static _Noreturn void hang(struct root *root, const char *path, const char *value)
{
	if (path && !strstr(path, "driver_override"))
		effect(root, path, value);
	/* Whoever keeps the product's clock may want to know. */
	kernel_append(root, FAKE "/hanging", ".");
	sleep(HANG_SECONDS);
	_exit(1);
}

static int do_short(struct root *root, const char *path, const char *value)
{
	_cleanup_free_ char *part = xstrndup(value, strlen(value) / 2);

	/* Half an address names no device, half a driver's name is an override like another. */
	if (path && strstr(path, "driver_override"))
		effect(root, path, part);
	return -EIO;
}

/* The product, and its child that writes. */
static void interrupt(void)
{
	static const int signals[] = {SIGHUP, SIGINT, SIGTERM};

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		kill(getppid(), signals[i]);
		raise(signals[i]);
	}
}

static int react(struct root *root, const char *path, const char *value)
{
	_cleanup_free_ char *entry = path ? xasprintf("write %s %s", path, value)
					  : xasprintf("load %s", value);
	int r = 0;

	switch (fault_due(root, entry, &r)) {
	case FAULT_NONE:
		r = effect(root, path, value);
		break;
	case FAULT_ERROR:
	case FAULT_LIE:
		break;
	case FAULT_HANG:
		log_entry(root, entry, "hang");
		hang(root, path, value);
	case FAULT_SHORT:
		r = do_short(root, path, value);
		break;
	case FAULT_LATE:
		r = effect(root, path, value);
		r = r < 0 ? r : -EIO;
		break;
	case FAULT_INTERRUPT:
		interrupt();
		r = effect(root, path, value);
		break;
	}
	log_entry(root, entry, r < 0 ? errno_name(-r) : "");
	return r;
}

/* The fake goes by paths, the product by the directory of a device that it holds open. */
static char *path_in(struct root *root, int dir, const char *name)
{
	_cleanup_free_ char *real = root_path_of(root, dir);
	char *path = xasprintf(PCI "/devices/%s/%s", strrchr(real, '/') + 1, name);
	_cleanup_free_ char *above = xstrndup(path, (size_t)(strrchr(path, '/') - path));
	_cleanup_close_ int fd = root_open(root, above, O_PATH | O_DIRECTORY);
	struct stat held, named;

	if (fd < 0 || fstat(dir, &held) < 0 || fstat(fd, &named) < 0 ||
	    held.st_ino != named.st_ino || held.st_dev != named.st_dev || strchr(name, '/'))
		kernel_complain(root, "%s is not in the directory that is written to", path);
	return path;
}

int __wrap_root_write_attribute(struct root *root, int dir, const char *path, const char *value)
{
	_cleanup_free_ char *whole = dir >= 0 ? path_in(root, dir, path) : xstrdup(path);

	return react(root, whole, value);
}

int __wrap_module_load(struct root *root, const char *name)
{
	return react(root, NULL, name);
}
