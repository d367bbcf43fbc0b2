/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/offer.h"

const char *const offer_names[N_OFFERS] = {
	[OFFER_NOW] = "now",
	[OFFER_AFTER_RESTART] = "after-restart",
	[OFFER_NEVER] = "no",
	[OFFER_UNKNOWN] = "unknown",
};

void offers_done(struct offers *offers)
{
	if (!offers)
		return;
	for (size_t i = 0; i < offers->n; i++) {
		free(offers->items[i].why);
		free(offers->items[i].with.items);
	}
	free(offers->items);
	*offers = (struct offers){};
}
