// SPDX-License-Identifier: Apache-2.0
// Reads a static position-independent ELF64. The input is our own linker's, but
// is judged as if it weren't: a converter that guesses makes images that fail
// in places where nothing can be printed.
#include "image/elf_image.h"

#include <stdbool.h>
#include <string.h>

#include "abi/elf.h"
#include "abi/layout.h"
#include "base/bytes.h"
#include "base/elf_file.h"
#include "base/num.h"

static enum err part_judge(const struct elf_segment *s, size_t count,
			   const char **why)
{
	if (!range_fits(s->p_offset, s->p_filesz, count))
		return err_refuse(why, "a segment reaches past the file");
	if (s->p_filesz > s->p_memsz)
		return err_refuse(why, "a segment is longer in the file");
	if (!range_fits(s->p_vaddr, s->p_memsz, IMAGE_LOADED_LIMIT))
		return err_refuse(why, "a segment lies too high");
	if (s->p_memsz == 0 || s->p_vaddr % PAGE_SIZE != 0)
		return err_refuse(why,
				  "a segment is empty or isn't page-aligned");
	if (s->p_vaddr < PAGE_SIZE)
		return err_refuse(why, "a segment takes the headers' page");
	if ((s->p_flags & PF_W) && (s->p_flags & PF_X))
		return err_refuse(why, "a segment is writable and executable");
	if (!(s->p_flags & PF_R))
		return err_refuse(why, "a segment isn't readable");
	return OK;
}

static enum err part_add(struct elf_image *image, const struct elf_segment *s,
			 const char **why)
{
	// The ELF's own headers stand where those of the PE file will.
	if (s->p_vaddr == 0 && s->p_flags == PF_R && s->p_memsz <= PAGE_SIZE)
		return OK;
	TRY(part_judge(s, image->count, why));
	if (image->part_count == ELF_PART_LIMIT)
		return err_refuse(why, "too many segments");
	if (s->p_vaddr < image->end)
		return err_refuse(why, "segments overlap or aren't sorted");
	image->parts[image->part_count++] = (struct elf_part){
		.flags = s->p_flags & (PF_R | PF_W | PF_X),
		.offset = s->p_offset,
		.file_bytes = s->p_filesz,
		.rva = s->p_vaddr,
		.memory_bytes = s->p_memsz,
	};
	image->end = align_up(s->p_vaddr + s->p_memsz, PAGE_SIZE);
	return OK;
}

static enum err segments_read(struct elf_image *image,
			      const struct elf_header *h,
			      struct elf_segment *dynamic, const char **why)
{
	for (size_t i = 0; i < h->e_phnum; i++) {
		struct elf_segment s = elf_file_segment(image->bytes, h, i);

		if (s.p_type == PT_LOAD)
			TRY(part_add(image, &s, why));
		else if (s.p_type == PT_DYNAMIC)
			*dynamic = s;
		else if (s.p_type == PT_INTERP || s.p_type == PT_TLS)
			return err_refuse(why,
					  "needs a dynamic linker or threads");
	}
	return OK;
}

// Finds the bytes behind [rva, rva + bytes) of a part.
static bool part_file_offset(const struct elf_part *part, uint64_t rva,
			     uint64_t bytes, uint64_t *offset)
{
	if (rva < part->rva ||
	    !range_fits(rva - part->rva, bytes, part->file_bytes))
		return false;
	*offset = part->offset + (rva - part->rva);
	return true;
}

struct rela_table {
	uint64_t rva, bytes, entry_bytes;
};

static enum err dynamic_entry(struct rela_table *rela,
			      const struct elf_dynamic *d, const char **why)
{
	switch (d->d_tag) {
	case DT_RELA:
		rela->rva = d->d_val;
		return OK;
	case DT_RELASZ:
		rela->bytes = d->d_val;
		return OK;
	case DT_RELAENT:
		rela->entry_bytes = d->d_val;
		return OK;
	case DT_NEEDED:
	case DT_REL:
	case DT_JMPREL:
	case DT_PLTRELSZ:
	case DT_TEXTREL:
		return err_refuse(why, "needs a dynamic linker");
	default:
		return OK;
	}
}

