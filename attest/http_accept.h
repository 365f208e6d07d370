// SPDX-License-Identifier: Apache-2.0
// What kind of answer a client asks for (RFC 9110 12.5.1). Pure.
#pragma once

#include <stdbool.h>

#include "attest/http_head.h"
#include "base/text.h"

// Whether the Accept fields name the media type `type` ("type/subtype"), and
// `usual` not at all or with a lower weight. Ranges with a * count for nothing,
// nor do parameters but q: who doesn't name `type` gets the usual one.
bool http_accept_prefers(const struct http_head *head, struct text type,
			 struct text usual);
