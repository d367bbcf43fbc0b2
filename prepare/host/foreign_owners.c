/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/foreign_owners.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "model/policy.h"
#include "parse/dpkg.h"

#define DPKG_STATUS_PATH "/var/lib/dpkg/status"
#define DPKG_INFO_DIR "/var/lib/dpkg/info"
/* A desktop with all that Debian has is far below it. */
#define DPKG_STATUS_MAX (64 * 1024 * 1024)
#define TUNED_ARGUMENTS_PATH "/etc/tuned/bootcmdline"

unsigned find_managers(struct root *root, const struct kernel_args *args)
{
	unsigned managers = 0;

	for (unsigned owner = 0; owner < N_FOREIGN_OWNERS; owner++) {
		const struct foreign_owner_row *row = &foreign_owners[owner];
		bool is = row->sign && root_exists(root, row->sign);

		vec_foreach(arg, args)
			is = is ||
			     (row->sign_argument && strcmp(arg->name, row->sign_argument) == 0);
		if (is)
			managers |= FOREIGN_OWNER(owner);
	}
	return managers;
}

/* machine-config-operator, pkg/daemon: what was there before it wrote a file, or that nothing was */
static bool is_of_openshift(struct root *root, const char *path)
{
	_cleanup_free_ char *before = xasprintf("/etc/machine-config-daemon/orig%s.mcdorig", path),
			    *none = xasprintf("/etc/machine-config-daemon/noorig%s.mcdnoorig",
					      path);

	return root_exists(root, before) || root_exists(root, none);
}

/* --- dpkg ------------------------------------------------------------------------------------- */

static const char *read_status(struct owner_search *search)
{
	struct recorder *recorder = search->root->recorder;

	if (!search->read) {
		search->root->recorder = NULL;
		search->status = root_read_text(search->root, DPKG_STATUS_PATH, DPKG_STATUS_MAX);
		search->root->recorder = recorder;
	}
	search->read = true;
	return search->status;
}

/* Is it a configuration file of a package, as that has brought it? *ret: the package, also of a changed one. */
static bool is_of_package(struct owner_search *search, const char *path, const char *text,
			  char **ret)
{
	struct dpkg_conffile conffile = {};
	char sum[MD5_HEX_LENGTH + 1];

	if (!text || !text_starts_with(path, "/etc/") || !read_status(search) ||
	    !dpkg_find_conffile(search->status, path, &conffile))
		return false;
	md5_hex(text, strlen(text), sum);
	buf_addf(&search->excerpt, "Package: %s\nStatus: install ok %s\nConffiles:\n %s %s\n\n",
		 conffile.package, conffile.removed ? "config-files" : "installed", path,
		 conffile.md5);
	*ret = TAKE_PTR(conffile.package);
	return strcmp(sum, conffile.md5) == 0;
}

void find_owner(struct owner_search *search, const char *path, const char *text, size_t from)
{
	struct foreign *foreign = search->foreign;
	enum foreign_owner owner = foreign_owner_by_text(text ? text : "");
	_cleanup_free_ char *package = NULL;

	if (from == foreign->n)
		return;
	if (owner == FOREIGN_OF_PERSON && is_of_openshift(search->root, path))
		owner = FOREIGN_OF_OPENSHIFT;
	if (owner == FOREIGN_OF_PERSON)
		owner = foreign_owner_by_path(path, foreign->managers);
	if (is_of_package(search, path, text, &package) && owner == FOREIGN_OF_PERSON)
		owner = FOREIGN_OF_PACKAGE;
	for (; from < foreign->n; from++) {
		struct foreign_setting *setting = &foreign->items[from];
		const char *line = foreign_owners[owner].line;

		setting->owner = line && strcmp(line, setting->text) != 0 ? FOREIGN_OF_PERSON
									  : owner;
		setting->package = package ? xstrdup(package) : NULL;
	}
}

