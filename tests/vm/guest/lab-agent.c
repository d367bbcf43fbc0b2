/* The lab's voice in the guest: carries out a short script and writes what it sees to the second
 * serial port, which QEMU keeps in a file.
 *
 *	lab-agent SCRIPT
 *
 * One program, static, for two places: a unit of a full Debian root, and /init of an initramfs
 * that has nothing else to run.  As process 1 it mounts the kernel's file systems first and never
 * returns.
 *
 * A script has one command per line:
 *	say TEXT		write TEXT
 *	run PROGRAM [ARG...]	write RUN and the line, the program's output, STATUS and a number
 *	write PATH TEXT		write TEXT and a newline into a file
 *	insmod PATH [PARAMETERS]	load one module file, which the kernel unpacks if it is compressed
 *	wait PATH		until it exists, a minute at most
 *	devices			one DEV line per PCI function, as sysfs has it; "-blocks" is an
 *				override that cannot be read
 *	kmsg			the kernel's log between KMSG-BEGIN and KMSG-END
 *	extras			run EXTRA_DIR/NAME for each lab.extra=NAME among the kernel's arguments
 *	poweroff		at once: the disk is a snapshot, unless lab.keep is among the kernel's
 *				arguments: then all is written out before
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define PORT "/dev/ttyS1"
#define PCI_DEVICES "/sys/bus/pci/devices"
#define EXTRA_DIR "/usr/lib/lab/extra"
#define EXTRA_ARGUMENT "lab.extra="
#define MAX_ARGS 16
#define ANSWER_MS 3000
#define POWER_OFF_S 4

/* from linux/module.h, since Linux 5.17 */
#ifndef MODULE_INIT_COMPRESSED_FILE
#define MODULE_INIT_COMPRESSED_FILE 4
#endif

/* from linux/syslog.h of the kernel, which user space headers do not have */
#define SYSLOG_ACTION_READ_ALL 3
#define SYSLOG_ACTION_SIZE_BUFFER 10

/* One word from a file below a device, or "-" where there is none. */
static const char *attribute(const char *address, const char *name, char *buf, size_t size)
{
	char path[PATH_MAX];
	ssize_t n = -1;
	int fd;

	snprintf(path, sizeof(path), PCI_DEVICES "/%s/%s", address, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, buf, size - 1);
		close(fd);
	}
	if (n < 0)
		return "-";
	buf[n] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	return *buf ? buf : "-";
}

/*
 * The same from a child, which the kernel may not let go: driver_override, before 6.12.91, waits for the
 * device's lock.
 */
static const char *blocking_attribute(const char *address, const char *name, char *buf, size_t size)
{
	struct pollfd answer = {.events = POLLIN};
	const char *value = "-blocks";
	int pipe_fds[2];
	ssize_t n;
	pid_t pid;

	if (pipe(pipe_fds) < 0)
		return "-";
	pid = fork();
	if (pid == 0) {
		value = attribute(address, name, buf, size);
		_exit(write(pipe_fds[1], value, strlen(value)) < 0);
	}
	close(pipe_fds[1]);
	answer.fd = pipe_fds[0];
	if (pid > 0 && poll(&answer, 1, ANSWER_MS) > 0) {
		n = read(pipe_fds[0], buf, size - 1);
		buf[n < 0 ? 0 : n] = '\0';
		value = buf;
		waitpid(pid, NULL, 0);
	}
	close(pipe_fds[0]);
	return value;
}

/* The last part of where a link below a device points, or "-". */
static const char *link_name(const char *address, const char *name, char *buf, size_t size)
{
	char path[PATH_MAX];
	const char *slash;
	ssize_t n;

	snprintf(path, sizeof(path), PCI_DEVICES "/%s/%s", address, name);
	n = readlink(path, buf, size - 1);
	if (n < 0)
		return "-";
	buf[n] = '\0';
	slash = strrchr(buf, '/');
	return slash ? slash + 1 : buf;
}

static void say_devices(void)
{
	char vendor[64], device[64], class[64], override[64], group[PATH_MAX], driver[PATH_MAX];
	struct dirent **entries;
	int n = scandir(PCI_DEVICES, &entries, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		const char *address = entries[i]->d_name;

		if (*address != '.')
			printf("DEV %s %s %s %s %s %s %s\n", address,
			       attribute(address, "vendor", vendor, sizeof(vendor)),
			       attribute(address, "device", device, sizeof(device)),
			       attribute(address, "class", class, sizeof(class)),
			       link_name(address, "iommu_group", group, sizeof(group)),
			       link_name(address, "driver", driver, sizeof(driver)),
			       blocking_attribute(address, "driver_override", override,
						  sizeof(override)));
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}

static void say_kernel_log(void)
{
	int size = klogctl(SYSLOG_ACTION_SIZE_BUFFER, NULL, 0);
	char *log = size > 0 ? malloc((size_t)size) : NULL;
	int n = log ? klogctl(SYSLOG_ACTION_READ_ALL, log, size) : -1;

	printf("KMSG-BEGIN\n");
	if (n > 0)
		fwrite(log, 1, (size_t)n, stdout);
	printf("KMSG-END\n");
	free(log);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || dprintf(fd, "%s\n", text) < 0)
		printf("ERROR write %s: %s\n", path, strerror(errno));
	if (fd >= 0)
		close(fd);
}

