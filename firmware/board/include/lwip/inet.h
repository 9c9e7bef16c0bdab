/* Addresses as text. */
#pragma once

#include "lwip/sockets.h"
