/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/boot_log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "host/files.h"
#include "host/watched.h"
#include "parse/boot_log.h"

#define LOCK_ATTEMPTS 3
#define POLL_MS 20
#define REASONS_MAX_BYTES (1024 * 1024)

static const char *const lock_paths[] = {
	[LOCK_DEVICES] = RUN_DIRECTORY "/lock",
	[LOCK_FILES] = RUN_DIRECTORY "/lock-files",
};

/* Opens the file of a lock, made anew where others could open it. */
static int open_lock(int dir, const char *name)
{
	int r = -EPERM;

	for (int attempt = 0; attempt < LOCK_ATTEMPTS; attempt++) {
		_cleanup_close_ int fd = openat(
			dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		struct stat st;

		r = fd < 0 ? -errno : 0;
		if (r == -EEXIST) {
			fd = open_regular_at(dir, name, O_WRONLY);
			r = fd < 0 ? fd : 0;
		}
		if (r == 0 && watched(fd, "", fstat(fd, &st)) == 0 && st.st_uid == geteuid() &&
		    !(st.st_mode & 0077))
			return TAKE_FD(fd);
		if (r < 0 && r != -EOPNOTSUPP && r != -ELOOP)
			return r;
		/* Somebody else made it, and may hold it. */
		unlinkat(dir, name, 0);
	}
	return r < 0 ? r : -EPERM;
}

/* Was the process killed? It then does nothing more, even if the kernel keeps it (proc(5), SigPnd). */
static bool is_killed(pid_t pid)
{
	char path[sizeof("/proc//status") + 12], text[4096], *line;
	_cleanup_close_ int fd = -1;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	line = strstr(text, "\nSigPnd:\t");
	return line && strtoull(line + strlen("\nSigPnd:\t"), NULL, 16) & 1ULL << (SIGKILL - 1);
}

/* 0: the file is locked; -ESRCH: by a process that was killed; -EAGAIN: by another one, which is logged; -errno. */
static int wait_for_lock(int fd, int64_t end_ms)
{
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET}, holder;

	while (fcntl(fd, F_SETLK, &whole) < 0) {
		if (errno != EAGAIN && errno != EACCES && errno != EINTR)
			return -errno;
		holder = whole;
		fcntl(fd, F_GETLK, &holder);
		if (holder.l_type != F_UNLCK && is_killed(holder.l_pid))
			return -ESRCH;
		if (now_ms() >= end_ms) {
			log_error("another run of vfio-prepare, process %d, is at work; try again "
				  "when it is done",
				  (int)holder.l_pid);
			return -EAGAIN;
		}
		nanosleep(&(struct timespec){.tv_nsec = POLL_MS * 1000000L}, NULL);
	}
	return 0;
}

/* Is it the file that others find at the name? */
static bool is_at(int dir, const char *name, int fd)
{
	struct stat there, opened;

	return watched(dir, name, fstatat(dir, name, &there, AT_SYMLINK_NOFOLLOW)) == 0 &&
	       watched(fd, "", fstat(fd, &opened)) == 0 && there.st_dev == opened.st_dev &&
	       there.st_ino == opened.st_ino;
}

int run_lock_take(struct root *root, enum run_lock lock, int wait_ms)
{
	const char *name;
	_cleanup_close_ int dir = root_make_parent(root, lock_paths[lock], &name);
	int64_t end_ms = now_ms() + wait_ms;

	while (dir >= 0) {
		_cleanup_close_ int fd = open_lock(dir, name);
		int r = fd < 0 ? fd : wait_for_lock(fd, end_ms);
		bool current = fd >= 0 && is_at(dir, name, fd);

		if (r == 0 && current)
			return TAKE_FD(fd);
		if (r < 0 && r != -ESRCH)
			return r;
		/* A process that was killed keeps what it holds, and the lock is another file from now on. */
		if (r == -ESRCH && current)
			unlinkat(dir, name, 0);
	}
	return dir;
}

void boot_log_read(struct root *root, struct boot_log *ret)
{
	_cleanup_free_ char *text = NULL;
	int r = root_read_file(root, BOOT_LOG_PATH, BOOT_LOG_MAX_BYTES, &text, NULL);

	boot_log_parse(r < 0 ? NULL : text, ret);
	if (r < 0 && r != -ENOENT)
		log_warning("%s cannot be read, so that what this boot did is not known: %s",
			    BOOT_LOG_PATH, strerror(-r));
	else if (ret->unknown)
		log_warning("%s is damaged, so that what this boot did is not known",
			    BOOT_LOG_PATH);
	ret->unknown = ret->unknown || (r < 0 && r != -ENOENT);
}

/* What lies below /run is there for this boot alone, whether it was synced or not. */
static int tell_unwritten(const char *path, int r)
{
	if (r < 0)
		log_error("%s cannot be written: %s", path, strerror(-r));
	return r < 0 ? r : 0;
}

/* Writes a file in RUN_DIRECTORY, which is made. */
static int write_told(struct root *root, const char *path, const char *content)
{
	int r = root_make_directory(root, RUN_DIRECTORY);

	return tell_unwritten(path, r < 0 ? r : root_replace_file(root, path, content, 0644));
}

int boot_log_write(struct root *root, const char *content)
{
	return write_told(root, BOOT_LOG_PATH, content);
}

void off_write(struct root *root, bool initramfs_alone)
{
	write_told(root, initramfs_alone ? OFF_INITRAMFS_PATH : OFF_PATH, "");
}

void restart_reasons_read(struct root *root, struct restart_reasons *ret)
{
	_cleanup_free_ char *text = NULL;

	*ret = (struct restart_reasons){};
	if (root_read_file(root, RESTART_REASONS_PATH, REASONS_MAX_BYTES, &text, NULL) == 0)
		restart_reasons_parse(text, ret);
}

int restart_reasons_write(struct root *root, const char *content)
{
	return tell_unwritten(RESTART_REASONS_PATH,
			      *content
				      ? root_replace_file(root, RESTART_REASONS_PATH, content, 0644)
				      : root_remove_file(root, RESTART_REASONS_PATH));
}
