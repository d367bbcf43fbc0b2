/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/guarded.h"

const enum finding_type guarded_types[N_GUARDED_TYPES] = {FINDING_NETWORK, FINDING_HOST_DISK,
							  FINDING_STORAGE};

void guarded_list_done(struct guarded_list *list)
{
	if (!list)
		return;
	vec_foreach(guarded, list) {
		free(guarded->path);
		strv_done(&guarded->contents);
	}
	free(list->items);
	*list = (struct guarded_list){};
}
