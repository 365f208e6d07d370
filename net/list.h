// SPDX-License-Identifier: Apache-2.0
// A ring of nodes that sit in the things they link, so that linking never
// fails and unlinking needs no search.
#pragma once

#include <stdbool.h>

struct list {
	struct list *next, *prev;
};

// An empty list, or a node that is in none.
static inline void list_init(struct list *l)
{
	l->next = l;
	l->prev = l;
}

static inline bool list_is_empty(const struct list *l)
{
	return l->next == l;
}

// A node that is in no list stays so.
static inline void list_remove(struct list *node)
{
	node->prev->next = node->next;
	node->next->prev = node->prev;
	list_init(node);
}

// Takes the node out of the list it was in.
static inline void list_add_last(struct list *head, struct list *node)
{
	list_remove(node);
	node->prev = head->prev;
	node->next = head;
	head->prev->next = node;
	head->prev = node;
}

// Moves all nodes of `from` to `to`, which must be empty.
static inline void list_move(struct list *to, struct list *from)
{
	if (list_is_empty(from))
		return;
	*to = *from;
	to->next->prev = to;
	to->prev->next = to;
	list_init(from);
}
