/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What kmod's configure script would find on a Debian system with glibc, written by hand so that
 * the build needs no autotools. For kmod 30 (Debian 12) to 34 (Debian 13).
 *
 * Not defined on purpose:
 *   HAVE_FINIT_MODULE  glibc has no wrapper; kmod then makes the system call itself
 *   ENABLE_OPENSSL     only modinfo shows signatures; the kernel is what checks them
 */
#pragma once

#define ENABLE_LOGGING 1
#define ENABLE_XZ 1
#define ENABLE_ZLIB 1
#define ENABLE_ZSTD 1

/* Messages that nobody would read. kmod 30 asks whether these are defined, 34 for a value. */
#if __has_include("libkmod/libkmod-internal-file.h")
#define ENABLE_DEBUG 0
#define ENABLE_ELFDBG 0
#endif

/* kmod 34: link to the decompressor instead of opening it while running. */
#define ENABLE_XZ_DLOPEN 0
#define ENABLE_ZLIB_DLOPEN 0
#define ENABLE_ZSTD_DLOPEN 0

#define PACKAGE "kmod"
#define VERSION "static"
#define SYSCONFDIR "/etc"
#define DISTCONFDIR "/usr/lib"
#define MODULE_DIRECTORY "/lib/modules"
#define KMOD_FEATURES "+ZSTD +XZ +ZLIB -LIBCRYPTO"

#define HAVE_DECL_BASENAME 1
#define HAVE_DECL_BE32TOH 1
#define HAVE_DECL_STRNDUPA 1
#define HAVE_FOPEN64 1
#define HAVE_FSTAT64 1
#define HAVE_LINUX_MODULE_H 1
#define HAVE_NORETURN 1
#define HAVE_OPEN64 1
#define HAVE_SECURE_GETENV 1
#define HAVE_STATIC_ASSERT 1
#define HAVE_STAT64 1
#define HAVE_STRUCT_STAT_ST_MTIM 1
#define HAVE___BUILTIN_CLZ 1
#define HAVE___BUILTIN_TYPES_COMPATIBLE_P 1
#define HAVE___BUILTIN_UADD_OVERFLOW 1
#define HAVE___BUILTIN_UADDL_OVERFLOW 1
#define HAVE___BUILTIN_UADDLL_OVERFLOW 1
#define HAVE___BUILTIN_UMUL_OVERFLOW 1
#define HAVE___BUILTIN_UMULL_OVERFLOW 1
#define HAVE___BUILTIN_UMULLL_OVERFLOW 1
