// SPDX-License-Identifier: Apache-2.0
// How picolibc is configured for the kernel: one thread, one errno, printf for
// integers, what gcc 12 and clang 14 both offer. picolibc's own build would
// write this file.
#pragma once

#define __PICOLIBC__ 1
#define __PICOLIBC_MINOR__ 8
#define __PICOLIBC_PATCHLEVEL__ 10
#define __PICOLIBC_VERSION__ "1.8.10"

#define __TINY_STDIO
#define __IO_DEFAULT 'i'
#define __IO_LONG_LONG
#define __IO_C99_FORMATS
#define __IO_NO_FLOATING_POINT

#define __SINGLE_THREAD
#define __GLOBAL_ERRNO

#define __HAVE_BITFIELDS_IN_PACKED_STRUCTS 1
#define __HAVE_BUILTIN_ADD_OVERFLOW 1
#define __HAVE_BUILTIN_COPYSIGN 1
#define __HAVE_BUILTIN_CTZ 1
#define __HAVE_BUILTIN_CTZL 1
#define __HAVE_BUILTIN_CTZLL 1
#define __HAVE_BUILTIN_EXPECT 1
#define __HAVE_BUILTIN_FFS 1
#define __HAVE_BUILTIN_FFSL 1
#define __HAVE_BUILTIN_FFSLL 1
#define __HAVE_BUILTIN_MUL_OVERFLOW 1
