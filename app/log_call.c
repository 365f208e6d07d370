// SPDX-License-Identifier: Apache-2.0
// The app's line on the console. The host reads it.
#include "app/log_call.h"

#include <stdbool.h>
#include <string.h>

#include "app/sdk/anchorhold.h"
#include "kernel/log.h"
#include "kernel/policy/in_force.h"

// A control character would let the app write what looks like the kernel's.
static bool is_plain(const char *line, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			return false;
	return true;
}

static enum app_result print(const char *line)
{
	size_t length;

	if (!policy_in_force()->console)
		return APP_UNSUPPORTED;
	if (!line)
		return APP_BAD_ARGUMENT;
	length = strnlen(line, LOG_CALL_LINE_LIMIT + 1);
	if (length > LOG_CALL_LINE_LIMIT)
		return APP_TOO_BIG;
	if (!is_plain(line, length))
		return APP_BAD_ARGUMENT;
	log_line("app: %.*s", (int)length, line);
	return APP_OK;
}

enum err log_call(struct app_call *call)
{
	call->result = print(call_pointer(call->word[0]));
	return OK;
}
