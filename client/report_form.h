// SPDX-License-Identifier: Apache-2.0
// The attestation report's form (AMD 56860, 7.3), and what ties it to its
// signer.
#pragma once

#include "client/verify_judgement.h"

// The size, the version, and that it claims to be signed in the way that is
// known here. Fills in j->report.
judge report_judge_form;
// The chip's key signed it: ECDSA, either of s and n - s.
judge report_judge_signature;
// What is reserved in its version is zero.
judge report_judge_reserved;
// It comes from the product, the kind of key, the chip and the levels that the
// certificate is for.
judge report_judge_product;
judge report_judge_key_kind;
judge report_judge_chip;
judge report_judge_levels;
