/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Replaces the IP addresses of a snapshot so that each is in the networks that it was in: of two addresses the same
 * number of leading bits is equal before and after, and nothing else of them stays but the first three bits, and
 * whether an address of IPv6 is of a link or a group.
 */
#pragma once

#include <stdint.h>

#include "base/alloc.h"

/* Of IPv4 the last four bytes. */
struct ip {
	uint8_t bytes[16];
};

struct ip ip_of_4(const uint8_t bytes[static 4]);

struct scrub_addresses {
	VEC(struct ip);
};

void scrub_addresses_done(struct scrub_addresses *addresses);
/* All have to be added, and sorted then, before the first is replaced. */
void scrub_addresses_add(struct scrub_addresses *addresses, const struct ip *ip);
void scrub_addresses_sort(struct scrub_addresses *addresses);
struct ip scrub_address(const struct scrub_addresses *addresses, const struct ip *ip);
