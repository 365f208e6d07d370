// SPDX-License-Identifier: Apache-2.0
// UEFI 2.10, 4.3: ConOut and StdErr are never null. The kernel doesn't use
// them; this is for whatever else is started here, such as a Linux stub.
#include "boot/ovmf/bds/console.h"

#include <Uefi.h>

#include <Library/UefiBootServicesTableLib.h>
#include <Protocol/SimpleTextOut.h>

static EFI_STATUS EFIAPI reset(EFI_SIMPLE_TEXT_OUTPUT_PROTOCOL *this,
			       BOOLEAN verify)
{
	(void)this;
	(void)verify;
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI text(EFI_SIMPLE_TEXT_OUTPUT_PROTOCOL *this,
			      CHAR16 *string)
{
	(void)this;
	(void)string;
	return EFI_SUCCESS;
}

// Mode 0 is 80 columns of 25 lines and the only one.
static EFI_STATUS EFIAPI mode_query(EFI_SIMPLE_TEXT_OUTPUT_PROTOCOL *this,
				    UINTN number, UINTN *columns, UINTN *rows)
{
	(void)this;
	if (number != 0)
		return EFI_UNSUPPORTED;
	*columns = 80;
	*rows = 25;
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI number_set(EFI_SIMPLE_TEXT_OUTPUT_PROTOCOL *this,
				    UINTN number)
{
	(void)this;
	return number == 0 ? EFI_SUCCESS : EFI_UNSUPPORTED;
}

static EFI_STATUS EFIAPI clear(EFI_SIMPLE_TEXT_OUTPUT_PROTOCOL *this)
{
	(void)this;
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI cursor_move(EFI_SIMPLE_TEXT_OUTPUT_PROTOCOL *this,
				     UINTN column, UINTN row)
{
	(void)this;
	(void)column;
	(void)row;
	return EFI_UNSUPPORTED;
}

static EFI_STATUS EFIAPI cursor_show(EFI_SIMPLE_TEXT_OUTPUT_PROTOCOL *this,
				     BOOLEAN visible)
{
	(void)this;
	(void)visible;
	return EFI_UNSUPPORTED;
}

static EFI_SIMPLE_TEXT_OUTPUT_MODE mode = { .MaxMode = 1 };

static EFI_SIMPLE_TEXT_OUTPUT_PROTOCOL output = {
	.Reset = reset,
	.OutputString = text,
	.TestString = text,
	.QueryMode = mode_query,
	.SetMode = number_set,
	.SetAttribute = number_set,
	.ClearScreen = clear,
	.SetCursorPosition = cursor_move,
	.EnableCursor = cursor_show,
	.Mode = &mode,
};

void console_install(void)
{
	gST->ConOut = &output;
	gST->StdErr = &output;
	gST->Hdr.CRC32 = 0;
	gBS->CalculateCrc32(&gST->Hdr, gST->Hdr.HeaderSize, &gST->Hdr.CRC32);
}