static void load_module(const char *path, const char *parameters)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	const char *suffix = strrchr(path, '.');
	int flags = suffix && strcmp(suffix, ".ko") != 0 ? MODULE_INIT_COMPRESSED_FILE : 0;

	if (fd < 0 || syscall(SYS_finit_module, fd, parameters, flags) != 0) {
		/* ENODEV: one of several variants, for another processor. */
		if (errno != EEXIST && errno != ENODEV)
			printf("ERROR insmod %s: %s\n", path, strerror(errno));
	}
	if (fd >= 0)
		close(fd);
}

static void wait_for(const char *path)
{
	for (int i = 0; i < 600; i++) {
		if (access(path, F_OK) == 0)
			return;
		usleep(100000);
	}
	printf("ERROR wait %s: %s\n", path, strerror(errno));
}

static void run(char *line)
{
	char *argv[MAX_ARGS + 1] = {NULL};
	int status = 0;
	pid_t pid;

	printf("RUN %s\n", line);
	fflush(stdout);
	for (int i = 0; i < MAX_ARGS && (argv[i] = strsep(&line, " ")); i++)
		;
	pid = fork();
	if (pid == 0) {
		execvp(argv[0], argv);
		printf("ERROR %s: %s\n", argv[0], strerror(errno));
		fflush(stdout);
		_exit(127);
	}
	if (pid > 0)
		waitpid(pid, &status, 0);
	/* A program's last line may lack its end. */
	printf("\nSTATUS %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

static void read_kernel_arguments(char *line, size_t size)
{
	int fd = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, line, size - 1);

	if (fd >= 0)
		close(fd);
	line[n > 0 ? n : 0] = '\0';
}

static int is_kept(void)
{
	char line[4096];

	read_kernel_arguments(line, sizeof(line));
	return strstr(line, " lab.keep") != NULL;
}

static void run_extras(void)
{
	char line[4096], path[PATH_MAX], *rest = line, *word;

	read_kernel_arguments(line, sizeof(line));
	while ((word = strsep(&rest, " \n"))) {
		if (strncmp(word, EXTRA_ARGUMENT, strlen(EXTRA_ARGUMENT)) != 0)
			continue;
		snprintf(path, sizeof(path), EXTRA_DIR "/%s", word + strlen(EXTRA_ARGUMENT));
		run(path);
		fflush(stdout);
	}
}

/* As SysRq does it: what has files open for writing becomes read-only too, and clean. */
static void make_read_only(void)
{
	int fd = open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC);
	struct statvfs root;

	sync();
	if (fd < 0 || write(fd, "u", 1) != 1)
		printf("ERROR /proc/sysrq-trigger: %s\n", strerror(errno));
	for (int i = 0; i < 200 && statvfs("/", &root) == 0 && !(root.f_flag & ST_RDONLY); i++)
		usleep(50000);
	/* This one waits until the other is through. */
	if (mount(NULL, "/", NULL, MS_REMOUNT | MS_RDONLY, NULL) < 0)
		printf("ERROR /: %s\n", strerror(errno));
}

/* The kernel takes each device's lock on the way, and a driver that hangs may have one. */
static void power_off(void)
{
	if (fork() == 0) {
		sleep(POWER_OFF_S);
		write_file("/proc/sysrq-trigger", "b");
		_exit(0);
	}
	reboot(RB_POWER_OFF);
}

static void carry_out(char *line)
{
	char *verb = strsep(&line, " ");
	char *text = line ? line : "", *path;

	if (!strcmp(verb, "say"))
		printf("%s\n", text);
	else if (!strcmp(verb, "run"))
		run(text);
	else if (!strcmp(verb, "write")) {
		path = strsep(&text, " ");
		write_file(path, text ? text : "");
	} else if (!strcmp(verb, "insmod")) {
		path = strsep(&text, " ");
		load_module(path, text ? text : "");
	} else if (!strcmp(verb, "wait"))
		wait_for(text);
	else if (!strcmp(verb, "devices"))
		say_devices();
	else if (!strcmp(verb, "kmsg"))
		say_kernel_log();
	else if (!strcmp(verb, "extras"))
		run_extras();
	else if (!strcmp(verb, "poweroff")) {
		if (is_kept())
			make_read_only();
		power_off();
	} else if (*verb)
		printf("ERROR unknown command %s\n", verb);
	/* Each command's words are out before the next one may hang. */
	fflush(stdout);
	tcdrain(STDOUT_FILENO);
}

static void mount_kernel_filesystems(void)
{
	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mkdir("/dev", 0755);
	mkdir("/run", 0755);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	mount("tmpfs", "/run", "tmpfs", 0, NULL);
	setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
}

/* Standard output and error become the port, as it is: no \r before \n. */
static int open_port(void)
{
	int fd = open(PORT, O_WRONLY | O_NOCTTY);
	struct termios mode;

	if (fd < 0)
		return -1;
	if (tcgetattr(fd, &mode) == 0) {
		cfmakeraw(&mode);
		tcsetattr(fd, TCSANOW, &mode);
	}
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	return fd;
}

int main(int argc, char **argv)
{
	const char *script = argc > 1 ? argv[1] : "/lab/script";
	char *line = NULL;
	size_t size = 0;
	FILE *in;

	if (getpid() == 1) {
		/* What follows an unknown word on the kernel's command line ends up here. */
		script = "/lab/script";
		mount_kernel_filesystems();
	}
	if (open_port() < 0) {
		perror("lab-agent: " PORT);
		return 1;
	}
	/* A firmware writes to all ports, and does not end its line. */
	printf("\n");
	in = fopen(script, "re");
	if (!in)
		printf("ERROR %s: %s\n", script, strerror(errno));
	while (in && getline(&line, &size, in) > 0) {
		line[strcspn(line, "\n")] = '\0';
		carry_out(line);
	}
	while (getpid() == 1)
		pause();
	return 0;
}
