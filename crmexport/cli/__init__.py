"""crmexport.cli"""
