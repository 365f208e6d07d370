// SPDX-License-Identifier: Apache-2.0
// Runs a fuzz target over saved inputs, without libFuzzer.
#include <stdint.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t length);

int main(int count, char **names)
{
	static uint8_t input[1 << 20];

	for (int i = 1; i < count; i++) {
		FILE *file = fopen(names[i], "rb");

		if (file == NULL) {
			perror(names[i]);
			return 1;
		}
		LLVMFuzzerTestOneInput(input,
				       fread(input, 1, sizeof(input), file));
		fclose(file);
	}
	return 0;
}
