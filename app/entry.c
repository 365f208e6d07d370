// SPDX-License-Identifier: Apache-2.0
// Where the app that is linked in begins. Tests link an app of their own here.
#include "app/call.h"
#include "app/sdk/anchorhold.h"

int app_entry(void)
{
	return main();
}
