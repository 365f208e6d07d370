// SPDX-License-Identifier: Apache-2.0
// Tests of what a CHECK must catch: the statement runs in a child process,
// which must abort. Include after cmocka.h.
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static inline bool child_aborted(pid_t child)
{
	int status = 0;

	return waitpid(child, &status, 0) == child && WIFSIGNALED(status) &&
	       WTERMSIG(status) == SIGABRT;
}

#define assert_check_fails(statement)                           \
	do {                                                    \
		pid_t child_ = fork();                          \
		assert_true(child_ >= 0);                       \
		if (child_ == 0) {                              \
			signal(SIGABRT, SIG_DFL);               \
			if (!freopen("/dev/null", "w", stderr)) \
				_exit(1);                       \
			statement;                              \
			_exit(0);                               \
		}                                               \
		assert_true(child_aborted(child_));             \
	} while (0)
