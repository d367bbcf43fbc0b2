/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prints the files of the host's configuration that are the tool's alone, one on a line: install.sh and the packages
 * look for these when the program goes. In the kernel's command line only some words are its own.
 */
#include <stdio.h>

#include "model/host_places.h"

int main(void)
{
	for (enum managed_file file = 0; file < N_MANAGED_FILES; file++)
		if (file != FILE_CMDLINE)
			puts(managed_files[file]);
	return fclose(stdout) != 0;
}
