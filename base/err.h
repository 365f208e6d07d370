// SPDX-License-Identifier: Apache-2.0
// The one error type of the tree. Functions that can fail return it, put their
// outputs last, and leave the outputs untouched on failure.
#pragma once

// Version 14 of clang-format would join the name and the brace.
// clang-format off
enum [[nodiscard]] err {
	OK = 0,
	ERR_AGAIN,       // nothing to do yet: try again once something changed
	ERR_CLOSED,      // the peer ended the stream in an orderly way
	ERR_RESET,       // the stream broke: reset, time-out or protocol failure
	ERR_BAD_INPUT,   // bytes from outside don't have the form they must have
	ERR_TOO_BIG,     // well-formed, but beyond a stated limit
	ERR_NO_MEMORY,   // a pool or budget is exhausted
	ERR_NOT_FOUND,
	ERR_UNSUPPORTED, // this machine or this build hasn't got it
	ERR_TIMEOUT,
	ERR_DEVICE,      // a device broke its contract
	ERR_CRYPTO,      // the crypto library refused
};
// clang-format on

// A short name for logs: "again", "bad input", ... Never NULL.
const char *err_name(enum err e);

// Says in *why what is wrong with bytes from outside: ERR_BAD_INPUT.
static inline enum err err_refuse(const char **why, const char *reason)
{
	*why = reason;
	return ERR_BAD_INPUT;
}

// The tree's only control-flow macro: hands a failure to the caller.
#define TRY(expression)                           \
	do {                                      \
		enum err try_err_ = (expression); \
		if (try_err_ != OK)               \
			return try_err_;          \
	} while (0)
