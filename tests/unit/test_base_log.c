/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/log.h"
#include "support.h"

#include <sys/socket.h>

static void log_each_level(void)
{
	log_error("error %d", 1);
	log_warning("warning %d", 2);
	log_notice("notice %d", 3);
	log_info("info %d", 4);
}

TEST(standard_error_gets_what_the_level_lets_through)
{
	static const struct {
		enum log_level level;
		const char *text;
	} rows[] = {
		{LOG_LEVEL_ERROR, "vfio-prepare: error 1\n"},
		{LOG_LEVEL_WARNING, "vfio-prepare: error 1\nvfio-prepare: warning 2\n"},
		{LOG_LEVEL_NOTICE,
		 "vfio-prepare: error 1\nvfio-prepare: warning 2\nvfio-prepare: notice 3\n"},
		{LOG_LEVEL_INFO, "vfio-prepare: error 1\nvfio-prepare: warning 2\n"
				 "vfio-prepare: notice 3\nvfio-prepare: info 4\n"},
	};
	struct capture capture;

	/* As it is without being set. */
	capture_begin(&capture, STDERR_FILENO);
	log_each_level();
	assert_string_equal(capture_end(&capture), rows[2].text);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		log_set_level(rows[i].level);
		capture_begin(&capture, STDERR_FILENO);
		log_each_level();
		assert_string_equal(capture_end(&capture), rows[i].text);
	}
	log_set_level(LOG_LEVEL_NOTICE);
}

/* One write is one record: what a socket of packets hands out one by one. It cannot be opened again. */
static const char *next_record(int fd)
{
	static char record[2048];
	ssize_t n = read(fd, record, sizeof(record) - 1);

	assert_true(n >= 0);
	record[n] = '\0';
	return record;
}

TEST(kernel_log_gets_every_level_as_a_record_of_its_own)
{
	struct capture capture;
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
	log_set_level(LOG_LEVEL_ERROR);
	log_set_kmsg(fds[1]);
	capture_begin(&capture, STDERR_FILENO);
	log_each_level();
	assert_string_equal(capture_end(&capture), "");
	assert_string_equal(next_record(fds[0]), "<27>vfio-prepare: error 1\n");
	assert_string_equal(next_record(fds[0]), "<28>vfio-prepare: warning 2\n");
	assert_string_equal(next_record(fds[0]), "<29>vfio-prepare: notice 3\n");
	assert_string_equal(next_record(fds[0]), "<30>vfio-prepare: info 4\n");

	/* Ending it closes the descriptor and brings standard error back. */
	log_set_kmsg(-1);
	assert_string_equal(next_record(fds[0]), "");
	capture_begin(&capture, STDERR_FILENO);
	log_error("again");
	assert_string_equal(capture_end(&capture), "vfio-prepare: again\n");
	log_set_level(LOG_LEVEL_NOTICE);
	close(fds[0]);
}

TEST(long_message_is_cut_and_ends_its_line)
{
	char text[2000], want[1000];
	int fds[2];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	snprintf(want, sizeof(want), "<27>vfio-prepare: %.899s\n", text);
	assert_int_equal(pipe2(fds, O_DIRECT | O_CLOEXEC), 0);
	log_set_kmsg(fds[1]);
	log_error("%s", text);
	assert_string_equal(next_record(fds[0]), want);
	log_set_kmsg(-1);
	close(fds[0]);
}

/* The kernel counts records by open file: each begins at the start of its own. */
TEST(each_record_has_an_open_file_of_its_own)
{
	int fd = memfd_create("kmsg", MFD_CLOEXEC);
	char text[64] = "";

	assert_true(fd >= 0);
	log_set_kmsg(dup(fd));
	log_error("first");
	log_error("2nd");
	log_set_kmsg(-1);
	assert_true(pread(fd, text, sizeof(text) - 1, 0) > 0);
	assert_string_equal(text, "<27>vfio-prepare: 2nd\nt\n");
	close(fd);
}

TEST(kernel_log_that_takes_nothing_is_no_error)
{
	struct capture capture;
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	log_set_kmsg(fd);
	capture_begin(&capture, STDERR_FILENO);
	log_error("lost");
	assert_string_equal(capture_end(&capture), "");
	log_set_kmsg(-1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(standard_error_gets_what_the_level_lets_through),
		cmocka_unit_test(kernel_log_gets_every_level_as_a_record_of_its_own),
		cmocka_unit_test(long_message_is_cut_and_ends_its_line),
		cmocka_unit_test(each_record_has_an_open_file_of_its_own),
		cmocka_unit_test(kernel_log_that_takes_nothing_is_no_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
