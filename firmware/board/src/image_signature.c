#include "image_signature.h"

#include <string.h>

#include <mbedtls/ecdsa.h>
#include <mbedtls/rsa.h>

#include "board/bootloader.h"
#include "board/defect.h"
#include "board/flash.h"
#include "board/image.h"
#include "crc32.h"
#include "esp_log.h"
#include "sha256.h"

static const char *TAG = "secure_boot_v2";

/* A signature block (ESP-IDF Programming Guide, "Secure Boot v2", Signature Block Format). Numbers
 * have their lowest byte first. */
#define BLOCK_SIZE 1216
#define BLOCK_MAGIC 0xE7
#define BLOCK_CRC 1196
#define BLOCK_KEY 36
#define RSA_BYTES 384u
#define RSA_EXPONENT 420
#define RSA_KEY_SIZE 776
#define RSA_SIGNATURE 812
#define ECDSA_VERSION 3
#define ECDSA_KEY_SIZE 65
#define ECDSA_POINT 37
#define ECDSA_SIGNATURE 101
#define CURVE_P192 1
#define CURVE_P256 2

static bool is_block(const uint8_t *block)
{
    uint32_t crc;
    memcpy(&crc, block + BLOCK_CRC, sizeof(crc));
    return block[0] == BLOCK_MAGIC && crc == crc32_of(0, block, BLOCK_CRC);
}

static bool key_digest(const uint8_t *block, bool is_ecdsa, uint8_t digest[32])
{
    size_t size = is_ecdsa ? ECDSA_KEY_SIZE : RSA_KEY_SIZE;
    return sha256_of_bytes(block + BLOCK_KEY, size, digest) == ESP_OK;
}

/* The key of the running app, and so what updates are to be signed with. */
static bool find_trusted_key(uint8_t digest[32], bool *is_ecdsa)
{
    const boot_t *running = bootloader_running();
    image_t image;
    uint8_t block[BLOCK_SIZE];
    if (!running
        || image_locate(running->slot->address, running->slot->size, &image) != ESP_OK
        || flash_read(image.start + image.length - SIGNATURE_SECTOR, block, sizeof(block)) != ESP_OK
        || !is_block(block)) {
        return false;
    }
    *is_ecdsa = block[1] == ECDSA_VERSION;
    return key_digest(block, *is_ecdsa, digest);
}

static int verify_rsa(const uint8_t *block, const uint8_t digest[32])
{
    uint8_t signature[RSA_BYTES];
    for (size_t index = 0; index < RSA_BYTES; index++) {
        signature[index] = block[RSA_SIGNATURE + RSA_BYTES - 1 - index];
    }
    mbedtls_rsa_context rsa;
    mbedtls_rsa_init(&rsa, MBEDTLS_RSA_PKCS_V21, MBEDTLS_MD_SHA256);
    rsa.len = RSA_BYTES;
    int error = mbedtls_mpi_read_binary_le(&rsa.N, block + BLOCK_KEY, RSA_BYTES);
    if (error == 0) {
        error = mbedtls_mpi_read_binary_le(&rsa.E, block + RSA_EXPONENT, 4);
    }
    if (error == 0) {
        error = mbedtls_rsa_rsassa_pss_verify(&rsa, NULL, NULL, MBEDTLS_RSA_PUBLIC,
                                              MBEDTLS_MD_SHA256, 32, digest, signature);
    }
    mbedtls_rsa_free(&rsa);
    if (error != 0) {
        ESP_LOGE("secure_boot_v2_rsa", "Failed mbedtls_rsa_rsassa_pss_verify, err: %d", error);
    }
    return error;
}

typedef struct {
    mbedtls_ecp_group group;
    mbedtls_ecp_point point;
    mbedtls_mpi r;
    mbedtls_mpi s;
} ecdsa_t;

static int read_ecdsa(ecdsa_t *ecdsa, const uint8_t *block)
{
    bool is_p256 = block[BLOCK_KEY] == CURVE_P256;
    if (!is_p256 && block[BLOCK_KEY] != CURVE_P192) {
        return MBEDTLS_ERR_ECP_FEATURE_UNAVAILABLE;
    }
    size_t size = is_p256 ? 32 : 24;
    const uint8_t *point = block + ECDSA_POINT;
    const uint8_t *signature = block + ECDSA_SIGNATURE;
    int error = mbedtls_ecp_group_load(&ecdsa->group, is_p256 ? MBEDTLS_ECP_DP_SECP256R1
                                                              : MBEDTLS_ECP_DP_SECP192R1);
    error = error ? error : mbedtls_mpi_read_binary_le(&ecdsa->point.X, point, size);
    error = error ? error : mbedtls_mpi_read_binary_le(&ecdsa->point.Y, point + size, size);
    error = error ? error : mbedtls_mpi_lset(&ecdsa->point.Z, 1);
    error = error ? error : mbedtls_ecp_check_pubkey(&ecdsa->group, &ecdsa->point);
    error = error ? error : mbedtls_mpi_read_binary_le(&ecdsa->r, signature, size);
    return error ? error : mbedtls_mpi_read_binary_le(&ecdsa->s, signature + size, size);
}

static int verify_ecdsa(const uint8_t *block, const uint8_t digest[32])
{
    ecdsa_t ecdsa;
    mbedtls_ecp_group_init(&ecdsa.group);
    mbedtls_ecp_point_init(&ecdsa.point);
    mbedtls_mpi_init(&ecdsa.r);
    mbedtls_mpi_init(&ecdsa.s);
    int error = read_ecdsa(&ecdsa, block);
    if (error == 0) {
        error = mbedtls_ecdsa_verify(&ecdsa.group, digest, 32, &ecdsa.point, &ecdsa.r, &ecdsa.s);
    }
    mbedtls_ecp_group_free(&ecdsa.group);
    mbedtls_ecp_point_free(&ecdsa.point);
    mbedtls_mpi_free(&ecdsa.r);
    mbedtls_mpi_free(&ecdsa.s);
    return error;
}

bool image_signature_holds(uint32_t start, uint32_t sector)
{
    if (has_defect(DEFECT_IGNORES_SIGNATURE)) {
        return true;
    }
    uint8_t digest[32];
    uint8_t block[BLOCK_SIZE];
    if (sha256_of_flash(start, sector - start, digest) != ESP_OK
        || flash_read(sector, block, sizeof(block)) != ESP_OK) {
        return false;
    }
    uint8_t trusted_key[32];
    uint8_t key[32];
    bool is_ecdsa = false;
    if (!find_trusted_key(trusted_key, &is_ecdsa)) {
        ESP_LOGE(TAG, "Could not read secure boot digests!");
        return false;
    }
    if (!is_block(block) || !key_digest(block, is_ecdsa, key)
        || memcmp(key, trusted_key, sizeof(key)) != 0) {
        return false;
    }
    ESP_LOGI(TAG, "Verifying with %s...", is_ecdsa ? "ECDSA" : "RSA-PSS");
    return (is_ecdsa ? verify_ecdsa(block, digest) : verify_rsa(block, digest)) == 0;
}
