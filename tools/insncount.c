// SPDX-License-Identifier: Apache-2.0
// A QEMU plugin that counts the instructions a guest executes. The count stands
// in the first eight bytes of a file, so that a reader can look at it while the
// guest runs:
//
//	cc -O2 -shared -fPIC -DPLUGIN_API=1 -o insncount.so insncount.c
//	qemu-system-x86_64 -smp 1 -plugin ./insncount.so,out=FILE ...
//
// PLUGIN_API is 1 for QEMU 5 to 8 and 2 for QEMU 9 and later. A translated
// block counts whole once it is entered: one that faults half-way counts a few
// instructions too many. One vCPU, because the counter isn't atomic.
//
// The calls are declared here by their documented signatures (QEMU, "TCG
// Plugin API"), because distributions don't ship the header with QEMU.
#define _POSIX_C_SOURCE 200809L
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

struct qemu_plugin_tb;
struct qemu_info_t;
typedef uint64_t plugin_id;
typedef void (*on_translate)(plugin_id id, struct qemu_plugin_tb *block);
typedef void (*on_execute)(unsigned int vcpu, void *user);

enum { REGISTERS_UNTOUCHED = 0 };

void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id, on_translate call);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *block,
					  on_execute call, int registers,
					  void *user);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);

EXPORT extern int qemu_plugin_version;
EXPORT int qemu_plugin_install(plugin_id id, const struct qemu_info_t *info,
			       int argc, char **argv);

int qemu_plugin_version = PLUGIN_API;

static uint64_t *counter;

static void block_executed(unsigned int vcpu, void *length)
{
	(void)vcpu;
	*counter += (uintptr_t)length;
}

static void block_translated(plugin_id id, struct qemu_plugin_tb *block)
{
	uintptr_t length = qemu_plugin_tb_n_insns(block);

	(void)id;
	qemu_plugin_register_vcpu_tb_exec_cb(
		block, block_executed, REGISTERS_UNTOUCHED, (void *)length);
}

// Maps the first bytes of `path`, zeroed; NULL when that fails.
static uint64_t *counter_open(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);
	void *map = MAP_FAILED;

	if (fd < 0)
		return NULL;
	if (ftruncate(fd, sizeof(*counter)) == 0)
		map = mmap(NULL, sizeof(*counter), PROT_READ | PROT_WRITE,
			   MAP_SHARED, fd, 0);
	close(fd);
	return map == MAP_FAILED ? NULL : map;
}

int qemu_plugin_install(plugin_id id, const struct qemu_info_t *info, int argc,
			char **argv)
{
	static const char option[] = "out=";

	(void)info;
	if (argc != 1 || strncmp(argv[0], option, sizeof(option) - 1) != 0)
		return -1;
	counter = counter_open(argv[0] + sizeof(option) - 1);
	if (!counter)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, block_translated);
	return 0;
}
