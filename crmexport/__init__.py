"""crmexport: leave a CRM with everything you own, and the proof that nothing is missing."""

__version__ = "0.1.0"
