/* Writes a greeting to the first serial port, and then waits for good. */
    .section .iram0.text, "ax"
    .literal_position
    .global call_start_cpu0
    .align 4
call_start_cpu0:
    movi a2, hello
    jx a2

    .section .flash.text, "ax"
    .literal_position
    .align 4
hello:
    movi a2, greeting
    movi a3, UART_FIFO
1:  l8ui a4, a2, 0
    beqz a4, 2f
    s32i a4, a3, 0
    addi a2, a2, 1
    j 1b
2:  j 2b

    .section .flash.rodata, "a"
greeting:
    .asciz "Hello world!\r\n"
    .align 4
