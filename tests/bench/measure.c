/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usage: measure RUNS COMMAND [ARGUMENT...]
 *
 * Runs the command, its output thrown away, and prints the medians of its times in microseconds, by
 * the clock and of the processor, and the most memory that it or a child of it held, in KiB. Ends
 * with 1 where one of the runs fails; that a host is not ready (3) is no failure.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_RUNS 100

static int compare(const void *a, const void *b)
{
	long x = *(const long *)a, y = *(const long *)b;

	return (x > y) - (x < y);
}

static long microseconds(const struct timeval *time)
{
	return time->tv_sec * 1000000 + time->tv_usec;
}

static long now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Its memory is that of the command alone: posix_spawn() copies no page of ours. */
static int run(char **argv, struct rusage *ret_usage)
{
	posix_spawn_file_actions_t actions;
	int status = -1, r;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	r = posix_spawn(&pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (r == 0 && wait4(pid, &status, 0, ret_usage) < 0)
		return -1;
	return status;
}

int main(int argc, char **argv)
{
	long times[MAX_RUNS], processor[MAX_RUNS], memory = 0;
	int runs = argc > 2 ? atoi(argv[1]) : 0;

	if (runs < 1 || runs > MAX_RUNS) {
		fprintf(stderr, "usage: %s RUNS COMMAND [ARGUMENT...]\n", argv[0]);
		return 2;
	}
	for (int i = 0; i < runs; i++) {
		struct rusage usage;
		long start = now_us();
		int status = run(argv + 2, &usage);

		if (status != 0 && (!WIFEXITED(status) || WEXITSTATUS(status) != 3)) {
			fprintf(stderr, "%s: status %x\n", argv[2], (unsigned)status);
			return 1;
		}
		times[i] = now_us() - start;
		processor[i] = microseconds(&usage.ru_utime) + microseconds(&usage.ru_stime);
		if (usage.ru_maxrss > memory)
			memory = usage.ru_maxrss;
	}
	qsort(times, (size_t)runs, sizeof(*times), compare);
	qsort(processor, (size_t)runs, sizeof(*processor), compare);
	printf("%ld %ld %ld\n", times[runs / 2], processor[runs / 2], memory);
	return 0;
}
