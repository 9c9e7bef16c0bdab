/* Pins: one chip, one set of them. */
#include "driver/gpio.h"

#include <stdbool.h>

#include "board/system.h"

static struct {
    gpio_mode_t mode;
    bool is_pulled_up;
    bool is_held;
    bool level; /* what holds it, or what the app has set */
} pins[GPIO_NUM_MAX];

static bool is_pin(int pin) { return pin >= 0 && pin < GPIO_NUM_MAX; }

esp_err_t gpio_hold_input(int pin, bool is_high)
{
    if (!is_pin(pin)) {
        return ESP_ERR_INVALID_ARG;
    }
    pins[pin].is_held = true;
    pins[pin].level = is_high;
    return ESP_OK;
}

esp_err_t gpio_config(const gpio_config_t *config)
{
    if (!config || config->pin_bit_mask == 0) {
        return ESP_ERR_INVALID_ARG;
    }
    for (int pin = 0; pin < GPIO_NUM_MAX; pin++) {
        if (config->pin_bit_mask >> pin & 1) {
            pins[pin].mode = config->mode;
            pins[pin].is_pulled_up = config->pull_up_en == GPIO_PULLUP_ENABLE;
        }
    }
    return ESP_OK;
}

esp_err_t gpio_reset_pin(gpio_num_t pin)
{
    esp_err_t error = gpio_set_direction(pin, GPIO_MODE_DISABLE);
    return error == ESP_OK ? gpio_set_pull_mode(pin, GPIO_PULLUP_ONLY) : error;
}

esp_err_t gpio_set_direction(gpio_num_t pin, gpio_mode_t mode)
{
    if (!is_pin((int)pin)) {
        return ESP_ERR_INVALID_ARG;
    }
    pins[pin].mode = mode;
    return ESP_OK;
}

esp_err_t gpio_set_pull_mode(gpio_num_t pin, gpio_pull_mode_t pull)
{
    if (!is_pin((int)pin)) {
        return ESP_ERR_INVALID_ARG;
    }
    pins[pin].is_pulled_up = pull == GPIO_PULLUP_ONLY || pull == GPIO_PULLUP_PULLDOWN;
    return ESP_OK;
}

esp_err_t gpio_set_level(gpio_num_t pin, uint32_t level)
{
    if (!is_pin((int)pin)) {
        return ESP_ERR_INVALID_ARG;
    }
    if (!pins[pin].is_held) {
        pins[pin].level = level != 0;
    }
    return ESP_OK;
}

int gpio_get_level(gpio_num_t pin)
{
    if (!is_pin((int)pin) || !(pins[pin].mode & GPIO_MODE_INPUT)) {
        return 0;
    }
    bool is_driven = pins[pin].is_held || pins[pin].mode & GPIO_MODE_OUTPUT;
    return is_driven ? pins[pin].level : pins[pin].is_pulled_up;
}
