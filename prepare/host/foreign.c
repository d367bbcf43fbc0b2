/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/foreign.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "host/files.h"
#include "host/foreign_idle.h"
#include "host/foreign_owners.h"
#include "host/foreign_sources.h"
#include "host/watched.h"
#include "model/host_places.h"
#include "model/policy.h"
#include "parse/address.h"
#include "parse/foreign.h"

/* A program that a unit runs is taken for a script up to this size, in bytes. */
#define SCRIPT_MAX (64 * 1024)
#define MAX_FILES 1024
/* Scripts that run each other, as far as a recorder follows them back. */
#define MAX_DEPTH 8

/* A program that was looked into, once; text: NULL: it is no script. */
struct script {
	char *path, *text;
};

struct search {
	struct root *root;
	struct foreign *foreign;
	struct strv
		programs; /* that scripts, rules, units and install lines run, with their preludes */
	struct strv
		templates; /* units that others are instances of, and are not started themselves */
	VEC_OF(struct script) scripts;
	struct foreign_uses uses;
	struct owner_search owners;
};

static void add_unread(struct search *search, const char *path, const char *cause)
{
	_cleanup_free_ char *shown = foreign_shown(path);

	strv_take(&search->foreign->unread, xasprintf("%s: %s", shown, cause));
}

/* The text of a file; NULL: there is none, or it cannot be read, which is told then. */
static char *read_text(struct search *search, const char *path)
{
	_cleanup_free_ char *text = NULL;
	size_t length = 0;
	struct stat st = {};
	int r = root_read_stat(search->root, path, OWN_FILE_MAX, &st, &text, &length);

	/* A link to /dev/null stands for nothing. */
	if (r == -ENOENT || r == -ENOTDIR || (st.st_mode && !S_ISREG(st.st_mode)))
		return NULL;
	if (r == -EFBIG)
		add_unread(search, path, "it is larger than four megabytes");
	else if (r < 0)
		add_unread(search, path, strerror(-r));
	else if (!text || strlen(text) != length)
		add_unread(search, path, "it is no text: there is a NUL in it");
	else
		return TAKE_PTR(text);
	return NULL;
}

/* Lists the first MAX_FILES names in a directory, sorted; tells that it cannot be listed, or has more. */
static void list(struct search *search, const char *directory, struct strv *ret)
{
	int r = root_list(search->root, directory, ret);

	if (r < 0 && r != -ENOENT && r != -ENOTDIR)
		add_unread(search, directory, strerror(-r));
	if (ret->n > MAX_FILES)
		add_unread(search, directory, "it has more than 1024 entries");
	while (ret->n > MAX_FILES)
		free(ret->items[--ret->n]);
}

/* Debian links modules-load.d/modules.conf to /etc/modules, which is read by that name. */
static bool is_etc_modules(struct root *root, const char *path)
{
	char target[sizeof("../modules") + 1];

	return root_read_link(root, path, target, sizeof(target)) > 0 &&
	       strcmp(target, "../modules") == 0;
}

/* The text of a script that was found to be run; NULL: it is none, as it is large or no text. */
static const char *read_script(struct search *search, const char *path)
{
	struct recorder *recorder = search->root->recorder;
	_cleanup_close_ int fd = -1;
	struct script *script;
	size_t length = 0;
	struct stat st;

	vec_foreach(known, &search->scripts)
		if (strcmp(known->path, path) == 0)
			return known->text;
	script = vec_add(&search->scripts);
	script->path = xstrdup(path);
	search->root->recorder = NULL;
	fd = root_open(search->root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || watched(fd, "", fstat(fd, &st)) < 0 || !S_ISREG(st.st_mode) ||
	    root_read_fd(search->root, fd, path, SCRIPT_MAX, &script->text, &length) < 0 ||
	    strlen(script->text) != length)
		free(TAKE_PTR(script->text));
	search->root->recorder = recorder;
	return script->text;
}

static void add_use(struct search *search, const char *by, const char *path, size_t length,
		    bool variables)
{
	*vec_add(&search->uses) = (struct foreign_use){xstrdup(by), xstrndup(path, length),
						       variables};
}

/* Remembers who runs the programs from number "from" on. */
static void add_runs(struct search *search, const char *by, size_t from)
{
	for (size_t i = from; i < search->programs.n; i++) {
		const char *program = search->programs.items[i];

		add_use(search, by, program, strcspn(program, "\n"), false);
	}
}

struct reading {
	struct search *search;
	const char *by;
};

static const char *read_variables(void *userdata, const char *path)
{
	struct reading *reading = userdata;

	add_use(reading->search, reading->by, path, strlen(path), true);
	return read_script(reading->search, path);
}

