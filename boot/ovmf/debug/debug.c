// SPDX-License-Identifier: Apache-2.0
// edk2's release builds drop assertions and go on. Much that they guard here
// comes from the host, so this build keeps them: one that fails ends it all.
// edk2's own sentences aren't printed, and so are not in the image.
#include <Base.h>

#include <Library/DebugLib.h>

#include "boot/ovmf/say/say.h"

VOID EFIAPI DebugAssert(CONST CHAR8 *FileName, UINTN LineNumber,
			CONST CHAR8 *Description)
{
	(void)FileName;
	(void)LineNumber;
	(void)Description;
	stop("an assertion failed");
}

VOID EFIAPI DebugPrint(UINTN ErrorLevel, CONST CHAR8 *Format, ...)
{
	(void)ErrorLevel;
	(void)Format;
}

VOID EFIAPI DebugVPrint(UINTN ErrorLevel, CONST CHAR8 *Format,
			VA_LIST VaListMarker)
{
	(void)ErrorLevel;
	(void)Format;
	(void)VaListMarker;
}

VOID EFIAPI DebugBPrint(UINTN ErrorLevel, CONST CHAR8 *Format,
			BASE_LIST BaseListMarker)
{
	(void)ErrorLevel;
	(void)Format;
	(void)BaseListMarker;
}

VOID *EFIAPI DebugClearMemory(VOID *Buffer, UINTN Length)
{
	(void)Length;
	return Buffer;
}

BOOLEAN EFIAPI DebugAssertEnabled(VOID)
{
	return TRUE;
}

BOOLEAN EFIAPI DebugPrintEnabled(VOID)
{
	return FALSE;
}

BOOLEAN EFIAPI DebugCodeEnabled(VOID)
{
	return FALSE;
}

BOOLEAN EFIAPI DebugClearMemoryEnabled(VOID)
{
	return FALSE;
}

BOOLEAN EFIAPI DebugPrintLevelEnabled(CONST UINTN ErrorLevel)
{
	(void)ErrorLevel;
	return FALSE;
}
