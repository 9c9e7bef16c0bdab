/* esp_app_desc_t of ESP-IDF's esp_app_desc.h: 256 bytes, the first of the first segment. */
    .section .flash.appdesc, "a"
    .global descriptor
descriptor:
    .long 0xABCD5432                /* magic_word */
    .long 0                         /* secure_version */
    .org descriptor + 16
    .asciz "1.0.0"                  /* version */
    .org descriptor + 48
    .asciz "hello_world"            /* project_name */
    .org descriptor + 80
    .asciz "12:00:00"               /* time */
    .org descriptor + 96
    .asciz "Jan  1 2025"            /* date */
    .org descriptor + 112
    .asciz "v5.3.2"                 /* idf_ver */
    .org descriptor + 144           /* app_elf_sha256: esptool writes it */
    .org descriptor + 256
    /* Room for a custom descriptor, which ESP-IDF puts here. */
    .org descriptor + 288
