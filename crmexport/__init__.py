"""crmexport: leave a CRM with everything you own, and the proof that nothing is missing."""

import atexit
import gc

__version__ = "0.1.0"

# A process that ends needs no search for cycles among all that it has loaded: it took a tenth of a second of every command.
atexit.register(gc.freeze)
