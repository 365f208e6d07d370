// SPDX-License-Identifier: Apache-2.0
// Reads a verb's arguments by a table.
#include "client/options.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/say.h"

static bool help_is_asked_for;

bool options_is_help(const char *argument)
{
	return strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0;
}

bool options_ask_for_help(void)
{
	return help_is_asked_for;
}

static bool is_named(const struct option *option, const char *argument,
		     size_t length)
{
	return strlen(option->name) == length &&
	       strncmp(option->name, argument, length) == 0;
}

// The option that the argument names, or that takes the next word; NULL.
static const struct option *find(const struct option *options, size_t count,
				 const char *argument)
{
	bool is_word = argument[0] != '-' || argument[1] == '\0';
	size_t length = is_word ? 0 : strcspn(argument, "=");

	for (size_t i = 0; i < count; i++) {
		if (!is_named(&options[i], argument, length))
			continue;
		// Of several words, the first that hasn't come yet.
		if (!is_word || !*options[i].value)
			return &options[i];
	}
	return NULL;
}

static enum err set_flag(const struct option *option, const char *argument)
{
	if (strchr(argument, '=')) {
		say_error("%s takes no value", option->name);
		return ERR_BAD_INPUT;
	}
	*option->flag = true;
	return OK;
}

// Sets a value out of "--name=value", or of the next argument.
static enum err set_value(const struct option *option, const char *argument,
			  const char *next, bool *took_next)
{
	const char *equals = strchr(argument, '=');

	*took_next = !equals;
	if (*option->value) {
		say_error("%s is given twice", option->name);
		return ERR_BAD_INPUT;
	}
	if (!equals && !next) {
		say_error("%s needs a value", option->name);
		return ERR_BAD_INPUT;
	}
	*option->value = equals ? equals + 1 : next;
	return OK;
}

enum err options_read(int argc, char **argv, const struct option *options,
		      size_t count)
{
	for (int i = 0; i < argc; i++) {
		const struct option *option = find(options, count, argv[i]);
		bool took_next = false;

		if (options_is_help(argv[i])) {
			help_is_asked_for = true;
			return ERR_NOT_FOUND;
		}
		if (!option) {
			say_error("unknown argument: %s; --help says more",
				  argv[i]);
			return ERR_BAD_INPUT;
		}
		if (option->name[0] == '\0')
			*option->value = argv[i];
		else if (option->flag)
			TRY(set_flag(option, argv[i]));
		else
			TRY(set_value(option, argv[i],
				      i + 1 < argc ? argv[i + 1] : NULL,
				      &took_next));
		if (took_next)
			i++;
	}
	return OK;
}

enum err option_number(const char *name, const char *value,
		       unsigned long long max, unsigned long long *out)
{
	bool is_hex = strncmp(value, "0x", 2) == 0;
	const char *digits = is_hex ? value + 2 : value;
	const char *set = is_hex ? "0123456789abcdefABCDEF" : "0123456789";
	unsigned long long number;

	if (*digits == '\0' || digits[strspn(digits, set)] != '\0') {
		say_error("%s: not a number: %s", name, value);
		return ERR_BAD_INPUT;
	}
	errno = 0;
	number = strtoull(digits, NULL, is_hex ? 16 : 10);
	if (errno || number > max) {
		say_error("%s: at most %llu: %s", name, max, value);
		return ERR_BAD_INPUT;
	}
	*out = number;
	return OK;
}

enum err options_take_list(const char *name, int *argc, char **argv,
			   const char **values, size_t limit, size_t *count)
{
	int kept = 0;

	*count = 0;
	for (int i = 0; i < *argc; i++) {
		if (strcmp(argv[i], name) != 0) {
			argv[kept++] = argv[i];
			continue;
		}
		if (i + 1 == *argc) {
			say_error("%s needs a value", name);
			return ERR_BAD_INPUT;
		}
		if (*count == limit) {
			say_error("%s is given more than %zu times", name,
				  limit);
			return ERR_BAD_INPUT;
		}
		values[(*count)++] = argv[++i];
	}
	*argc = kept;
	return OK;
}

enum err option_time(const char *name, const char *value, long long *out)
{
	struct tm date = { 0 };
	const char *end = strptime(value, "%Y-%m-%dT%H:%M:%SZ", &date);
	unsigned long long seconds;

	if (end && *end == '\0') {
		*out = timegm(&date);
		return OK;
	}
	if (value[strspn(value, "0123456789")] != '\0') {
		say_error("%s: not a time like 2026-11-22T23:00:00Z: %s", name,
			  value);
		return ERR_BAD_INPUT;
	}
	TRY(option_number(name, value, INT64_MAX, &seconds));
	*out = (long long)seconds;
	return OK;
}
