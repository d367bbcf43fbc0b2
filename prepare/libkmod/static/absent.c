/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stands in for those parts of the static libraries that nothing here reaches, a thirteenth of the
 * whole file otherwise: libzstd's decoders for frames of before 2016 (lib/legacy/, a kernel has never
 * had modules in them) and libz's writer of files. The linker takes what is defined here and leaves
 * the members of the archives out. A decoder that cannot be made is an error to libzstd like a lack of
 * memory. Not part of LINK=shared.
 */
#include <stddef.h>

#define ERROR_GENERIC ((size_t)-1)

#define NO_DECODER(version)                                                                        \
	void *ZSTDv##version##_createDCtx(void)                                                    \
	{                                                                                          \
		return NULL;                                                                       \
	}                                                                                          \
	size_t ZSTDv##version##_freeDCtx(void *context)                                            \
	{                                                                                          \
		(void)context;                                                                     \
		return 0;                                                                          \
	}                                                                                          \
	size_t ZSTDv##version##_decompress_usingDict(void)                                         \
	{                                                                                          \
		return ERROR_GENERIC;                                                              \
	}                                                                                          \
	size_t ZSTDv##version##_getFrameParams(void)                                               \
	{                                                                                          \
		return ERROR_GENERIC;                                                              \
	}                                                                                          \
	void ZSTDv##version##_findFrameSizeInfoLegacy(const void *frame, size_t size,              \
						      size_t *ret_size, unsigned long long *bound) \
	{                                                                                          \
		(void)frame, (void)size;                                                           \
		*ret_size = ERROR_GENERIC;                                                         \
		*bound = 0;                                                                        \
	}                                                                                          \
	void *ZBUFFv##version##_createDCtx(void)                                                   \
	{                                                                                          \
		return NULL;                                                                       \
	}                                                                                          \
	size_t ZBUFFv##version##_freeDCtx(void *context)                                           \
	{                                                                                          \
		(void)context;                                                                     \
		return 0;                                                                          \
	}                                                                                          \
	size_t ZBUFFv##version##_decompressInitDictionary(void)                                    \
	{                                                                                          \
		return ERROR_GENERIC;                                                              \
	}                                                                                          \
	size_t ZBUFFv##version##_decompressContinue(void)                                          \
	{                                                                                          \
		return ERROR_GENERIC;                                                              \
	}

NO_DECODER(05)
NO_DECODER(06)
NO_DECODER(07)

int gzclose_w(void *file)
{
	(void)file;
	return -2; /* Z_STREAM_ERROR: it was not opened for writing */
}
