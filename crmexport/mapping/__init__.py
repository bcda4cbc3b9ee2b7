"""crmexport.mapping"""
