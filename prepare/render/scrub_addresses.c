/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/scrub_addresses.h"

#include <stdbool.h>
#include <string.h>

#include "base/macros.h"

/* Bits of the first byte that stay: networks are seldom larger. */
#define KEPT_BITS 0xe0

/* In front of an address of IPv4: no address of IPv6, which shares no bits with it then. */
static const uint8_t mapped[12] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				   0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

static bool is_4(const struct ip *ip)
{
	return memcmp(ip->bytes, mapped, sizeof(mapped)) == 0;
}

struct ip ip_of_4(const uint8_t bytes[static 4])
{
	struct ip ip;

	memcpy(ip.bytes, mapped, sizeof(mapped));
	memcpy(ip.bytes + sizeof(mapped), bytes, 4);
	return ip;
}

void scrub_addresses_done(struct scrub_addresses *addresses)
{
	free(addresses->items);
	*addresses = (struct scrub_addresses){};
}

void scrub_addresses_add(struct scrub_addresses *addresses, const struct ip *ip)
{
	*vec_add(addresses) = *ip;
}

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct ip));
}

void scrub_addresses_sort(struct scrub_addresses *addresses)
{
	vec_sort(addresses, compare);
}

/* The first address that is not below this one; NULL: there is none. */
static const struct ip *find_from(const struct scrub_addresses *addresses, const struct ip *ip)
{
	size_t low = 0, high = addresses->n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (compare(&addresses->items[middle], ip) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < addresses->n ? &addresses->items[low] : NULL;
}

/* Is there an address that is the same before a bit, and has none there? */
static bool branches(const struct scrub_addresses *addresses, const struct ip *ip, size_t bit)
{
	struct ip from = {};
	const struct ip *found;
	uint8_t mask = (uint8_t)(0xff00 >> bit % 8);

	memcpy(from.bytes, ip->bytes, bit / 8);
	from.bytes[bit / 8] = ip->bytes[bit / 8] & mask;
	found = find_from(addresses, &from);
	return found && memcmp(found->bytes, from.bytes, bit / 8) == 0 &&
	       (found->bytes[bit / 8] & (mask | 0x80 >> bit % 8)) == from.bytes[bit / 8];
}

/* The place among the first bytes that there are of this kind of address, from 1, beside the bits that stay. */
static uint8_t first_byte(const struct scrub_addresses *addresses, const struct ip *ip, size_t at)
{
	uint8_t byte = ip->bytes[at], kept = byte & KEPT_BITS, place = 1;

	for (unsigned other = kept; other < byte; other++) {
		struct ip from = {};
		const struct ip *found;

		memcpy(from.bytes, ip->bytes, at);
		from.bytes[at] = (uint8_t)other;
		found = find_from(addresses, &from);
		place += found && memcmp(found->bytes, from.bytes, at + 1) == 0;
	}
	return kept | (place < 0x1f ? place : 0x1f);
}

struct ip scrub_address(const struct scrub_addresses *addresses, const struct ip *ip)
{
	size_t first = is_4(ip) ? sizeof(mapped) : 0, rest = first + 1;
	struct ip to = {};

	memcpy(to.bytes, ip->bytes, first);
	/* fe80::/10, ff00::/8 */
	if (first == 0 && ip->bytes[0] >= 0xfe) {
		memcpy(to.bytes, ip->bytes, 2);
		rest = 2;
	} else {
		to.bytes[first] = first_byte(addresses, ip, first);
	}
	for (size_t bit = rest * 8; bit < sizeof(to.bytes) * 8; bit++)
		if (ip->bytes[bit / 8] & 0x80 >> bit % 8 && branches(addresses, ip, bit))
			to.bytes[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
	return to;
}
