// SPDX-License-Identifier: Apache-2.0
// Packs: two sections more in the table, two more at the file's end. Nothing of
// the kernel moves, so its own bytes stay as they were but for the headers.
#include "image/pack.h"

#include <stdbool.h>
#include <string.h>

#include "abi/elf.h"
#include "abi/layout.h"
#include "abi/pe.h"
#include "base/app_image.h"
#include "base/check.h"
#include "base/num.h"
#include "base/pe_file.h"
#include "base/policy.h"
#include "image/pe_image.h"

// Writes the headers that elf2pe would, and compares.
static bool has_elf2pe_headers(const uint8_t *kernel, const struct pe_file *pe)
{
	static const uint32_t flags[PE_FILE_KERNEL_SECTIONS] = { PF_R | PF_X,
								 PF_R,
								 PF_R | PF_W };
	struct pe_section sections[PE_FILE_KERNEL_SECTIONS];
	uint8_t headers[PE_FILE_HEADERS_BYTES];

	for (size_t i = 0; i < PE_FILE_KERNEL_SECTIONS; i++) {
		const struct pe_section *s = &pe->sections[i];

		sections[i] = pe_image_section(flags[i], s->rva,
					       s->virtual_bytes, s->file_bytes,
					       s->file_offset);
	}
	pe_image_headers(sections, PE_FILE_KERNEL_SECTIONS,
			 pe->optional.entry_rva, headers);
	return memcmp(headers, kernel, sizeof(headers)) == 0;
}

static bool entry_is_code(const struct pe_file *pe)
{
	const struct pe_section *text = &pe->sections[0];

	return pe->optional.entry_rva >= text->rva &&
	       pe->optional.entry_rva - text->rva <
		       min_size(text->virtual_bytes, text->file_bytes);
}

// The bytes that the file must have: up to the end of its last section.
static uint64_t file_bytes(const struct pe_file *pe)
{
	uint64_t bytes = PE_FILE_HEADERS_BYTES;

	for (size_t i = 0; i < pe->file.section_count; i++)
		bytes += pe->sections[i].file_bytes;
	return bytes;
}

static enum err judge_kernel(const struct pack_input *input, struct pe_file *pe,
			     const char **why)
{
	if (pe_file_read(input->kernel, input->kernel_bytes, pe) != OK)
		return err_refuse(why, "not a kernel of ours");
	if (pe->file.section_count != PE_FILE_KERNEL_SECTIONS)
		return err_refuse(why, "an app is packed into it already");
	if (!has_elf2pe_headers(input->kernel, pe) || !entry_is_code(pe))
		return err_refuse(why, "not a kernel of ours");
	if (file_bytes(pe) != input->kernel_bytes)
		return err_refuse(why, "cut off, or longer than its sections");
	return OK;
}

static enum err judge_policy(const struct pack_input *input, const char **why)
{
	struct policy policy;

	if (policy_decode(input->policy, input->policy_bytes, &policy) != OK)
		return err_refuse(why, "the policy isn't canonical");
	return OK;
}

static uint64_t file_align(size_t bytes)
{
	return align_up(bytes, PE_FILE_ALIGNMENT);
}

// What the kernel maps of itself; the two sections may end within a page.
static enum err judge_size(const struct pack_input *input,
			   const struct pe_file *pe, const char **why)
{
	uint64_t bytes = (uint64_t)pe->optional.image_bytes +
			 align_up(input->app_bytes, PAGE_SIZE) +
			 align_up(input->policy_bytes, PAGE_SIZE);

	return bytes <= IMAGE_LOADED_LIMIT
		       ? OK
		       : err_refuse(why,
				    "too big together with kernel and policy");
}

enum err pack_measure(const struct pack_input *input, size_t *out_bytes,
		      struct pack_refusal *refusal)
{
	struct app_image app;
	struct pe_file pe;

	refusal->of = PACK_KERNEL;
	TRY(judge_kernel(input, &pe, &refusal->why));
	refusal->of = PACK_APP;
	TRY(app_image_read(input->app, input->app_bytes, &app, &refusal->why));
	TRY(judge_size(input, &pe, &refusal->why));
	refusal->of = PACK_POLICY;
	TRY(judge_policy(input, &refusal->why));
	*out_bytes =
		(size_t)(input->kernel_bytes + file_align(input->app_bytes) +
			 file_align(input->policy_bytes));
	return OK;
}

static void add_section(struct pe_file *pe, const char *name,
			const uint8_t *bytes, size_t count, uint8_t *out,
			size_t *at)
{
	struct pe_section s = pe_image_section(PF_R, pe->optional.image_bytes,
					       (uint32_t)count, (uint32_t)count,
					       (uint32_t)*at);

	memset(s.name, 0, sizeof(s.name));
	memcpy(s.name, name, strlen(name));
	memcpy(out + *at, bytes, count);
	memset(out + *at + count, 0, s.file_bytes - count);
	*at += s.file_bytes;
	pe->sections[pe->file.section_count++] = s;
	pe->optional.image_bytes =
		(uint32_t)align_up((uint64_t)s.rva + count, PAGE_SIZE);
}

void pack_write(const struct pack_input *input, uint8_t *out)
{
	size_t at = input->kernel_bytes;
	const char *why = "";
	struct pe_file pe = { 0 };

	CHECK(judge_kernel(input, &pe, &why) == OK);
	memcpy(out, input->kernel, input->kernel_bytes);
	add_section(&pe, PE_FILE_APP, input->app, input->app_bytes, out, &at);
	add_section(&pe, PE_FILE_POLICY, input->policy, input->policy_bytes,
		    out, &at);
	pe_image_headers(pe.sections, pe.file.section_count,
			 pe.optional.entry_rva, out);
}
