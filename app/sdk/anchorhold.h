// SPDX-License-Identifier: Apache-2.0
// The app's whole world. An app is one main() that takes requests one at a
// time and answers them; it has no files, no threads, no sockets. Each call
// below may put the app to sleep while others are served; none returns before
// its work is done or has failed. It is an ELF of its own, linked by app/link.ld
// with app/start.c and this SDK; it has no heap. Write as if the kernel trusted
// nothing of what an app passes: in ring 3, a pointer outside the app's memory or
// a broken rule will cost the app its request. Today an app runs in ring 0, where
// a wild pointer ends the guest.
//
//	int main(void)
//	{
//		struct app_request request;
//		static char buffer[APP_REQUEST_BYTES];
//
//		for (;;) {
//			if (app_next_request(&request, buffer, sizeof(buffer)))
//				continue;
//			app_reply(200, NULL, 0, "hello\n", 6);
//		}
//	}
//
// Version 1. Within a version, calls and results are added, never changed:
// an app may meet a negative result that it has no name for.
#pragma once

#include <stddef.h>
#include <stdint.h>

#define ANCHORHOLD_SDK_VERSION 1

// The app's own. The guest ends when it returns: a server has no end.
int main(void);

// Every call returns one of these, or a count that is 0 or more.
enum app_result {
	APP_OK = 0,
	APP_CLIENT_GONE = -1,  // reset, too slow or malformed: end this request
	APP_BAD_ARGUMENT = -2, // pointer, status, header or length out of order
	APP_TOO_BIG = -3,      // buffer too small, or more body than announced
	APP_NO_REQUEST = -4,   // no request is being answered
	APP_WRONG_STATE = -5,  // reply begun twice, written before begun, ...
	APP_UNSUPPORTED = -6,  // this machine or this policy doesn't have it
	APP_NO_MEMORY = -7,
};

// Large enough for the head of any request that the server lets through.
#define APP_REQUEST_BYTES 24576
#define APP_LENGTH_UNKNOWN UINT64_MAX // of a body: it comes in chunks
#define APP_REPLY_HEADER_LIMIT 32     // headers of one answer

struct app_header {
	const char *name;  // NUL-terminated
	const char *value; // NUL-terminated, without control characters
};

struct app_request {
	const char *method; // as sent: "GET", "POST", ...
	const char *path;   // canonical, starts with '/', still percent-encoded
	const char *query;  // what follows '?', as sent; "" if nothing
	const struct app_header *headers; // framing fields left out
	size_t header_count;
	uint64_t body_length; // bytes; 0 without a body; APP_LENGTH_UNKNOWN
	uint64_t reserved[2]; // 0
};

// The layouts cross the border to ring 0.
_Static_assert(sizeof(struct app_header) == 16, "LP64 layout");
_Static_assert(sizeof(struct app_request) == 64, "LP64 layout");

// Waits for the next request. Its strings and headers lie in `buffer`, of any
// alignment, and stay until the next call. A request that wasn't answered is
// answered with 500 first; one whose answer is short, or of unknown length and
// not ended by app_reply_end, is broken off. APP_TOO_BIG: `capacity` is less
// than this head needs; the client gets a 500, *request is untouched, and
// `buffer` holds nothing of use.
int app_next_request(struct app_request *request, void *buffer,
		     size_t capacity);

// Reads up to `capacity` bytes, at least one, of the request's body; 0 at its
// end. A body of up to 64 KiB is complete already; a longer one may have to be
// waited for, and a client that is too slow is given up (APP_CLIENT_GONE).
int64_t app_read_body(void *out, size_t capacity);

// Answers in one call and ends the request. `status` is 200 to 599. Framing
// and connection headers are the kernel's and refused here, as is Date: there
// is no clock (APP_BAD_ARGUMENT; APP_TOO_BIG if the headers exceed 8000 bytes).
// After either, another answer may be tried. A HEAD request is answered as GET
// is: the kernel leaves the body out. 204, 205 and 304 have no body.
int app_reply(unsigned int status, const struct app_header *headers,
	      size_t header_count, const void *body, size_t body_bytes);

// Answers piece by piece: begin, any number of writes, end. `length` is the
// body's length in bytes, or APP_LENGTH_UNKNOWN for a chunked body. The body
// may still be read in between. Ending short of `length` breaks the client's
// connection, so that it can't take a part for the whole; a HEAD request may be
// ended at once.
int app_reply_begin(unsigned int status, const struct app_header *headers,
		    size_t header_count, uint64_t length);
int app_reply_write(const void *bytes, size_t count);
int app_reply_end(void);

// Random bytes of cryptographic quality.
int app_random(void *out, size_t count);

// Nanoseconds since boot: monotonic, but the host may stretch it. There is no
// other clock.
uint64_t app_time_ns(void);

// Encrypts `count` bytes so that only this image on this chip can open them,
// and binds them to `context`. *sealed_bytes is the capacity before and the
// length after: APP_SEAL_ADDS more than `count`. Nothing may overlap.
// APP_UNSUPPORTED without SEV-SNP. app_unseal answers APP_BAD_ARGUMENT to
// anything but a whole blob of this image under this context; *plain is then
// undefined. An old blob can be replayed by the host; this call can't tell.
#define APP_SEAL_ADDS 80
#define APP_SEAL_CONTEXT_BYTES 1024 // at most
#define APP_SEAL_TEXT_BYTES 1048576 // at most
int app_seal(const void *context, size_t context_bytes, const void *plain,
	     size_t count, void *sealed, size_t *sealed_bytes);
int app_unseal(const void *context, size_t context_bytes, const void *sealed,
	       size_t count, void *plain, size_t *plain_bytes);

// One line of at most 512 bytes, without control characters, to the console, if
// the policy lets the app have one; else APP_UNSUPPORTED. The host reads it.
int app_log(const char *line);

// Opens a connection to a peer that the policy names; without one, which is
// the default, APP_UNSUPPORTED.
int app_connect(const char *peer);
