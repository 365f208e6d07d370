// SPDX-License-Identifier: Apache-2.0
// The root's list of revoked certificates (CRL; RFC 5280, 5).
#pragma once

#include "client/verify_judgement.h"

// There is one, the root signed it, the intermediate isn't on it, and it is in
// force; or a leniency that was given is used, and noted.
judge crl_judge;