/* Gives the recorder the variables of a file with settings, and those that run it, without which it is not found. */
static void record_uses(struct search *search, const char *path, unsigned depth)
{
	vec_foreach(use, &search->uses) {
		if (use->variables && strcmp(use->by, path) == 0)
			free(root_read_text(search->root, use->path, SCRIPT_MAX));
		if (use->variables || strcmp(use->path, path) != 0 || depth >= MAX_DEPTH)
			continue;
		free(root_read_text(search->root, use->by, OWN_FILE_MAX));
		record_uses(search, use->by, depth + 1);
	}
}

static void parse_file(struct search *search, const struct source *source, const char *path)
{
	_cleanup_free_ char *text = read_text(search, path);
	size_t from = search->foreign->n, n_programs = search->programs.n;
	struct foreign_file file;

	if (!text || (source->source == FOREIGN_MODULES_LOAD && is_etc_modules(search->root, path)))
		return;
	file = (struct foreign_file){source->source,
				     path,
				     text,
				     search->foreign,
				     &search->programs,
				     NULL,
				     read_variables,
				     &(struct reading){search, path},
				     NULL};
	source->parse(&file);
	find_missing(search->root, &file, n_programs);
	add_runs(search, path, n_programs);
	find_owner(&search->owners, path, text, from);
	for (size_t i = from; i < search->foreign->n && text_starts_with(text, FILE_HEADER); i++)
		search->foreign->items[i].ours = managed_file_of(path) != N_MANAGED_FILES;
}

/* Gives the recorder a file in which settings stand; of one that may hold secrets only what they stand in. */
static void record(struct root *root, const struct source *source, const char *path)
{
	struct recorder *recorder = root->recorder;
	_cleanup_free_ char *text = NULL, *excerpt = NULL;

	if (!source->excerpt) {
		free(root_read_text(root, path, OWN_FILE_MAX));
		return;
	}
	root->recorder = NULL;
	text = root_read_text(root, path, OWN_FILE_MAX);
	root->recorder = recorder;
	if (!text)
		return;
	excerpt = source->excerpt(text);
	recorder_add_bytes(recorder, path, RECORD_FILE, excerpt, strlen(excerpt));
}

/* Parses a file; gives a recorder a private one only if a setting stands in it or it cannot be read. */
static void parse(struct search *search, const struct source *source, const char *path)
{
	struct recorder *recorder = search->root->recorder;
	size_t n = search->foreign->n, n_unread = search->foreign->unread.n;

	if (source->private)
		search->root->recorder = NULL;
	parse_file(search, source, path);
	search->root->recorder = recorder;
	if (source->private && recorder &&
	    (search->foreign->n > n || search->foreign->unread.n > n_unread)) {
		record(search->root, source, path);
		record_uses(search, path, MAX_DEPTH);
	}
}

/* Parses the files of several directories in the order of their names. */
static void parse_masked(struct search *search, const struct source *source)
{
	struct strv names[ARRAY_SIZE(source->masked)] = {};
	_cleanup_(strv_done) struct strv paths = {};
	size_t n = 0;

	for (; n < ARRAY_SIZE(names) && source->masked[n]; n++)
		list(search, source->masked[n], &names[n]);
	root_unmasked_files(source->masked, names, n, source->end, &paths);
	vec_foreach(path, &paths)
		parse(search, source, *path);
	while (n-- > 0)
		strv_done(&names[n]);
}

/* Parses the scripts that were found to be run, and those that they run; a recorder gets those with settings. */
static void parse_programs(struct search *search, enum foreign_source source)
{
	for (size_t i = 0; i < search->programs.n; i++) {
		const char *program = search->programs.items[i], *end = strchr(program, '\n');
		_cleanup_free_ char *path = xstrndup(program, (size_t)(end - program)),
				    *prelude = xstrdup(end + 1);
		const char *text = read_script(search, path);
		size_t from = search->foreign->n, n_programs = search->programs.n;

		if (text) {
			struct foreign_file file = {
				source, path, text, search->foreign, &search->programs, prelude,
				NULL,   NULL, NULL};

			foreign_parse_script(&file);
			find_missing(search->root, &file, n_programs);
		}
		find_owner(&search->owners, path, text, from);
		add_runs(search, path, n_programs);
		if (search->root->recorder && search->foreign->n > from) {
			free(root_read_text(search->root, path, SCRIPT_MAX));
			record_uses(search, path, 0);
		}
	}
	strv_done(&search->programs);
}

