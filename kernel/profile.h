// SPDX-License-Identifier: Apache-2.0
// What an image is made for. The linker decides (profile_development.c or
// profile_production.c), so the profile is in what is measured. The numbers are
// stable: they will stand in the evidence.
#pragma once

enum profile {
	PROFILE_PRODUCTION = 1,  // no console, no command line
	PROFILE_DEVELOPMENT = 2, // a console, runs anywhere
};

enum profile profile_linked(void);
