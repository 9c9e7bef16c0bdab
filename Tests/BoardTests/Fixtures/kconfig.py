"""Reads a Kconfig file and sdkconfig files with the library of ESP-IDF's tools, and says in JSON what came of it.

Usage: kconfig.py KCONFIG [SDKCONFIG ...]
"""

import json
import sys

import kconfiglib.core as kconfiglib

config = kconfiglib.Kconfig(sys.argv[1], warn_to_stderr=False)
config.warn_assign_undef = True
# A later file may say otherwise than an earlier one.
config.warn_assign_override = False
config.warn_assign_redun = False
for path in sys.argv[2:]:
    config.load_config(path, replace=False)

json.dump(
    {
        "symbols": {
            symbol.name: {
                "type": kconfiglib.TYPE_TO_STR[symbol.orig_type],
                "value": symbol.str_value,
                "isSet": symbol.config_string.startswith("CONFIG_"),
                "file": symbol.nodes[0].filename,
            }
            for symbol in config.unique_defined_syms
        },
        "warnings": config.warnings,
    },
    sys.stdout,
)
