/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verbs/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/process.h"
#include "host/files.h"
#include "host/uevent.h"

#define LOCK_PATH "/run/vfio-prepare/lock"
#define POLL_MS 20

/*
 * A lock of the process (fcntl(2)): a child that hangs in the kernel must not keep it. Its descriptor;
 * -EAGAIN: somebody else has it.
 */
static int lock(struct root *root, int wait_ms)
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

int memory_begin(struct root *root, const char *phase, int wait_ms, struct memory *ret)
{
	int fd = lock(root, wait_ms);

	*ret = (struct memory){.lock = fd < 0 ? -1 : fd};
	if (fd == -EAGAIN)
		return fd;
	process_hold();
	ret->phase = (struct boot_phase){.phase = phase, .started_ms = (uint64_t)since_boot_ms()};
	ret->boot = memory_read(root);
	return 0;
}

void memory_show(struct root *root, const struct memory *memory, const struct outcomes *outcomes)
{
	struct pci_address_list given_up = {};

	boot_given_up(memory->boot, &given_up);
	for (size_t i = 0; i < given_up.n; i++)
		vec_foreach(outcome, outcomes)
			if (outcome->result == RESULT_DONE &&
			    pci_address_compare(&outcome->address, &given_up.items[i]) == 0)
				uevent_show(root, &outcome->address);
	free(given_up.items);
}

void memory_add(struct root *root, struct memory *memory, const struct outcomes *outcomes,
		const struct findings *findings)
{
	struct boot_phase *phase = &memory->phase;
	_cleanup_free_ char *after = NULL;
	int r;

	phase->elapsed_ms = (uint32_t)((uint64_t)since_boot_ms() - phase->started_ms);
	after = render_boot(memory->boot, phase, outcomes, findings);
	r = root_replace_file(root, BOOT_PATH, after, 0644);
	if (r < 0)
		log_warning("%s cannot be written: %s", BOOT_PATH, strerror(-r));
}

void memory_add_news(struct root *root, struct memory *memory, const struct outcomes *outcomes,
		     const struct findings *findings)
{
	struct bindings bindings = {};

	boot_bindings(memory->boot, &bindings);
	if (!bindings_tell(&bindings, outcomes))
		memory_add(root, memory, outcomes, findings);
	bindings_done(&bindings);
}

void memory_end(struct memory *memory)
{
	boot_free(memory->boot);
	close_fd(&memory->lock);
}

struct boot *memory_read(struct root *root)
{
	_cleanup_free_ char *text = NULL;
	int r = root_read_file(root, BOOT_PATH, BOOT_MAX_BYTES, &text, NULL);

	if (r < 0 && r != -ENOENT)
		log_warning("%s cannot be read, so that what this boot did is not known: %s",
			    BOOT_PATH, strerror(-r));
	return boot_parse(r < 0 ? NULL : text);
}

void memory_hanging(struct root *root, struct inventory *inventory)
{
	struct boot *boot = memory_read(root);

	boot_hanging(boot, inventory);
	boot_free(boot);
}
