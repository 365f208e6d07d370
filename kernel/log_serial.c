// SPDX-License-Identifier: Apache-2.0
// The log of a development image: a 16550 UART at the first serial port. A
// UART that never gets ready costs a bounded wait and the rest of the line.
#include "kernel/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/num.h"
#include "kernel/cpu/pio.h"
#include "kernel/cpu/regs.h"
#include "kernel/snp/ghcb.h"
#include "kernel/snp/snp.h"

// PC16550D data sheet, 8: registers by offset, with bits by their names there.
#define COM1 0x3f8
#define UART_THR COM1
#define UART_IER (COM1 + 1)
#define UART_FCR (COM1 + 2)
#define UART_LCR (COM1 + 3)
#define UART_MCR (COM1 + 4)
#define UART_LSR (COM1 + 5)
#define LCR_8N1 0x03
#define LCR_DLAB 0x80
#define FCR_ENABLE_AND_CLEAR 0x07
#define MCR_DTR_RTS 0x03
#define LSR_THRE 0x20
#define DIVISOR_115200 1

#define READY_TRIES 10000 // a character takes 87 us on a real line

static bool uart_is_set_up;

static void uart_configure(void)
{
	pio_write8(UART_IER, 0);
	pio_write8(UART_LCR, LCR_DLAB);
	pio_write8(UART_THR, DIVISOR_115200);
	pio_write8(UART_IER, 0);
	pio_write8(UART_LCR, LCR_8N1);
	pio_write8(UART_FCR, FCR_ENABLE_AND_CLEAR);
	pio_write8(UART_MCR, MCR_DTR_RTS);
}

static bool uart_send(char c)
{
	for (int try = 0; try < READY_TRIES; try++) {
		if (pio_read8(UART_LSR) & LSR_THRE) {
			pio_write8(UART_THR, (uint8_t)c);
			return true;
		}
		cpu_pause();
	}
	return false;
}

static bool uart_end_line(void)
{
	return uart_send('\r') && uart_send('\n');
}

// The firmware leaves the cursor somewhere in a line of its own.
static void uart_set_up(void)
{
	if (uart_is_set_up)
		return;
	uart_is_set_up = true;
	uart_configure();
	(void)uart_end_line();
}

void log_line(const char *format, ...)
{
	char line[LOG_LINE_LIMIT];
	va_list arguments;
	int length;
	size_t count;

	// Under SEV-SNP the port is reached by GHCB calls alone: before the page
	// is there, and in the midst of a call that went wrong, nothing is said.
	if (snp_is_on() && !ghcb_is_ready())
		return;
	uart_set_up();
	va_start(arguments, format);
	length = vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	count = length < 0 ? 0 : min_size((size_t)length, sizeof(line) - 1);
	for (size_t i = 0; i < count; i++) {
		if (!uart_send(line[i]))
			return;
	}
	(void)uart_end_line();
}
