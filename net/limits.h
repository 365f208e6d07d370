// SPDX-License-Identifier: Apache-2.0
// What the network may cost, on one page. Every connection is sure of a small
// window and a small send queue; what is beyond them comes out of one shared
// allowance in each direction, so that 256 slow readers and 256 waiting
// uploads together, and answers on connections that are closed already, stay
// within the worst case:
//
//	held for reading  256 * 16 KiB + 2 MiB         =  6 MiB of payload
//	queued to send    256 * 16 KiB + 2 MiB + 2 MiB =  8 MiB of payload
//
// A frame's block of 1792 bytes holds 1460 of payload, or less: a reader's
// queue is packed so that two neighbours together fill one (inbox.c), at most
// 2.5 bytes of memory for each byte held: 14.8 MiB. Queued pieces cost 1.4
// with full segments, and their number is bounded else: 11.2 MiB. At most 608
// connections of every state at 0.5 KiB each: 0.3 MiB. Out-of-order frames are
// kept only below NET_REORDER_CEILING of all that. NET_MEMORY_LIMIT is the hard
// stop: at it frames are dropped, and TCP recovers.
#pragma once

#define NET_OPEN_LIMIT 256     // connections that an owner has, CONN_LIMIT
#define NET_HALF_OPEN_LIMIT 64 // handshakes that wait for the client's ACK
#define NET_CLOSING_LIMIT 256  // closed by us, not yet by the client
#define NET_TIME_WAIT_LIMIT 32

#define NET_WINDOW_FLOOR (16 * 1024)    // bytes of window, sure for each
#define NET_RECEIVE_WINDOW (256 * 1024) // bytes of window at most
#define NET_RECEIVE_SHARED (2 * 1024 * 1024)
#define NET_SEND_FLOOR (16 * 1024)  // bytes of send queue, sure for each
#define NET_SEND_QUEUE (128 * 1024) // bytes of send queue at most
#define NET_SEND_SHARED (2 * 1024 * 1024)
#define NET_CLOSING_QUEUED (2 * 1024 * 1024) // of closing ones, not shared
#define NET_REORDER_CEILING (8 * 1024 * 1024)
#define NET_REORDER_PIECES 64 // frames, in one connection
#define NET_MEMORY_LIMIT (28 * 1024 * 1024)

#define NET_FRAMES_PER_TURN 64 // then timers and owners have their turn
#define NET_CLOSE_NS (30 * 1000000000ull)

// Answers to what anyone can provoke, each second.
#define NET_ECHO_RATE 100
#define NET_CHALLENGE_RATE 10 // on one connection
