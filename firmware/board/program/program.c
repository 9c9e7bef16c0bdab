/* virtual-board: runs the app that it is linked with on a board with no hardware. */
#define _GNU_SOURCE
#include <mbedtls/x509_crt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "board/flash.h"
#include "board/system.h"
#include "esp_log.h"
#include "program.h"
#include "sweep.h"

void fail(int status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = NULL;
    int count = vasprintf(&text, format, arguments);
    va_end(arguments);
    fflush(stdout);
    fprintf(stderr, "virtual-board: %s\n", count < 0 ? format : text);
    _exit(status);
}

char *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    char *bytes = NULL;
    size_t room = 0;
    *size = 0;
    while (file && !feof(file) && !ferror(file)) {
        if (*size + 1 >= room) {
            room = room * 2 + 65536;
            bytes = realloc(bytes, room);
            if (!bytes) {
                fail(EXIT_NO_SETUP, "no memory");
            }
        }
        *size += fread(bytes + *size, 1, room - *size - 1, file);
    }
    if (!file || ferror(file)) {
        fail(EXIT_NO_SETUP, "%s cannot be read: %m; name a file that is there and may be read",
             path);
    }
    fclose(file);
    bytes[*size] = 0;
    return bytes;
}

char *read_certificates(const char *path, size_t *size)
{
    char *pem = read_file(path, size);
    if (!strstr(pem, "-----BEGIN CERTIFICATE-----")) {
        fail(EXIT_NO_SETUP,
             "%s holds no certificate in PEM form%s; give the certificate of the authority, as "
             "faultserve cert writes it to ca_cert.pem", path,
             strstr(pem, "PRIVATE KEY-----") ? ", but a private key" : "");
    }
    mbedtls_x509_crt certificates;
    mbedtls_x509_crt_init(&certificates);
    int error = mbedtls_x509_crt_parse(&certificates, (const unsigned char *)pem, *size + 1);
    mbedtls_x509_crt_free(&certificates);
    if (error < 0) {
        fail(EXIT_NO_SETUP,
             "the certificate in %s is broken or cut off (Mbed TLS -0x%04X); copy the file anew",
             path, (unsigned)-error);
    }
    return pem;
}

static void setup_certificates(const options_t *options)
{
    size_t size;
    if (options->ca) {
        char *pem = read_certificates(options->ca, &size);
        if (ca_cert_set(pem, size) != ESP_OK) {
            fail(EXIT_NO_SETUP, "%s is larger than the %zu bytes that the board has for it",
                 options->ca, CA_CERT_LIMIT);
        }
        free(pem);
    }
    if (options->ca_bundle) {
        board.ca_bundle_pem = read_certificates(options->ca_bundle, &size);
    }
}

/* The first line of a ROM's log that tests look for: why the chip was reset. */
static void say_reset(board_reset_t reason)
{
    static const char *const texts[] = {
        [BOARD_RESET_POWER_ON] = "0x1 (POWERON_RESET)",
        [BOARD_RESET_SOFTWARE] = "0xc (SW_CPU_RESET)",
        [BOARD_RESET_PANIC] = "0xc (SW_CPU_RESET)",
        [BOARD_RESET_WATCHDOG] = "0x10 (RTCWDT_RTC_RESET)",
        [BOARD_RESET_DEEP_SLEEP] = "0x5 (DEEPSLEEP_RESET)",
    };
    bool is_known = reason < sizeof(texts) / sizeof(texts[0]) && texts[reason];
    printf("rst:%s,boot:0x13 (SPI_FAST_FLASH_BOOT)\n", is_known ? texts[reason] : "0x0 (UNKNOWN)");
    fflush(stdout);
}

options_t options_of(int count, char *const words[])
{
    options_t options;
    char error[512];
    switch (options_parse(count, words, &options, error, sizeof(error))) {
    case OPTIONS_HELP:
        options_print_help();
        exit(EXIT_ENDED);
    case OPTIONS_DEFECTS:
        options_print_defects();
        exit(EXIT_ENDED);
    case OPTIONS_WRONG:
        fail(EXIT_WRONG_USAGE, "%s", error);
    case OPTIONS_RUN:
        break;
    }
    return options;
}

int main(int argc, char *argv[])
{
    /* Whoever starts the board may have blocked signals, and with them every crash and every end. */
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    board_set_defaults();
    if (argc > 1 && strcmp(argv[1], "sweep") == 0) {
        return sweep(argc - 2, argv + 2);
    }
    options_t options = options_of(argc - 1, argv + 1);
    run_t run = run_resume(argv);
    bool is_first_boot = run.boot == 1;
    setvbuf(stdout, NULL, _IOLBF, 65536);
    esp_log_level_set("*", options.log_level);
    setup_certificates(&options);
    setup_storage(&options, is_first_boot);
    for (int pin = 0; pin < 64; pin++) {
        if (options.held_pins >> pin & 1) {
            gpio_hold_input(pin, options.held_high >> pin & 1);
        }
    }
    suffer_mishaps(&options, &run);
    flash_trace(options.trace ? stderr : NULL);
    report_open(options.report, is_first_boot, run.boot);
    console_open(&options, is_first_boot);
    run_install(&run, &options);

    board_start_clock();
    say_reset(run.reason);
    static boot_t boot;
    if (bootloader_boot(&boot) != ESP_OK) {
        run_without_app();
    }
    bootloader_set_running(&boot);
    startup(&boot, &options);
    for (;;) {
        pause();
    }
}
