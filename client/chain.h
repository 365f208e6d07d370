// SPDX-License-Identifier: Apache-2.0
// The chain of certificates: AMD's root key (ARK), its intermediate (ASK, or
// ASVK for a VLEK), and the key that signs reports (VCEK or VLEK). In the order
// in which they are judged.
#pragma once

#include "client/verify_judgement.h"

// Both lower certificates are there, and are authority and leaf as AMD makes
// them.
judge chain_judge_certificates;
// They are of one product and of one kind, by every name that they have.
judge chain_judge_names;
// The root is the pinned key of that product, or the insecure root's.
judge chain_judge_root;
judge chain_judge_signatures;
judge chain_judge_validity;
