// SPDX-License-Identifier: Apache-2.0
// Judges an app's ELF file. In doubt it is refused: what a loader guesses at,
// an app's author can't rely on.
#include "base/app_image.h"

#include "abi/elf.h"
#include "abi/layout.h"
#include "base/elf_file.h"
#include "base/num.h"

static enum err judge_part(const struct elf_segment *s, size_t count,
			   const char **why)
{
	if (!range_fits(s->p_offset, s->p_filesz, count))
		return err_refuse(why, "a segment reaches past the file");
	if (s->p_filesz > s->p_memsz)
		return err_refuse(why, "a segment is longer in the file");
	if (s->p_memsz == 0)
		return err_refuse(why, "a segment is empty");
	if (s->p_vaddr < APP_BASE ||
	    !range_fits(s->p_vaddr, s->p_memsz, APP_END))
		return err_refuse(why,
				  "a segment lies outside of an app's range");
	if ((s->p_flags & PF_W) && (s->p_flags & PF_X))
		return err_refuse(why, "a segment is writable and executable");
	if (!(s->p_flags & PF_R))
		return err_refuse(why, "a segment isn't readable");
	return OK;
}

// The first address behind the pages of all parts until now.
static uint64_t image_end(const struct app_image *image)
{
	const struct app_part *last;

	if (image->part_count == 0)
		return APP_BASE;
	last = &image->parts[image->part_count - 1];
	return align_up(last->address + last->memory_bytes, PAGE_SIZE);
}

static enum err add_part(struct app_image *image, const struct elf_segment *s,
			 size_t count, const char **why)
{
	uint64_t start = align_down(s->p_vaddr, PAGE_SIZE);

	TRY(judge_part(s, count, why));
	if (image->part_count == APP_IMAGE_PART_LIMIT)
		return err_refuse(why, "too many segments");
	if (start < image_end(image))
		return err_refuse(why,
				  "segments share a page or aren't sorted");
	image->parts[image->part_count++] = (struct app_part){
		.flags = s->p_flags & (PF_R | PF_W | PF_X),
		.offset = s->p_offset,
		.file_bytes = s->p_filesz,
		.address = s->p_vaddr,
		.memory_bytes = s->p_memsz,
	};
	image->pages += (image_end(image) - start) / PAGE_SIZE;
	return OK;
}

static enum err take_segment(struct app_image *image,
			     const struct elf_segment *s, size_t count,
			     const char **why)
{
	switch (s->p_type) {
	case PT_LOAD:
		return add_part(image, s, count, why);
	case PT_GNU_STACK:
		return s->p_flags & PF_X
			       ? err_refuse(why, "asks for an executable stack")
			       : OK;
	case PT_INTERP:
	case PT_DYNAMIC:
		return err_refuse(why, "needs a dynamic linker or relocations");
	case PT_TLS:
		return err_refuse(why, "has thread-local storage");
	// For tools, not for loaders.
	case PT_NULL:
	case PT_NOTE:
	case PT_PHDR:
	case PT_GNU_EH_FRAME:
	case PT_GNU_PROPERTY:
		return OK;
	default:
		return err_refuse(why, "a segment of an unknown type");
	}
}

static enum err judge_entry(const struct app_image *image, const char **why)
{
	for (size_t i = 0; i < image->part_count; i++) {
		const struct app_part *part = &image->parts[i];

		if ((part->flags & PF_X) && image->entry >= part->address &&
		    image->entry - part->address < part->file_bytes)
			return OK;
	}
	return err_refuse(why, "the entry point isn't in executable bytes");
}

enum err app_image_read(const uint8_t *bytes, size_t count,
			struct app_image *out, const char **why)
{
	struct app_image image = { 0 };
	struct elf_header h;

	if (count > APP_IMAGE_FILE_LIMIT)
		return err_refuse(why, "larger than an app may be");
	TRY(elf_file_read(bytes, count, &h, why));
	if (h.e_type != ET_EXEC)
		return err_refuse(why,
				  "not linked to a fixed address (ET_EXEC)");
	for (size_t i = 0; i < h.e_phnum; i++) {
		struct elf_segment s = elf_file_segment(bytes, &h, i);

		TRY(take_segment(&image, &s, count, why));
	}
	image.entry = h.e_entry;
	TRY(judge_entry(&image, why));
	*out = image;
	return OK;
}
