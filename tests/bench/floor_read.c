/* The least that reads what a host's PCI functions are: of each, the ids and the class in one attribute, the
 * driver and the IOMMU group.  Nothing is compared or decided.
 *
 * usage: floor_read DIRECTORY
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	DIR *dir = argc > 1 ? opendir(argv[1]) : NULL;
	struct dirent *entry;
	char path[512], text[4096];
	long sum = 0;

	while (dir && (entry = readdir(dir))) {
		int fd;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/modalias", entry->d_name);
		fd = openat(dirfd(dir), path, O_RDONLY);
		if (fd >= 0) {
			sum += read(fd, text, sizeof(text));
			close(fd);
		}
		snprintf(path, sizeof(path), "%s/driver", entry->d_name);
		sum += readlinkat(dirfd(dir), path, text, sizeof(text));
		snprintf(path, sizeof(path), "%s/iommu_group", entry->d_name);
		sum += readlinkat(dirfd(dir), path, text, sizeof(text));
	}
	printf("%ld\n", sum);
	return dir ? 0 : 1;
}
