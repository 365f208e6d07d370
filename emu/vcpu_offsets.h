// SPDX-License-Identifier: Apache-2.0
// Numbers of the general registers as instructions encode them, and their
// byte offsets in struct vcpu's gpr[]. Usable in assembly.
#pragma once

#define REG_RAX 0
#define REG_RCX 1
#define REG_RDX 2
#define REG_RBX 3
#define REG_RSP 4
#define REG_RBP 5
#define REG_RSI 6
#define REG_RDI 7
#define REG_COUNT 16

#define GPR_RCX (8 * REG_RCX)
#define GPR_RDX (8 * REG_RDX)
#define GPR_RBX (8 * REG_RBX)
#define GPR_RBP (8 * REG_RBP)
#define GPR_RSI (8 * REG_RSI)
#define GPR_RDI (8 * REG_RDI)
#define GPR_R8 64
#define GPR_R9 72
#define GPR_R10 80
#define GPR_R11 88
#define GPR_R12 96
#define GPR_R13 104
#define GPR_R14 112
#define GPR_R15 120
