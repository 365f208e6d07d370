// SPDX-License-Identifier: Apache-2.0
// Reads and writes whole files.
#include "client/file.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/say.h"

#define FIRST_CAPACITY 65536u

static enum err fail(const char *name, const char *why)
{
	say_error("%s: %s", name, why);
	return ERR_DEVICE;
}

// Makes room for more; false when there is none.
static bool grow(struct file *file, size_t *capacity)
{
	size_t wanted = *capacity ? 2 * *capacity : FIRST_CAPACITY;
	uint8_t *bytes = realloc(file->bytes, wanted);

	if (!bytes)
		return false;
	file->bytes = bytes;
	*capacity = wanted;
	return true;
}

// Reads to the end; NULL, or why it failed.
static const char *read_all(FILE *stream, struct file *file)
{
	size_t capacity = 0, n = 1;

	while (n > 0) {
		if (file->count == capacity && !grow(file, &capacity))
			return "no memory";
		errno = 0;
		n = fread(file->bytes + file->count, 1, capacity - file->count,
			  stream);
		file->count += n;
		if (file->count > FILE_BYTES_LIMIT)
			return "too big";
	}
	return ferror(stream) ? strerror(errno) : NULL;
}

enum err file_read(const char *name, struct file *out)
{
	struct file file = { 0 };
	FILE *stream = fopen(name, "rb");
	const char *why;

	if (!stream)
		return fail(name, strerror(errno));
	why = read_all(stream, &file);
	fclose(stream);
	if (why) {
		free(file.bytes);
		return fail(name, why);
	}
	*out = file;
	return OK;
}

static const char *write_stream(FILE *stream, const uint8_t *bytes,
				size_t count)
{
	bool is_whole = fwrite(bytes, 1, count, stream) == count;

	return fclose(stream) == 0 && is_whole ? NULL : strerror(errno);
}

// A device or a pipe: there is nothing to put in its place.
static const char *write_through(const char *name, const uint8_t *bytes,
				 size_t count)
{
	FILE *stream = fopen(name, "wb");

	return stream ? write_stream(stream, bytes, count) : strerror(errno);
}

// A file beside `name` that takes its place once it is whole.
static const char *write_beside(const char *name, mode_t mode,
				const uint8_t *bytes, size_t count)
{
	char beside[PATH_MAX];
	const char *why = NULL;
	FILE *stream;
	int fd;

	if (snprintf(beside, sizeof(beside), "%s.XXXXXX", name) >=
	    (int)sizeof(beside))
		return strerror(ENAMETOOLONG);
	fd = mkstemp(beside);
	if (fd < 0)
		return strerror(errno);
	stream = fchmod(fd, mode) == 0 ? fdopen(fd, "wb") : NULL;
	if (!stream) {
		why = strerror(errno);
		close(fd);
	} else {
		why = write_stream(stream, bytes, count);
	}
	if (!why && rename(beside, name) != 0)
		why = strerror(errno);
	if (why)
		unlink(beside);
	return why;
}

// What a new file may be used for; this is how one asks for it.
static mode_t new_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

enum err file_write(const char *name, const uint8_t *bytes, size_t count)
{
	char *target = realpath(name, NULL); // a link stays one
	const char *why;
	struct stat now;

	if (!target || stat(target, &now) != 0)
		why = write_beside(name, new_mode(), bytes, count);
	else if (S_ISREG(now.st_mode))
		why = write_beside(target, now.st_mode & 0777, bytes, count);
	else
		why = write_through(target, bytes, count);
	free(target);
	return why ? fail(name, why) : OK;
}

bool file_is_same(const char *name, const char *other)
{
	struct stat a, b;

	return stat(name, &a) == 0 && stat(other, &b) == 0 &&
	       S_ISREG(a.st_mode) && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

void file_discard(const char *name)
{
	struct stat status;

	if (lstat(name, &status) == 0 && S_ISREG(status.st_mode))
		unlink(name);
}

void file_free(struct file *file)
{
	free(file->bytes);
	*file = (struct file){ 0 };
}