static enum err dynamic_read(struct elf_image *image,
			     const struct elf_segment *dynamic,
			     const struct elf_part *link, const char **why)
{
	struct rela_table rela = { .entry_bytes = sizeof(struct elf_rela) };
	size_t count = dynamic->p_filesz / sizeof(struct elf_dynamic);
	uint64_t at;

	if (!part_file_offset(link, dynamic->p_vaddr, dynamic->p_filesz, &at))
		return err_refuse(
			why, "the dynamic section isn't in the last segment");
	for (size_t i = 0; i < count; i++) {
		struct elf_dynamic d;
		memcpy(&d, image->bytes + at + i * sizeof(d), sizeof(d));
		if (d.d_tag == DT_NULL)
			break;
		TRY(dynamic_entry(&rela, &d, why));
	}
	if (rela.entry_bytes != sizeof(struct elf_rela) ||
	    rela.bytes % sizeof(struct elf_rela) != 0)
		return err_refuse(why, "relocations of an unknown size");
	if (rela.bytes != 0 &&
	    !part_file_offset(link, rela.rva, rela.bytes, &image->rela_offset))
		return err_refuse(why,
				  "relocations outside of the last segment");
	image->rela_count = rela.bytes / sizeof(struct elf_rela);
	return OK;
}

// The segment with the dynamic section is for the converter alone.
static enum err link_part_take(struct elf_image *image,
			       const struct elf_segment *dynamic,
			       const char **why)
{
	struct elf_part link;

	if (dynamic->p_type != PT_DYNAMIC || image->part_count < 2)
		return err_refuse(why,
				  "no dynamic section in a segment of its own");
	link = image->parts[--image->part_count];
	if (link.flags != PF_R)
		return err_refuse(why, "the last segment isn't read-only");
	image->end = align_up(
		image->parts[image->part_count - 1].rva +
			image->parts[image->part_count - 1].memory_bytes,
		PAGE_SIZE);
	return dynamic_read(image, dynamic, &link, why);
}

static enum err entry_judge(const struct elf_image *image, const char **why)
{
	for (size_t i = 0; i < image->part_count; i++) {
		uint64_t ignored;
		if ((image->parts[i].flags & PF_X) &&
		    part_file_offset(&image->parts[i], image->entry, 1,
				     &ignored))
			return OK;
	}
	return err_refuse(why, "the entry point isn't in executable bytes");
}

enum err elf_image_open(uint8_t *bytes, size_t count, struct elf_image *out,
			const char **why)
{
	struct elf_image image = { .bytes = bytes, .count = count };
	struct elf_segment dynamic = { .p_type = PT_NULL };
	struct elf_header h;

	TRY(elf_file_read(bytes, count, &h, why));
	if (h.e_type != ET_DYN)
		return err_refuse(why, "not position-independent");
	TRY(segments_read(&image, &h, &dynamic, why));
	TRY(link_part_take(&image, &dynamic, why));
	image.entry = h.e_entry;
	TRY(entry_judge(&image, why));
	*out = image;
	return OK;
}

static enum err relocation_judge(const struct elf_image *image,
				 const struct elf_rela *rela, uint64_t *offset,
				 const char **why)
{
	if (rela->r_info != R_X86_64_RELATIVE)
		return err_refuse(why,
				  "a relocation other than R_X86_64_RELATIVE");
	if (rela->r_addend > image->end)
		return err_refuse(why, "a relocation points out of the image");
	for (size_t i = 0; i < image->part_count; i++) {
		if (!part_file_offset(&image->parts[i], rela->r_offset,
				      sizeof(uint64_t), offset))
			continue;
		if (image->parts[i].flags & PF_X)
			return err_refuse(why,
					  "a relocation in executable bytes");
		return OK;
	}
	return err_refuse(why, "a relocation outside of the image's bytes");
}

static struct elf_rela rela_at(const struct elf_image *image, uint64_t i)
{
	struct elf_rela rela;
	memcpy(&rela, image->bytes + image->rela_offset + i * sizeof(rela),
	       sizeof(rela));
	return rela;
}

enum err elf_image_relocate(struct elf_image *image, uint64_t base,
			    const char **why)
{
	uint64_t offset = 0;

	for (uint64_t i = 0; i < image->rela_count; i++) {
		struct elf_rela rela = rela_at(image, i);
		TRY(relocation_judge(image, &rela, &offset, why));
	}
	for (uint64_t i = 0; i < image->rela_count; i++) {
		struct elf_rela rela = rela_at(image, i);
		TRY(relocation_judge(image, &rela, &offset, why));
		store_le64(image->bytes + offset, base + rela.r_addend);
	}
	return OK;
}