static bool is_directory(struct root *root, const char *path)
{
	struct stat st;

	return root_stat(root, path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Parses the files of a directory, and of those in it, so many levels deep. */
static void parse_directory(struct search *search, const struct source *source,
			    const char *directory, unsigned depth)
{
	_cleanup_(strv_done) struct strv names = {};

	list(search, directory, &names);
	vec_foreach(name, &names) {
		_cleanup_free_ char *path = xasprintf("%s/%s", directory, *name);
		size_t from = search->foreign->n;
		bool is_read = **name != '.' && text_ends_with(*name, source->end);

		if (depth && is_directory(search->root, path)) {
			parse_directory(search, source, path, depth - 1);
			continue;
		}
		/* A recipe's file beside those that dracut reads does nothing, which is told. */
		if ((is_read || source->unread) && !strv_contains(&search->templates, path))
			parse(search, source, path);
		if (!is_read)
			foreign_add_idle(search->foreign, from, source->unread);
	}
}

static void parse_source(struct search *search, const struct source *source)
{
	if (source->end)
		parse_directory(search, source, source->path, source->depth);
	else
		parse(search, source, source->path);
}

/* vfio-bind@0000:83:00.0.service, of which nothing is known but the name of the instance, says it by that. */
static void add_instance(struct search *search, const char *path)
{
	const char *name = strrchr(path, '/') + 1, *instance = strchr(name, '@');
	struct foreign_setting *setting;
	_cleanup_free_ char *address = NULL;
	struct pci_address parsed;

	if (strncmp(name, "vfio", 4) != 0 || strncmp(name, "vfio-prepare", 12) == 0 || !instance)
		return;
	address = xstrndup(instance + 1, strlen(instance + 1) - strlen(".service"));
	if (pci_address_parse(address, &parsed) < 0)
		return;
	setting = foreign_add(search->foreign, FOREIGN_UNIT, FOREIGN_ADDRESSES, path, 0, name,
			      "vfio-pci");
	setting->mechanism = FOREIGN_BY_NEW_ID;
	strv_add(&setting->values, PCI_ADDRESS_TEXT(&parsed));
}

/* A unit that a target wants: one of a package, or an instance; those of the host itself are read where they are. */
static void parse_wanted(struct search *search, const struct source *source, const char *path)
{
	const char *name = strrchr(path, '/') + 1;
	_cleanup_free_ char *own = xasprintf("%s/%s", source->path, name);
	size_t n = search->foreign->n;

	if (!text_ends_with(name, ".service") || root_exists(search->root, own))
		return;
	if (strchr(name, '@') && root_exists(search->root, path))
		strv_take(&search->templates, xasprintf("%s/%.*s@.service", source->path,
							(int)strcspn(name, "@"), name));
	parse(search, source, path);
	parse_programs(search, source->source);
	if (search->foreign->n == n)
		add_instance(search, path);
}

/* What is in the directories of the units' own, "multi-user.target.wants". */
static void parse_wants(struct search *search, const struct source *source)
{
	_cleanup_(strv_done) struct strv targets = {};

	list(search, source->path, &targets);
	vec_foreach(target, &targets) {
		_cleanup_(strv_done) struct strv names = {};
		_cleanup_free_ char *directory = xasprintf("%s/%s", source->path, *target);

		if (!text_ends_with(*target, ".wants") && !text_ends_with(*target, ".requires"))
			continue;
		list(search, directory, &names);
		vec_foreach(name, &names) {
			_cleanup_free_ char *path = xasprintf("%s/%s", directory, *name);

			parse_wanted(search, source, path);
		}
	}
}

/* A hardware address is that of the interface that stands on a device; what stands on that may have the same one. */
static void resolve_hardware_addresses(struct search *search)
{
	_cleanup_(strv_done) struct strv names = {};
	char address[FOREIGN_HARDWARE_ADDRESS];

	vec_foreach(setting, search->foreign) {
		if (setting->effect != FOREIGN_VFS ||
		    !foreign_take_hardware_address(setting->name, address))
			continue;
		if (!names.n)
			root_list(search->root, "/sys/class/net", &names);
		vec_foreach(name, &names) {
			_cleanup_free_ char *path = xasprintf("/sys/class/net/%s/address", *name),
					    *link = xasprintf("/sys/class/net/%s", *name);
			_cleanup_free_ char *its = root_read_line(search->root, path);
			char target[PATH_MAX];

			if (text_same(its, address) &&
			    root_read_link(search->root, link, target, sizeof(target)) > 0 &&
			    !strstr(target, "/virtual/")) {
				free(setting->name);
				setting->name = xstrdup(*name);
				break;
			}
		}
	}
}

void scan_foreign(struct root *root, const struct kernel_args *args, struct foreign *ret)
{
	struct search search = {.root = root,
				.foreign = ret,
				.owners = {.root = root, .foreign = ret}};

	ret->managers = find_managers(root, args);
	foreign_parse_arguments(args, ret);
	for (const struct source *source = foreign_sources; source->parse; source++) {
		if (source->wanted)
			parse_wants(&search, source);
		else if (source->path)
			parse_source(&search, source);
		else
			parse_masked(&search, source);
		if (source->programs)
			parse_programs(&search, source->source);
	}
	resolve_hardware_addresses(&search);
	find_idle(root, ret, &search.uses);
	find_owners_end(&search.owners);
	vec_foreach(script, &search.scripts) {
		free(script->path);
		free(script->text);
	}
	free(search.scripts.items);
	vec_foreach(use, &search.uses) {
		free(use->by);
		free(use->path);
	}
	free(search.uses.items);
	strv_done(&search.templates);
}
