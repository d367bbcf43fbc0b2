/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>
#include <time.h>

static inline int64_t clock_ms(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Milliseconds for deadlines: a host that sleeps does not use them up. */
static inline int64_t now_ms(void)
{
	return clock_ms(CLOCK_MONOTONIC);
}

/* Milliseconds since the kernel started, as its log counts them. */
static inline int64_t since_boot_ms(void)
{
	return clock_ms(CLOCK_BOOTTIME);
}
