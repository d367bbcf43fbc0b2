/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide/import_remark.h"

#include <stdarg.h>

void import_add_remark(struct import *import, const struct foreign_setting *setting, bool lost,
		       const char *format, ...)
{
	_cleanup_free_ char *place = setting ? foreign_place(setting) : NULL, *text = NULL;
	struct import_remark *remark = vec_add(&import->remarks);
	va_list arguments;

	va_start(arguments, format);
	text = xvasprintf(format, arguments);
	va_end(arguments);
	remark->text = setting ? xasprintf("%s: \"%s\": %s", place, setting->text, text)
			       : TAKE_PTR(text);
	remark->lost = lost;
}
