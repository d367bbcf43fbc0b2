/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/claims.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "host/bounded.h"
#include "host/files.h"
#include "host/watched.h"
#include "model/boot_log.h"
#include "parse/address.h"

#define CLAIM_MAX_BYTES 4096
#define ANNOUNCE_MS 2000

void claim_files_done(struct claim_files *files)
{
	vec_foreach(file, files)
		free(file->text);
	free(files->items);
}

static bool is_listed(const struct claim_files *files, const char *name)
{
	vec_foreach(file, files)
		if (strcmp(PCI_ADDRESS_TEXT(&file->address), name) == 0)
			return true;
	return false;
}

static bool has_text(int dir, const struct claim_file *file)
{
	_cleanup_close_ int fd = open_regular_at(dir, PCI_ADDRESS_TEXT(&file->address), O_RDONLY);
	char text[CLAIM_MAX_BYTES];
	ssize_t n = fd < 0 ? -1 : watched(fd, "", read(fd, text, sizeof(text)));

	return n >= 0 && (size_t)n == strlen(file->text) &&
	       memcmp(text, file->text, (size_t)n) == 0;
}

static const char temporary[] = TEMPORARY_PREFIX "claim", spare[] = TEMPORARY_PREFIX "claim-link";

/*
 * Writes the text under the temporary name; consumers may read it, whatever the umask of who calls us. Of what lies
 * below /run nothing is synced.
 */
static int write_temporary(int dir, const char *text)
{
	_cleanup_close_ int fd = create_file_at(dir, temporary, 0644);

	if (fd < 0)
		return fd;
	return fchmod(fd, 0644) < 0 ? -errno : write_all(fd, text, strlen(text));
}

/* Puts a link to the temporary file in the place of what has the name. */
static int replace_by_link(int dir, const char *name)
{
	if (unlinkat(dir, spare, 0) < 0 && errno != ENOENT)
		return -errno;
	if (linkat(dir, temporary, dir, spare, 0) < 0 || renameat(dir, spare, dir, name) < 0)
		return -errno;
	/* Of two links to one file, rename(2) leaves both. */
	unlinkat(dir, spare, 0);
	return 0;
}

/* ready: the text of the temporary file, which the claims of a section share; NULL: there is none. */
static int write_claim(int dir, const struct claim_file *file, bool is_there, const char **ready,
		       struct strv *changed)
{
	const char *name = PCI_ADDRESS_TEXT(&file->address);
	int r = 0;

	if (is_there && (file->vague || has_text(dir, file)))
		return 0;
	if (!*ready || strcmp(*ready, file->text) != 0) {
		*ready = NULL;
		r = write_temporary(dir, file->text);
		if (r < 0)
			return r;
		*ready = file->text;
	}
	if (is_there || linkat(dir, temporary, dir, name, 0) < 0)
		r = replace_by_link(dir, name);
	if (r == 0)
		strv_add(changed, name);
	return r;
}

/* What has another name than a claim is no claim, and not ours to remove. */
static int remove_claim(int dir, const char *name, struct strv *changed)
{
	struct pci_address address;

	if (pci_address_parse(name, &address) < 0 || strcmp(PCI_ADDRESS_TEXT(&address), name) != 0)
		return 0;
	if (unlinkat(dir, name, 0) < 0)
		return errno == ENOENT ? 0 : -errno;
	strv_add(changed, name);
	return 0;
}

static void first_error(int *error, int r)
{
	if (*error == 0)
		*error = r;
}

/* One that cannot be written or removed leaves the others as they have to be. */
static int write_claims(struct root *root, const struct claim_files *files, struct strv *changed)
{
	_cleanup_(strv_done) struct strv names = {};
	_cleanup_close_ int dir = -1;
	const char *ready = NULL;
	int r = root_list(root, CLAIMS_DIRECTORY, &names);

	if (r == -ENOENT && !files->n)
		return 0;
	if (r == -ENOENT)
		r = root_make_directory(root, CLAIMS_DIRECTORY);
	dir = r < 0 ? r : root_open(root, CLAIMS_DIRECTORY, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	if (dir < 0)
		return dir;
	r = 0;
	vec_foreach(name, &names)
		if (!files->unknown && !is_listed(files, *name))
			first_error(&r, remove_claim(dir, *name, changed));
	vec_foreach(file, files)
		first_error(&r, write_claim(dir, file,
					    strv_contains(&names, PCI_ADDRESS_TEXT(&file->address)),
					    &ready, changed));
	if (ready && unlinkat(dir, temporary, 0) < 0)
		first_error(&r, -errno);
	return r;
}

struct announcement {
	struct root *root;
	const struct strv *names;
};

static void announce(void *userdata, size_t piece _unused_)
{
	const struct announcement *announcement = userdata;

	vec_foreach(name, announcement->names) {
		_cleanup_free_ char *path = xasprintf(SYSFS_PCI "/devices/%s/uevent", *name);

		root_write_attribute(announcement->root, -1, path, "change");
	}
}

/* The kernel may take the device's lock for it, which another's unbind may hold. */
static void announce_all(struct root *root, const struct strv *names)
{
	struct announcement announcement = {root, names};

	if (root->live && names->n)
		bounded_once(announce, &announcement, ANNOUNCE_MS);
}

int claims_write(struct root *root, struct claim_files *files, bool announce)
{
	_cleanup_(strv_done) struct strv changed = {};
	int r = write_claims(root, files, &changed);

	if (r < 0)
		log_error("%s does not tell who bound which device, as it cannot be written: %s",
			  CLAIMS_DIRECTORY, strerror(-r));
	if (announce)
		announce_all(root, &changed);
	return r;
}
