/* Writes a greeting to the first serial port, and then waits for good. */
#include <stdint.h>

#define UART_FIFO (*(volatile uint32_t *)0x60000000)

__attribute__((section(".flash.rodata"))) static const char greeting[] = "Hello world!\r\n";

__attribute__((section(".flash.text"), noreturn)) static void hello(void)
{
    for (const char *letter = greeting; *letter != 0; letter++) {
        UART_FIFO = (uint32_t)*letter;
    }
    for (;;) {
    }
}

/* Needs no stack, so none is set up. */
__attribute__((section(".iram0.text"), naked, noreturn)) void call_start_cpu0(void)
{
    __asm__ volatile("la t0, %0\n jr t0" : : "s"(hello));
}
