/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whatever the command line, each argument has a name that the kernel would compare as equal. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "model/kernel_args.h"
#include "parse/kernel_args.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *cmdline = xcalloc(size + 1, 1);
	struct kernel_args args;
	size_t length = 0;

	if (size)
		memcpy(cmdline, data, size);
	kernel_args_parse(cmdline, &args);
	for (size_t i = 0; i < args.n; i++) {
		const struct kernel_arg *arg = &args.items[i], *last;

		assert(!strchr(arg->name, '-') && !strchr(arg->name, '='));
		length += strlen(arg->name) + (arg->value ? strlen(arg->value) : 0);
		last = kernel_args_last(&args, arg->name);
		assert(last >= arg && strcmp(last->name, arg->name) == 0);
		if (arg->value && !strchr(arg->value, ','))
			assert(kernel_args_list_has(&args, arg->name, arg->value));
		kernel_args_bool(&args, arg->name, true);
	}
	assert(length <= strlen(cmdline));
	kernel_args_done(&args);
	free(cmdline);
	return 0;
}
