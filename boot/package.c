// SPDX-License-Identifier: Apache-2.0
// Reads the section table of our own image.
#include "boot/package.h"

#include "abi/layout.h"
#include "base/pe_file.h"

#define APP_INDEX PE_FILE_KERNEL_SECTIONS
#define POLICY_INDEX (PE_FILE_KERNEL_SECTIONS + 1u)

enum err package_find(const uint8_t *image, uint64_t kernel_bytes,
		      uint64_t loaded_bytes, struct package *out)
{
	const struct pe_section *app, *policy;
	struct pe_file pe;

	TRY(pe_file_read(image, PAGE_SIZE, &pe));
	if (pe.file.section_count == PE_FILE_KERNEL_SECTIONS)
		return ERR_NOT_FOUND;
	if (!pe_file_is_named(&pe, APP_INDEX, PE_FILE_APP) ||
	    !pe_file_is_named(&pe, POLICY_INDEX, PE_FILE_POLICY))
		return ERR_BAD_INPUT;
	app = &pe.sections[APP_INDEX];
	policy = &pe.sections[POLICY_INDEX];
	// Sections stand in order, the last ends with the image.
	if (app->rva < kernel_bytes || pe.optional.image_bytes > loaded_bytes)
		return ERR_BAD_INPUT;
	*out = (struct package){
		.app = image + app->rva,
		.app_bytes = app->virtual_bytes,
		.policy = image + policy->rva,
		.policy_bytes = policy->virtual_bytes,
	};
	return OK;
}
