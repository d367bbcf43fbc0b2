/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file that this process was started from. */
#pragma once

/*
 * That file, wherever the host's root is, as base64 -d and gzip -d unpack it: lines of text, made by gzip and base64 of
 * this system; the caller's. 0; -ENOEXEC: it wants an interpreter, and with it libraries, that another host may not
 * have; -ECANCELED: the two programs failed; -errno.
 */
int program_pack(char **ret);