/* A script below /usr, where recipes put theirs as well. In a drop-in directory a file in /etc takes its place. */
static bool is_script(const struct foreign_setting *setting)
{
	const char *name = setting->file ? strrchr(setting->file, '/') : NULL;

	return setting->owner == FOREIGN_OF_PACKAGE && name &&
	       path_is_of_distribution(setting->file) && strncmp(name - 2, ".d", 2) != 0;
}

/* Has a list of dpkg the file? It may know a path below /usr by the link to there, or the other way round. */
static bool is_listed(const char *list, const char *path)
{
	_cleanup_free_ char *line = xasprintf("\n%s\n", path), *other = NULL;

	other = text_starts_with(path, "/usr/") ? xasprintf("\n%s\n", path + strlen("/usr"))
						: xasprintf("\n/usr%s\n", path);
	return strstr(list, line) || strstr(list, other);
}

static void search_list(struct owner_search *search, const char *name)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", DPKG_INFO_DIR, name);
	struct recorder *recorder = search->root->recorder;
	_cleanup_free_ char *list = NULL;

	search->root->recorder = NULL;
	list = root_read_text(search->root, path, OWN_FILE_MAX);
	search->root->recorder = recorder;
	vec_foreach(setting, search->foreign) {
		_cleanup_free_ char *excerpt = NULL;

		if (!list || !is_script(setting) || setting->package ||
		    !is_listed(list, setting->file))
			continue;
		setting->package = xstrndup(name, strcspn(name, ":") < strlen(name)
							  ? strcspn(name, ":")
							  : strlen(name) - strlen(".list"));
		excerpt = xasprintf("/.\n%s\n", setting->file);
		if (recorder)
			recorder_add_bytes(recorder, path, RECORD_FILE, excerpt, strlen(excerpt));
	}
}

/* What dpkg does not know below /usr was put there by hand. Other hosts' databases are not read. */
static void search_lists(struct owner_search *search)
{
	struct recorder *recorder = search->root->recorder;
	_cleanup_(strv_done) struct strv names = {};
	bool any = false;

	vec_foreach(setting, search->foreign)
		any = any || is_script(setting);
	if (!any || !read_status(search))
		return;
	search->root->recorder = NULL;
	root_list(search->root, DPKG_INFO_DIR, &names);
	search->root->recorder = recorder;
	vec_foreach(name, &names)
		if (text_ends_with(*name, ".list"))
			search_list(search, *name);
	vec_foreach(setting, search->foreign)
		if (is_script(setting) && !setting->package)
			setting->owner = FOREIGN_OF_PERSON;
}

void find_owners_end(struct owner_search *search)
{
	search_lists(search);
	if (search->root->recorder && search->status)
		recorder_add_bytes(search->root->recorder, DPKG_STATUS_PATH, RECORD_FILE,
				   buf_text(&search->excerpt), search->excerpt.length);
	buf_done(&search->excerpt);
	free(TAKE_PTR(search->status));
}

/* --- arguments of the kernel -------------------------------------------------------------------- */

void find_argument_owners(struct root *root, struct foreign *foreign)
{
	_cleanup_free_ char *tuned = NULL;
	enum foreign_owner manager = FOREIGN_OF_PERSON;
	bool any = false;

	for (unsigned owner = N_FOREIGN_OWNERS; owner-- > 0;)
		if ((foreign->managers & FOREIGN_OWNER(owner)) && foreign_owners[owner].argument)
			manager = owner;
	vec_foreach(setting, foreign)
		any = any || setting->source == FOREIGN_ARGUMENT;
	tuned = any ? root_read_text(root, TUNED_ARGUMENTS_PATH, OWN_FILE_MAX) : NULL;
	vec_foreach(setting, foreign)
		if (setting->source == FOREIGN_ARGUMENT && !setting->line)
			setting->owner = tuned && strstr(tuned, setting->text) ? FOREIGN_OF_TUNED
									       : manager;
}
