/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/rebuild.h"

void rebuild_done(struct rebuild *rebuild)
{
	if (!rebuild)
		return;
	strv_done(&rebuild->images);
	strv_done(&rebuild->kernels);
	strv_done(&rebuild->kernel_paths);
	free(rebuild->stale_image);
	free(rebuild->newer_input);
	*rebuild = (struct rebuild){};
}
