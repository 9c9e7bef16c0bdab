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

static bool has_isr_service;

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

static esp_err_t pull_up(gpio_num_t pin, bool is_pulled)
{
    if (!is_pin((int)pin)) {
        return ESP_ERR_INVALID_ARG;
    }
    pins[pin].is_pulled_up = is_pulled;
    return ESP_OK;
}

esp_err_t gpio_pullup_en(gpio_num_t pin) { return pull_up(pin, true); }

esp_err_t gpio_pullup_dis(gpio_num_t pin) { return pull_up(pin, false); }

/* A pin that nothing pulls up reads as 0 here, whether it is pulled down or not. */
static esp_err_t pull_down(gpio_num_t pin)
{
    return is_pin((int)pin) ? ESP_OK : ESP_ERR_INVALID_ARG;
}

esp_err_t gpio_pulldown_en(gpio_num_t pin) { return pull_down(pin); }

esp_err_t gpio_pulldown_dis(gpio_num_t pin) { return pull_down(pin); }

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

esp_err_t gpio_set_intr_type(gpio_num_t pin, gpio_int_type_t type)
{
    return is_pin((int)pin) && type < GPIO_INTR_MAX ? ESP_OK : ESP_ERR_INVALID_ARG;
}

esp_err_t gpio_install_isr_service(int flags)
{
    (void)flags;
    esp_err_t error = has_isr_service ? ESP_ERR_INVALID_STATE : ESP_OK;
    has_isr_service = true;
    return error;
}

void gpio_uninstall_isr_service(void) { has_isr_service = false; }

esp_err_t gpio_isr_handler_add(gpio_num_t pin, gpio_isr_t handler, void *argument)
{
    (void)handler;
    (void)argument;
    return gpio_isr_handler_remove(pin);
}

esp_err_t gpio_isr_handler_remove(gpio_num_t pin)
{
    if (!has_isr_service) {
        return ESP_ERR_INVALID_STATE;
    }
    return is_pin((int)pin) ? ESP_OK : ESP_ERR_INVALID_ARG;
}
