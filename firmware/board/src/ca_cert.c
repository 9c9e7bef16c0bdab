/* What ESP-IDF's build makes of `EMBED_TXTFILES server_certs/ca_cert.pem`: a text between two symbols.
 * The board has it from its command line, so the room between them is fixed, and zero after the text. */
#include <string.h>

#include "board/system.h"

__asm__(".pushsection .bss\n"
        ".globl _binary_ca_cert_pem_start\n"
        ".globl _binary_ca_cert_pem_end\n"
        "_binary_ca_cert_pem_start:\n"
        ".zero 65536\n"
        "_binary_ca_cert_pem_end:\n"
        ".popsection\n");

extern char ca_cert[] __asm__("_binary_ca_cert_pem_start");

esp_err_t ca_cert_set(const char *pem, size_t size)
{
    if (size >= CA_CERT_LIMIT) {
        return ESP_ERR_INVALID_SIZE;
    }
    memcpy(ca_cert, pem, size);
    memset(ca_cert + size, 0, CA_CERT_LIMIT - size);
    board.ca_pem = ca_cert;
    board.ca_pem_size = size + 1;
    return ESP_OK;
}
