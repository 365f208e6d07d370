// SPDX-License-Identifier: Apache-2.0
// The status codes that the server itself answers with (RFC 9110 15).
#pragma once

// Why a request is refused, as the status that says so.
enum [[nodiscard]] http_refusal{
	HTTP_NOT_REFUSED = 0,
	HTTP_BAD_REQUEST = 400,
	HTTP_TIMEOUT = 408,
	HTTP_CONTENT_TOO_LARGE = 413,
	HTTP_URI_TOO_LONG = 414,
	HTTP_EXPECTATION_FAILED = 417,
	HTTP_HEAD_TOO_LARGE = 431,
	HTTP_INTERNAL_ERROR = 500,
	HTTP_NOT_IMPLEMENTED = 501,
	HTTP_UNAVAILABLE = 503,
	HTTP_VERSION_UNSUPPORTED = 505,
};

// The reason phrase of any status; "Status" for one that has no name here.
const char *http_status_phrase(unsigned int status);
