// SPDX-License-Identifier: Apache-2.0
// The launch digest: a chain of SHA-384 over PAGE_INFO structures
// (AMD 56860, 8.17), in the order in which QEMU adds pages.
#include "image/measure/launch.h"

#include <openssl/sha.h>
#include <string.h>

#include "base/bytes.h"
#include "image/measure/firmware.h"

#define PAGE_BYTES 4096u
#define BSP_EIP 0xfffffff0u

// `contents` is the page, or NULL for a type that is measured without.
static void add_page(uint8_t digest[LAUNCH_DIGEST_BYTES],
		     enum launch_page_type type, uint64_t gpa,
		     const uint8_t *contents)
{
	struct launch_page_info info = {
		.length = sizeof(info),
		.page_type = (uint8_t)type,
		.gpa = gpa,
	};

	memcpy(info.digest, digest, LAUNCH_DIGEST_BYTES);
	if (contents)
		SHA384(contents, PAGE_BYTES, info.contents);
	SHA384((const uint8_t *)&info, sizeof(info), digest);
}

static void add_range(uint8_t digest[LAUNCH_DIGEST_BYTES],
		      enum launch_page_type type, uint64_t gpa, size_t size)
{
	for (size_t done = 0; done < size; done += PAGE_BYTES)
		add_page(digest, type, gpa + done, NULL);
}

static void entry_fill(struct hash_entry *entry, struct guid guid,
		       const void *bytes, size_t size)
{
	entry->guid = guid;
	store_le16(entry->length, sizeof(*entry));
	SHA256(bytes, size, entry->sha256);
}

enum err launch_hash_page(const struct launch_input *input, size_t offset,
			  uint8_t out[4096])
{
	const char *line = input->command_line ? input->command_line : "";
	struct hash_table table = { .guid = HASH_TABLE_GUID };

	if (offset > PAGE_BYTES - sizeof(table))
		return ERR_BAD_INPUT;
	store_le16(table.length, offsetof(struct hash_table, padding));
	entry_fill(&table.command_line, HASH_ENTRY_COMMAND_LINE_GUID, line,
		   strlen(line) + 1);
	entry_fill(&table.initrd, HASH_ENTRY_INITRD_GUID, input->initrd.bytes,
		   input->initrd.size);
	entry_fill(&table.kernel, HASH_ENTRY_KERNEL_GUID, input->kernel.bytes,
		   input->kernel.size);
	memset(out, 0, PAGE_BYTES);
	memcpy(out + offset, &table, sizeof(table));
	return OK;
}

static enum err add_hashes(uint8_t digest[LAUNCH_DIGEST_BYTES],
			   const struct launch_input *input,
			   const struct firmware *f,
			   const struct ovmf_section *s)
{
	uint8_t page[PAGE_BYTES];

	if (!input->has_kernel) {
		add_range(digest, LAUNCH_PAGE_ZERO, s->gpa, s->size);
		return OK;
	}
	// QEMU takes a table in the section's one page or refuses to launch.
	if (s->size != PAGE_BYTES || f->hash_table_gpa < s->gpa ||
	    f->hash_table_gpa - s->gpa >= PAGE_BYTES)
		return ERR_BAD_INPUT;
	TRY(launch_hash_page(input, f->hash_table_gpa - s->gpa, page));
	add_page(digest, LAUNCH_PAGE_NORMAL, s->gpa, page);
	return OK;
}

static enum err add_section(uint8_t digest[LAUNCH_DIGEST_BYTES],
			    const struct launch_input *input,
			    const struct firmware *f,
			    const struct ovmf_section *s)
{
	switch (s->type) {
	case OVMF_SECTION_SEC_MEM:
	case OVMF_SECTION_SVSM_CAA:
		add_range(digest, LAUNCH_PAGE_ZERO, s->gpa, s->size);
		return OK;
	case OVMF_SECTION_SECRETS:
		add_range(digest, LAUNCH_PAGE_SECRETS, s->gpa, s->size);
		return OK;
	case OVMF_SECTION_CPUID:
		add_range(digest, LAUNCH_PAGE_CPUID, s->gpa, s->size);
		return OK;
	case OVMF_SECTION_KERNEL_HASHES:
		return add_hashes(digest, input, f, s);
	default:
		return ERR_BAD_INPUT;
	}
}

static bool has_hash_section(const struct firmware *f)
{
	for (size_t i = 0; i < f->section_count; i++)
		if (f->sections[i].type == OVMF_SECTION_KERNEL_HASHES)
			return f->has_hash_table;
	return false;
}

static void add_vcpus(uint8_t digest[LAUNCH_DIGEST_BYTES],
		      const struct launch_input *input,
		      const struct firmware *f)
{
	struct vmsa vmsa;

	for (uint32_t i = 0; i < input->vcpu_count; i++) {
		launch_vmsa(i == 0 ? BSP_EIP : f->ap_reset_eip,
			    input->vcpu_signature, input->sev_features, &vmsa);
		add_page(digest, LAUNCH_PAGE_VMSA, LAUNCH_VMSA_GPA,
			 (const uint8_t *)&vmsa);
	}
}

enum err launch_digest(const struct launch_input *input,
		       uint8_t out[LAUNCH_DIGEST_BYTES])
{
	uint8_t digest[LAUNCH_DIGEST_BYTES] = { 0 };
	struct firmware f;

	if (input->vcpu_count == 0)
		return ERR_BAD_INPUT;
	if (input->vcpu_count > LAUNCH_VCPU_LIMIT)
		return ERR_TOO_BIG;
	TRY(firmware_parse(input->firmware.bytes, input->firmware.size, &f));
	if (input->has_kernel && !has_hash_section(&f))
		return ERR_UNSUPPORTED;
	if (input->vcpu_count > 1 && !f.has_ap_reset)
		return ERR_UNSUPPORTED;
	for (size_t done = 0; done < f.size; done += PAGE_BYTES)
		add_page(digest, LAUNCH_PAGE_NORMAL, f.gpa + done,
			 f.bytes + done);
	for (size_t i = 0; i < f.section_count; i++)
		TRY(add_section(digest, input, &f, &f.sections[i]));
	add_vcpus(digest, input, &f);
	memcpy(out, digest, LAUNCH_DIGEST_BYTES);
	return OK;
}
