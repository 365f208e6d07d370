// SPDX-License-Identifier: Apache-2.0
#include "client/chain_time.h"

// Days from 1970-01-01, with years that begin in March so that the odd day ends
// them.
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t m = month > 2 ? month - 3 : month + 9;

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day -
	       1 - 719468;
}

int64_t time_of_x509(const mbedtls_x509_time *time)
{
	return ((days_of(time->year, time->mon, time->day) * 24 + time->hour) *
			60 +
		time->min) *
		       60 +
	       time->sec;
}
