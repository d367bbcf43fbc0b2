/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this process inherits, made what the rest of the program relies on, and its signals. */
#pragma once

#include <spawn.h>

/*
 * First of all in main(): descriptors 0 to 2 are open, so that no file of ours is taken for output; that
 * nobody reads a pipe of ours ends us no more, and that a child has ended is kept for who waits for it.
 */
void process_begin(void);

/*
 * From here on SIGHUP, SIGINT and SIGTERM end this process and its children no more: once what must not
 * be left half done begins. Programs of the host still take them.
 */
void process_hold(void);

/* Attributes with which posix_spawn() starts a program that has its signals as if we had changed none. */
void process_spawn_attributes(posix_spawnattr_t *ret);
