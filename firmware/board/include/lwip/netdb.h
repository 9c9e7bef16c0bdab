/* Names are resolved by the computer here. */
#pragma once

#include <netdb.h>

#include "lwip/sockets.h"
