/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenarios/state.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <fts.h>
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "fake/kernel.h"
#include "model/boot_log.h"

/* What the line of a loaded module begins with. */
#define MODULE "module "
#define TEXT_MAX (1024 * 1024)

/* --- a tree that is open; each text is the caller's --- */

static char *read_text(struct root *root, const char *path)
{
	char *text = NULL;

	return root_read_file(root, path, TEXT_MAX, &text, NULL) < 0 ? xstrdup("") : text;
}

/* The first line of an attribute; a hostile tree may have anything there, or nothing. */
static char *read_attribute(struct root *root, const char *address, const char *name)
{
	_cleanup_free_ char *path = xasprintf("/sys/bus/pci/devices/%s/%s", address, name);
	char *text = read_text(root, path);

	text[strcspn(text, "\n")] = '\0';
	return text;
}

static char *read_link(struct root *root, const char *address, const char *name, const char *none)
{
	_cleanup_free_ char *path = xasprintf("/sys/bus/pci/devices/%s/%s", address, name);
	char target[64] = "";

	root_read_link_name(root, path, target, sizeof(target));
	return xstrdup(*target ? target : none);
}

static char *read_override(struct root *root, const char *address)
{
	_cleanup_free_ char *text = read_attribute(root, address, "driver_override");

	return xstrdup(!*text || strcmp(text, "(null)") == 0 ? "none" : text);
}

static char *read_virtual(struct root *root, const char *address)
{
	_cleanup_free_ char *number = read_attribute(root, address, "sriov_numvfs"),
			    *autoprobe = read_attribute(root, address, "sriov_drivers_autoprobe");

	if (strcmp(number, "0") == 0 && strcmp(autoprobe, "1") == 0)
		*number = '\0';
	return *number ? xasprintf(", virtual functions %s, autoprobe %s", number, autoprobe)
		       : xstrdup("");
}

static char *describe_function(struct root *root, const char *address)
{
	_cleanup_free_ char *driver = read_link(root, address, "driver", "none"),
			    *override = read_override(root, address),
			    *virtual = read_virtual(root, address),
			    *physfn = read_link(root, address, "physfn", "");

	return xasprintf("%s\tdriver %s, override %s%s%s%s", address, driver, override, virtual,
			 *physfn ? ", of " : "", physfn);
}

/* --- a tree by its path --- */

static void open_tree(struct root *ret, const char *tree)
{
	if (root_init(ret, tree) < 0)
		*ret = (struct root){.fd = -1};
}

char *tree_text(const char *tree, const char *path)
{
	struct root root;
	char *text;

	open_tree(&root, tree);
	text = read_text(&root, path);
	root_done(&root);
	return text;
}

char *tree_driver(const char *tree, const char *address)
{
	struct root root;
	char *driver;

	open_tree(&root, tree);
	driver = read_link(&root, address, "driver", "none");
	root_done(&root);
	return driver;
}

char *tree_override(const char *tree, const char *address)
{
	struct root root;
	char *override;

	open_tree(&root, tree);
	override = read_override(&root, address);
	root_done(&root);
	return override;
}

char *tree_virtual(const char *tree, const char *address)
{
	struct root root;
	char *virtual;

	open_tree(&root, tree);
	virtual = read_virtual(&root, address);
	root_done(&root);
	return virtual;
}

/* All that a virtual function is, its line tells. */
static bool is_virtual(const char *path)
{
	_cleanup_free_ char *physfn = xasprintf("%s/physfn", path);

	return access(physfn, F_OK) == 0;
}

uint64_t state_hash(const void *bytes, size_t n)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < n; i++)
		hash = (hash ^ ((const unsigned char *)bytes)[i]) * 0x100000001b3;
	return hash;
}

static uint64_t content_hash(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	unsigned char bytes[65536];
	ssize_t n = fd < 0 ? 0 : read(fd, bytes, sizeof(bytes));

	if (fd >= 0)
		close(fd);
	return state_hash(bytes, n < 0 ? 0 : (size_t)n);
}

/* The claims must be those of the devices that are bound: what is missing, and what is too many. */
static void describe_claims(const char *path, const json_t *memory, struct buf *text)
{
	_cleanup_free_ char *directory = xasprintf("%.*s/claims", (int)(strrchr(path, '/') - path),
						   path);
	char *const roots[] = {directory, NULL};
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	size_t index, i, n_claims = 0, n_bound = 0;
	json_t *item, *address;
	FTSENT *entry;

	while (walk && (entry = fts_read(walk)))
		n_claims += entry->fts_info == FTS_F;
	if (walk)
		fts_close(walk);
	json_array_foreach(json_object_get(memory, "bound"), index, item)
	{
		json_array_foreach(json_object_get(item, "addresses"), i, address)
		{
			_cleanup_free_ char *claim = xasprintf("%s/%s", directory,
							       json_string_value(address));

			n_bound++;
			if (access(claim, R_OK) != 0)
				buf_addf(text, "; no claim %s", json_string_value(address));
		}
	}
	if (n_claims > n_bound)
		buf_addf(text, "; %zu claims too many", n_claims - n_bound);
}

