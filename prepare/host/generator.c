/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/generator.h"

#include <string.h>

#include "host/command.h"

#define PROGRAM_MAX (1024 * 1024)

static bool fits(struct root *root, const struct generator_place *place)
{
	char path[PROGRAM_PATH_MAX];
	_cleanup_free_ char *text = NULL;

	if (!place->program && !place->sign)
		return false;
	if (place->program && !program_find(root, place->program, path))
		return false;
	if (place->sign &&
	    (!root_exists(root, place->sign) || root_has_entries(root, place->sign) == 0))
		return false;
	if (!place->impostor)
		return true;
	text = root_read_text(root, path, PROGRAM_MAX);
	return !text || !strstr(text, place->impostor);
}

enum image_generator generator_of(struct root *root)
{
	for (enum image_generator i = 0; i < N_GENERATORS; i++)
		if (fits(root, &generators[i]))
			return i;
	return GENERATOR_UNKNOWN;
}
