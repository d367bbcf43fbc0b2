/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Foreign settings in a line each, to be compared at a glance. */
#pragma once

#include "base/buf.h"
#include "model/foreign.h"
#include "parse/foreign.h"
#include "support.h"

/* Parses one file. */
static inline void parse_foreign(foreign_parser *parse, enum foreign_source source,
				 const char *path, const char *text, struct foreign *foreign,
				 struct strv *programs)
{
	parse(&(struct foreign_file){source, path, text, foreign, programs, NULL, NULL, NULL, NULL});
}

/* The summary has the mechanism, too. */
static bool summary_is_whole;

/* "addresses vfio-pci: 0000:01:00.0 0000:02:00.0 @/etc/rc.local:3 (flaw)"; the caller's. */
static inline char *foreign_summary(const struct foreign *foreign)
{
	static const char *const effects[] = {
		[FOREIGN_ADDRESSES] = "addresses",
		[FOREIGN_IDS] = "ids",
		[FOREIGN_BLACKLIST] = "blacklist",
		[FOREIGN_INSTALL] = "install",
		[FOREIGN_SOFTDEP] = "softdep",
		[FOREIGN_LOAD] = "load",
		[FOREIGN_VFS] = "vfs",
		[FOREIGN_OPTION] = "option",
		[FOREIGN_COPY] = "copy",
		[FOREIGN_HOOKS] = "hooks",
		[FOREIGN_MISSING] = "missing",
	};
	static const char *const mechanisms[] = {
		[FOREIGN_BY_NOTHING] = "",
		[FOREIGN_BY_IDS] = "",
		[FOREIGN_BY_NEW_ID] = " by new_id",
		[FOREIGN_BY_OVERRIDE] = " by override",
		[FOREIGN_BY_BIND] = " by bind",
		[FOREIGN_BY_HIDE] = " by hide",
		[FOREIGN_BY_DRIVERCTL] = " by driverctl",
		[FOREIGN_BY_DEVBIND] = " by devbind",
		[FOREIGN_BY_LIBVIRT] = " by libvirt",
		[FOREIGN_BY_REMOVE] = " by remove",
	};
	struct buf buf = {};

	vec_foreach(setting, foreign) {
		_cleanup_free_ char *place = foreign_place(setting);

		buf_addf(&buf, "%s%s%s:", effects[setting->effect], setting->name ? " " : "",
			 setting->name ? setting->name : "");
		for (size_t i = 0; i < setting->values.n; i++)
			buf_addf(&buf, " %s", setting->values.items[i]);
		buf_addf(&buf, "%s%s%s%s @%s%s%s%s%s%s\n",
			 summary_is_whole ? mechanisms[setting->mechanism] : "",
			 setting->groups ? " groups" : "", setting->if_id ? " if-id" : "",
			 setting->unsure ? " unsure" : "", place, setting->flaw ? " (" : "",
			 setting->flaw ? setting->flaw : "", setting->flaw ? ")" : "",
			 setting->fatal  ? " fatal"
			 : setting->idle ? " idle"
					 : "",
			 setting->ours ? " ours" : "");
	}
	for (size_t i = 0; i < foreign->unread.n; i++)
		buf_addf(&buf, "unread %s\n", foreign->unread.items[i]);
	return buf_take(&buf);
}

/* Compares, and empties foreign. */
#define check_foreign_is(what, foreign, want)                                  \
	do {                                                                   \
		_cleanup_free_ char *foreign_text_ = foreign_summary(foreign); \
		check_text(what, foreign_text_, want);                         \
		foreign_done(foreign);                                         \
	} while (0)
