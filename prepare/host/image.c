/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/image.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static ssize_t read_bytes(void *userdata, void *bytes, size_t n)
{
	ssize_t got = read(*(int *)userdata, bytes, n);

	return got < 0 ? -errno : got;
}

bool image_read(struct root *root, const struct profile_file_list *profile, struct image *image)
{
	_cleanup_close_ int fd = root_open(root, image->path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	vec_foreach(file, profile)
		image_file_set(image, file->path, IMAGE_FILE_MISSING);
	if (fd < 0)
		image->unknown = xasprintf("cannot be opened: %s", strerror(-fd));
	else if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		image->unknown = xstrdup("is not a regular file");
	else if ((image->damaged = !st.st_size))
		image->unknown = xstrdup("is empty");
	else
		return initramfs_parse(read_bytes, &fd, profile, image);
	return true;
}
