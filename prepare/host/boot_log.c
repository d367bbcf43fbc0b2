/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/boot_log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "host/files.h"
#include "parse/boot_log.h"

#define LOCK_PATH "/run/vfio-prepare/lock"
#define POLL_MS 20
#define REASONS_MAX_BYTES (1024 * 1024)

int boot_log_lock(struct root *root, int wait_ms)
{
	_cleanup_close_ int fd = root_create_file(root, LOCK_PATH, 0600);
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET}, holder = whole;
	int64_t end_ms = 0;

	if (fd < 0)
		return fd;
	while (fcntl(fd, F_SETLK, &whole) < 0) {
		if (errno != EAGAIN && errno != EACCES && errno != EINTR)
			return -errno;
		if (end_ms == 0)
			end_ms = now_ms() + wait_ms;
		if (now_ms() >= end_ms) {
			fcntl(fd, F_GETLK, &holder);
			log_error("another run of vfio-prepare, process %d, is at work; try again "
				  "when it is done",
				  (int)holder.l_pid);
			return -EAGAIN;
		}
		nanosleep(&(struct timespec){.tv_nsec = POLL_MS * 1000000L}, NULL);
	}
	return TAKE_FD(fd);
}

void boot_log_read(struct root *root, struct boot_log *ret)
{
	_cleanup_free_ char *text = NULL;
	int r = root_read_file(root, BOOT_LOG_PATH, BOOT_LOG_MAX_BYTES, &text, NULL);

	if (r < 0 && r != -ENOENT)
		log_warning("%s cannot be read, so that what this boot did is not known: %s",
			    BOOT_LOG_PATH, strerror(-r));
	boot_log_parse(r < 0 ? NULL : text, ret);
}

static void log_unwritable(const char *path, int r)
{
	if (r < 0)
		log_warning("%s cannot be written: %s", path, strerror(-r));
}

void boot_log_write(struct root *root, const char *content)
{
	log_unwritable(BOOT_LOG_PATH, root_replace_file(root, BOOT_LOG_PATH, content, 0644));
}

void restart_reasons_read(struct root *root, struct restart_reasons *ret)
{
	_cleanup_free_ char *text = NULL;

	*ret = (struct restart_reasons){};
	if (root_read_file(root, RESTART_REASONS_PATH, REASONS_MAX_BYTES, &text, NULL) == 0)
		restart_reasons_parse(text, ret);
}

void restart_reasons_write(struct root *root, const char *content)
{
	log_unwritable(RESTART_REASONS_PATH,
		       *content ? root_replace_file(root, RESTART_REASONS_PATH, content, 0644)
				: root_remove_file(root, RESTART_REASONS_PATH));
}
