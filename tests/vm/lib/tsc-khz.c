/* Prints how many thousand ticks the time stamp counter of this machine makes in a second. */
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

/* One moment by both clocks. */
struct moment {
	unsigned long long ticks;
	double ms;
};

/* Of some readings the one that took least: nothing came in between. */
static struct moment now(void)
{
	struct moment best = {};
	unsigned long long least = -1ULL;

	for (int i = 0; i < 20; i++) {
		unsigned long long before = __rdtsc(), after;
		struct timespec time;

		clock_gettime(CLOCK_MONOTONIC_RAW, &time);
		after = __rdtsc();
		if (after - before < least) {
			least = after - before;
			best.ticks = before + least / 2;
			best.ms = (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
		}
	}
	return best;
}

int main(void)
{
	struct moment begin = now(), end;

	nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
	end = now();
	printf("%.0f\n", (double)(end.ticks - begin.ticks) / (end.ms - begin.ms));
	return 0;
}
