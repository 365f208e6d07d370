// SPDX-License-Identifier: Apache-2.0
// psp-report-maker INPUT FOLDER KEY_SELECT: launches a guest of one page on the
// emulated secure processor with a file of anchorhold-test-pki, and writes what
// an extended request gives: report.bin and certificates.bin.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "emu/crypto.h"
#include "emu/params.h"

#define INPUT_LIMIT 0x10000u
#define PAGES_LIMIT 16u

static uint8_t input_file[INPUT_LIMIT];

static int complain(const char *what)
{
	fprintf(stderr, "psp-report-maker: %s\n", what);
	return EXIT_FAILURE;
}

static size_t file_read(const char *name)
{
	FILE *file = fopen(name, "rb");

	if (!file)
		return 0;
	size_t count = fread(input_file, 1, sizeof(input_file), file);
	fclose(file);
	return count;
}

static bool file_write(const char *folder, const char *name, const void *bytes,
		       size_t count)
{
	char path[1024];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "wb");
	if (!file)
		return false;
	bool done = fwrite(bytes, 1, count, file) == count;
	return fclose(file) == 0 && done;
}

static bool guest_launch(struct psp *p, size_t count)
{
	static const uint8_t page[GUEST_MESSAGE_PAGE_BYTES] = "measured";
	struct emu_psp_input input;

	if (count < EMU_CERTIFICATES_OFFSET)
		return false;
	memcpy(&input, input_file, sizeof(input));
	if (input.certificates_bytes > count - EMU_CERTIFICATES_OFFSET)
		return false;
	if (input.certificates_bytes) {
		p->certificates = input_file + EMU_CERTIFICATES_OFFSET;
		p->certificates_bytes = (size_t)input.certificates_bytes;
	}
	return psp_launch_start(p, &input.platform, &input.guest, input.seed) ==
		       PSP_SUCCESS &&
	       psp_launch_update(p, 0x1000, LAUNCH_PAGE_NORMAL, page) ==
		       PSP_SUCCESS &&
	       psp_launch_finish(p, NULL) == PSP_SUCCESS;
}

static void iv_make(uint64_t sequence, uint8_t iv[CRYPTO_IV_BYTES])
{
	memset(iv, 0, CRYPTO_IV_BYTES);
	store_le64(iv, sequence);
}

static void request_make(const struct psp *p, uint32_t key_select,
			 uint8_t page[GUEST_MESSAGE_PAGE_BYTES])
{
	struct report_request request = { .flags = key_select };
	struct guest_message_header h = {
		.sequence = 1,
		.algo = GUEST_MESSAGE_ALGO_AES_256_GCM,
		.header_version = GUEST_MESSAGE_HEADER_VERSION,
		.header_size = sizeof(h),
		.type = GUEST_MESSAGE_REPORT_REQ,
		.version = GUEST_MESSAGE_VERSION,
		.payload_size = sizeof(request),
	};
	uint8_t iv[CRYPTO_IV_BYTES];

	memset(request.report_data, 0x64, sizeof(request.report_data));
	iv_make(1, iv);
	memcpy(page, &h, sizeof(h));
	struct crypto_gcm gcm = { psp_vmpck(p, 0), iv,
				  page + GUEST_MESSAGE_AAD_OFFSET,
				  GUEST_MESSAGE_AAD_BYTES };
	crypto_gcm_seal(&gcm, (const uint8_t *)&request, sizeof(request),
			page + sizeof(h), page);
}

static bool response_open(const struct psp *p, const uint8_t *page,
			  struct report_response *response)
{
	uint8_t iv[CRYPTO_IV_BYTES];

	iv_make(2, iv);
	struct crypto_gcm gcm = { psp_vmpck(p, 0), iv,
				  page + GUEST_MESSAGE_AAD_OFFSET,
				  GUEST_MESSAGE_AAD_BYTES };
	return crypto_gcm_open(&gcm, page + sizeof(struct guest_message_header),
			       sizeof(*response), page,
			       (uint8_t *)response) == OK &&
	       response->status == 0;
}

int main(int argc, char **argv)
{
	static struct psp psp;
	static uint8_t request[GUEST_MESSAGE_PAGE_BYTES];
	static uint8_t page[GUEST_MESSAGE_PAGE_BYTES];
	static uint8_t table[PAGES_LIMIT][GUEST_MESSAGE_PAGE_BYTES];
	static struct report_response response;
	uint64_t pages = PAGES_LIMIT;

	if (argc != 4)
		return complain("takes INPUT FOLDER KEY_SELECT");
	if (!guest_launch(&psp, file_read(argv[1])))
		return complain("the guest can't be launched");
	request_make(&psp, (uint32_t)strtoul(argv[3], NULL, 0), request);
	if (psp_extended_request(&psp, request, page, &pages) != 0)
		return complain("the request was turned away");
	if (!response_open(&psp, page, &response))
		return complain("no report");
	for (size_t i = 0; i < PAGES_LIMIT; i++)
		psp_certificates_copy(&psp, i, table[i]);
	if (!file_write(argv[2], "report.bin", &response.report,
			sizeof(response.report)) ||
	    !file_write(argv[2], "certificates.bin", table, sizeof(table)))
		return complain("can't write");
	return EXIT_SUCCESS;
}
