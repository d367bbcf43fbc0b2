/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/kernel_args.h"

#include <string.h>

#include "base/text.h"

void kernel_args_done(struct kernel_args *args)
{
	if (!args)
		return;
	vec_foreach(arg, args) {
		free(arg->name);
		free(arg->value);
		free(arg->text);
	}
	free(args->items);
	*args = (struct kernel_args){};
}

bool kernel_args_have(const struct kernel_args *args, const char *text)
{
	vec_foreach(arg, args)
		if (strcmp(arg->text, text) == 0)
			return true;
	return false;
}

const struct kernel_arg *kernel_args_last(const struct kernel_args *args, const char *name)
{
	for (size_t i = args->n; i > 0; i--)
		if (strcmp(args->items[i - 1].name, name) == 0)
			return &args->items[i - 1];
	return NULL;
}

bool kernel_args_bool(const struct kernel_args *args, const char *name, bool otherwise)
{
	const struct kernel_arg *arg = kernel_args_last(args, name);
	bool value = true;

	if (!arg || (arg->value && bool_parse(arg->value, &value) < 0))
		return otherwise;
	return value;
}

bool kernel_args_list_has(const struct kernel_args *args, const char *name, const char *word)
{
	vec_foreach(arg, args)
		if (arg->value && strcmp(arg->name, name) == 0 &&
		    text_list_has(arg->value, ',', word))
			return true;
	return false;
}

const char *off_switch(const struct kernel_args *args, bool initramfs)
{
	if (!kernel_args_bool(args, "vfio_prepare.enable", true))
		return "vfio_prepare.enable=0";
	if (initramfs && !kernel_args_bool(args, "rd.vfio_prepare", true))
		return "rd.vfio_prepare=0";
	return NULL;
}
