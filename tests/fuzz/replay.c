// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Gives a fuzz target each file of a directory, so that what a fuzzer once found stays a test for
 * every compiler and sanitizer. Prints TAP. Usage: PROGRAM DIRECTORY
 */
#include <dirent.h>
#include <errno.h>
#include <error.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* The input stands in a block of its own size: the sanitizer sees a read past its end. */
static void replay(const char *directory, const char *name)
{
	char path[4096];
	FILE *file;
	long size;
	uint8_t *data;

	if (snprintf(path, sizeof(path), "%s/%s", directory, name) >= (int)sizeof(path))
		error(EXIT_FAILURE, 0, "%s: name too long", name);
	file = fopen(path, "rb");
	if (!file || fseek(file, 0, SEEK_END) < 0 || (size = ftell(file)) < 0)
		error(EXIT_FAILURE, errno, "%s", path);
	rewind(file);
	data = malloc((size_t)size);
	if ((!data && size > 0) || fread(data, 1, (size_t)size, file) != (size_t)size)
		error(EXIT_FAILURE, errno, "%s", path);
	fclose(file);

	LLVMFuzzerTestOneInput(data, (size_t)size);
	free(data);
}

int main(int argc, char **argv)
{
	struct dirent **entries;
	int n;

	if (argc != 2)
		error(EXIT_FAILURE, 0, "usage: %s DIRECTORY", argv[0]);
	n = scandir(argv[1], &entries, is_visible, alphasort);
	if (n < 0)
		error(EXIT_FAILURE, errno, "%s", argv[1]);

	printf("1..%d\n", n);
	for (int i = 0; i < n; i++) {
		replay(argv[1], entries[i]->d_name);
		printf("ok %d - %s\n", i + 1, entries[i]->d_name);
		fflush(stdout);
		free(entries[i]);
	}
	free(entries);
	return EXIT_SUCCESS;
}
