// SPDX-License-Identifier: Apache-2.0
#include "attest/http_accept.h"

#include "attest/http_chars.h"
#include "base/num.h"

// A qvalue (RFC 9110 12.4.2) in thousandths; 0 for what isn't one.
static unsigned int weight_of(struct text t)
{
	unsigned int scale = 1000;
	unsigned int weight = 0;

	for (size_t i = 0; i < t.length; i++) {
		if (i == 1 && t.at[i] == '.')
			continue;
		if (!http_char_is(t.at[i], HTTP_CHAR_DIGIT))
			return 0;
		weight += scale * (unsigned int)(t.at[i] - '0');
		scale /= 10;
	}
	return weight <= 1000 ? weight : 0;
}

static unsigned int weight_in(struct text list, struct text type)
{
	unsigned int found = 0;

	while (list.length) {
		struct text member = http_head_part(&list, ',');
		bool is_it =
			text_equal_nocase(http_head_part(&member, ';'), type);
		unsigned int weight = 1000;

		while (member.length) {
			struct text value = http_head_part(&member, ';');

			if (text_equal_nocase(http_head_part(&value, '='),
					      TEXT("q")))
				weight = weight_of(http_head_part(&value, ';'));
		}
		if (is_it && weight > found)
			found = weight;
	}
	return found;
}

bool http_accept_prefers(const struct http_head *head, struct text type,
			 struct text usual)
{
	uint64_t weight = 0;
	uint64_t usual_weight = 0;

	for (size_t i = 0; i < head->field_count; i++) {
		struct text list = head->fields[i].value;

		if (!text_equal_nocase(head->fields[i].name, TEXT("Accept")))
			continue;
		weight = max_u64(weight, weight_in(list, type));
		usual_weight = max_u64(usual_weight, weight_in(list, usual));
	}
	return weight > usual_weight;
}
