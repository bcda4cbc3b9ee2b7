"""crmexport.sandbox"""
