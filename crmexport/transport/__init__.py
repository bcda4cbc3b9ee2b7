"""crmexport.transport"""
