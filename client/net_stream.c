// SPDX-License-Identifier: Apache-2.0
#include "client/net_stream.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void net_set_deadline(struct net_stream *net, unsigned int timeout_ms)
{
	net->deadline_ms = now_ms() + timeout_ms;
}

// Until the socket is ready for `events`.
static enum err wait(const struct net_stream *net, short events)
{
	struct pollfd poll_fd = { .fd = net->fd, .events = events };
	int64_t left = net->deadline_ms - now_ms();

	while (left > 0) {
		int ready = poll(&poll_fd, 1, (int)left);

		if (ready > 0)
			return OK;
		if (ready < 0 && errno != EINTR)
			return ERR_RESET;
		left = net->deadline_ms - now_ms();
	}
	return ERR_TIMEOUT;
}

// What the call that just failed means: wait and try again, or give up.
static enum err after_failure(const struct net_stream *net, short events)
{
	if (errno == EINTR)
		return OK;
	if (errno != EAGAIN && errno != EWOULDBLOCK)
		return ERR_RESET;
	return wait(net, events);
}

enum err net_read(struct net_stream *net, void *bytes, size_t capacity,
		  size_t *count)
{
	for (;;) {
		ssize_t n = recv(net->fd, bytes, capacity, 0);

		if (n == 0)
			return ERR_CLOSED;
		if (n > 0) {
			*count = (size_t)n;
			return OK;
		}
		TRY(after_failure(net, POLLIN));
	}
}

enum err net_write(struct net_stream *net, const void *bytes, size_t count,
		   size_t *written)
{
	for (;;) {
		ssize_t n = send(net->fd, bytes, count, MSG_NOSIGNAL);

		if (n >= 0) {
			*written = (size_t)n;
			return OK;
		}
		TRY(after_failure(net, POLLOUT));
	}
}

// Connects net->fd; errno says why not.
static enum err finish_connect(struct net_stream *net,
			       const struct addrinfo *address)
{
	socklen_t length = sizeof(int);
	int error = 0, one = 1;

	if (connect(net->fd, address->ai_addr, address->ai_addrlen) != 0) {
		if (errno != EINPROGRESS)
			return ERR_RESET;
		TRY(wait(net, POLLOUT));
		if (getsockopt(net->fd, SOL_SOCKET, SO_ERROR, &error,
			       &length) != 0)
			return ERR_RESET;
		if (error) {
			errno = error;
			return ERR_RESET;
		}
	}
	// A request is written in one go: nothing to collect.
	setsockopt(net->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return OK;
}

static enum err try_address(struct net_stream *net,
			    const struct addrinfo *address, char *why,
			    size_t why_bytes)
{
	enum err e;

	net->fd = socket(address->ai_family,
			 SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	e = net->fd < 0 ? ERR_RESET : finish_connect(net, address);
	if (e == OK)
		return OK;
	snprintf(why, why_bytes, "%s",
		 e == ERR_TIMEOUT ? "no answer in time" : strerror(errno));
	if (net->fd >= 0)
		close(net->fd);
	return e;
}

enum err net_open(const char *host, uint16_t port, unsigned int timeout_ms,
		  struct net_stream *out, char *why, size_t why_bytes)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *addresses = NULL;
	struct net_stream net = { .fd = -1 };
	enum err e = ERR_NOT_FOUND;
	char service[6];
	int failed;

	snprintf(service, sizeof(service), "%u", (unsigned int)port);
	failed = getaddrinfo(host, service, &hints, &addresses);
	if (failed) {
		snprintf(why, why_bytes, "%s", gai_strerror(failed));
		return ERR_NOT_FOUND;
	}
	net_set_deadline(&net, timeout_ms);
	for (const struct addrinfo *a = addresses; a && e != OK; a = a->ai_next)
		e = try_address(&net, a, why, why_bytes);
	freeaddrinfo(addresses);
	if (e == OK)
		*out = net;
	return e;
}

void net_close(struct net_stream *net)
{
	if (net->fd >= 0)
		close(net->fd);
	net->fd = -1;
}