/* The memory of the boot in short: its phases, and what is bound; wording is none of its business. */
static char *describe_memory(const char *path, const char *name)
{
	json_t *memory = json_load_file(path, 0, NULL), *item, *address;
	struct buf text = {};
	char *line;
	size_t index, i;

	json_array_foreach(json_object_get(memory, "phases"), index, item)
		buf_addf(&text, " %s", json_string_value(json_object_get(item, "phase")));
	buf_add(&text, "; bound");
	json_array_foreach(json_object_get(memory, "bound"), index, item)
	{
		json_array_foreach(json_object_get(item, "addresses"), i, address)
			buf_addf(&text, " %s [%s] %s", json_string_value(address),
				 json_string_value(json_object_get(item, "section")),
				 json_string_value(json_object_get(item, "driver")));
	}
	json_array_foreach(json_object_get(memory, "released"), index, item)
		buf_addf(&text, "%s %s", index ? "" : "; released", json_string_value(item));
	describe_claims(path, memory, &text);
	line = xasprintf("%s\tphases%s", name, memory ? buf_text(&text) : " unreadable");
	json_decref(memory);
	buf_done(&text);
	return line;
}

static char *describe_file(const char *path, const char *name, const struct stat *st)
{
	char target[4096] = "";

	if (S_ISLNK(st->st_mode) && readlink(path, target, sizeof(target) - 1) >= 0)
		return xasprintf("%s\tlink to %s", name, target);
	if (S_ISREG(st->st_mode) && strcmp(name, BOOT_LOG_PATH) == 0)
		return describe_memory(path, name);
	if (S_ISREG(st->st_mode))
		return xasprintf("%s\tfile, mode %04o, %lld bytes, hash %016llx", name,
				 st->st_mode & 07777U, (long long)st->st_size,
				 (unsigned long long)content_hash(path));
	return xasprintf("%s\tmode %06o", name, st->st_mode);
}

/* What the functions' lines and the modules' lines tell already. */
static bool told_elsewhere(const char *name)
{
	static const char *const patterns[] = {
		"/sys/bus/pci/drivers/*",     "/sys/module/*/*",
		"/sys/devices/*/driver",      "/sys/devices/*/driver_override",
		"/sys/devices/*/sriov_*",     "/sys/devices/*/virtfn*",
		"/sys/kernel/iommu_groups/*", "/dev/kmsg",
		"/run/vfio-prepare/lock*",    "/run/vfio-prepare/claims/*"};

	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++)
		if (fnmatch(patterns[i], name, 0) == 0)
			return true;
	return false;
}

void state_read(const char *tree, struct strv *ret)
{
	char *const roots[] = {(char *)tree, NULL};
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *entry;
	struct root root;

	open_tree(&root, tree);
	while (walk && (entry = fts_read(walk))) {
		const char *name = entry->fts_path + strlen(tree),
			   *module = name + strlen("/sys/module/");

		if (strcmp(name, FAKE) == 0 ||
		    (entry->fts_info == FTS_D && is_virtual(entry->fts_accpath)))
			fts_set(walk, entry, FTS_SKIP);
		else if (fnmatch("/sys/bus/pci/devices/*", name, FNM_PATHNAME) == 0)
			strv_take(ret, describe_function(&root, strrchr(name, '/') + 1));
		else if (fnmatch("/sys/module/*", name, FNM_PATHNAME) == 0 &&
			 entry->fts_info == FTS_D)
			strv_take(ret, xasprintf(MODULE "%s\tloaded", module));
		else if (entry->fts_info != FTS_D && entry->fts_info != FTS_DP &&
			 !told_elsewhere(name))
			strv_take(ret, describe_file(entry->fts_accpath, name, entry->fts_statp));
	}
	if (walk)
		fts_close(walk);
	root_done(&root);
	strv_sort(ret);
}

const char *state_of(const struct strv *state, const char *what)
{
	size_t length = strlen(what);

	for (size_t i = 0; i < state->n; i++)
		if (strncmp(state->items[i], what, length) == 0 && state->items[i][length] == '\t')
			return state->items[i] + length + 1;
	return "";
}

static void add_difference(struct buf *ret, const char *line, const char *old, const char *new)
{
	buf_addf(ret, "%.*s: %s -> %s\n", (int)strcspn(line, "\t"), line, *old ? old : "absent",
		 *new ? new : "absent");
}

void state_compare(const struct strv *before, const struct strv *after, struct buf *ret)
{
	struct buf modules = {};
	size_t i = 0, j = 0;

	while (i < before->n || j < after->n) {
		const char *old = i < before->n ? before->items[i] : NULL,
			   *new = j < after->n ? after->items[j] : NULL;
		size_t old_key = old ? strcspn(old, "\t") : 0,
		       new_key = new ? strcspn(new, "\t") : 0;
		size_t key = old_key > new_key ? old_key : new_key;
		int order = !old ? 1 : !new ? -1 : strncmp(old, new, key + 1);

		/* Both are sorted by whole lines, in which the key is followed by a low character. */
		if (old && new &&old_key == new_key && strncmp(old, new, key) == 0)
			order = 0;
		if (order == 0 && strcmp(old, new) != 0)
			add_difference(ret, old, old + key + 1, new + key + 1);
		else if (order < 0)
			add_difference(ret, old, old + old_key + 1, "");
		else if (order > 0 && strncmp(new, MODULE, strlen(MODULE)) == 0)
			buf_addf(&modules, " %.*s", (int)(new_key - strlen(MODULE)),
				 new + strlen(MODULE));
		else if (order > 0)
			add_difference(ret, new, "", new + new_key + 1);
		i += order <= 0;
		j += order >= 0;
	}
	if (modules.length)
		buf_addf(ret, "modules loaded:%s\n", buf_text(&modules));
	buf_done(&modules);
}
