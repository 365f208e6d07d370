// SPDX-License-Identifier: Apache-2.0
// Lines for the person who develops an image. A production image links
// log_none.c, which prints nothing: a log is a leak to the host. Never log a
// key, a body, a header or an address of a client.
#pragma once

#define LOG_LINE_LIMIT 1024

// Prints one line, formatted as printf does (integers, strings, characters),
// cut at LOG_LINE_LIMIT bytes; adds the newline.
__attribute__((format(printf, 1, 2))) void log_line(const char *format, ...);
