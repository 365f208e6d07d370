// SPDX-License-Identifier: Apache-2.0
// Names of errors, for logs.
#include "base/err.h"

const char *err_name(enum err e)
{
	switch (e) {
	case OK:
		return "ok";
	case ERR_AGAIN:
		return "again";
	case ERR_CLOSED:
		return "closed";
	case ERR_RESET:
		return "reset";
	case ERR_BAD_INPUT:
		return "bad input";
	case ERR_TOO_BIG:
		return "too big";
	case ERR_NO_MEMORY:
		return "no memory";
	case ERR_NOT_FOUND:
		return "not found";
	case ERR_UNSUPPORTED:
		return "unsupported";
	case ERR_TIMEOUT:
		return "timeout";
	case ERR_DEVICE:
		return "device fault";
	case ERR_CRYPTO:
		return "crypto failure";
	}
	return "unknown error";
}
