/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What unit tests have in common: a tree of files that stands in for a host, captured output, and
 * checks that name the row of a table that failed.
 */
#pragma once

/* cmocka.h needs these five. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/macros.h"
#include "host/ini_file.h"
#include "host/root.h"
#include "model/finding.h"
#include "model/inventory.h"
#include "parse/address.h"
#include "parse/profile.h"

#define TEST(name) static void name(void **state _unused_)

/*
 * UNIT_SKIP is a pattern of tests that are left out, and not counted. tests/run-tap does so with those that take
 * millions of steps to reach a limit, where each step is slow.
 */
__attribute__((constructor)) static void skip_by_name(void)
{
	const char *pattern = getenv("UNIT_SKIP");

	if (pattern)
		cmocka_set_skip_filter(pattern);
}

/* what: the row of the table, or whatever tells one check from the next. */
#define check(what, condition)                                \
	do {                                                  \
		if (!(condition))                             \
			fail_msg("%s: %s", what, #condition); \
	} while (0)

#define check_int(what, got, want)                                                     \
	do {                                                                           \
		long long got_ = (long long)(got), want_ = (long long)(want);          \
		if (got_ != want_)                                                     \
			fail_msg("%s: %s is %lld, not %lld", what, #got, got_, want_); \
	} while (0)

/* NULL is a value like others. */
#define check_text(what, got, want)                                                       \
	do {                                                                              \
		const char *text_ = (got), *wanted_ = (want);                             \
		if (text_ && wanted_ ? strcmp(text_, wanted_) != 0 : text_ != wanted_)    \
			fail_msg("%s: %s is\n%s\nand not\n%s", what, #got,                \
				 text_ ? text_ : "(NULL)", wanted_ ? wanted_ : "(NULL)"); \
	} while (0)

/* Texts for people are checked by the part that hangs on the case; scenarios have each once. */
#define check_part(what, got, part)                                                         \
	do {                                                                                \
		const char *whole_ = (got);                                                 \
		if (!strstr(whole_, part))                                                  \
			fail_msg("%s: %s is\n%s\nwithout\n%s", what, #got, whole_, (part)); \
	} while (0)

/* --- a tree of files --- */

struct tree {
	char path[32];
	struct root root;
};

static inline void tree_init(struct tree *tree)
{
	strcpy(tree->path, "/tmp/vfio-prepare.XXXXXX");
	assert_non_null(mkdtemp(tree->path));
	assert_int_equal(root_init(&tree->root, tree->path), 0);
}

static inline int tree_remove_entry(const char *path, const struct stat *st _unused_,
				    int type _unused_, struct FTW *ftw _unused_)
{
	return remove(path);
}

static inline void tree_done(struct tree *tree)
{
	root_done(&tree->root);
	assert_int_equal(nftw(tree->path, tree_remove_entry, 16, FTW_DEPTH | FTW_PHYS), 0);
}

/* The path of a name in the tree, with the directories above it made; the caller's. */
static inline char *tree_place(const struct tree *tree, const char *name)
{
	char *path = xasprintf("%s/%s", tree->path, name);

	for (char *slash = path + strlen(tree->path) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		if (mkdir(path, 0755) < 0)
			assert_int_equal(errno, EEXIST);
		*slash = '/';
	}
	return path;
}

static inline void tree_bytes(const struct tree *tree, const char *name, const void *bytes,
			      size_t n)
{
	_cleanup_free_ char *path = tree_place(tree, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, 0644), 0);
	assert_int_equal(write(fd, bytes, n), n);
	close(fd);
}

static inline void tree_file(const struct tree *tree, const char *name, const char *text)
{
	tree_bytes(tree, name, text, strlen(text));
}

static inline void tree_dir(const struct tree *tree, const char *name)
{
	_cleanup_free_ char *below = xasprintf("%s/", name);

	free(tree_place(tree, below));
}

static inline void tree_link(const struct tree *tree, const char *name, const char *target)
{
	_cleanup_free_ char *path = tree_place(tree, name);

	assert_int_equal(symlink(target, path), 0);
}

static inline void tree_remove(const struct tree *tree, const char *name)
{
	_cleanup_free_ char *path = tree_place(tree, name);

	assert_int_equal(remove(path), 0);
}

/* What stands in the file, as the product reads it; NULL: nothing can be read there. */
static inline void tree_check(struct tree *tree, const char *path, const char *want)
{
	_cleanup_free_ char *text = root_read_text(&tree->root, path, 4096);

	check_text(path, text, want);
}

/* --- what a descriptor gets written --- */

struct capture {
	int fd, saved, file;
	char text[4096];
};

static inline void capture_begin(struct capture *capture, int fd)
{
	fflush(NULL);
	*capture = (struct capture){.fd = fd, .saved = dup(fd), .file = memfd_create("capture", 0)};
	assert_true(capture->saved >= 0 && capture->file >= 0);
	assert_int_equal(dup2(capture->file, fd), fd);
}

static inline const char *capture_end(struct capture *capture)
{
	fflush(NULL);
	dup2(capture->saved, capture->fd);
	close(capture->saved);
	ssize_t n = pread(capture->file, capture->text, sizeof(capture->text) - 1, 0);
	close(capture->file);
	assert_true(n >= 0);
	capture->text[n] = '\0';
	return capture->text;
}

/* --- findings, profiles and inventories --- */

/* "check subject; check subject": short enough to be compared at a glance; the caller's. */
static inline char *findings_summary(const struct findings *findings)
{
	char *summary = xstrdup("");

	vec_foreach(finding, findings) {
		char *longer = xasprintf("%s%s%s %s", summary, *summary ? "; " : "",
					 finding_name(finding->type), finding->subject);

		free(summary);
		summary = longer;
	}
	return summary;
}

#define check_findings(what, findings, want)                                \
	do {                                                                \
		_cleanup_free_ char *summary_ = findings_summary(findings); \
		check_text(what, summary_, want);                           \
	} while (0)

/* A profile from a text that has no mistake. */
static inline void profile_from(const char *text, struct profile *ret)
{
	struct findings findings = {};
	struct ini ini = {};

	ini_file_parse(text, strlen(text), "profile", &ini, &findings);
	profile_parse(&ini, ret, &findings);
	check_findings(text, &findings, "");
	ini_done(&ini);
	findings_done(&findings);
}

static inline struct pci_address address(const char *text)
{
	struct pci_address parsed = {};

	check_int(text, pci_address_parse(text, &parsed), 0);
	return parsed;
}

/* A function as a scan leaves it whose modules were looked up and are none. */
static inline struct pci_function *add_function(struct inventory *inventory, const char *place,
						uint16_t vendor, uint16_t device, uint32_t class,
						int group, const char *driver)
{
	struct pci_function *function = vec_add(inventory);

	*function = (struct pci_function){
		.address = address(place),
		.vendor = vendor,
		.device = device,
		.class = class,
		.revision = -1,
		.numa_node = -1,
		.iommu_group = group,
		.total_vfs = -1,
		.header_type = -1,
		.driver = xstrdup_null(driver),
	};
	return function;
}
