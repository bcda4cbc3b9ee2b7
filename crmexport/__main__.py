"""`python -m crmexport`: the same as the command, where scripts are not on the path."""

import sys

from crmexport.cli import main

if __name__ == "__main__":
    sys.exit(main())
